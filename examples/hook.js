// The hook: a program that knows only node:worker_threads runs on ferroport, its dependencies and workers too.
'use strict';

require('ferroport/register');

const { MessageChannel, Worker, isMainThread, parentPort } = require('node:worker_threads');

if (isMainThread) {
  console.log(MessageChannel === require('ferroport').MessageChannel); // Prints: true
  console.log(globalThis.MessageChannel === MessageChannel); // Prints: true

  const worker = new Worker(__filename);
  worker.once('message', (isHooked) => console.log('in the worker, too:', isHooked)); // Prints: in the worker, too: true
} else {
  parentPort.postMessage(MessageChannel === require('ferroport').MessageChannel);
}
