'use strict';

// A worker of native.test.js: it takes the package and the addon, and does what it is told.

const { workerData, parentPort } = require('node:worker_threads');
const ferroport = require(workerData.ferroport);
const addon = require(workerData.addon);

/** @type {Record<string, () => unknown>} */
const TASKS = {
  hashes: () => require('./thread').hashes(ferroport, addon, workerData.file),

  // The environment ends while threads of Rust send to it, and wait for it.
  async floods() {
    const { MessageChannel } = ferroport;
    const { port1, port2 } = new MessageChannel({ highWaterMark: workerData.mark });
    addon.flood(port2);
    let count = 0;
    port1.on('message', () => ++count);
    const full = new MessageChannel({ highWaterMark: 2 });
    addon.flood(full.port2);
    const echoed = new MessageChannel();
    addon.echo(echoed.port2);
    echoed.port1.on('message', (/** @type {unknown} */ value) => echoed.port1.postMessage(value));
    echoed.port1.postMessage({ n: 1 });
    // A task that waits, whose environment goes.
    const piped = new MessageChannel();
    addon.pipe(piped.port2).catch(() => {});
    piped.port1.postMessage({ n: 1, text: '' });
    // One that nobody takes.
    new MessageChannel().port1[Symbol.for('ferroport.native.1')]();
    parentPort?.postMessage('runs');
    if (workerData.ends === 'exit') setTimeout(() => process.exit(0), workerData.after);
    if (workerData.ends === 'throw') {
      setTimeout(() => {
        throw new Error('on purpose');
      }, workerData.after);
    }
  },
};

Promise.resolve(TASKS[workerData.task]()).then(
  () => parentPort?.postMessage('done'),
  (error) => parentPort?.postMessage(String(error.stack)),
);
