// How long it takes to load the module in a process that has just started.
'use strict';

const { runProcess } = require('../processes/measure');

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'require',
  cases: [
    {
      name: 'timed inside the process',
      unit: 'ms',
      warmUp: 0,
      target: { atMost: 15 },
      open: ({ module }) => ({ round: async () => (await runProcess('load.js', [module])).time }),
    },
    {
      name: 'whole process, less one that loads nothing',
      unit: 'ms',
      warmUp: 0,
      target: { atMost: 15 },
      open: ({ module }) => ({
        async round() {
          const times = [];
          for (const args of [[], [module]]) {
            const began = performance.now();
            await runProcess('load.js', args);
            times.push(performance.now() - began);
          }
          return times[1] - times[0];
        },
      }),
    },
  ],
};
