'use strict';

// What test files of programs that use ferroport do: each runner runs these, in files of its own.

const assert = require('node:assert');
const path = require('node:path');

const WORKER = path.join(__dirname, 'worker.js');

/** More messages than a thread is served without its fast lane. */
const MANY = 300;

/**
 * The next message of a port.
 * @param {any} port
 */
const next = (port) => new Promise((resolve) => port.once('message', resolve));

/**
 * @param {any} port that is to be closed here
 * @param {any} peer
 */
async function closed(port, peer) {
  const heard = [port, peer].map((each) => new Promise((resolve) => each.once('close', resolve)));
  // Some runners leave the event loop to whoever waits.
  peer.ref();
  port.close();
  await Promise.all(heard);
}

/** One of each class of the language that can be sent, and where in it others stand. */
const values = () => ({
  list: [1, { deep: [] }],
  numbers: [1, 2, 3],
  halves: [0.5, 1.5],
  map: new Map([['key', { inner: 1 }]]),
  set: new Set([[1]]),
  date: new Date(5),
  pattern: /a/g,
  error: new RangeError('message', { cause: { reason: 1 } }),
  boxed: Object('text'),
  buffer: new ArrayBuffer(8),
  large: new ArrayBuffer(100_000),
  bytes: new Uint8Array([1, 2]),
  view: new DataView(new ArrayBuffer(4)),
  shared: new SharedArrayBuffer(4),
  module: new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
});

const CLASSES = {
  ...{ list: Array, numbers: Array, halves: Array, map: Map, set: Set, date: Date, pattern: RegExp, error: RangeError },
  ...{ boxed: String, buffer: ArrayBuffer, large: ArrayBuffer, bytes: Uint8Array, view: DataView },
  ...{ shared: SharedArrayBuffer, module: WebAssembly.Module },
};

/**
 * @param {any} arrived what has been made of `values()`
 * @returns {string[]} what in it is of another realm than this file
 */
function foreignIn(arrived) {
  const found = Object.entries(CLASSES).filter(
    ([name, Class]) => Object.getPrototypeOf(arrived[name]) !== Class.prototype,
  );
  const plain = {
    ...{
      itself: arrived,
      'in a list': arrived.list[1],
      'in a map': arrived.map.get('key'),
      cause: arrived.error.cause,
    },
  };
  const lists = { 'in an object': arrived.list[1].deep, 'in a set': [...arrived.set][0] };
  const buffers = { 'of bytes': arrived.bytes.buffer, 'of a view': arrived.view.buffer };
  const check = (/** @type {Record<string, object>} */ objects, /** @type {any} */ Class) =>
    Object.keys(objects).filter((name) => Object.getPrototypeOf(objects[name]) !== Class.prototype);
  return [
    ...found.map(([name]) => name),
    ...check(plain, Object),
    ...check(lists, Array),
    ...check(buffers, ArrayBuffer),
  ];
}

/**
 * @param {any} threads ferroport's exports, or node:worker_threads on the hook
 * @param {{ ofThisRealm?: boolean }} [options] whether what arrives is of the realm of this file; else of Node's own
 * @returns {Record<string, () => Promise<void>>} tests, by title
 */
const scenarios = (threads, { ofThisRealm = true } = {}) => ({
  async 'messages come to both styles of listeners, and to receiveMessageOnPort'() {
    const { port1, port2 } = new threads.MessageChannel();
    const answers = next(port1);
    port2.onmessage = (/** @type {any} */ event) => {
      assert.strictEqual(event.target, port2);
      port2.postMessage([...event.data, 'onmessage']);
    };
    port1.postMessage(['posted']);
    assert.strictEqual(JSON.stringify(await answers), '["posted","onmessage"]');
    port2.onmessage = null;
    const event = new Promise((resolve) => port2.addEventListener('message', resolve, { once: true }));
    port1.postMessage({ again: true });
    assert.strictEqual((await event).data.again, true);
    port1.postMessage(3);
    const { message } = threads.receiveMessageOnPort(port2);
    assert.strictEqual(message, 3);
    assert.ok(port1 instanceof threads.MessagePort);
    await closed(port1, port2);
  },

  async 'many messages come in order'() {
    const { port1, port2 } = new threads.MessageChannel();
    const got = [];
    const all = new Promise((resolve) => port2.on('message', ({ n }) => got.push(n) === MANY && resolve(undefined)));
    for (let n = 0; n < MANY; n++) port1.postMessage({ n });
    await all;
    assert.ok(got.every((n, index) => n === index));
    await closed(port2, port1);
  },

  async 'buffers and ports move'() {
    const { port1, port2 } = new threads.MessageChannel();
    const inner = new threads.MessageChannel();
    const buffer = new Uint8Array([1, 2, 3]).buffer;
    const arrived = next(port2);
    port1.postMessage({ buffer, port: inner.port1 }, [buffer, inner.port1]);
    assert.strictEqual(buffer.byteLength, 0);
    const { buffer: moved, port } = await arrived;
    assert.strictEqual(String(new Uint8Array(moved)), '1,2,3');
    assert.ok(port instanceof threads.MessagePort);
    const answer = next(inner.port2);
    port.postMessage('through the one that moved');
    assert.strictEqual(await answer, 'through the one that moved');
    await closed(port, inner.port2);
    await closed(port1, port2);
  },

  async 'a worker answers'() {
    const { port1, port2 } = new threads.MessageChannel();
    const worker = new threads.Worker(WORKER, { workerData: { port: port2, n: [1] }, transferList: [port2] });
    const ended = new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject));
    const first = await next(worker);
    assert.strictEqual(JSON.stringify(first), '{"n":[1]}');
    const buffer = new ArrayBuffer(16);
    const answer = next(port1);
    worker.postMessage({ buffer }, [buffer]);
    assert.strictEqual((await answer).buffer.byteLength, 16);
    assert.strictEqual(await ended, 0);
    port1.close();
  },

  async 'a broadcast reaches the others'() {
    const name = `${Math.random()}`;
    const [sender, ...others] = [1, 2, 3].map(() => new threads.BroadcastChannel(name));
    const heard = others.map((each) => new Promise((resolve) => (each.onmessage = resolve)));
    sender.postMessage([1]);
    for (const event of await Promise.all(heard)) assert.strictEqual(event.data[0], 1);
    for (const each of [sender, ...others]) each.close();
  },

  async 'what cannot be cloned is refused'() {
    const { port1, port2 } = new threads.MessageChannel();
    assert.throws(() => port1.postMessage({ method() {} }), { name: 'DataCloneError', code: 25 });
    assert.throws(() => port1.postMessage(port1, [port1]), { name: 'DataCloneError' });
    assert.throws(() => port1.postMessage(0, 5), { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
    await closed(port1, port2);
  },

  async 'what arrives is of the realm that it should be'() {
    const { port1, port2 } = new threads.MessageChannel();
    /** @type {(arrived: any) => void} */
    const check = (arrived) => {
      if (ofThisRealm) assert.deepStrictEqual(foreignIn(arrived), []);
      else assert.notStrictEqual(Object.getPrototypeOf(arrived), Object.prototype);
    };
    // Before its fast lane is worth its while, and after.
    for (let n = 0; n < 3 * MANY; n++) {
      const arrived = next(port2);
      port1.postMessage(n % MANY === 1 ? values() : { n });
      const message = await arrived;
      if (n % MANY === 1) check(message);
    }
    port1.postMessage(values());
    check(threads.receiveMessageOnPort(port2).message);
    const sent = values();
    const arrived = next(port2);
    port1.postMessage(sent, [sent.buffer, sent.large, sent.bytes.buffer]);
    check(await arrived);
    if (ofThisRealm) {
      for (const value of [new ArrayBuffer(3), new Uint8Array(4), { bytes: new Uint8Array(5) }]) {
        const buffer = /** @type {any} */ (value).bytes?.buffer ?? /** @type {any} */ (value).buffer ?? value;
        const moved = next(port2);
        port1.postMessage(value, [buffer]);
        const { constructor } = value;
        assert.strictEqual((await moved).constructor, constructor);
      }
    }
    await closed(port1, port2);
  },
});

module.exports = scenarios;
