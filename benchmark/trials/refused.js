// How long it takes to learn that a value cannot be sent.
'use strict';

const { smallObject } = require('../payloads');

const COUNT = 1_000;

/** @type {[name: string, make: () => unknown][]} */
const VALUES = [
  ['function', () => () => {}],
  ['object with a function', () => ({ ...smallObject(), onDone() {} })],
  [
    'object with a getter that throws',
    () => ({
      ...smallObject(),
      get value() {
        throw new Error('no value');
      },
    }),
  ],
];

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'refused',
  cases: VALUES.map(([name, make]) => ({
    name,
    unit: 'us',
    target: { ratio: 1, ratio24: 0.8 },
    open({ threads }) {
      const { port1 } = new threads.MessageChannel();
      return {
        round() {
          const values = Array.from({ length: COUNT }, make);
          let refused = 0;
          const began = performance.now();
          for (const value of values) {
            try {
              port1.postMessage(value);
            } catch {
              refused++;
            }
          }
          const time = performance.now() - began;
          if (refused !== COUNT) throw new Error('it was sent');
          return (time * 1e3) / COUNT;
        },
        close: () => port1.close(),
      };
    },
  })),
};
