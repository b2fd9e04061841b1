'use strict';

// Which AsyncLocalStorage store a listener sees: that in which its port was made or received, as with the built-in.

const { same } = require('../support/scenario');

same.inChild('listeners in every style see the store in which the channel was made', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  for (const made of [undefined, 'made']) {
    const { port1, port2 } = storage.run(made, () => new api.MessageChannel());
    const show = (name) => () => log(made, name, storage.getStore());
    port1.on('message', show('on'));
    storage.run('adding', () => {
      port1.on('message', show('on, in another'));
      port1.once('message', show('once'));
    });
    port2.postMessage(1);
    await settle();
    storage.run('adding', () => {
      port1.addEventListener('message', show('addEventListener'));
      port1.onmessage = show('onmessage');
      port1.addEventListener('message', { handleEvent: show('handleEvent') });
    });
    storage.run('posting', () => port2.postMessage(2));
    await settle();
    port1.close();
    await settle();
  }
});

same.inChild('of several messages and ports, none sees another one’s store', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const seen = [];
  const channels = [];
  for (let request = 0; request < 40; request++) {
    storage.run(request, () => {
      const channel = new api.MessageChannel();
      channels.push(channel);
      channel.port1.on('message', async (value) => {
        seen.push([request, value, storage.getStore()]);
        await null;
        seen.push([request, value, storage.getStore()]);
      });
    });
  }
  for (let value = 0; value < 30; value++) {
    for (const { port2 } of channels) storage.run('posting', () => port2.postMessage(value));
  }
  await settle();
  for (const { port1 } of channels) port1.close();
  log(
    seen.length,
    seen.filter(([request, , store]) => request !== store),
  );
});

same.inChild('a channel that was made before any storage was used', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const { port1, port2 } = new api.MessageChannel();
  const storage = new AsyncLocalStorage();
  storage.run('adding', () => port1.on('message', (value) => log(value, storage.getStore())));
  storage.run('posting', () => port2.postMessage(1));
  await settle();
  storage.run('posting', () => port2.postMessage(2));
  storage.run('closing', () => port1.close(() => log('close', storage.getStore())));
  await settle();
});

same.inChild('several storages, nested, left and entered', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const [a, b, c] = [new AsyncLocalStorage(), new AsyncLocalStorage(), new AsyncLocalStorage()];
  const stores = () => [a.getStore(), b.getStore(), c.getStore()];
  const make = (name) => {
    const { port1, port2 } = new api.MessageChannel();
    port1.on('message', () => log(name, ...stores()));
    port1.on('close', () => log(name, 'close', ...stores()));
    return { port1, port2 };
  };
  const all = [];
  a.run('a', () => {
    all.push(make('in a'));
    b.run('b', () => {
      all.push(make('in a and b'));
      a.exit(() => all.push(make('in b')));
      a.run('a2', () => all.push(make('in another a')));
      c.enterWith('c');
      all.push(make('in all'));
    });
    all.push(make('in a again'));
  });
  for (const { port2 } of all) {
    port2.postMessage(1);
    await settle();
  }
  for (const { port2 } of all) {
    c.run('closing', () => port2.close());
    await settle();
  }
  a.disable();
  log(...stores());
});

same.inChild('close sees the store of its port, not that in which a port was closed', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  for (const made of [undefined, 'made']) {
    const { port1, port2 } = storage.run(made, () => new api.MessageChannel());
    storage.run('adding', () => {
      port1.on('close', () => log(made, 'own', storage.getStore()));
      port2.on('close', () => log(made, 'peer’s', storage.getStore()));
      port2.on('message', () => {});
    });
    storage.run('closing', () => port1.close(() => log(made, 'callback', storage.getStore())));
    await settle();
  }
});

same.inChild('close in a listener of another port, and of ports that are sent away', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const one = storage.run('one', () => new api.MessageChannel());
  const two = storage.run('two', () => new api.MessageChannel());
  for (const [name, { port1, port2 }] of Object.entries({ one, two })) {
    port1.on('close', () => log(name, 'port1', storage.getStore()));
    port2.on('close', () => log(name, 'port2', storage.getStore()));
  }
  one.port1.on('message', () => two.port1.close());
  one.port2.postMessage(1);
  await settle();
  const three = storage.run('three', () => new api.MessageChannel());
  three.port1.on('close', () => log('sent away', storage.getStore()));
  storage.run('posting', () => one.port2.postMessage(three.port1, [three.port1]));
  await settle();
  one.port1.close();
  await settle();
});

same.inChild('a port that comes in a message sees no store', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const carrier = storage.run('carrier', () => new api.MessageChannel());
  const sent = storage.run('sent', () => new api.MessageChannel());
  carrier.port1.on('message', (port) => {
    log('carrier', storage.getStore());
    if (typeof port === 'number') return;
    port.on('message', (value) => log('came', value, storage.getStore()));
    port.on('close', () => log('came', 'close', storage.getStore()));
  });
  carrier.port2.postMessage(1);
  storage.run('posting', () => carrier.port2.postMessage(sent.port1, [sent.port1]));
  await settle();
  storage.run('posting', () => sent.port2.postMessage(1));
  await settle();
  sent.port2.close();
  await settle();
  carrier.port1.close();
});

same.inChild('a port taken by receiveMessageOnPort sees the store of the taker', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  for (const taker of [undefined, 'taker']) {
    const carrier = storage.run('carrier', () => new api.MessageChannel());
    const sent = storage.run('sent', () => new api.MessageChannel());
    storage.run('posting', () => carrier.port2.postMessage({ port: sent.port1 }, [sent.port1]));
    const { port } = storage.run(taker, () => {
      const { message } = api.receiveMessageOnPort(carrier.port1);
      log('after', storage.getStore());
      return message;
    });
    port.on('message', (value) => log('came', value, storage.getStore()));
    sent.port2.postMessage(1);
    await settle();
    port.close();
    carrier.port1.close();
    await settle();
  }
});

same.inChild('a channel made in a listener gets the listener’s store', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const outer = storage.run('outer', () => new api.MessageChannel());
  outer.port1.on('message', async (how) => {
    if (how === 'later') await null;
    const make = () => {
      const { port1, port2 } = new api.MessageChannel();
      port1.on('message', () => {
        log(how, storage.getStore());
        port1.close();
      });
      port2.postMessage(1);
    };
    if (how === 'run') storage.run('inner', make);
    else make();
  });
  for (const how of ['at once', 'later', 'run', 'at once again']) {
    storage.run('posting', () => outer.port2.postMessage(how));
    await settle();
  }
  outer.port1.close();
});

same.inChild('work that a listener starts keeps its store', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const { port1, port2 } = storage.run('made', () => new api.MessageChannel());
  port1.on('message', async (value) => {
    const show = (what) => () => log(value, what, storage.getStore());
    process.nextTick(show('tick'));
    queueMicrotask(show('microtask'));
    Promise.resolve().then(show('then'));
    await null;
    show('await')();
    setImmediate(show('immediate'));
    await new Promise((resolve) => setTimeout(resolve, 1));
    show('timer')();
  });
  for (const value of [1, 2]) {
    storage.run('posting', () => port2.postMessage(value));
    await settle();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  port1.close();
});

same.inChild('run and exit in a listener end with it', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  for (const made of [undefined, 'made']) {
    const { port1, port2 } = storage.run(made, () => new api.MessageChannel());
    port1.on('message', (value) => {
      log(value, storage.getStore());
      storage.run('inner', () => log(value, 'run', storage.getStore()));
      log(value, storage.getStore());
      storage.exit(() => log(value, 'exit', storage.getStore()));
      log(value, storage.getStore());
    });
    port1.on('message', (value) => log(value, 'second', storage.getStore()));
    for (const value of [1, 2, 3]) port2.postMessage(value);
    await settle();
    port1.close();
    await settle();
  }
});

same.inChild(
  'what a listener enters: for the others of its message, for the next, for close',
  async ({ api, log, settle }) => {
    const { AsyncLocalStorage } = require('node:async_hooks');
    const storage = new AsyncLocalStorage();
    for (const made of [undefined, 'made']) {
      for (const style of ['on', 'addEventListener']) {
        const { port1, port2 } = storage.run(made, () => new api.MessageChannel());
        const other = storage.run(made, () => new api.MessageChannel());
        const others = [];
        other.port1.on('message', () => others.push(storage.getStore()));
        port1[style]('message', () => {
          log('first', storage.getStore());
          storage.enterWith('entered');
          process.nextTick(() => log('tick', storage.getStore()));
          other.port2.postMessage(1);
        });
        port1[style]('message', () => log('second', storage.getStore()));
        port1.on('close', () => log('close', storage.getStore()));
        port2.on('close', () => log('close of the peer', storage.getStore()));
        for (const value of [1, 2, 3]) port2.postMessage(value);
        await settle();
        port2.postMessage(4);
        await settle();
        port1.close();
        await settle();
        other.port1.close();
        await settle();
        log('other port', others);
      }
    }
  },
);

same.inChild('what a promise of a listener enters does not come to the next message', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const { port1, port2 } = storage.run('made', () => new api.MessageChannel());
  port1.on('message', async (value) => {
    log(value, storage.getStore());
    await null;
    storage.enterWith(`entered ${value}`);
    await null;
    log(value, storage.getStore());
  });
  for (const value of [1, 2, 3]) port2.postMessage(value);
  await settle();
  port1.close();
});

same.inChild('a listener that is bound to a store sees that', async ({ api, log, settle }) => {
  const { AsyncLocalStorage, AsyncResource } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const { port1, port2 } = storage.run('made', () => new api.MessageChannel());
  storage.run('bound', () => {
    const show = (value) => log(value, storage.getStore());
    port1.on('message', AsyncResource.bind(show));
    port1.on('message', AsyncLocalStorage.bind(show));
    const inBound = AsyncLocalStorage.snapshot();
    port1.on('message', (value) => inBound(show, value));
    port1.on('message', show);
  });
  for (const value of [1, 2]) port2.postMessage(value);
  await settle();
  port1.close();
});

same.inChild('events.once and events.on go on in the store of who waits', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const { on, once } = require('node:events');
  const storage = new AsyncLocalStorage();
  const { port1, port2 } = storage.run('made', () => new api.MessageChannel());
  const waiting = storage.run('waiting', async () => {
    log('once', await once(port1, 'message'), storage.getStore());
    for await (const [value] of on(port1, 'message')) {
      log('on', value.data ?? value, storage.getStore());
      if ((value.data ?? value) === 3) break;
    }
  });
  port2.postMessage(1);
  await settle();
  port2.postMessage(2);
  port2.postMessage(3);
  await waiting;
  port1.close();
});

same.inChild('emit and dispatchEvent call listeners where they stand', async ({ api, log }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const { port1 } = storage.run('made', () => new api.MessageChannel());
  port1.on('custom', () => log('custom', storage.getStore()));
  port1.addEventListener('custom', () => log('custom event', storage.getStore()));
  storage.run('emitting', () => {
    port1.emit('custom', 1);
    port1.dispatchEvent(new Event('custom'));
  });
  port1.close();
});

same.inChild('an uncaught exception shows the store of its listener', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  process.on('uncaughtException', (error) => log(error.message, storage.getStore()));
  process.on('unhandledRejection', (error) => log(error.message, storage.getStore()));
  const { port1, port2 } = storage.run('made', () => new api.MessageChannel());
  port1.on('message', (value) => {
    log(value, storage.getStore());
    if (value === 1) throw new Error('thrown');
    if (value === 2) return Promise.reject(new Error('rejected and returned'));
    if (value === 3) Promise.reject(new Error('rejected'));
    if (value === 4) {
      process.nextTick(() => {
        throw new Error('thrown in a tick');
      });
    }
  });
  for (const value of [1, 2, 3, 4, 5]) {
    port2.postMessage(value);
    await settle();
  }
  for (const value of [1, 2, 3, 4, 5]) port2.postMessage(value);
  await settle();
  port1.close();
});

same.inChild('a worker’s events see the store in which it was made', async ({ api, log }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  for (const made of [undefined, 'made']) {
    const body = `const { parentPort } = require(${JSON.stringify(api.name)});
      parentPort.on('message', (value) => {
        parentPort.postMessage(value);
        if (value === 2) throw new Error('thrown');
      });
      process.on('exit', () => parentPort.postMessage('last'));`;
    const worker = storage.run(made, () => new api.Worker(body, { eval: true }));
    const seen = [];
    await new Promise((resolve) => {
      storage.run('adding', () => {
        worker.on('message', (value) => seen.push(`message ${value} ${storage.getStore()}`));
        worker.on('online', () => seen.push(`online ${storage.getStore()}`));
        worker.on('error', () => seen.push(`error ${storage.getStore()}`));
        worker.on('exit', () => resolve(seen.push(`exit ${storage.getStore()}`)));
      });
      storage.run('posting', () => [1, 2].forEach((value) => worker.postMessage(value)));
    });
    log(seen.sort());
  }
});

same.inChild('parentPort and ports in workerData see no store', async ({ api, log }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const body = `const { parentPort, workerData } = require(${JSON.stringify(api.name)});
    const { AsyncLocalStorage } = require('node:async_hooks');
    const storage = new AsyncLocalStorage();
    storage.run('adding', () => {
      parentPort.on('message', (value) => {
        parentPort.postMessage([value, String(storage.getStore())]);
        storage.run('inner', () => {});
      });
      workerData.on('message', (value) => {
        workerData.postMessage([value, String(storage.getStore())]);
        if (value === 3) { workerData.close(); parentPort.close(); }
      });
    });`;
  const { port1, port2 } = storage.run('channel', () => new api.MessageChannel());
  const worker = storage.run('worker', () => {
    return new api.Worker(body, { eval: true, workerData: port2, transferList: [port2] });
  });
  const seen = [];
  await new Promise((resolve) => {
    worker.on('message', ([value, there]) => {
      seen.push(`${value} ${there} ${storage.getStore()}`);
      if (value === 2) port1.postMessage(3);
    });
    port1.on('message', ([value, there]) => seen.push(`port ${value} ${there} ${storage.getStore()}`));
    worker.on('exit', resolve);
    storage.run('posting', () => {
      worker.postMessage(1);
      worker.postMessage(2);
    });
  });
  log(seen);
});
