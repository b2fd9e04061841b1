// A thread that reads a stream and answers once after every `count` chunks; every twentieth chunk takes it `pause` milliseconds.
'use strict';

const { once } = require('node:events');
const { setTimeout } = require('node:timers/promises');
const { workerData } = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

const { port, count, pause } = workerData;

async function main() {
  const readable = process.argv[2] === 'ferroport' ? port.readable : (await once(port, 'message'))[0];
  const reader = readable.getReader();
  for (let read = 1; ; read++) {
    await reader.read();
    if (pause !== undefined && read % 20 === 0) await setTimeout(pause);
    if (read % count === 0) port.postMessage(null);
  }
}

main();
