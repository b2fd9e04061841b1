'use strict';

// Many parcels and messages over ports that are moved all the while: everything arrives, in order, whole.

const test = require('ava');
const { MessageChannel, receiveMessageOnPort } = require('../..');
const { randomOf } = require('../support/random');
const { startThread } = require('./threads');

const SEED = Number(process.env.STORM_SEED ?? (Math.random() * 2 ** 32) >>> 0);
const COUNT = Number(process.env.STORM_COUNT ?? 100_000);
const MOVES = 100;

/** What message number `index` is, by a random number: what is posted, and the transfer list. */
function content(index, kind) {
  if (kind < 4) return [{ index }];
  if (kind < 6) return [{ index, shared: Int32Array.of(index).length && new SharedArrayBuffer(1 + (index % 7)) }];
  if (kind < 9) {
    const { buffer } = Int32Array.of(index, ~index);
    return [{ index, moved: buffer }, [buffer]];
  }
  const { port1, port2 } = new MessageChannel();
  port2.postMessage(new SharedArrayBuffer(3));
  return [{ index, port1, port2 }, [port1, port2]];
}

/** Whether what came is what was sent as number `index`. */
function isWhole(message, index) {
  if (message.index !== index) return false;
  if (message.shared) return message.shared.byteLength === 1 + (index % 7);
  if (message.moved) {
    return Int32Array.of(index, ~index).every((value, at) => new Int32Array(message.moved)[at] === value);
  }
  if (message.port1) {
    const held = receiveMessageOnPort(message.port1).message;
    message.port1.close();
    return held.byteLength === 3;
  }
  return true;
}

test.serial(`a port that is moved ${MOVES} times in this thread gets everything, in order`, (t) => {
  t.log(`STORM_SEED=${SEED}`);
  const { below } = randomOf(SEED);
  const { port1, port2 } = new MessageChannel();
  const carrier = new MessageChannel();
  let receiver = port2;
  let taken = 0;
  const take = (count) => {
    for (; count > 0; count--) {
      const received = receiveMessageOnPort(receiver);
      if (received === undefined) return;
      if (!isWhole(received.message, taken)) t.fail(`message ${taken}, STORM_SEED=${SEED}`);
      taken++;
    }
  };
  const moves = new Set(Array.from({ length: MOVES }, () => below(COUNT)));
  for (let index = 0; index < COUNT; index++) {
    const kind = below(100);
    port1.postMessage(...content(index, kind < 99 ? below(9) : 9));
    if (kind < 30) take(below(8));
    if (moves.has(index)) {
      carrier.port1.postMessage({ receiver, beside: new SharedArrayBuffer(1) }, [receiver]);
      ({ receiver } = receiveMessageOnPort(carrier.port2).message);
    }
  }
  take(COUNT);
  t.is(taken, COUNT);
  for (const port of [port1, carrier.port1]) port.close();
});

/** A thread that takes some messages, checks them and hands the port on, through the port over which it was told to. */
const relay = (ferroport, control, { isWhole: whole, count }) => {
  const { receiveMessageOnPort } = ferroport;
  const check = new Function('receiveMessageOnPort', `return (${whole})`)(receiveMessageOnPort);
  control.on('message', ({ port, taken, share, end }) => {
    if (end) return control.close();
    port.on('message', (message) => {
      if (!check(message, taken)) throw new Error(`message ${taken} is not whole`);
      taken++;
      share--;
      if (share > 0 && taken < count) return;
      control.postMessage({ port, taken }, [port]);
    });
  });
};

test.serial(`a port that is moved ${MOVES} times between threads gets everything, in order`, async (t) => {
  t.log(`STORM_SEED=${SEED}`);
  const { below } = randomOf(SEED);
  const { port1, port2 } = new MessageChannel();
  const threads = [0, 1].map(() => {
    const control = new MessageChannel();
    return { ...startThread(control.port2, relay, { isWhole: String(isWhole), count: COUNT }), control: control.port1 };
  });
  const done = new Promise((resolve, reject) => {
    for (const { ended } of threads) ended.catch(reject);
    for (const [at, { control }] of threads.entries()) {
      control.on('message', ({ port, taken }) => {
        if (taken === COUNT) return resolve(port);
        const next = threads[(at + 1) % threads.length].control;
        next.postMessage({ port, taken, share: 1 + below((2 * COUNT) / MOVES) }, [port]);
      });
    }
  });
  threads[0].control.postMessage({ port: port2, taken: 0, share: 5 }, [port2]);
  let posted = 0;
  while (posted < COUNT) {
    for (const until = Math.min(COUNT, posted + 1 + below(3000)); posted < until; posted++) {
      port1.postMessage(...content(posted, below(1000) < 995 ? below(9) : 9));
    }
    await new Promise(setImmediate);
  }
  const last = await done;
  last.close();
  for (const { control } of threads) control.postMessage({ end: true });
  for (const { ended } of threads) t.is(await ended, 0);
  port1.close();
});

/** A thread that sends buffers it has made and got, and ends at once. */
const maker = (ferroport, port, { seed, size }) => {
  const { buffer } = new Uint32Array(size).fill(seed);
  const through = new ferroport.MessageChannel();
  through.port1.postMessage(buffer, [buffer]);
  const { message } = ferroport.receiveMessageOnPort(through.port2);
  through.port1.close();
  port.postMessage({ buffer: message, seed, shared: new Uint32Array(new SharedArrayBuffer(64)).fill(seed) }, [message]);
  if (seed % 3 === 0) process.exit();
  port.close();
};

test.serial('buffers outlive the threads that made them', async (t) => {
  t.log(`STORM_SEED=${SEED}`);
  const { below } = randomOf(SEED);
  const kept = [];
  const until = Date.now() + Number(process.env.STORM_MS ?? 6000);
  for (let round = 0; round < 12 && Date.now() < until; round++) {
    const started = Array.from({ length: 3 }, () => {
      const { port1, port2 } = new MessageChannel();
      const seed = below(2 ** 32);
      const arrived = new Promise((resolve) => port1.once('message', resolve));
      return { ...startThread(port2, maker, { seed, size: 1 + below(300_000) }), arrived, port1, seed };
    });
    for (const { arrived, ended, port1, seed } of started) {
      const message = await arrived;
      await ended;
      port1.close();
      t.is(message.seed, seed);
      kept.push(message);
      // What was freed too early would be written over by these.
      for (let count = 0; count < 20; count++) new Uint32Array(1 + below(100_000)).fill(1);
    }
    for (const each of kept) {
      const again = below(2) ? structuredClone(each.buffer, { transfer: [each.buffer] }) : each.buffer;
      each.buffer = again;
      if (!new Uint32Array(again).every((value) => value === each.seed)) t.fail(`STORM_SEED=${SEED}`);
      if (!each.shared.every((value) => value === each.seed)) t.fail(`STORM_SEED=${SEED}`);
    }
  }
  t.true(kept.length > 0);
});
