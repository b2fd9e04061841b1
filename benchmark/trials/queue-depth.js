// What a message costs when a worker lets a queue grow and then drains it: each half of that, and one more with many waiting.
'use strict';

const { once } = require('node:events');
const { smallObject } = require('../payloads');
const { startThread } = require('../threads/start');

const DEPTHS = [1_000, 10_000, 100_000, 1_000_000];
/** A round has at least so many messages, and takes several turns at a small depth. */
const AT_LEAST = 10_000;

const WAITING = [0, 1_000, 1_000_000];
const PAIRS = 10_000;

/**
 * @param {'post' | 'drain'} half
 * @param {number} depth
 * @returns {import('../rounds').Case}
 */
function trial(half, depth) {
  return {
    name: `${half}, ${depth.toLocaleString('en-US')} deep`,
    unit: 'ns',
    rounds: depth > AT_LEAST ? 5 : 11,
    warmUp: depth > AT_LEAST ? 1 : 3,
    open(side) {
      const gate = new Int32Array(new SharedArrayBuffer(4));
      const { port, close } = startThread(side, 'gate.js', { gate, count: depth });
      const value = smallObject();
      const turns = Math.max(1, AT_LEAST / depth);
      return {
        async round() {
          let time = 0;
          for (let turn = 0; turn < turns; turn++) {
            const halves = await postAndDrain(port, gate, value, depth);
            time += halves[half];
          }
          return (time * 1e6) / (turns * depth);
        },
        close,
      };
    },
  };
}

/**
 * @param {import('node:worker_threads').MessagePort} port to a thread with a gate
 * @param {Int32Array} gate
 * @param {unknown} value
 * @param {number} depth
 * @returns {Promise<{ post: number, drain: number }>} in milliseconds
 */
async function postAndDrain(port, gate, value, depth) {
  const waits = once(port, 'message');
  port.postMessage(null);
  await waits;
  const began = performance.now();
  for (let i = 0; i < depth; i++) port.postMessage(value);
  const posted = performance.now();
  const drained = once(port, 'message');
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  await drained;
  return { post: posted - began, drain: performance.now() - posted };
}

/**
 * @param {number} waiting
 * @returns {import('../rounds').Case}
 */
function pairs(waiting) {
  return {
    name: `one posted, one taken, ${waiting.toLocaleString('en-US')} waiting`,
    unit: 'ns',
    open({ threads }) {
      const { port1, port2 } = new threads.MessageChannel();
      const value = smallObject();
      for (let i = 0; i < waiting; i++) port1.postMessage(value);
      return {
        round() {
          const began = performance.now();
          for (let i = 0; i < PAIRS; i++) {
            port1.postMessage(value);
            threads.receiveMessageOnPort(port2);
          }
          return ((performance.now() - began) * 1e6) / PAIRS;
        },
        close: () => port1.close(),
      };
    },
  };
}

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'queue depth',
  cases: [
    ...DEPTHS.map((depth) => trial('post', depth)),
    ...DEPTHS.map((depth) => trial('drain', depth)),
    ...WAITING.map(pairs),
  ],
};
