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
    open({ threads }) {
      const { port1 } = new threads.MessageChannel();
      const value = make();
      return {
        round() {
          let refused = 0;
          const began = performance.now();
          for (let i = 0; i < COUNT; i++) {
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
