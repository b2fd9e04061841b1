// How long it takes to a worker and back, when each message waits for the answer to the last one.
'use strict';

const { PAYLOADS } = require('../payloads');
const { startThread } = require('../threads/start');

const COUNT = 2_000;
const NAMES = ['number', 'small object'];

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'ping-pong',
  cases: PAYLOADS.filter(({ name }) => NAMES.includes(name)).map(({ name, make }) => ({
    name,
    unit: 'us',
    target: { ratio: 0.95 },
    open(side) {
      const { port, close } = startThread(side, 'echo.js');
      const value = make();
      /** @type {() => void} */
      let finish = () => {};
      let left = 0;
      port.on('message', (answer) => {
        if (--left > 0) port.postMessage(answer);
        else finish();
      });
      return {
        async round() {
          left = COUNT;
          const finished = new Promise((resolve) => (finish = () => resolve(undefined)));
          const began = performance.now();
          port.postMessage(value);
          await finished;
          return ((performance.now() - began) * 1e3) / COUNT;
        },
        close,
      };
    },
  })),
};
