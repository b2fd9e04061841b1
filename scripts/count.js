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

/** What AVA's summary counts that should not have happened. Of a run with such it does not say how much passed. */
const WRONG =
  /^ +(\d+) (?:tests? failed|hooks? failed|unhandled rejections?|uncaught exceptions?|tests? remained pending after a timeout)$/gm;

/**
 * Counts AVA's ticks, and adds up its summary of the rest. Not its TAP: that breaks off at a timeout, without a word
 * about which tests were pending.
 * @type {Counter}
 */
function avaCounts({ code, output }) {
  return settled(code, {
    passed: output.match(/^ +[✔√] /gm)?.length ?? 0,
    failed: [...output.matchAll(WRONG)].reduce((sum, [, count]) => sum + Number(count), 0),
  });
}

/**
 * Reads the line with which a runner of ours closes. A run without it has crashed, or has ended early.
 * @type {Counter}
 */
function closingCounts({ code, output }) {
  const [, passed, failed] = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1) ?? [];
  return settled(code, { passed: Number(passed ?? 0), failed: Number(failed ?? 0) });
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
  return output.replace(/^(?: +[✔√] .*\n(?: {4,}ℹ .*\n)*|test .* \.\.\. ok\n|ok .*\n)/gm, '');
}

module.exports = { avaCounts, cargoCounts, closingCounts, stepCounts, withoutPassed };
