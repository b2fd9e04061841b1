// Measures this checkout beside the built-in and beside another checkout, and keeps the ratios that comment.js tells.
//
//   node scripts/ci/benchmark.js <folder of the other checkout> <file for the ratios, JSON> [parts of the names of groups or cases]
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, run } = require('../run');
const { setup } = require('../setup');

/** Those that a change of the code moves, and a shared machine less than others: both sides are measured in one process, in turn. */
const GROUPS = ['sides', 'create', 'same thread'];

/** Of everything, in milliseconds. */
const LIMIT = 60 * 60_000;

/**
 * @param {string} other
 * @param {string} target
 * @param {string[]} only
 */
async function measure(other, target, only) {
  await setup();
  const { code } = await run([process.execPath, 'scripts/setup.js'], { cwd: other, show: true });
  if (code !== 0) throw new Error(`${other} could not be built`);
  const parts = only.flatMap((part) => ['--only', part]);
  const command = [process.execPath, path.join(ROOT, 'benchmark'), '--json', '--beside', other, ...parts];
  const measured = await run(command, { limit: LIMIT });
  const begin = measured.output.indexOf('{\n');
  if (measured.code !== 0 || begin < 0) throw new Error(`the benchmark failed\n${measured.output}`);
  /** @type {import('../../benchmark/report').Report} */
  const { node, platform, cpu, cpus, results, sides } = JSON.parse(measured.output.slice(begin));
  /** @type {import('./comment').Ratios} */
  const ratios = {
    machine: `Node ${node}, ${platform}, ${cpus} x ${cpu}`,
    sides: sides.map(({ trial, name, ratio, beside }) => ({ trial, name, ratio, beside })),
    cases: results.map(({ trial, name, ratio }) => ({ trial, name, ratio })),
  };
  fs.writeFileSync(target, `${JSON.stringify(ratios, null, 2)}\n`);
  console.log(`${ratios.sides.length + ratios.cases.length} cases in ${target}`);
}

const [other, target, ...only] = process.argv.slice(2);

Promise.resolve()
  .then(() => {
    if (other === undefined || target === undefined) throw new Error('benchmark.js <other checkout> <file> [parts]');
    return measure(path.resolve(other), path.resolve(target), only.length > 0 ? only : GROUPS);
  })
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
