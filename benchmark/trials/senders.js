// How long a message takes to one thread from several workers that all send at once.
'use strict';

const { startThread } = require('../threads/start');

const COUNT = 16_000;

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'senders',
  cases: [1, 2, 4, 8].map((workers) => ({
    name: `small object from ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    unit: 'us',
    open(side) {
      const sources = Array.from({ length: workers }, () => startThread(side, 'source.js'));
      /** @type {() => void} */
      let finish = () => {};
      let left = 0;
      for (const { port } of sources) {
        port.on('message', () => {
          if (--left === 0) finish();
        });
      }
      return {
        async round() {
          left = COUNT;
          const finished = new Promise((resolve) => (finish = () => resolve(undefined)));
          const began = performance.now();
          for (const { port } of sources) port.postMessage(COUNT / workers);
          await finished;
          return ((performance.now() - began) * 1e3) / COUNT;
        },
        close: () => Promise.all(sources.map(({ close }) => close())),
      };
    },
  })),
};
