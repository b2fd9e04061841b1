// The worker of the usual way: sends back what it gets, then raises the counter for which the other thread waits.
'use strict';

const { receiveMessageOnPort, workerData } = require('node:worker_threads');

/** @type {{ port: import('node:worker_threads').MessagePort, counters: Int32Array }} */
const { port, counters } = workerData;
const [, , role] = process.argv;

/** @param {any} value */
function answer(value) {
  port.postMessage(value);
  Atomics.add(counters, 0, 1);
  Atomics.notify(counters, 0);
}

if (role === 'listens') port.on('message', answer);
else {
  for (let taken = 0; ; taken++) {
    while (Atomics.load(counters, 1) === taken) Atomics.wait(counters, 1, taken);
    answer(receiveMessageOnPort(port)?.message);
  }
}
