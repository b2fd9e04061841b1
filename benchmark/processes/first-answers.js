// Has a worker that is up answer 1000 times, from its first message on, and prints how many milliseconds that takes.
'use strict';

const { once } = require('node:events');

const { Worker } = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

const COUNT = 1000;
const UNDER_WAY = 4;

const CODE = `const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (request) => parentPort.postMessage(request));`;

async function main() {
  const worker = new Worker(CODE, { eval: true });
  await once(worker, 'online');
  const request = { id: 1, name: 'abc', tags: ['a', 'b'], at: new Date() };
  let count = 0;
  let began = 0;
  worker.on('message', () => {
    count++;
    if (count === 1) began = performance.now();
    if (count < COUNT) return worker.postMessage(request);
    console.log(JSON.stringify({ value: performance.now() - began }));
    process.exit();
  });
  for (let i = 0; i < UNDER_WAY; i++) worker.postMessage(request);
}

main();
