'use strict';

// Many threads that share signals, abort them, listen, follow and end at any moment.

const { once } = require('node:events');
const test = require('ava');
const { Worker, SharedAbortController, SharedAbortSignal } = require('../..');
const { randomOf } = require('../support/random');
const { FERROPORT } = require('../support/program');

const SEED = Number(process.env.STORM_SEED ?? (Math.random() * 2 ** 32) >>> 0);
const ROUNDS = Number(process.env.STORM_ROUNDS ?? 40);
const THREADS = 3;

/** The body of a thread. It fails by a message; it may be terminated at any moment. */
const body = ({ parentPort, workerData, SharedAbortController: Controller, SharedAbortSignal: Signal }, random) => {
  const { below, chance, pick } = random(workerData);
  const known = [];
  const own = [];
  const heard = new WeakSet();
  const fail = (...what) => parentPort.postMessage({ failure: what });
  const hear = (signal) => {
    let calls = 0;
    // The event may be under way to a listener that was added before.
    const before = signal.aborted && !heard.has(signal);
    heard.add(signal);
    signal.addEventListener('abort', () => {
      if (++calls > 1) fail('heard twice');
      if (before) fail('heard though it was aborted before');
      if (!signal.aborted || typeof signal.reason?.n !== 'number') fail('without a reason', signal.reason?.message);
    });
  };
  const take = (signal) => {
    known.push(signal);
    if (known.length > 200) known.splice(0, 100);
    if (chance(50)) hear(signal);
    if (chance(10)) {
      heard.add(signal);
      signal.toAbortSignal().addEventListener('abort', () => signal.aborted || fail('plain before'));
    }
  };
  const step = () => {
    for (let i = 0; i < 20; i++) {
      if (chance(30)) own.push(new Controller());
      if (own.length > 0 && chance(40)) parentPort.postMessage({ signals: [pick(own).signal, pick(own).signal] });
      if (known.length > 0 && chance(30)) parentPort.postMessage({ signals: [pick(known)] });
      if (known.length > 1 && chance(20)) {
        take(Signal.any([pick(known), pick(known)].filter(({ aborted }) => !aborted)));
      }
      if (own.length > 0 && chance(30)) {
        const [controller] = own.splice(below(own.length), 1);
        if (chance(80)) controller.abort({ n: below(1000), text: 'x'.repeat(below(100)) });
        if (chance(50) && controller.signal.aborted && !controller.signal.reason) fail('no reason');
      }
      if (known.length > 0 && chance(30)) {
        const signal = pick(known);
        const before = signal.aborted;
        if (before && signal.reason !== signal.reason) fail('another reason');
        if (before && !signal.aborted) fail('no more aborted');
      }
    }
    if (chance(5)) globalThis.gc?.();
    setImmediate(step);
  };
  parentPort.on('message', ({ signals }) => signals.forEach(take));
  step();
};

const code = `
  const lib = require(${JSON.stringify(FERROPORT)});
  const random = ${randomOf};
  (${body})(lib, random);
`;

test(`threads that share signals may end at any moment (STORM_SEED=${SEED})`, async (t) => {
  const { below, chance, pick } = randomOf(SEED);
  const failures = [];
  const kept = [];
  let count = 0;
  const relay = (workers, from, { failure, signals }) => {
    if (failure !== undefined) return failures.push(failure);
    count += signals.length;
    if (chance(20)) kept.push(...signals);
    if (kept.length > 300) kept.splice(0, 200);
    for (const worker of workers) if (worker !== from && chance(60)) worker.postMessage({ signals });
  };
  for (let round = 0; round < ROUNDS; round++) {
    const workers = [];
    for (let i = 0; i < THREADS; i++) {
      const worker = new Worker(code, { eval: true, workerData: below(2 ** 31) });
      worker.on('message', (message) => relay(workers, worker, message));
      worker.on('error', (error) => failures.push(['error', error.message]));
      workers.push(worker);
    }
    const controller = new SharedAbortController();
    const ends = workers.map((worker) => once(worker, 'exit'));
    const timeout = SharedAbortSignal.timeout(20 + below(60));
    const any = SharedAbortSignal.any([
      controller.signal,
      timeout,
      ...kept.slice(0, 5).filter((each) => !each.aborted),
    ]);
    for (const worker of workers) worker.postMessage({ signals: [SharedAbortSignal.any([controller.signal])] });
    // Mostly not before all of them are there.
    if (chance(80)) await Promise.all(workers.map((worker) => once(worker, 'message')));
    const begin = Date.now();
    while (Date.now() - begin < 30 + below(60)) {
      await new Promise((resolve) => setTimeout(resolve, below(5)));
      if (kept.length > 0) void pick(kept).aborted;
    }
    for (const worker of workers) {
      worker.terminate();
      if (chance(50)) controller.abort({ n: round });
    }
    await Promise.all(ends);
    t.true(any.aborted || !controller.signal.aborted);
  }
  t.deepEqual(failures, []);
  t.log(`${count} signals came`);
  t.true(count > 0);
});
