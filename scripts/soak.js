// npm run test:soak: what is made of random choices, again and again with others, until the time is up or something fails: threads that
// send, move and drop in any order, histories compared with models, and operations that fail at any step.
//
//   node scripts/soak.js [--minutes <number>]
'use strict';

const { parseArgs } = require('node:util');
const { avaCounts, cargoCounts, stepCounts } = require('./count');
const { ava, cargoTest, run } = require('./run');
const { setup } = require('./setup');
const { show } = require('./tell');

/** Of one part of a round, in milliseconds. */
const LIMIT = 30 * 60_000;

const CARGO = ['channel_stress', 'channel_duels', 'channel_model', 'channel_order', 'wire_fuzz', 'wire_values'];

/**
 * @param {number} seed
 * @returns {{ name: string, command: string[], env: Record<string, string>, count: import('./count').Counter }[]}
 */
function round(seed) {
  const tests = CARGO.flatMap((name) => ['--test', name]);
  const env = { FERROPORT_SEED: String(seed) };
  const failures = (/** @type {string} */ lane) => ({
    name: `failures, lane ${lane}`,
    command: [process.execPath, 'scripts/failures.js', '--runs', '20000', '--seed', String(seed), '--lane', lane],
    env: {},
    count: stepCounts,
  });
  return [
    {
      name: 'cargo',
      command: cargoTest('--release', ...tests),
      env,
      count: cargoCounts,
    },
    {
      name: 'storms',
      command: ava('__test__/**/*storm*.test.js', '__test__/workers/load.test.js'),
      env,
      count: avaCounts,
    },
    failures('1'),
    failures('0'),
  ];
}

async function main() {
  const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new TypeError(`expected --minutes to be a number above 0, got '${values.minutes}'`);
  await setup();
  const end = Date.now() + minutes * 60_000;
  let rounds = 0;
  do {
    const seed = Math.floor(Math.random() * 2 ** 31);
    for (const { name, command, env, count } of round(seed)) {
      const outcome = await run(command, { env, limit: LIMIT });
      const counts = count(outcome);
      const { passed, failed } = counts;
      console.log(`round ${rounds + 1}, seed ${seed}, ${name}: ${passed} passed, ${failed} failed`);
      show(outcome, counts);
      if (failed > 0) {
        process.exitCode = 1;
        return;
      }
    }
    rounds++;
  } while (Date.now() < end);
  console.log(`${rounds} rounds without a failure`);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
