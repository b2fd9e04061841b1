'use strict';

// A program in which a fake clock is installed before or after the implementation is loaded, and what is delivered all the same.
// Arguments: the implementation's name, when, and which fakes.

const assert = require('node:assert');
const timers = require('node:timers');
const promises = require('node:timers/promises');

const [, , name, when, which] = process.argv;
const { setTimeout: realTimeout } = globalThis;
const RealDate = Date;

/** @type {string[]} how often which fake has been called */
const calls = [];

/** @param {string} of */
const fake = (of) =>
  function fakeFunction() {
    calls.push(of);
    return { unref() {}, ref() {}, hasRef: () => true };
  };

class FakeDate extends RealDate {
  constructor(/** @type {any[]} */ ...values) {
    super(.../** @type {[]} */ (values.length === 0 ? [0] : values));
  }
}

/** What fake clocks put in the place of Node's, each more than the one before. */
const FAKES = {
  globals() {
    for (const key of ['setImmediate', 'setTimeout', 'setInterval', 'clearImmediate', 'queueMicrotask']) {
      /** @type {any} */ (globalThis)[key] = fake(key);
    }
    /** @type {any} */ (globalThis).Date = FakeDate;
    performance.now = () => 0;
    process.nextTick = fake('nextTick');
  },
  modules() {
    FAKES.globals();
    for (const key of ['setImmediate', 'setTimeout', 'setInterval']) {
      /** @type {any} */ (timers)[key] = fake(`timers.${key}`);
      /** @type {any} */ (promises)[key] = fake(`timers/promises.${key}`);
    }
  },
  spies() {
    FAKES.modules();
    /** @type {any} */ (globalThis).Date = () => calls.push('Date');
  },
  node() {
    require('node:test').mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate'] });
  },
};

const install = FAKES[/** @type {keyof typeof FAKES} */ (which)];

if (when === 'before') install();
const { MessageChannel, Worker } = require(name);
if (when === 'after') install();

/** @type {unknown[]} */
const seen = [];

const worker = new Worker(
  `const { parentPort } = require('node:worker_threads');
  parentPort.once('message', ({ port }) => {
    port.postMessage('through the port');
    parentPort.postMessage('from the worker');
    port.close();
  });`,
  { eval: true },
);
const far = new MessageChannel();
const fromWorker = Promise.all([
  new Promise((resolve) => worker.on('message', resolve)),
  new Promise((resolve) => far.port1.on('message', resolve)),
  new Promise((resolve) => far.port1.on('close', () => resolve('far end closed'))),
  new Promise((resolve) => worker.on('exit', resolve)),
]);
worker.postMessage({ port: far.port2 }, [far.port2]);

/** More than Node delivers before the event loop gets its turn. */
const MANY = 2500;
let count = 0;
const many = new MessageChannel();
const all = new Promise((resolve) => {
  many.port2.on('message', () => {
    if (++count === MANY) many.port2.close();
  });
  many.port1.on('close', () => resolve(count));
  many.port2.on('close', () => seen.push('closed by itself'));
});
for (let n = 0; n < MANY; n++) many.port1.postMessage(n);

const near = new MessageChannel();
const told = new Promise((resolve) => {
  near.port2.on('message', (message) => {
    seen.push(message instanceof RealDate ? Object.getPrototypeOf(message) === RealDate.prototype : message);
    Promise.resolve().then(() => seen.push('microtask'));
  });
  near.port2.on('close', () => resolve(undefined));
});
for (const message of [1, new RealDate(7), 'three']) near.port1.postMessage(message);
realTimeout(() => near.port1.close(), 1);

Promise.all([told, all, fromWorker]).then((results) => {
  assert.strictEqual(count, MANY);
  // Which of them comes first is a race between threads and channels.
  console.log(JSON.stringify({ seen: seen.map(String).sort(), results, calls }));
});
