'use strict';

// What the pools of the tests have done in their threads.

const { isMainThread, threadId } = require('node:worker_threads');

const prices = new Map([
  ['nut', 2n],
  ['bolt', 3n],
]);

/** Prices an order of `[article, quantity]`, and gives back what structured clone has to keep. */
function price({ id, lines, at }) {
  const amounts = lines.map(([article, quantity]) => prices.get(article) * BigInt(quantity));
  return { id, at: new Date(at), amounts: new Map(lines.map(([article], i) => [article, amounts[i]])), isMainThread };
}

function fail({ message }) {
  throw Object.assign(new RangeError(message, { cause: { articles: ['screw'] } }), { code: 'E_ORDER' });
}

/** The sum of some bytes, and the bytes again. */
function sum(bytes) {
  return { total: bytes.reduce((a, b) => a + b, 0), bytes: bytes.map((byte) => byte + 1) };
}

/** What cannot be cloned. */
const uncloneable = () => ({ price });

/** Counts in memory that threads share. */
const tick = (shared) => Atomics.add(new Int32Array(shared), 0, 1);

/** Answers a port of its own. */
function converse(port) {
  port.on('message', (value) => {
    port.postMessage({ answer: value });
    if (value === 'bye') port.close();
  });
  return 'listening';
}

/** Does not end. */
const wait = () => new Promise((resolve) => setTimeout(resolve, 1e8));

const exit = (code) => process.exit(code);

/** Throws where nobody can catch it. */
const crash = (message) =>
  new Promise(() => {
    setImmediate(() => {
      throw new RangeError(message);
    });
  });

const id = () => threadId;

module.exports = { price, fail, sum, uncloneable, tick, converse, wait, exit, crash, id };
