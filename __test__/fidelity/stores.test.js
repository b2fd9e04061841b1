'use strict';

// Which AsyncLocalStorage store a listener sees: that in which its port was made, as with the built-in.

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
