// A thread that at a null says so and waits for its gate, then takes `count` messages and answers once.
'use strict';

const { workerData } = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

const { port, gate, count } = workerData;
let received = 0;

port.on('message', (/** @type {unknown} */ value) => {
  if (value === null) {
    port.postMessage(null);
    Atomics.wait(gate, 0, 0);
    Atomics.store(gate, 0, 0);
  } else if (++received === count) {
    received = 0;
    port.postMessage(null);
  }
});
