// How long a message takes on its way to a worker, when many are posted one after the other.
'use strict';

const { once } = require('node:events');
const { PAYLOADS } = require('../payloads');
const { startThread } = require('../threads/start');

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'to worker',
  cases: PAYLOADS.map(({ name, make, count }) => ({
    name,
    unit: 'us',
    open(side) {
      const value = make();
      const { port, close } = startThread(side, 'sink.js', { count });
      return {
        async round() {
          const answer = once(port, 'message');
          const began = performance.now();
          for (let i = 0; i < count; i++) port.postMessage(value);
          await answer;
          return ((performance.now() - began) * 1e3) / count;
        },
        close,
      };
    },
  })),
};
