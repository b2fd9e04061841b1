// A thread that takes messages and answers once after every `count` of them.
'use strict';

const { workerData } = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

const { port, count } = workerData;
let received = 0;

port.on('message', () => {
  if (++received === count) {
    received = 0;
    port.postMessage(null);
  }
});
