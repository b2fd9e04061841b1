// How fast messages are read one by one, and chunks of streams; and what memory a fast writer takes whose reader is slow.
'use strict';

const { on, once } = require('node:events');
const { MEMORY_FLAGS, runProcess } = require('../processes/measure');
const { startThread } = require('../threads/start');

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
        let left = MESSAGES;
        if (side.module === 'ferroport') {
          for await (const _ of /** @type {any} */ (port)) if (--left === 0) break;
        } else {
          for await (const _ of on(port, 'message')) if (--left === 0) break;
        }
        return ((performance.now() - began) * 1e6) / MESSAGES;
      },
      close,
    };
  },
};

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

/**
 * A stream to the thread at the other end of a port.
 * @param {import('../rounds').Side} side
 * @param {any} port
 * @returns {WritableStream}
 */
function writableTo({ module }, port) {
  if (module === 'ferroport') return port.writable;
  const { readable, writable } = new TransformStream();
  port.postMessage(readable, [readable]);
  return writable;
}

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
module.exports = { name: 'flow', cases: [iteration, stream, memory], writableTo };
