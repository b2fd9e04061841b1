'use strict';

// Event loops that a listener runs, by an addon, until something has come (deasync): messages are delivered in there.

const { differs, same, test } = require('../support/scenario');
const { endsWell } = require('../support/program');
const { buildInnerLoop, canBuild } = require('../support/inner-loop');

/** What each scenario begins with: rounds of the event loop, of which none waits; and rounds until something is so. */
const ROUNDS = `
  const { run } = require(process.env.INNER_LOOP);
  const rounds = (count = 4) => {
    for (let left = count; left > 0; left--) {
      let isOver = false;
      setImmediate(() => (isOver = true));
      while (!isOver) run();
    }
  };
  const until = (isSo) => {
    while (!isSo()) run();
  };
`;

const inner = canBuild ? buildInnerLoop() : { file: '', remove() {} };
test.after.always(() => inner.remove());

/** @param {Function} scenario with `rounds` and `until`; what it has opened is closed when it has ended */
const within = (scenario) => `async (x) => {
  ${ROUNDS}
  const opened = [];
  const open = () => {
    const pair = x.open();
    opened.push(pair[0]);
    return pair;
  };
  await (${scenario})({ ...x, open, rounds, until });
  for (const port of opened) port.close();
}`;

const env = { INNER_LOOP: inner.file };
const scenario = (title, run) => canBuild && same.inChild(title, within(run), { env });

scenario('what had come to a port before waits for its listener', async ({ log, open, rounds, settle }) => {
  const [port, peer] = open();
  port.on('message', (value) => {
    log('begins', value);
    rounds();
    log('ends', value);
  });
  for (const value of [1, 2, 3, { four: 4 }]) peer.postMessage(value);
  await settle();
});

scenario(
  'what comes meanwhile is delivered, after what had come before',
  async ({ api, log, open, rounds, settle }) => {
    const [port, peer] = open();
    port.on('message', (value) => {
      log('begins', value);
      if (value === 1) setImmediate(() => peer.postMessage(4));
      if (value === 2) peer.postMessage(5);
      if (value < 3) rounds();
      log('ends', value);
    });
    for (const value of [1, 2, 3]) peer.postMessage(value);
    await settle();
    // And with a long message, one with a buffer, one with a port.
    const { port1, port2 } = new api.MessageChannel();
    const buffer = new ArrayBuffer(8);
    port.once('message', () => {
      peer.postMessage('x'.repeat(100_000));
      peer.postMessage(buffer, [buffer]);
      peer.postMessage({ port2 }, [port2]);
      port.on('message', (value) => {
        log(typeof value, value.length, value.byteLength);
        value.port2?.on('message', (inside) => log('inside', inside));
      });
      port1.postMessage('through it');
      rounds();
      log('ends');
    });
    peer.postMessage(1);
    await settle();
    port1.close();
  },
);

scenario('nothing is lost, nothing comes twice, and what was posted in order comes in order', async (x) => {
  const { log, open, rounds, settle } = x;
  const [port, peer] = open();
  const seen = [];
  let depth = 0;
  port.on('message', (value) => {
    seen.push(value);
    if (value % 250 !== 0 || depth === 3) return;
    depth++;
    peer.postMessage(10_000 + value);
    rounds(2);
    depth--;
  });
  for (let value = 0; value < 3000; value++) peer.postMessage(value);
  await settle(60);
  const first = seen.filter((value) => value < 10_000);
  log(
    seen.length,
    new Set(seen).size,
    first.length,
    first.every((value, index) => value === index),
  );
});

scenario('ports hear one another, and that one has closed', async ({ api, log, rounds, settle }) => {
  const [older, asked] = [new api.MessageChannel(), new api.MessageChannel()];
  older.port2.on('message', (value) => log('older', value));
  older.port2.on('close', () => log('older closed'));
  asked.port2.on('message', (value) => {
    log('begins', value);
    const made = new api.MessageChannel();
    made.port2.on('message', (each) => log('made there', each));
    made.port2.on('close', () => log('closed there'));
    made.port1.postMessage(1);
    made.port1.close();
    older.port1.postMessage(2);
    rounds();
    older.port1.close();
    rounds();
    log('ends', value);
  });
  older.port1.postMessage(1);
  asked.port1.postMessage('x');
  await settle();
  asked.port1.close();
});

scenario(
  'a port that closes in there, or before, gets what one that closes gets',
  async ({ api, log, rounds, settle }) => {
    for (const when of ['before', 'within', 'the peer']) {
      const { port1, port2 } = new api.MessageChannel();
      port1.on('close', () => log(when, 'the peer closed'));
      port2.on('close', () => log(when, 'closed'));
      port2.on('message', (value) => {
        log(when, 'begins', value);
        if (value === 2 && when === 'within') port2.close();
        if (value !== 1) return;
        port1.postMessage(4);
        if (when === 'before') port2.close();
        if (when === 'the peer') port1.close();
        rounds();
        log(when, 'ends', value);
      });
      for (const value of [1, 2, 3]) port1.postMessage(value);
      await settle();
      port2.close();
    }
  },
);

scenario('a port that closes in there takes nothing of others', async ({ log, open, rounds, settle }) => {
  const [first, second] = [open(), open()];
  const seen = [];
  first[0].on('message', (value) => {
    seen.push(value);
    if (value === 1) first[0].close();
  });
  second[0].on('message', (value) => {
    log(value);
    if (value !== 1) return;
    second[1].postMessage(3);
    rounds();
    second[0].close();
    log('closes');
  });
  for (const value of [1, 2]) for (const [, peer] of [first, second]) peer.postMessage(value);
  await settle();
  log(seen);
});

scenario(
  'ticks, microtasks and what listeners throw wait for the outer listener',
  async ({ log, open, rounds, settle }) => {
    process.on('uncaughtException', ({ message }) => log('uncaught', message));
    const [port, peer] = open();
    port.on('message', (value) => {
      log('begins', value);
      process.nextTick(() => log('tick', value));
      Promise.resolve().then(() => log('microtask', value));
      if (value === 2) throw new Error('of the second');
      if (value === 1) {
        peer.postMessage(4);
        rounds();
      }
      log('ends', value);
    });
    for (const value of [1, 2, 3]) peer.postMessage(value);
    await settle();
  },
);

scenario(
  'the loop may be run by a tick, a microtask or the listener of a close',
  async ({ log, open, rounds, settle }) => {
    const [other, otherPeer] = open();
    const heard = [];
    other.on('message', (value) => heard.push(value));
    for (const how of [process.nextTick, queueMicrotask]) {
      const [port, peer] = open();
      port.on('message', (value) => {
        log('begins', value);
        if (value !== 1) return;
        how(() => {
          peer.postMessage(3);
          otherPeer.postMessage(value);
          rounds();
          log('ran', ...heard);
        });
      });
      peer.postMessage(1);
      peer.postMessage(2);
      await settle();
    }
    const [port, peer] = open();
    port.on('close', () => {
      otherPeer.postMessage('close');
      rounds();
      log('closed', ...heard);
    });
    peer.close();
    await settle();
  },
);

scenario('events, stores and receiveMessageOnPort are as elsewhere', async ({ api, log, open, rounds, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const store = new AsyncLocalStorage();
  const [port, peer] = store.run('of the port', open);
  port.addEventListener('message', (event) => {
    log('event', event.data, event.eventPhase, store.getStore());
    if (event.data === 1) {
      peer.postMessage(4);
      setImmediate(() => log('received', api.receiveMessageOnPort(port)));
      store.run('of the loop', rounds);
    }
    log('after', event.data, event.eventPhase, event.currentTarget === port, store.getStore());
  });
  port.on('message', (value) => log('value', value));
  for (const value of [1, 2, 3]) peer.postMessage(value);
  await settle();
});

scenario('workers and their parents wait for one another’s answers', async ({ api, log, until }) => {
  const code = `
    const { parentPort } = require(${JSON.stringify(api.name)});
    const { run } = require(process.env.INNER_LOOP);
    parentPort.on('message', (value) => {
      if (value !== 'ask') return parentPort.postMessage(value * 2);
      let answer;
      parentPort.once('message', (value) => (answer = value));
      parentPort.postMessage('question');
      while (answer === undefined) run();
      parentPort.postMessage(['had', answer]);
    });`;
  const worker = new api.Worker(code, { eval: true });
  await new Promise((resolve) => {
    worker.on('message', (value) => {
      log(value);
      if (value === 'question') worker.postMessage(21);
      if (Array.isArray(value)) resolve();
      if (value !== 2) return;
      let answer;
      worker.once('message', (value) => (answer = value));
      worker.postMessage(3);
      until(() => answer !== undefined);
      log('answered', answer);
      worker.postMessage('ask');
    });
    worker.postMessage(1);
  });
  await worker.terminate();
});

scenario('the process may end in there', ({ log, open }) => {
  const { run } = require(process.env.INNER_LOOP);
  const [port, peer] = open();
  port.on('message', (value) => {
    log(value);
    if (value === 2) process.exit(5);
    peer.postMessage(2);
    for (;;) run();
  });
  peer.postMessage(1);
});

if (canBuild) {
  differs.inChild(
    'ports that were made after the listener’s are heard, too',
    {
      why: 'Node hears none there that libuv visits after the one whose callback runs: who waits for it waits for ever',
      expected: { seen: ['begins', ['made later', 1], 'ends', 'begins', 'ends'], code: 0, signal: null },
    },
    within(async ({ log, open, rounds, settle }) => {
      const [port, peer] = open();
      const [later, laterPeer] = open();
      later.on('message', (value) => log('made later', value));
      port.on('message', (value) => {
        log('begins');
        if (value === 1) {
          laterPeer.postMessage(1);
          rounds();
        }
        log('ends');
      });
      peer.postMessage(1);
      peer.postMessage(2);
      await settle();
    }),
    { env },
  );

  endsWell(
    test,
    'a listener that is put in front is so when the dispatch is over, not in the loop',
    `const { MessageChannel } = require(ferroport);
    const { run } = require(process.env.INNER_LOOP);
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (value) => {
      console.log('first', value);
      if (value !== 1) return;
      port1.prependListener('message', (value) => console.log('put in front', value));
      let isOver = false;
      setImmediate(() => setImmediate(() => (isOver = true)));
      while (!isOver) run();
    });
    port1.on('message', (value) => console.log('second', value));
    port1.addEventListener('message', ({ data }) => {
      console.log('event', data);
      if (data === 2) port1.close();
    });
    port2.postMessage(1);
    port2.postMessage(2);`,
    ['first 1', 'second 1', 'event 1', 'put in front 2', 'first 2', 'second 2', 'event 2'],
    { env },
  );
}
