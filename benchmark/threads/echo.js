// A thread that sends each message back; an ArrayBuffer is moved both ways.
'use strict';

const { workerData } = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

const { port } = workerData;

port.on('message', (/** @type {unknown} */ value) => {
  port.postMessage(value, value instanceof ArrayBuffer ? [value] : []);
});
