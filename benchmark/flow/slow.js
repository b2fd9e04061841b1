// Writes chunks to a thread that reads slowly, as fast as the stream takes them, and prints what memory that has taken.
'use strict';

const { once } = require('node:events');
const { memory, printGrowth } = require('../processes/memory');
const { startThread } = require('../threads/start');
const { writableTo } = require('./writable');

const CHUNKS = 20_000;

const [, , name] = process.argv;
const threads = /** @type {typeof import('node:worker_threads')} */ (require(name));

async function main() {
  const { port, close } = startThread({ module: name, threads }, '../flow/reader.js', { count: CHUNKS, pause: 1 });
  const writer = writableTo({ module: name, threads }, port).getWriter();
  for (let i = 0; i < 5000; i++) {
    await writer.ready;
    writer.write(new Uint8Array(64));
  }
  const before = await memory();
  const hasRead = once(port, 'message');
  for (let i = 5000; i < CHUNKS; i++) {
    await writer.ready;
    writer.write(new Uint8Array(64));
  }
  await printGrowth(before);
  await hasRead;
  await close();
  // The port is used until here, so that nobody collects it before.
  port.close();
  process.exit();
}

main();
