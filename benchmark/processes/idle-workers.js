// Starts workers that have answered once and wait, and prints how many bytes of memory each of them takes.
'use strict';

const { once } = require('node:events');
const { memory } = require('./memory');

const { Worker } = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

const COUNT = 8;

const CODE = `const { parentPort } = require('node:worker_threads');
  parentPort.on('message', () => { gc(); parentPort.postMessage({ done: true }); });`;

async function start() {
  const worker = new Worker(CODE, { eval: true });
  worker.postMessage({ begin: true });
  await once(worker, 'message');
  return worker;
}

async function main() {
  // The first brings what all of them share.
  const workers = [await start()];
  const before = await memory();
  while (workers.length <= COUNT) workers.push(await start());
  const after = await memory();
  console.log(JSON.stringify({ value: (after.rss - before.rss) / COUNT }));
  process.exit();
}

main();
