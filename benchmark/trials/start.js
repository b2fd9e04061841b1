// What a process and a worker pay for having it: to be there, and to say little.
'use strict';

const { MEMORY_FLAGS, runProcess } = require('../processes/measure');

/** What loads nothing is what loading is compared with. */
const OURS = 'ferroport';

/**
 * How long a process takes from its start to its end.
 * @param {string[]} args of load.js
 * @param {string[]} [flags]
 */
async function timeOf(args, flags) {
  const began = performance.now();
  await runProcess('load.js', args, flags);
  return performance.now() - began;
}

/**
 * @param {string} file whose process prints `{ value }`
 * @param {string[]} [flags]
 * @returns {import('../rounds').Case['open']}
 */
const printedBy =
  (file, flags) =>
  ({ module }) => ({ round: async () => (await runProcess(file, [module], flags)).value });

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'start',
  cases: [
    {
      name: 'a process that loads it, beside one that loads nothing',
      unit: 'ms',
      target: { ratio: 0.83 },
      open: ({ module }) => ({ round: () => timeOf(module === OURS ? [OURS] : []) }),
    },
    {
      name: 'a process with the hook, beside one without',
      unit: 'ms',
      target: { ratio: 0.77 },
      open: ({ module }) => ({
        round: () => timeOf([], module === OURS ? ['--require', require.resolve('ferroport/register')] : []),
      }),
    },
    {
      name: 'from new Worker to its first message',
      unit: 'ms',
      warmUp: 1,
      target: { ratio: 0.83 },
      open: printedBy('first-message.js'),
    },
    {
      name: 'memory of the main thread, beside one that loads nothing',
      unit: 'bytes',
      warmUp: 0,
      rounds: 5,
      target: { ratio: 0.93 },
      open: printedBy('loaded.js', MEMORY_FLAGS),
    },
    {
      name: 'memory of a worker',
      unit: 'bytes',
      warmUp: 0,
      rounds: 5,
      target: { ratio: 0.8 },
      open: printedBy('idle-workers.js', MEMORY_FLAGS),
    },
    {
      name: 'processor time of a round trip, 500 in a second, from the first on',
      unit: 'us',
      warmUp: 0,
      rounds: 5,
      target: { ratio: 0.8 },
      open: printedBy('rare-answers.js'),
    },
  ],
};
