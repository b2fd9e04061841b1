// A thread that listens on its port, says so, and then never returns to its event loop.
'use strict';

const { workerData } = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

const { port } = workerData;

port.on('message', () => {});
port.postMessage(null);
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
