// The case of a value that is posted to a worker many times, one right after the other.
'use strict';

const { once } = require('node:events');
const { startThread } = require('./threads/start');

/**
 * @param {import('./payloads').Payload} payload
 * @returns {import('./rounds').Case}
 */
function oneWay({ name, make, count, target, isFresh = false }) {
  return {
    name,
    unit: 'us',
    target,
    open(side) {
      const same = isFresh ? [] : new Array(count).fill(make());
      const { port, close } = startThread(side, 'sink.js', { count });
      return {
        async round() {
          const values = isFresh ? Array.from({ length: count }, make) : same;
          const answer = once(port, 'message');
          const began = performance.now();
          for (const value of values) port.postMessage(value);
          await answer;
          return ((performance.now() - began) * 1e3) / count;
        },
        close,
      };
    },
  };
}

module.exports = { oneWay };
