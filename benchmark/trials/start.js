// What a process and a worker pay for having it: to be there, and to say little.
'use strict';

const { MEMORY_FLAGS, runProcess } = require('../processes/measure');

/** What loads nothing is what loading is compared with. */
const OURS = 'ferroport';

/**
 * The processor time of a process until it has loaded what it loads. The time on a clock says little on a machine that is shared.
 * @param {string[]} args of the file
 * @param {{ file?: string, flags?: string[] }} [how]
 */
async function timeOf(args, { file = 'load.js', flags = [] } = {}) {
  const { cpu } = await runProcess(file, args, flags);
  return cpu;
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
      name: 'a process that imports it, beside one that imports an empty module',
      unit: 'ms',
      target: { ratio: 0.83 },
      open: ({ module }) => ({ round: () => timeOf([module === OURS ? OURS : './nothing.js'], { file: 'load.mjs' }) }),
    },
    {
      name: 'a process with the hook, beside one without',
      unit: 'ms',
      target: { ratio: 0.77 },
      open: ({ module }) => ({
        round: () => timeOf([], { flags: module === OURS ? ['--require', require.resolve('ferroport/register')] : [] }),
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
      name: 'the first 1000 answers of a worker',
      unit: 'ms',
      warmUp: 0,
      target: { ratio: 0.5 },
      open: printedBy('first-answers.js'),
    },
    {
      name: 'processor time of a round trip, 500 in a second, from the first on',
      unit: 'us',
      warmUp: 0,
      rounds: 5,
      target: { ratio: 0.91 },
      open: printedBy('rare-answers.js'),
    },
  ],
};
