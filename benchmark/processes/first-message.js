// Starts workers, one after the other, and prints how many milliseconds the first message takes to come.
'use strict';

const { once } = require('node:events');

const { Worker } = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

/** The first ones find the files and compile what starts workers. */
const WARM_UP = 2;
const COUNT = 9;

async function main() {
  const times = [];
  for (let i = 0; i < WARM_UP + COUNT; i++) {
    const began = performance.now();
    const worker = new Worker("require('node:worker_threads').parentPort.postMessage(1)", { eval: true });
    const exit = once(worker, 'exit');
    await once(worker, 'message');
    times.push(performance.now() - began);
    await exit;
  }
  const sorted = times.slice(WARM_UP).sort((a, b) => a - b);
  console.log(JSON.stringify({ value: sorted[COUNT >> 1] }));
}

main();
