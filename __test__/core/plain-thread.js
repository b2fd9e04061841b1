'use strict';

// A worker that knows only the runtime's own module: says what it sees there, and ends when it hears something.

const { parentPort, workerData } = require('node:worker_threads');

if (process.argv[2] !== 'end') {
  const { greeting } = workerData;
  parentPort.postMessage({ workerData: { greeting }, isPreloaded: globalThis.isPreloaded === true });
  parentPort.on('message', () => parentPort.close());
}
