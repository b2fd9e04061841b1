// A thread that posts as many small objects as it is told, each a value of its own.
'use strict';

const { workerData } = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

const { port } = workerData;

port.on('message', (/** @type {number} */ count) => {
  for (let i = 0; i < count; i++) port.postMessage({ id: i, name: 'message', isLast: false });
});
