'use strict';

// How soon a thread that never yields stops.

const { once } = require('node:events');
const test = require('ava');
const { SharedAbortController, Worker } = require('../..');
const { FERROPORT } = require('../support/program');
const { PATIENCE } = require('../support/limits');

const ROUNDS = 30;
/** It takes some hundredths of that, in ms. A machine may have a single processor, which is given to another thread after several ms. */
const MOST = 50 * PATIENCE;

const now = () => Number(process.hrtime.bigint()) / 1e6;

test('a busy loop stops soon after abort() has been called in another thread', async (t) => {
  const steps = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { parentPort, workerData: steps } = require(${JSON.stringify(FERROPORT)});
    parentPort.on('message', (signal) => {
      while (!signal.aborted) Atomics.add(steps, 0, 1);
      parentPort.postMessage(Number(process.hrtime.bigint()) / 1e6);
    });`,
    { eval: true, workerData: steps },
  );
  t.teardown(() => worker.terminate());
  const took = [];
  for (let i = 0; i < ROUNDS; i++) {
    const controller = new SharedAbortController();
    const before = Atomics.load(steps, 0);
    worker.postMessage(controller.signal);
    while (Atomics.load(steps, 0) === before);
    const called = now();
    controller.abort();
    const [stopped] = await once(worker, 'message');
    took.push(stopped - called);
  }
  took.sort((one, other) => one - other);
  t.log(`${(took[ROUNDS / 2] * 1000).toFixed(0)} µs, at most ${(took[ROUNDS - 1] * 1000).toFixed(0)} µs`);
  t.true(took[ROUNDS / 2] < MOST);
});
