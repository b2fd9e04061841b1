// How many bytes of the process a small object takes while it waits to be read.
'use strict';

const { MEMORY_FLAGS, runProcess } = require('../processes/measure');

const COUNT = 1_000_000;

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'queued',
  cases: ['same thread', 'worker'].map((where) => ({
    name: `small object, ${where === 'worker' ? 'to a busy worker' : where}`,
    unit: 'bytes',
    target: { atMost: 130 },
    rounds: 3,
    warmUp: 0,
    open: ({ module }) => ({
      round: async () => (await runProcess('queued.js', [module, String(COUNT), where], MEMORY_FLAGS)).rss / COUNT,
    }),
  })),
};
