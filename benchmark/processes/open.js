// Opens channels that nobody uses, and prints what they take.
'use strict';

const { memory, printGrowth } = require('./memory');

const threads = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));
const count = Number(process.argv[3]);

async function main() {
  // The array and the code are there before the first measurement.
  const channels = new Array(count + 1000).fill(null);
  for (let i = 0; i < 1000; i++) channels[i] = new threads.MessageChannel();
  const before = await memory();
  for (let i = 0; i < count; i++) channels[1000 + i] = new threads.MessageChannel();
  await printGrowth(before);
  // Closing that many is not what is measured; the reference keeps them until here.
  process.exit(channels.length > 0 ? 0 : 1);
}

main();
