'use strict';

// close() and 'close': who hears it, when, with what, and what becomes of messages that are still queued.

const { same, differs } = require('../support/scenario');

same('both ends hear close once, the closer first, after everything that is already scheduled', async (x) => {
  const { log, open, settle } = x;
  const [port, peer] = open();
  port.on('close', () => log('closer'));
  peer.on('close', () => log('peer'));
  port.close(() => log('callback'));
  log('returned');
  process.nextTick(() => log('tick'));
  queueMicrotask(() => log('microtask'));
  await settle();
});

same('close listeners get an event, whatever the style', async ({ log, open, settle }) => {
  const [port, peer] = open();
  const shown = (event) =>
    log(event.constructor.name, event instanceof Event, event.type, event.detail, event.cancelable, event.bubbles);
  port.on('close', (...values) => log(values.length) ?? shown(values[0]));
  port.addEventListener('close', (event) => log(event.target === port, event.currentTarget === port) ?? shown(event));
  peer.on('close', (...values) => log(values.length) ?? shown(values[0]));
  port.close((...values) => log('callback', values.length) ?? shown(values[0]));
  await settle();
});

same('the callback stands among the listeners, in the order of adding', async ({ log, open, settle }) => {
  const [port] = open();
  port.on('close', () => log('before'));
  port.close(() => log('callback'));
  port.on('close', () => log('after'));
  await settle();
  port.on('close', () => log('too late'));
  await settle();
});

same('callbacks of two closes are both called, one of a third is not', async ({ log, open, settle }) => {
  const [port] = open();
  port.close(() => log(1));
  port.close(() => log(2));
  await settle();
  log(port.close(() => log(3)));
  await settle();
});

same('a callback that is not a function is passed over', async ({ log, attempt, open, settle }) => {
  for (const callback of [5, null, {}, 'text', undefined]) {
    const [port] = open();
    port.on('close', () => log('closed'));
    log(attempt(() => port.close(callback)));
  }
  await settle();
});

same('closing both ends: each hears it once', async ({ log, open, settle }) => {
  const [port, peer] = open();
  const heard = { port: 0, peer: 0 };
  port.on('close', () => heard.port++);
  peer.on('close', () => heard.peer++);
  peer.close();
  port.close();
  await settle();
  log(heard.port, heard.peer);
});

same('what is queued for the peer is delivered, then it hears close', async ({ log, open, settle }) => {
  const [port, peer] = open();
  peer.on('close', () => log('close'));
  port.postMessage(1);
  port.postMessage(2);
  port.close();
  peer.on('message', (value) => log(value));
  await settle();
});

same('a peer that listens later still gets its queue, then close', async ({ log, open, settle }) => {
  const [port, peer] = open();
  peer.on('close', () => log('close'));
  port.postMessage(1);
  port.postMessage(2);
  port.close();
  await settle();
  log('not yet');
  peer.on('message', (value) => log(value));
  await settle();
});

same('a peer with nothing queued hears close without listening for messages', async ({ log, open, settle }) => {
  const [port, peer] = open();
  peer.on('close', () => log('close'));
  port.close();
  await settle();
});

same('what is queued for the closer is dropped', async ({ log, open, settle }) => {
  const [port, peer] = open();
  peer.postMessage(1);
  port.on('message', (value) => log(value)).on('close', () => log('close'));
  port.close();
  await settle();
});

same('a batch that is being drained is delivered when its own listener closes', async ({ log, open, settle }) => {
  const [port, peer] = open();
  for (let number = 0; number < 5; number++) peer.postMessage(number);
  port.on('message', (value) => {
    log(value);
    if (value === 1) port.close();
  });
  port.on('close', () => log('closer'));
  peer.on('close', () => log('peer'));
  await settle();
});

same('a peer that is closed by the listener: what it had posted comes', async ({ log, open, settle }) => {
  const [port, peer] = open();
  for (let number = 0; number < 5; number++) peer.postMessage(number);
  port.on('message', (value) => {
    log(value);
    if (value !== 1) return;
    peer.close();
    peer.postMessage('after close');
  });
  const closed = { port: 0, peer: 0 };
  port.on('close', () => closed.port++);
  peer.on('close', () => closed.peer++);
  await settle();
  log(closed.port, closed.peer);
});

same('what is posted after close is dropped', async ({ log, open, settle }) => {
  const [port, peer] = open();
  peer.on('message', (value) => log(value)).on('close', () => log('close'));
  port.postMessage('before');
  port.close();
  log(port.postMessage('after'));
  await settle();
});

same('posting to a closed peer is no error', async ({ log, attempt, open, settle }) => {
  const [port, peer] = open();
  peer.close();
  await settle();
  log(attempt(() => port.postMessage(1)));
});

same('a closed port validates, clones and detaches as ever', async ({ api, log, attempt, open }) => {
  const [port] = open();
  port.close();
  const buffer = new ArrayBuffer(3);
  let read = 0;
  const value = {
    get buffer() {
      read++;
      return buffer;
    },
  };
  log(
    attempt(() => port.postMessage()),
    attempt(() => port.postMessage(() => {})),
  );
  log(
    attempt(() => port.postMessage(1, 5)),
    attempt(() => port.postMessage(1, [{}])),
  );
  log(
    attempt(() => port.postMessage(value, [buffer])),
    read,
    buffer.byteLength,
  );
  log(
    attempt(() => port.postMessage(1, [port])),
    attempt(() => api.receiveMessageOnPort(port)),
  );
});

same('a port that is posted into a closed port closes, and its peer hears it', async ({ log, open, settle }) => {
  const [carrier] = open();
  const [port, peer] = open();
  port.on('close', () => log('moved'));
  peer.on('close', () => log('peer'));
  carrier.close();
  await settle();
  log(carrier.postMessage(port, [port]));
  await settle();
});

same('a transferred port object hears close, its peer does not', async ({ log, open, settle }) => {
  const [carrier, target] = open();
  const [port, peer] = open();
  const seen = [];
  // Held, because a dropped one is collected.
  const arrived = [];
  port.on('close', (event) => seen.push(['moved', event.type]));
  peer.on('close', () => log('peer'));
  // Which of the two comes first, depends on the phase of the event loop in which the port is posted.
  target.on('message', (fresh) => seen.push(['arrived', arrived.push(fresh), fresh === port]));
  carrier.postMessage(port, [port]);
  log('posted');
  await settle();
  log(seen.sort(), arrived.length);
});

same('a port whose carrier is closed unread closes, and its peer hears it', async ({ log, open, settle }) => {
  const [carrier, target] = open();
  const [port, peer] = open();
  peer.on('close', () => log('peer'));
  carrier.postMessage(port, [port]);
  await settle();
  target.close();
  await settle();
});

same('a port that arrives after its peer has closed gets its queue and close', async ({ log, open, settle }) => {
  const [carrier, target] = open();
  const [port, peer] = open();
  peer.postMessage(1);
  carrier.postMessage(port, [port]);
  peer.postMessage(2);
  peer.close();
  await settle();
  target.on('message', (fresh) => fresh.on('message', (value) => log(value)).on('close', () => log('close')));
  await settle();
});

same('a peer with unread messages hears close when it closes itself', async ({ log, open, settle }) => {
  const [port, peer] = open();
  peer.on('close', () => log('peer'));
  port.postMessage('unread');
  port.close();
  await settle();
  log('waiting');
  peer.close();
  await settle();
});

same('ticks and microtasks run between the two close events', async ({ log, open, settle }) => {
  const [port, peer] = open();
  port.on('close', () => {
    log('closer');
    process.nextTick(() => log('tick'));
    queueMicrotask(() => log('microtask'));
  });
  peer.on('close', () => log('peer'));
  port.close();
  await settle();
});

same('close in a close listener is harmless', async ({ log, open, settle }) => {
  const [port, peer] = open();
  port.on('close', () => {
    log('closer');
    port.close(() => log('never'));
    peer.close();
  });
  peer.on('close', () => log('peer'));
  port.close();
  await settle();
});

same('a message event and a close event of one peer keep their order', async ({ log, open, settle }) => {
  const [port, peer] = open();
  peer.on('message', (value) => log(value)).on('close', () => log('close'));
  for (let number = 0; number < 3; number++) port.postMessage(number);
  await settle();
  port.postMessage('last');
  port.close();
  await settle();
});

same.inChild('the closer hears close although nothing else keeps the loop alive', ({ api, log }) => {
  const { port1 } = new api.MessageChannel();
  port1.on('close', () => log('closer'));
  port1.close(() => log('callback'));
});

same.inChild('an unref’ed peer’s close does not keep a program alive', ({ api, log }) => {
  const { port1, port2 } = new api.MessageChannel();
  globalThis.kept = port2;
  port1.on('message', () => {}).unref();
  process.on('exit', () => log('exit'));
});

same.inChild('a ref’ed peer’s close comes and lets the program end', ({ api, log }) => {
  const { port1, port2 } = new api.MessageChannel();
  port1.on('message', () => {}).on('close', () => log('peer'));
  port2.close();
  process.on('exit', () => log('exit'));
});

const threadEnds = {
  'process.exit()': ({ api, log }) => {
    const { port1, port2 } = new api.MessageChannel();
    const code = 'require("node:worker_threads").workerData.on("message", () => process.exit())';
    new api.Worker(code, { eval: true, workerData: port2, transferList: [port2] });
    port1.on('message', () => {}).on('close', () => log('close'));
    port1.postMessage(1);
  },
  'running out of work': ({ api, log }) => {
    const { port1, port2 } = new api.MessageChannel();
    new api.Worker('require("node:worker_threads").workerData;', {
      eval: true,
      workerData: port2,
      transferList: [port2],
    });
    port1.on('message', () => {}).on('close', () => log('close'));
  },
  'an uncaught error': ({ api, log }) => {
    const { port1, port2 } = new api.MessageChannel();
    const code = 'require("node:worker_threads").workerData.on("message", () => { throw new Error("x"); })';
    const worker = new api.Worker(code, { eval: true, workerData: port2, transferList: [port2] });
    worker.on('error', () => {});
    port1.on('message', () => {}).on('close', () => log('close'));
    port1.postMessage(1);
  },
  'terminate()': ({ api, log }) => {
    const { port1, port2 } = new api.MessageChannel();
    const code = 'const port = require("node:worker_threads").workerData; port.postMessage("up"); for (;;);';
    const worker = new api.Worker(code, { eval: true, workerData: port2, transferList: [port2] });
    port1.on('message', (value) => log(value, worker.terminate() instanceof Promise)).on('close', () => log('close'));
  },
};

for (const [name, scenario] of Object.entries(threadEnds)) {
  same.inChild(`the peer’s thread ends by ${name}: close is heard`, scenario);
}

// The scenario may be given a forced collection: `global.gc` is there by the flag.
differs.inChild(
  'a port whose peer was collected hears close',
  { why: 'the built-in keeps every channel for ever', expected: { seen: ['close'], code: 0, signal: null } },
  async ({ api, log, settle }) => {
    let heard = false;
    const listen = () => {
      const { port1 } = new api.MessageChannel();
      port1.on('close', () => {
        heard = true;
        log('close');
        port1.close();
      });
      return port1;
    };
    const kept = listen();
    for (let turn = 0; turn < 50 && !heard; turn++) {
      globalThis.gc();
      await settle(4);
    }
    process.exit(kept ? 0 : 1);
  },
  { execArgv: ['--expose-gc'] },
);

differs.inChild(
  'a dropped channel is collected',
  { why: 'the built-in keeps every channel for ever', expected: { seen: ['both collected'], code: 0, signal: null } },
  async ({ api, log, settle }) => {
    const drop = () => {
      const { port1, port2 } = new api.MessageChannel();
      port1.postMessage('unread');
      port1.on('close', () => {});
      return [new WeakRef(port1), new WeakRef(port2)];
    };
    const refs = drop();
    for (let turn = 0; turn < 50 && refs.some((ref) => ref.deref()); turn++) {
      // What was looked at is kept for the rest of its task.
      await settle(4);
      globalThis.gc();
      await settle(4);
    }
    if (!refs.some((ref) => ref.deref())) log('both collected');
    process.exit(0);
  },
  { execArgv: ['--expose-gc'] },
);

/** The phases of the event loop that come next are the same for everybody then: poll, check, closing. */
const inTimers = () => new Promise((resolve) => setTimeout(resolve, 1));

same(
  'close comes where handles are closed: after the immediates that are due, asked for before or after',
  async (x) => {
    const { api, log, open, settle } = x;
    const receive = api.receiveMessageOnPort;
    const [port, peer] = open();
    await inTimers();
    port.on('close', () => log('closed'));
    peer.on('close', () => log('peer closed'));
    peer.postMessage('a');
    peer.postMessage('b');
    setImmediate(() => log('before', receive(port)));
    port.close();
    setImmediate(() => {
      log('after', receive(port), receive(port));
      setImmediate(() => log('in the next turn'));
    });
    await settle();
  },
);

same('close of a port whose peer has closed comes after the immediates that are due', async ({ log, open, settle }) => {
  const [port, peer] = open();
  await inTimers();
  port.on('close', () => log('closed'));
  peer.on('message', (message) => {
    log(message);
    setImmediate(() => log('immediate'));
  });
  peer.on('close', () => log('peer closed'));
  port.postMessage('last');
  port.close();
  await settle();
});

same('several ports close in the reverse order of closing, in one turn', async ({ log, open, settle }) => {
  const ports = ['a', 'b', 'c'].map((name) => {
    const [port, peer] = open();
    port.on('close', () => {
      log(name);
      process.nextTick(() => log(name, 'tick'));
      setImmediate(() => log(name, 'immediate'));
    });
    peer.on('close', () => log(name, 'peer'));
    return port;
  });
  await inTimers();
  for (const port of ports) port.close();
  await settle();
});
