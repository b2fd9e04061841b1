// How long it takes to move a buffer to a worker and back, half of that being one transfer.
'use strict';

const { once } = require('node:events');
const { startThread } = require('../threads/start');

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'transfer',
  cases: [
    { name: 'ArrayBuffer of 64 bytes', size: 2 ** 6, count: 500 },
    { name: 'ArrayBuffer of 64 KiB', size: 2 ** 16, count: 500 },
    { name: 'ArrayBuffer of 16 MiB', size: 2 ** 24, count: 500 },
    // As quick as 16 MiB: nothing is copied.
    { name: 'ArrayBuffer of 256 MiB', size: 2 ** 28, count: 500 },
  ].map(({ name, size, count }) => ({
    name,
    unit: 'us',
    open(side) {
      const { port, close } = startThread(side, 'echo.js');
      let buffer = new Uint8Array(size).fill(7).buffer;
      return {
        async round() {
          const began = performance.now();
          for (let i = 0; i < count; i++) {
            port.postMessage(buffer, [buffer]);
            [buffer] = await once(port, 'message');
          }
          const time = performance.now() - began;
          if (buffer.byteLength !== size) throw new Error('the buffer is lost');
          return (time * 1e3) / (2 * count);
        },
        close,
      };
    },
  })),
};
