// npm test: runs the steps, adds up what passed and failed, and ends with one line that says so.
//
//   node scripts/test.js [--only <step or group>[,...]] [--verbose] [--list]
'use strict';

const { parseArgs } = require('node:util');
const { withoutPassed } = require('./count');
const { run } = require('./run');
const { buildAddon, buildDist, installPackages } = require('./setup');
const { steps } = require('./steps');

// Once each: what could not be installed or built for one step will not be for the next.
const packages = once(installPackages);
const addon = once(async () => {
  await packages();
  await buildAddon();
});
const prepare = {
  nothing: async () => {},
  packages,
  addon: async () => {
    await addon();
    await buildDist();
  },
  sources: async () => {
    await addon();
    await buildDist({ ofSources: true });
  },
};

/**
 * @param {() => Promise<void>} make
 * @returns {() => Promise<void>} whose every call has the first one's outcome
 */
function once(make) {
  /** @type {Promise<void> | undefined} */
  let made;
  return () => (made ??= make());
}

/**
 * @param {string[]} names as given to `--only`; none selects every step
 * @returns {import('./steps').Step[]}
 * @throws {Error} when a name fits no step
 */
function select(names) {
  if (names.length === 0) return steps;
  const unknown = names.find((name) => !steps.some((step) => step.name === name || step.group === name));
  if (unknown !== undefined) throw new Error(`no step is called '${unknown}'; see --list`);
  return steps.filter((step) => names.includes(step.name) || names.includes(step.group));
}

/**
 * Runs a step and shows its output if it failed.
 * @param {import('./steps').Step} step
 * @param {boolean} verbose show the output in any case
 * @returns {Promise<import('./count').Counts & { name: string }>}
 */
async function runStep(step, verbose) {
  const began = Date.now();
  let outcome;
  try {
    // Before the name is written: npm and cargo tell what they do.
    await prepare[step.needs]();
    process.stdout.write(`${step.name} ... `);
    outcome = await run(step.command(), { env: step.env });
  } catch (error) {
    process.stdout.write(`${step.name} ... `);
    outcome = { code: 1, output: `${/** @type {Error} */ (error).message}\n` };
  }
  const counts = step.count(outcome);
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(
    `${counts.failed > 0 ? 'FAILED' : 'ok'} (${counts.passed} passed, ${counts.failed} failed, ${seconds} s)`,
  );
  if (verbose) process.stdout.write(outcome.output);
  else if (counts.failed > 0) process.stdout.write(withoutPassed(outcome.output));
  return { name: step.name, ...counts };
}

async function main() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      verbose: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  });
  if (values.list) {
    for (const { name, group } of steps) console.log(`${name.padEnd(14)} ${group}`);
    return;
  }
  const results = [];
  for (const step of select(values.only.flatMap((names) => names.split(',')))) {
    results.push(await runStep(step, values.verbose));
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  const culprits = results.filter((result) => result.failed > 0).map((result) => result.name);
  if (culprits.length > 0) console.log(`failed: ${culprits.join(', ')}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
