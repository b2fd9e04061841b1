// npm test: runs the steps, adds up what passed and failed, and ends with one line that says so.
//
//   node scripts/test.js [--only <step or group>[,...]] [--verbose] [--list]
'use strict';

const { parseArgs } = require('node:util');
const { run } = require('./run');
const { buildAddon, buildDist, installPackages } = require('./setup');
const { steps } = require('./steps');
const { runAndTell, tellTotal } = require('./tell');

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
  // Before the name is written: npm and cargo tell what they do.
  /** @type {Error | undefined} */
  const failure = await prepare[step.needs]().then(
    () => undefined,
    (error) => error,
  );
  const work = async () => {
    if (failure !== undefined) throw failure;
    return run(step.command(), { env: step.env });
  };
  return { name: step.name, ...(await runAndTell(step.name, work, step.count, verbose)) };
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
  const culprits = results.filter((result) => result.failed > 0).map((result) => result.name);
  if (culprits.length > 0) console.log(`failed: ${culprits.join(', ')}`);
  tellTotal(results);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
