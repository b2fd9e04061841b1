'use strict';

// Channels between threads.

const assert = require('node:assert');
const { closed, exit, inProcess, message, messages, start, turn } = require('./support');

module.exports = {
  async 'workerData arrives'(lib) {
    const data = { map: new Map([[1, { two: [3n] }]]), bytes: new Uint8Array([1, 2]), date: new Date(5) };
    const worker = start(lib, 'data', data);
    assert.deepStrictEqual(await message(worker), data);
    assert.strictEqual(await exit(worker), 0);
  },

  async 'messages go to a worker and back, in order'(lib) {
    const worker = start(lib, 'echo');
    const values = Array.from({ length: 2000 }, (_, i) => ({ i, list: [i, `${i}`], set: new Set([i]) }));
    for (const value of values) worker.postMessage(value);
    assert.deepStrictEqual(await messages(worker, values.length), values);
    await worker.terminate();
  },

  async 'a worker ends when its port has closed'(lib) {
    const worker = start(lib, 'closing');
    worker.postMessage('close');
    assert.strictEqual(await exit(worker), 0);
  },

  async 'ports go to a worker, in workerData and in a message'(lib) {
    const first = new lib.MessageChannel();
    const second = new lib.MessageChannel();
    first.port1.postMessage(1);
    const worker = start(lib, 'ports', { port: first.port2 }, [first.port2]);
    worker.postMessage({ port: second.port2 }, [second.port2]);
    second.port1.postMessage(10);
    assert.strictEqual(await message(first.port1), 2);
    assert.strictEqual(await message(second.port1), 11);
    await worker.terminate();
  },

  async 'a port comes out of a worker, with what waits in it'(lib) {
    const worker = start(lib, 'giver');
    const { port2 } = await message(worker);
    const close = closed(port2);
    const two = messages(port2, 2);
    port2.postMessage(1);
    assert.deepStrictEqual(await two, ['waiting', 2]);
    await close;
    assert.strictEqual(await exit(worker), 0);
  },

  async 'two workers talk over one channel'(lib) {
    const { port1, port2 } = new lib.MessageChannel();
    const left = start(lib, 'ports', { port: port1 }, [port1]);
    // Sends 1 to the other, which answers 2, and so on.
    const { port1: own, port2: other } = new lib.MessageChannel();
    const right = start(lib, 'ports', { port: other }, [other]);
    own.postMessage(5);
    assert.strictEqual(await message(own), 6);
    port2.postMessage(7);
    assert.strictEqual(await message(port2), 8);
    const ends = [closed(own), closed(port2)];
    await Promise.all([left.terminate(), right.terminate()]);
    await Promise.all(ends);
  },

  async 'the memory of buffers moves there and back'(lib) {
    for (const size of [16, 1 << 20]) {
      const worker = start(lib, 'mover');
      const { buffer } = new Uint8Array(size).fill(1);
      worker.postMessage(buffer, [buffer]);
      assert.strictEqual(buffer.byteLength, 0);
      const arrived = new Uint8Array(await message(worker));
      assert.deepStrictEqual([arrived.length, arrived[0], arrived[size - 1]], [size, 2, 1]);
      await exit(worker);
    }
  },

  async 'memory is shared with a worker'(lib) {
    const memory = new SharedArrayBuffer(8);
    const words = new Int32Array(memory);
    const worker = start(lib, 'shared', memory);
    while (Atomics.load(words, 0) !== 41) await turn();
    Atomics.add(words, 0, 1);
    Atomics.store(words, 1, 1);
    Atomics.notify(words, 1);
    assert.strictEqual(await message(worker), 42);
    await exit(worker);
  },

  async 'a worker takes messages without its event loop'(lib) {
    const { port1, port2 } = new lib.MessageChannel();
    const words = new SharedArrayBuffer(4);
    const worker = start(lib, 'synchronous', { port: port2, words }, [port2]);
    port1.postMessage({ n: 1 });
    port1.postMessage('two');
    Atomics.store(new Int32Array(words), 0, 1);
    Atomics.notify(new Int32Array(words), 0);
    assert.deepStrictEqual(await message(worker), [{ n: 1 }, 'two']);
    await exit(worker);
  },

  async 'what a worker posts before process.exit() arrives'(lib) {
    const worker = start(lib, 'last');
    const found = [];
    worker.on('message', (value) => found.push(value));
    assert.strictEqual(await exit(worker), 3);
    assert.strictEqual(found.length, 100);
  },

  async 'an uncaught error in a worker is its last word'(lib) {
    const worker = start(lib, 'failing');
    const log = [];
    worker.on('message', (value) => log.push(value));
    const failed = new Promise((resolve) => worker.once('error', resolve));
    const [code, error] = await Promise.all([exit(worker), failed]);
    assert.strictEqual(code, 1);
    assert.deepStrictEqual([error.name, error.message], ['RangeError', 'out of the worker']);
    assert.deepStrictEqual(log, ['before']);
  },

  async 'terminate() closes the ports of a worker'(lib) {
    const { port1, port2 } = new lib.MessageChannel();
    const worker = start(lib, 'ports', { port: port2 }, [port2]);
    port1.postMessage(1);
    assert.strictEqual(await message(port1), 2);
    const close = closed(port1);
    assert.strictEqual(await worker.terminate(), 1);
    await close;
  },

  async 'workers are terminated in the middle of a flood'(lib) {
    for (let i = 0; i < 8; i++) {
      const { port1, port2 } = new lib.MessageChannel();
      const worker = start(lib, 'flood', { port: port2 }, [port2]);
      let count = 0;
      port1.on('message', () => count++);
      worker.on('message', () => count++);
      const close = closed(port1);
      while (count < 100 * i) await turn();
      await worker.terminate();
      await close;
    }
  },

  async 'workers start and end, one after the other'(lib) {
    for (let i = 0; i < 10; i++) {
      const worker = start(lib, 'data', { i });
      assert.deepStrictEqual(await message(worker), { i });
      assert.strictEqual(await exit(worker), 0);
    }
  },

  async 'workers add up what they are sent, all at once'(lib) {
    const workers = Array.from({ length: 4 }, () => start(lib, 'sum'));
    const sums = workers.map((worker) => message(worker));
    for (let n = 0; n < 5000; n++) {
      workers[n % 4].postMessage({ n, text: 'of the batch' });
      if (n % 1000 === 0) await turn();
    }
    for (const worker of workers) worker.postMessage('done');
    const total = (await Promise.all(sums)).reduce((a, b) => a + b);
    assert.strictEqual(total, (4999 * 5000) / 2);
    await Promise.all(workers.map((worker) => worker.terminate()));
  },

  async 'threads alone have loaded the addon, and leave it behind as they end'(lib) {
    // What Node calls when such a thread has ended must still be there; and the next one finds it as it was.
    const thread = `const { MessageChannel } = require(${JSON.stringify(lib.module)});
      const { port1, port2 } = new MessageChannel();
      port1.on('message', () => port1.close());
      for (let n = 0; n < 100; n++) new MessageChannel().port1.postMessage({ n });
      port2.postMessage('é'.repeat(200_000));`;
    const source = `const { Worker } = require('node:worker_threads');
      const run = () => new Promise((resolve, reject) => {
        new Worker(${JSON.stringify(thread)}, { eval: true }).on('error', reject).on('exit', resolve);
      });
      (async () => {
        for (let round = 0; round < 3; round++) await Promise.all([run(), run()]);
        console.log('end');
      })();`;
    assert.deepStrictEqual(await inProcess({ command: lib.command }, source), { code: 0, output: 'end\n' });
  },
};
