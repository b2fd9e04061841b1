'use strict';

// A program that uses what the first argument names, then what is deprecated in Node, and prints each warning.

const [, , name] = process.argv;
const { MessageChannel, Worker } = require(name);

process.on('warning', ({ code }) => console.log(code));
process.on('uncaughtException', (/** @type {any} */ error) => console.log('thrown', error.code));

const { port1, port2 } = new MessageChannel();
port2.on('message', (message) => {
  console.log(message);
  queueMicrotask(() => console.log('microtask'));
  port2.close();
});
port2.on('close', () => {
  const worker = new Worker('require("node:worker_threads").parentPort.postMessage("from the worker")', { eval: true });
  worker.on('message', console.log);
  worker.on('exit', () => {
    console.log('what the program does itself:');
    // What throws in there leaves Node in disorder.
    if (!process.throwDeprecation) /** @type {any} */ (process)._tickCallback();
    console.log(typeof module.parent);
  });
});
port1.postMessage(1);
