// Reads how many tests passed and failed out of what a test runner printed.
'use strict';

/**
 * @typedef {{ passed: number, failed: number }} Counts
 * @typedef {(outcome: import('./run').Outcome) => Counts} Counter
 */

/**
 * A step that has no tests inside counts as one.
 * @type {Counter}
 */
function stepCounts({ code }) {
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * Adds up the line that cargo prints for each test program and for the documentation's tests.
 * @type {Counter}
 */
function cargoCounts({ code, output }) {
  const results = [...output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed;/gm)];
  return settled(code, {
    passed: results.reduce((sum, [, passed]) => sum + Number(passed), 0),
    failed: results.reduce((sum, [, , failed]) => sum + Number(failed), 0),
  });
}

/**
 * Reads the summary at the end of the Test Anything Protocol.
 * @type {Counter}
 */
function tapCounts({ code, output }) {
  const last = (/** @type {string} */ word) =>
    Number([...output.matchAll(new RegExp(`^# ${word} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);
  return settled(code, { passed: last('pass'), failed: last('fail') });
}

/**
 * A runner that failed without naming a test (a crash, code that does not compile) is one failure; so is one
 * that ran no test at all.
 * @param {number} code
 * @param {Counts} counts
 * @returns {Counts}
 */
function settled(code, { passed, failed }) {
  const unnamed = failed === 0 && (code !== 0 || passed === 0);
  return { passed, failed: unnamed ? 1 : failed };
}

/**
 * What of a failed command's output is worth showing: all of it, except the tests that passed.
 * @param {string} output
 * @returns {string}
 */
function withoutPassed(output) {
  return output.replace(/^(?:ok \d+ - .*|test .* \.\.\. ok)\n/gm, '');
}

module.exports = { cargoCounts, stepCounts, tapCounts, withoutPassed };
