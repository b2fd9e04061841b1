'use strict';

// A worker of c.test.js: threads in C are busy for it when it ends.

const { workerData } = require('node:worker_threads');
const { MessageChannel } = require(workerData.package);
const start = require(workerData.addon);

for (let i = 0; i < 8; i++) {
  const { port1, port2 } = new MessageChannel();
  start(port2[Symbol.for('ferroport.native.1')]());
  port1.on('message', ({ c }) => port1.postMessage(c[0]));
  port1.postMessage(i);
}
setTimeout(() => process.exit(0), 3);
