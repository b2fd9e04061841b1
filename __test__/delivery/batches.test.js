'use strict';

// Small messages that queued up are taken several at once. Whatever a listener does in the middle of such a batch, it is as
// if each had come alone: as with the built-in, each once and in order.

const test = require('ava');
const path = require('node:path');
const { AsyncLocalStorage } = require('node:async_hooks');
const ferroport = require('../..');
const { same } = require('../support/scenario');
const { program } = require('../support/program');
const { settle } = require('../support/observe');
const { randomOf } = require('../support/random');

const SEED = Number(process.env.BATCH_SEED ?? (Math.random() * 2 ** 31) | 0);

const COUNT = 200;

/** The first messages, and those around the 16 that are taken at once while other ports wait. */
const PLACES = [1, 2, 3, 4, 5, 6, 15, 16, 17, 18, 31, 32, 33, 34, 64, 65, 100, 199, 200];

/**
 * Declares a scenario in which a listener does something when the message of number k comes, for every k.
 *
 * `act` gets what `same` gives, and `{ port, peer, got, side, k, n, listen, later }`: `listen` is the listener, which notes what
 * it gets; `later` runs a function after so many turns of the event loop. It is called for each message.
 */
const during = (title, act, { others = false } = {}) => {
  const scenario = new Function(
    'seen',
    `return (async () => {
      const { open, log, settle } = seen;
      for (const k of ${JSON.stringify(PLACES)}) {
        const [port, peer] = open();
        const got = [];
        // What other ports get: how those take turns is not the built-in's affair.
        const side = [];
        const closed = [];
        const later = async (work, turns = 3) => { await settle(turns); work(); };
        const state = { port, peer, got, side, k, later };
        const act = ${act};
        state.listen = (value) => { got.push(typeof value === 'object' ? value.n : value); return act(seen, { ...state, n: value.n ?? value }); };
        peer.on('close', () => closed.push('peer'));
        port.on('close', () => got.push('closed'));
        ${others ? `const [busy, its] = open(); busy.on('message', () => {}); for (let n = 0; n < 300; n++) its.postMessage(n);` : ''}
        for (let n = 1; n <= ${COUNT}; n++) peer.postMessage(n % 3 === 0 ? { n, text: 'text ' + n } : n);
        port.on('message', state.listen);
        await settle(40);
        log(k, got, side, closed);
        port.close();
        await settle(4);
      }
    })();`,
  );
  same(`${title}${others ? ', while another port is busy' : ''}`, scenario);
};

const acts = {
  'a listener closes its port': (_, { port, n, k }) => {
    if (n === k) port.close();
  },
  'a listener closes the port that sends': (_, { peer, n, k }) => {
    if (n === k) peer.close();
  },
  'a listener removes itself and is added later': (_, { port, n, k, listen, later, got }) => {
    if (n !== k) return;
    port.off('message', listen);
    later(() => {
      got.push('again');
      port.on('message', listen);
    });
  },
  'a listener removes itself and is added in a tick': (_, { port, n, k, listen, got }) => {
    if (n !== k) return;
    port.off('message', listen);
    process.nextTick(() => {
      got.push('again');
      port.on('message', listen);
    });
  },
  'a listener adds another': (_, { port, n, k, got }) => {
    if (n === k) port.on('message', (value) => got.push(['second', value.n ?? value]));
  },
  'a listener posts to itself through its peer': (_, { peer, n, k }) => {
    if (n === k) for (let i = 0; i < 40; i++) peer.postMessage(1000 + i);
  },
  'a listener posts back': (_, { port, peer, n, k, side }) => {
    if (n === k) peer.on('message', (value) => side.push(value));
    if (n >= k) port.postMessage(n);
  },
  'a listener receives messages itself': ({ api }, { port, n, k, got }) => {
    if (n !== k) return;
    for (let i = 0; i < 3; i++) {
      const taken = api.receiveMessageOnPort(port);
      got.push(['received', taken && (taken.message.n ?? taken.message)]);
    }
  },
  'a listener receives all that is left': ({ api }, { port, n, k, got }) => {
    if (n !== k) return;
    let count = 0;
    while (api.receiveMessageOnPort(port) !== undefined) count++;
    got.push(['received', count]);
  },
  'a tick receives messages': ({ api }, { port, n, k, got }) => {
    if (n !== k) return;
    process.nextTick(() => {
      const taken = api.receiveMessageOnPort(port);
      got.push(['received', taken && (taken.message.n ?? taken.message)]);
    });
  },
  'a listener receives on another port, and posts there': ({ api, open }, { n, k, got }) => {
    if (n !== k) return;
    const [one, other] = open();
    for (let i = 0; i < 20; i++) one.postMessage({ i, text: 'x'.repeat(i * 50) });
    for (let i = 0; i < 20; i++) got.push(api.receiveMessageOnPort(other).message.text.length);
  },
  'a listener sends its own port away': ({ open }, { port, n, k, side }) => {
    if (n !== k) return;
    const [one, other] = open();
    other.on('message', (moved) => {
      side.push('moved');
      moved.on('message', (value) => side.push(['moved', value.n ?? value]));
      moved.unref();
    });
    one.postMessage(port, [port]);
  },
  'a listener sends the port away that sends': ({ open }, { peer, n, k, side }) => {
    if (n !== k) return;
    const [one, other] = open();
    other.on('message', (moved) => {
      moved.postMessage('from afar');
      side.push('moved');
      // Else it may be collected, which closes it.
      other.moved = moved;
    });
    one.postMessage(peer, [peer]);
  },
  'a listener waits for promises': async (_, { n, k, got }) => {
    await null;
    if (n === k || n === k + 1) got.push(['after', n]);
  },
  'a listener queues ticks and microtasks': (_, { n, k, got }) => {
    if (n !== k && n !== k + 1) return;
    process.nextTick(() => got.push(['tick', n]));
    queueMicrotask(() => got.push(['microtask', n]));
  },
  'a listener sets and clears onmessage': (_, { port, n, k, got, listen }) => {
    if (n === k) {
      port.onmessage = (event) => got.push(['event', event.data.n ?? event.data]);
      port.off('message', listen);
    }
  },
  'a listener opens channels and drops them': ({ open }, { n, k }) => {
    if (n === k) for (let i = 0; i < 30; i++) open()[0].on('message', () => {});
  },
};

for (const [title, act] of Object.entries(acts)) {
  for (const others of [false, true]) during(title, act, { others });
}

/** Declares that a program that throws, rejects or ends in the middle of a batch does on ferroport what it does on Node. */
const programs = (title, body) =>
  test(title, async (t) => {
    const source = (name) => `const { MessageChannel, receiveMessageOnPort, Worker } = require(${name});
      const fs = require('node:fs');
      const { port1, port2 } = new MessageChannel();
      const K = Number(process.env.K);
      const later = (work, turns = 20) => setImmediate(() => (turns === 0 ? work() : later(work, turns - 1)));
      // What process.stdout could not write at once is lost with process.exit().
      const write = (text) => {
        for (;;) {
          try {
            return fs.writeSync(1, text);
          } catch (error) {
            if (error.code !== 'EAGAIN') throw error;
          }
        }
      };
      const console = { log: (...values) => write(\`\${values.join(' ')}\\n\`) };
      ${body}
      for (let n = 1; n <= ${COUNT}; n++) port2.postMessage(n);`;
    for (const k of [1, 2, 5, 15, 16, 17, 33, 200]) {
      const env = { K: String(k) };
      const [ours, theirs] = await Promise.all(
        ['ferroport', "'node:worker_threads'"].map((name) => program(source(name), { env })),
      );
      t.deepEqual([ours.code, ours.signal, ours.out], [theirs.code, theirs.signal, theirs.out], `${k}: ${ours.stderr}`);
    }
  });

programs(
  'a listener that throws in the middle of a batch loses nothing',
  `process.on('uncaughtException', (error) => console.log('uncaught', error.message));
  port1.on('message', (n) => { console.log(n); if (n === ${COUNT}) later(() => port1.close()); if (n >= K && n < K + 3) throw new Error(String(n)); });`,
);

programs(
  'a listener whose promise rejects in the middle of a batch loses nothing',
  `process.on('uncaughtException', (error) => console.log('uncaught', error.message));
  port1.on('message', async (n) => { console.log(n); if (n === ${COUNT}) later(() => port1.close()); if (n === K) throw new Error(String(n)); });`,
);

programs(
  'process.exit in the middle of a batch ends the program there',
  `process.on('exit', () => console.log('exit', receiveMessageOnPort(port1)?.message));
  port1.on('message', (n) => { console.log(n); if (n === K) process.exit(3); });`,
);

programs(
  'an error that nobody catches ends the program in the middle of a batch',
  `port1.on('message', (n) => { console.log(n); if (n === K) throw new Error('uncaught'); });`,
);

programs(
  'a worker may exit in the middle of a batch',
  `port1.on('message', () => {}); port1.unref();
  const worker = new Worker("const { parentPort } = require('node:worker_threads'); parentPort.on('message', (n) => { parentPort.postMessage(n); if (n === " + K + ") process.exit(5); });", { eval: true });
  worker.on('message', (n) => console.log(n)).on('exit', (code) => console.log('exit', code));
  for (let n = 1; n <= ${COUNT}; n++) worker.postMessage(n);`,
);

test('workers that are terminated at any moment of their batches take nothing else along', async (t) => {
  t.log(`BATCH_SEED=${SEED}`);
  const { below } = randomOf(SEED);
  const code = `
    const { parentPort, MessageChannel } = require(${JSON.stringify(path.join(__dirname, '..', '..'))});
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (value) => { if (value.n % 50 === 0) parentPort.postMessage(value.n); port2.postMessage(value); });
    parentPort.on('message', (value) => { for (let i = 0; i < 20; i++) port2.postMessage({ n: value, text: 't'.repeat(i * 9) }); });`;
  for (let round = 0; round < 25; round++) {
    const worker = new ferroport.Worker(code, { eval: true });
    const arrived = [];
    worker.on('message', (n) => arrived.push(n));
    await new Promise((resolve) => worker.once('online', resolve));
    for (let n = 0; n < 300; n++) worker.postMessage(n);
    const turns = below(12);
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, below(60)));
    t.is(await worker.terminate(), 1);
    t.true(arrived.every((n) => n % 50 === 0));
  }
  // This thread goes on as ever.
  const { port1, port2 } = new ferroport.MessageChannel();
  const got = [];
  port1.on('message', (n) => got.push(n));
  for (let n = 0; n < COUNT; n++) port2.postMessage(n);
  while (got.length < COUNT) await settle(1);
  t.deepEqual(
    got,
    Array.from({ length: COUNT }, (_, n) => n),
  );
  port1.close();
});

test('whatever random listeners do, each message comes once and in order', async (t) => {
  t.log(`BATCH_SEED=${SEED}`);
  const { below, chance } = randomOf(SEED);
  for (let round = 0; round < 60; round++) {
    const { MessageChannel, receiveMessageOnPort } = ferroport;
    let { port1: port, port2: peer } = new MessageChannel();
    const got = [];
    let sent = 0;
    const send = (count) => {
      while (count-- > 0) peer.postMessage({ n: sent++, text: 'm'.repeat(chance(3) ? 20_000 : below(60)) });
    };
    const listen = ({ n }) => {
      got.push(n);
      const what = below(60);
      if (what === 0) {
        port.off('message', listen);
        setImmediate(() => port.on('message', listen));
      } else if (what === 1) {
        const taken = receiveMessageOnPort(port);
        if (taken) got.push(taken.message.n);
      } else if (what === 2 && sent < 2000) {
        send(below(100));
      } else if (what === 3) {
        const carrier = new MessageChannel();
        carrier.port1.postMessage(port, [port]);
        port = receiveMessageOnPort(carrier.port2).message;
        port.on('message', listen);
        carrier.port1.close();
      } else if (what === 4) {
        const carrier = new MessageChannel();
        carrier.port1.postMessage(peer, [peer]);
        peer = receiveMessageOnPort(carrier.port2).message;
        carrier.port1.close();
      }
    };
    send(COUNT);
    port.on('message', listen);
    while (got.length < sent) await settle(1);
    await settle(2);
    t.deepEqual(
      got,
      Array.from({ length: sent }, (_, n) => n),
      `round ${round}`,
    );
    port.close();
  }
});

test('two busy ports take turns, and a quiet one waits for a bounded number of their messages', async (t) => {
  const channels = Array.from({ length: 3 }, () => new ferroport.MessageChannel());
  const order = [];
  const [busy, other, quiet] = channels;
  let posted = 0;
  for (let n = 0; n < 2000; n++) {
    busy.port2.postMessage(n);
    other.port2.postMessage(n);
  }
  busy.port1.on('message', (n) => {
    order.push('busy');
    if (n === 500) {
      quiet.port2.postMessage('now');
      posted = order.length;
    }
  });
  other.port1.on('message', () => order.push('other'));
  quiet.port1.on('message', () => order.push('quiet'));
  while (order.length < 4001) await settle(1);
  let longest = 0;
  for (let at = 1, run = 1; at < 4000; at++) {
    run = order[at] === order[at - 1] ? run + 1 : 1;
    if (at < 3800) longest = Math.max(longest, run);
  }
  t.true(longest <= 64, `${longest} of one port in a row`);
  const after = order.indexOf('quiet') - posted;
  t.true(after >= 0 && after <= 64, `${after} messages before it`);
  for (const { port1 } of channels) port1.close();
  await settle();
});

test('a port that gets a message while another is alone with its queue gets its turn soon', async (t) => {
  const busy = new ferroport.MessageChannel();
  const quiet = new ferroport.MessageChannel();
  const order = [];
  for (let n = 0; n < 3000; n++) busy.port2.postMessage(n);
  quiet.port1.on('message', () => order.push('quiet'));
  await settle(2);
  busy.port1.on('message', (n) => {
    order.push(n);
    if (n === 1000) quiet.port2.postMessage('now');
  });
  while (order.length < 3001) await settle(1);
  // What fits into 16 KiB is taken at once: of the smallest messages, that many.
  t.true(order.indexOf('quiet') - 1001 <= 1024, `${order.indexOf('quiet') - 1001} messages before it`);
  busy.port1.close();
  quiet.port1.close();
  await settle();
});

same('a store that a listener enters in the middle of a batch', async ({ log, open, settle }) => {
  const storage = new AsyncLocalStorage();
  const [port1, port2] = open();
  port1.on('message', (n) => {
    log(n, storage.getStore());
    if (PLACES.includes(n)) storage.enterWith({ n });
    if (PLACES.includes(n)) process.nextTick(() => log('tick', n, storage.getStore()?.n));
    if (n % 40 === 0) {
      storage.run('inside', () => queueMicrotask(() => log('microtask', n, storage.getStore())));
    }
  });
  storage.run('sender', () => {
    for (let n = 1; n <= COUNT; n++) port2.postMessage(n);
  });
  await settle(40);
});
