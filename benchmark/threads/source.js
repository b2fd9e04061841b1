// A thread that posts as many small objects as it is told.
'use strict';

const { smallObject } = require('../payloads');

const { workerData } = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

const { port } = workerData;
const value = smallObject();

port.on('message', (/** @type {number} */ count) => {
  for (let i = 0; i < count; i++) port.postMessage(value);
});
