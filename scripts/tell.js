// Runs a command, and tells on one line how it went.
'use strict';

const { withoutPassed } = require('./count');

/** @typedef {import('./run').Outcome} Outcome */

/**
 * Shows the command's output as well, if it failed.
 * @param {string} name what is run
 * @param {() => Promise<Outcome>} work
 * @param {import('./count').Counter} count reads how many passed and failed out of the output
 * @param {boolean} [verbose] show the output in any case
 * @returns {Promise<import('./count').Counts>}
 */
async function runAndTell(name, work, count, verbose = false) {
  process.stdout.write(`${name} ... `);
  const began = Date.now();
  const outcome = await work().catch((error) => ({ code: 1, output: `${error.message}\n` }));
  const counts = count(outcome);
  console.log(resultLine(counts, (Date.now() - began) / 1000));
  show(outcome, counts, verbose);
  return counts;
}

/**
 * Shows what a command has written: if it failed all but the tests that passed, else nothing.
 * @param {Outcome} outcome
 * @param {{ failed: number }} counts
 * @param {boolean} [verbose] show all in any case
 */
function show({ output }, { failed }, verbose = false) {
  if (verbose) process.stdout.write(output);
  else if (failed > 0) process.stdout.write(withoutPassed(output));
}

/**
 * @param {import('./count').Counts} counts
 * @param {number} seconds that it took
 * @returns {string} how it went
 */
function resultLine({ passed, failed }, seconds) {
  return `${failed > 0 ? 'FAILED' : 'ok'} (${passed} passed, ${failed} failed, ${seconds.toFixed(1)} s)`;
}

/**
 * @param {import('./count').Counts[]} all
 * @returns {import('./count').Counts}
 */
function totalOf(all) {
  return {
    passed: all.reduce((sum, { passed }) => sum + passed, 0),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/**
 * Tells the total of several runs, on the line that `closingCounts` reads, and makes the process fail if one has failed.
 * @param {import('./count').Counts[]} all
 */
function tellTotal(all) {
  const { passed, failed } = totalOf(all);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

module.exports = { resultLine, runAndTell, show, tellTotal, totalOf };
