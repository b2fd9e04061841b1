'use strict';

// What a test file leaves open goes on when its environment has been torn down, and needs nothing that was not loaded before.

const path = require('node:path');
require('ferroport/register');
const { BroadcastChannel, MessageChannel, Worker, receiveMessageOnPort } = require('node:worker_threads');

test('a worker, and whoever listens to it, is left open', async () => {
  const worker = new Worker(path.join(__dirname, 'talker.js'));
  await new Promise((resolve) => worker.once('message', resolve));
  const { port1, port2 } = new MessageChannel();
  const news = new BroadcastChannel('left open');
  let last = 0;
  worker.on('message', ({ n, bytes }) => {
    last = n;
    if (n % 10 !== 0) return;
    // What is used here for the first time comes too late for many a loader.
    port1.postMessage({ bytes, shared: new SharedArrayBuffer(1) }, [bytes.buffer]);
    receiveMessageOnPort(port2);
    news.postMessage(new Map([[n, new Error('left open')]]));
    try {
      port1.postMessage({ [n]: () => {} });
    } catch {
      const inner = new MessageChannel();
      structuredClone(new Set([inner.port1]), { transfer: [inner.port1] }).forEach((port) => port.close());
    }
  });
  for (const each of [worker, news]) each.unref();
  expect(last).toBe(0);
});
