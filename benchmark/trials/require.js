// How long it takes to load the module in a process that has just started.
'use strict';

const { runProcess } = require('../processes/measure');

/** @param {string[]} args */
async function timeOf(args) {
  const began = performance.now();
  await runProcess('load.js', args);
  return performance.now() - began;
}

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
          const nothing = () => timeOf([]);
          const loading = () => timeOf([module]);
          // In this order what drifts over the four, as a processor's clock does, falls out of the difference.
          const times = [await nothing(), await loading(), await loading(), await nothing()];
          return (times[1] + times[2] - times[0] - times[3]) / 2;
        },
      }),
    },
  ],
};
