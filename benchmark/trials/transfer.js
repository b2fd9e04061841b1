// How long it takes to move buffers to a worker and back, half of that being one transfer; and buffers and ports within one thread.
'use strict';

const { startThread } = require('../threads/start');

/** Nobody touches their memory: what is measured is moving it. */
const SIZES = [
  { name: '64 bytes', size: 2 ** 6, count: 400 },
  { name: '64 KiB', size: 2 ** 16, count: 400 },
  { name: '16 MiB', size: 2 ** 24, count: 400 },
  // V8 begins to collect garbage whenever more than 64 MiB outside of its heap appear at once, on either side.
  { name: '256 MiB', size: 2 ** 28, count: 10 },
];

/**
 * What the worker is doing. Without more, so many are on their way that the threads wake up for more than one; a quiet worker is
 * woken for each; a busy one has work of its own.
 */
const WORKERS = [
  { suffix: '', atOnce: 3, thread: 'echo.js' },
  { suffix: ', quiet worker', atOnce: 1, thread: 'echo.js' },
  { suffix: ', busy worker', atOnce: 3, thread: 'computing.js' },
];

/**
 * @param {ArrayBuffer[]} buffers
 * @param {number} size
 */
function check(buffers, size) {
  if (buffers.some(({ byteLength }) => byteLength !== size)) throw new Error('a buffer is lost');
}

/** @type {import('../rounds').Case[]} */
const toWorker = SIZES.flatMap((row) =>
  // Two of the largest would not be moved but collected.
  (row.size > 2 ** 24 ? [{ ...WORKERS[0], atOnce: 1 }] : WORKERS).map((worker) => movedToWorker(row, worker)),
);

/**
 * @param {typeof SIZES[number]} row
 * @param {typeof WORKERS[number]} worker
 * @returns {import('../rounds').Case}
 */
function movedToWorker({ name, size, count }, { suffix, atOnce, thread }) {
  return {
    name: `ArrayBuffer of ${name}${suffix}`,
    unit: 'us',
    target: size === 2 ** 24 ? { ratio: 0.9, ratio24: 0.95 } : undefined,
    open(side) {
      const { port, close } = startThread(side, thread);
      let buffers = Array.from({ length: atOnce }, () => new ArrayBuffer(size));
      /** @type {ArrayBuffer[]} */
      let back = [];
      let left = 0;
      /** @type {() => void} */
      let finish = () => {};
      const post = () => {
        for (const buffer of buffers) port.postMessage(buffer, [buffer]);
      };
      port.on('message', (buffer) => {
        if (back.push(buffer) < buffers.length) return;
        [buffers, back] = [back, []];
        if (--left > 0) post();
        else finish();
      });
      return {
        async round() {
          left = count;
          const finished = new Promise((resolve) => (finish = () => resolve(undefined)));
          const began = performance.now();
          post();
          await finished;
          const time = performance.now() - began;
          check(buffers, size);
          return (time * 1e3) / (2 * count * buffers.length);
        },
        close,
      };
    },
  };
}

/**
 * @param {string} name
 * @param {(threads: typeof import('node:worker_threads')) => { moved: any, peer?: import('node:worker_threads').MessagePort }} make
 *   what is moved to and fro, and a port that is held meanwhile: without it, the other would close
 * @param {number} count
 * @param {number} ratio24 the floor
 * @returns {import('../rounds').Case}
 */
function sameThread(name, make, count, ratio24) {
  return {
    name: `${name}, same thread`,
    unit: 'us',
    target: { ratio: 1, ratio24 },
    open({ threads }) {
      const { port1, port2 } = new threads.MessageChannel();
      const { moved: first, peer } = make(threads);
      let moved = first;
      return {
        round() {
          const began = performance.now();
          for (let i = 0; i < count; i++) {
            port1.postMessage(moved, [moved]);
            moved = threads.receiveMessageOnPort(port2)?.message;
          }
          return ((performance.now() - began) * 1e3) / count;
        },
        close() {
          port1.close();
          peer?.close();
        },
      };
    },
  };
}

/** @param {typeof import('node:worker_threads')} threads */
function movedPort({ MessageChannel }) {
  const { port1, port2 } = new MessageChannel();
  return { moved: port1, peer: port2 };
}

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'transfer',
  cases: [
    ...toWorker,
    ...SIZES.map(({ name, size, count }) =>
      sameThread(`ArrayBuffer of ${name}`, () => ({ moved: new ArrayBuffer(size) }), 10 * count, 0.95),
    ),
    sameThread('MessagePort', movedPort, 1_000, 0.9),
  ],
};
