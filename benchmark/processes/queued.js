// Posts small objects that nobody reads, in this thread or to a worker that is busy, and prints what they take.
'use strict';

const { once } = require('node:events');
const { smallObject } = require('../payloads');
const { startThread } = require('../threads/start');
const { memory, printGrowth } = require('./memory');

const [, , name, count, where] = process.argv;
const threads = /** @type {typeof import('node:worker_threads')} */ (require(name));

async function main() {
  const { port, close } = where === 'worker' ? startThread({ module: name, threads }, 'busy.js') : startNothing();
  if (where === 'worker') await once(port, 'message');
  const value = smallObject();
  for (let i = 0; i < 1000; i++) port.postMessage(value);
  const before = await memory();
  for (let i = 0; i < Number(count); i++) port.postMessage(value);
  await printGrowth(before);
  // The other end stays open until here.
  await close();
  process.exit();
}

function startNothing() {
  const { port1, port2 } = new threads.MessageChannel();
  return { port: port1, close: () => port2.close() };
}

main();
