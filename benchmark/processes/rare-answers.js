// Has a worker answer 500 times in a second, from its first message on, and prints how many microseconds of processor time a
// round trip takes, in both threads together.
'use strict';

const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');

const { Worker } = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

const COUNT = 1000;
const PAUSE = 2;

const CODE = `const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (request) => parentPort.postMessage({ id: request.id, ok: true, rows: [1, 2, 3] }));`;

async function main() {
  const worker = new Worker(CODE, { eval: true });
  await once(worker, 'online');
  await sleep(100);
  const before = process.cpuUsage();
  for (let id = 0; id < COUNT; id++) {
    const answer = once(worker, 'message');
    worker.postMessage({ id, name: 'row', at: new Date(0), tags: ['a', 'b'] });
    await answer;
    await sleep(PAUSE);
  }
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ value: (user + system) / COUNT }));
  process.exit();
}

main();
