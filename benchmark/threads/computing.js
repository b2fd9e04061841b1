// A thread that sends each buffer back, and has work of its own all the time: a slice of it between any two turns of its event loop.
'use strict';

const { workerData } = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

const { port } = workerData;

/** Milliseconds of a slice. */
const SLICE = 0.02;

port.on('message', (/** @type {ArrayBuffer} */ buffer) => port.postMessage(buffer, [buffer]));

function work() {
  const end = performance.now() + SLICE;
  while (performance.now() < end);
  setImmediate(work);
}
work();
