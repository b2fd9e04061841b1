// npm test: runs the steps, tells how far it is and what fails, adds up what passed and failed, and ends with one line that says so.
//
//   node scripts/test.js [--all] [--only <step or group>[,...]] [--verbose] [--list]
//
// With --all, which npm run test:all gives, those steps too that take long for what they find.
'use strict';

const { parseArgs } = require('node:util');
const { Progress, duration } = require('./progress');
const { resultLine, show, tellTotal } = require('./tell');
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
 * @param {string[]} names as given to `--only`; none selects every step, those that are rare only with `all`
 * @param {boolean} all
 * @returns {import('./steps').Step[]}
 * @throws {Error} when a name fits no step
 */
function select(names, all) {
  const usual = steps.filter(({ isRare = false }) => all || !isRare);
  if (names.length === 0) return usual;
  const unknown = names.find((name) => !steps.some((step) => step.name === name || step.group === name));
  if (unknown !== undefined) throw new Error(`no step is called '${unknown}'; see --list`);
  return steps.filter((step) => names.includes(step.name) || (usual.includes(step) && names.includes(step.group)));
}

/**
 * Runs a step and shows its output if it failed.
 * @param {import('./steps').Step} step
 * @param {InstanceType<typeof Progress>} progress
 * @param {boolean} verbose show the output in any case
 * @returns {Promise<import('./count').Counts & { name: string }>}
 */
async function runStep({ name, needs, command, env, count }, progress, verbose) {
  let outcome;
  const began = Date.now();
  try {
    // Before the step is told about: npm and cargo tell what they do.
    await prepare[needs]();
    progress.begin();
    outcome = await run(command(), { env, onText: (text) => progress.hear(text) });
  } catch (error) {
    progress.begin();
    outcome = { code: 1, output: `${/** @type {Error} */ (error).message}\n` };
  }
  const counts = count(outcome);
  const seconds = (Date.now() - began) / 1000;
  progress.end(`${name} ... ${resultLine(counts, seconds)}`);
  show(outcome, counts, verbose);
  return { name, ...counts };
}

async function main() {
  const { values } = parseArgs({
    options: {
      all: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      verbose: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  });
  if (values.list) {
    for (const { name, group, isRare = false } of steps) {
      console.log(`${name.padEnd(18)} ${group}${isRare ? ', with --all' : ''}`);
    }
    return;
  }
  const only = values.only.flatMap((names) => names.split(','));
  const chosen = select(only, values.all);
  const progress = new Progress(chosen);
  const usual = duration(chosen.reduce((sum, { seconds }) => sum + seconds, 0));
  console.log(
    `${chosen.length} ${chosen.length === 1 ? 'step' : 'steps'}, some ${usual} on two quiet cores, not counting what must be installed and built before`,
  );
  const results = [];
  for (const step of chosen) results.push(await runStep(step, progress, values.verbose));
  const culprits = results.filter((result) => result.failed > 0).map((result) => result.name);
  if (culprits.length > 0) console.log(`failed: ${culprits.join(', ')}`);
  tellTotal(results);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
