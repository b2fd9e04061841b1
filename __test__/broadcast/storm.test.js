'use strict';

// Many threads that join, send, close and end at any moment.

const test = require('ava');
const path = require('node:path');
const { Worker } = require('node:worker_threads');
const { randomOf } = require('../support/random');
const { BroadcastChannel } = require('../..');

const SEED = Number(process.env.STORM_SEED ?? (Math.random() * 2 ** 32) >>> 0);
const THREADS = Number(process.env.STORM_THREADS ?? 5);
const COUNT = Number(process.env.STORM_COUNT ?? 400);

/** The body of a thread: one member stays and sends numbered messages, others come and go. */
const body = ({ BroadcastChannel: Channel, parentPort, workerData }, random) => {
  const { below } = random(workerData.seed);
  const { own, count, threads } = workerData;
  const last = new Map();
  const fail = (...what) => parentPort.postMessage({ failure: [own, ...what] });
  const listen = (channel, seen) => {
    channel.onmessageerror = ({ data }) => fail('messageerror', data.message);
    channel.onmessage = ({ data }) => {
      const { from, n, text, shared, bytes } = data;
      const before = seen.get(from);
      if (before !== undefined && n !== before + 1) fail('gap', from, before, n);
      seen.set(from, n);
      if (text?.length !== n * 13 && n % 4 === 1) fail('text', from, n);
      if (n % 4 === 2 && new Int32Array(shared.memory)[0] !== from * 1_000_000 + n) fail('memory', from, n);
      if (n % 4 === 3 && bytes.some((byte) => byte !== n % 251)) fail('bytes', from, n);
    };
  };
  const make = (n) => {
    if (n % 4 === 1) return { from: own, n, text: 'x'.repeat(n * 13) };
    if (n % 4 === 2) {
      const memory = new SharedArrayBuffer(4);
      new Int32Array(memory)[0] = own * 1_000_000 + n;
      return { from: own, n, shared: { memory } };
    }
    return n % 4 === 3 ? { from: own, n, bytes: new Uint8Array(n * 50).fill(n % 251) } : { from: own, n };
  };
  const stays = new Channel('storm');
  listen(stays, last);
  const guests = [];
  let n = 0;
  const step = () => {
    for (let left = below(12); left > 0 && n < count; left--) stays.postMessage(make(n++));
    if (below(4) === 0) {
      const guest = new Channel('storm');
      listen(guest, new Map());
      guests.push(guest);
    }
    if (below(5) === 0 && guests.length > 0) guests.splice(below(guests.length), 1)[0].close();
    if (n < count) return setImmediate(step);
    for (const guest of guests) guest.close();
    const isOver = () => [...last.values()].filter((number) => number === count - 1).length === threads - 1;
    const wait = () => {
      if (!isOver()) return setTimeout(wait, 5);
      parentPort.postMessage({ over: own });
    };
    wait();
  };
  parentPort.on('message', (message) => {
    if (message === 'go') step();
    else parentPort.close(stays.close());
  });
  parentPort.postMessage({ ready: own });
};

/** Starts a thread of Node's that uses ferroport's channels. */
function start(workerData) {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { BroadcastChannel } = require(${JSON.stringify(path.join(__dirname, '..', '..'))});
    const random = ${randomOf};
    (${body})({ BroadcastChannel, parentPort, workerData }, random);
  `;
  return new Worker(code, { eval: true, workerData });
}

test.serial(`everything arrives whole and in order, whoever comes and goes (${THREADS} threads)`, async (t) => {
  t.log(`STORM_SEED=${SEED}`);
  const { below } = randomOf(SEED);
  const listener = new BroadcastChannel('storm');
  listener.unref();
  let heard = 0;
  listener.onmessage = () => heard++;
  const workers = Array.from({ length: THREADS }, (_, own) =>
    start({ own, count: COUNT, threads: THREADS, seed: below(2 ** 31) }),
  );
  // Threads that are ended while they start and join. They send nothing.
  const casualties = Array.from({ length: 3 }, () => start({ own: 0, count: 1e9, threads: 2, seed: below(2 ** 31) }));
  casualties.forEach((worker, index) => setTimeout(() => worker.terminate(), 25 * (index + 1)));
  const counts = { ready: 0, over: 0 };
  const failures = [];
  await new Promise((resolve, reject) => {
    for (const worker of workers) {
      worker.on('error', reject);
      worker.on('message', ({ failure, ready, over }) => {
        if (failure) failures.push(failure);
        if (ready !== undefined && ++counts.ready === THREADS) for (const each of workers) each.postMessage('go');
        if (over !== undefined && ++counts.over === THREADS) resolve();
      });
    }
  });
  for (const worker of workers) worker.postMessage('end');
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.on('exit', resolve))));
  t.deepEqual(failures, [], `STORM_SEED=${SEED}`);
  while (heard < THREADS * COUNT) await new Promise((resolve) => setImmediate(resolve));
  t.is(heard, THREADS * COUNT, `STORM_SEED=${SEED}`);
  listener.close();
});

test.serial('threads may be terminated while they join, send and receive', async (t) => {
  t.log(`STORM_SEED=${SEED}`);
  const { below } = randomOf(SEED + 1);
  const channel = new BroadcastChannel('terminated');
  let heard = 0;
  channel.onmessage = ({ data }) => {
    heard++;
    if (data.shared !== undefined && data.shared.byteLength !== 8) t.fail(`STORM_SEED=${SEED}`);
  };
  channel.onmessageerror = () => t.fail(`messageerror, STORM_SEED=${SEED}`);
  for (let round = 0; round < 8; round++) {
    const workers = Array.from(
      { length: 3 },
      () =>
        new Worker(
          `const { BroadcastChannel } = require(${JSON.stringify(path.join(__dirname, '..', '..'))});
          const stays = new BroadcastChannel('terminated');
          stays.onmessage = () => {};
          const step = () => {
            for (let n = 0; n < 20; n++) {
              const guest = new BroadcastChannel('terminated');
              guest.onmessage = () => {};
              stays.postMessage({ n });
              guest.postMessage({ shared: new SharedArrayBuffer(8), text: 'x'.repeat(n * 100) });
              guest.close();
            }
            setImmediate(step);
          };
          step();`,
          { eval: true },
        ),
    );
    const before = heard;
    while (heard === before) {
      channel.postMessage({ from: 'main', shared: new SharedArrayBuffer(8) });
      await new Promise((resolve) => setTimeout(resolve, 1 + below(20)));
    }
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  // All of them have left.
  channel.postMessage('to nobody');
  const other = new BroadcastChannel('terminated');
  other.postMessage({ end: true });
  const last = await new Promise((resolve) =>
    channel.addEventListener('message', ({ data }) => data.end && resolve(data)),
  );
  t.deepEqual(last, { end: true });
  channel.postMessage(new Blob(['to one']));
  const blob = await new Promise((resolve) => (other.onmessage = ({ data }) => resolve(data)));
  t.is(await blob.text(), 'to one');
  channel.close();
  other.close();
});
