// How fast messages are read one by one, and chunks of streams; and what memory a fast writer takes whose reader is slow.
'use strict';

const { on, once } = require('node:events');
const { MEMORY_FLAGS, runProcess } = require('../processes/measure');
const { startThread } = require('../threads/start');
const { writableTo } = require('./writable');

const MESSAGES = 1_000_000;
const CHUNKS = 20_000;

/** @type {import('../rounds').Case} */
const iteration = {
  name: 'small object, for await beside events.on',
  unit: 'ns',
  target: { ratio: 3, ratio24: 3 },
  rounds: 5,
  warmUp: 1,
  open(side) {
    const { port, close } = startThread(side, '../flow/poster.js');
    return {
      async round() {
        port.postMessage(MESSAGES);
        const began = performance.now();
        await take(side.module === 'ferroport' ? port : on(port, 'message'), MESSAGES);
        return ((performance.now() - began) * 1e6) / MESSAGES;
      },
      close,
    };
  },
};

/**
 * @param {any} iterable
 * @param {number} count
 */
async function take(iterable, count) {
  for await (const value of iterable) if (value !== undefined && --count === 0) break;
}

/** @type {import('../rounds').Case} */
const stream = {
  name: '64-byte chunk, writable to readable beside a transferred stream',
  unit: 'ns',
  target: { ratio: 5, ratio24: 5 },
  rounds: 7,
  warmUp: 1,
  open(side) {
    const { port, close } = startThread(side, '../flow/reader.js', { count: CHUNKS });
    const writer = writableTo(side, port).getWriter();
    return {
      async round() {
        const hasRead = once(port, 'message');
        const began = performance.now();
        for (let i = 0; i < CHUNKS; i++) {
          await writer.ready;
          writer.write(new Uint8Array(64).fill(i));
        }
        await hasRead;
        return ((performance.now() - began) * 1e6) / CHUNKS;
      },
      close,
    };
  },
};

/** @type {import('../rounds').Case} */
const memory = {
  name: 'growth while a slow reader reads a stream',
  unit: 'bytes',
  target: { atMost: 20 * 2 ** 20 },
  rounds: 3,
  warmUp: 0,
  open: ({ module }) => ({
    round: async () => (await runProcess('../flow/slow.js', [module], MEMORY_FLAGS)).rss,
  }),
};

/** @type {import('../rounds').Trial} */
module.exports = { name: 'flow', cases: [iteration, stream, memory] };
