'use strict';

// A worker of native.test.js: it takes the package and the addon, and does what it is told.

const { workerData, parentPort } = require('node:worker_threads');
const ferroport = require(workerData.ferroport);
const addon = require(workerData.addon);

/** @type {Record<string, () => unknown>} */
const TASKS = {
  hashes: () => require('./thread').hashes(ferroport, addon, workerData.file),

  // The environment ends while threads of Rust send to it and receive from it, and wait for both.
  storm() {
    const { MessageChannel } = ferroport;
    const { marks, ends, after } = workerData;
    /** @type {any[]} */
    const ports = [];
    for (const [index, mark] of marks.entries()) {
      const { port1, port2 } = new MessageChannel(mark && { highWaterMark: mark });
      ports.push(port1);
      if (index % 4 === 3) addon.stormTask(port2).catch(() => {});
      else addon.storm(port2);
      // Of the others, nobody reads what comes.
      if (index % 2 === 0) port1.on('message', (/** @type {unknown} */ value) => port1.tryPostMessage(value));
    }
    const post = () => {
      for (const port of ports) for (let n = 0; n < 8; n++) port.tryPostMessage({ n, list: [n, 'text'] });
      setImmediate(post);
    };
    post();
    // One that nobody takes.
    new MessageChannel().port1[Symbol.for('ferroport.native.1')]();
    parentPort?.postMessage('runs');
    const end = () => {
      if (ends === 'exit') process.exit(0);
      if (ends === 'throw') throw new Error('on purpose');
      if (ends === 'blocked') for (;;) ports[0].receiveSync();
      // Else somebody else ends it.
    };
    setTimeout(end, after);
  },
};

Promise.resolve(TASKS[workerData.task]()).then(
  () => parentPort?.postMessage('done'),
  (error) => parentPort?.postMessage(String(error.stack)),
);
