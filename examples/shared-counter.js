// A shared counter: all threads see one piece of memory, and Atomics keeps them from losing a step.
'use strict';

const { Worker, isMainThread, workerData } = require('ferroport');

const WORKERS = 4;
const STEPS = 10_000;

if (isMainThread) {
  const counter = new Int32Array(new SharedArrayBuffer(4));
  let running = WORKERS;
  for (let i = 0; i < WORKERS; i++) {
    const worker = new Worker(__filename, { workerData: counter });
    worker.on('exit', () => {
      running -= 1;
      if (running === 0) console.log(counter[0]); // Prints: 40000
    });
  }
} else {
  for (let i = 0; i < STEPS; i++) Atomics.add(workerData, 0, 1);
}
