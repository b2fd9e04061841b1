'use strict';

// Runs the test files of a project in a child process, with the runner that a package has or Node itself.

const path = require('node:path');
const { project } = require('../support/installed');
const { spawned } = require('../support/spawned');
const { isPublished } = require('../support/program');

/** What all projects have. */
const COMMON = path.join(__dirname, 'common');

/** The lanes differ in nothing that runners do: without the fast one, one way to run each is enough. */
const isBrief = process.env.FERROPORT_FAST_LANE === '0';

/**
 * @typedef {object} Outcome
 * @property {number} passed how many tests have passed
 * @property {string[]} failed what the others, and files that could not be run, have said
 */

/**
 * @typedef {object} Runner
 * @property {string} name of its project, a folder beside this file
 * @property {string[]} [links] packages that its test files use
 * @property {string} [bin] the runner's program; without it, Node's own
 * @property {string[]} args for it, in each run
 * @property {(stdout: string) => Outcome} read what it has written to standard output
 */

/**
 * @typedef {object} Run
 * @property {string[]} args
 * @property {Record<string, string>} [env]
 * @property {number} passed how many tests must pass
 * @property {RegExp} [warns] what may be written to standard error
 * @property {boolean} [isOnNode] whether the running Node can do it
 */

/**
 * Declares that a project's tests pass, each way that its runner is run, and that nothing else is said.
 * @param {import('ava').TestFn} test
 * @param {Runner} runner
 * @param {Record<string, Run>} runs by titles; the first one is made in any case
 */
function declareRuns(test, runner, runs) {
  // What is installed is what is published.
  const declare = isPublished ? test.serial : test.serial.skip;
  const { folder, remove } = isPublished
    ? project({ files: [COMMON, path.join(__dirname, runner.name)], links: runner.links })
    : {};
  test.after.always(() => remove?.());
  for (const [title, run] of Object.entries(runs).slice(0, isBrief ? 1 : undefined)) {
    (run.isOnNode === false ? test.serial.skip : declare)(`${runner.name} ${title}`, async (t) => {
      const { code, signal, stdout, stderr } = await start(runner, run, folder);
      let outcome;
      try {
        outcome = runner.read(stdout);
      } catch (error) {
        t.fail(`${error}: ${stdout}${stderr}`);
        return;
      }
      t.deepEqual({ code, signal, ...outcome }, { code: 0, signal: null, passed: run.passed, failed: [] }, stderr);
      const said = stderr.split('\n').filter((line) => line !== '' && !run.warns?.test(line));
      t.deepEqual(said, []);
    });
  }
}

/**
 * @param {Runner} runner
 * @param {Run} run
 * @param {string} folder
 * @returns {Promise<{ code: number | null, signal: string | null, stdout: string, stderr: string }>}
 */
function start({ bin, args }, run, folder) {
  const command = [...(bin === undefined ? [] : [bin]), ...args, ...run.args];
  return spawned(process.execPath, command, { cwd: folder, env: environment(run.env) });
}

/**
 * That of this process without what tells a runner that it runs in another one, or how to.
 * @param {Record<string, string>} [env]
 */
function environment(env) {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, AVA_PATH: ___, CI: ____, ...own } = process.env;
  return { ...own, NO_COLOR: '1', FORCE_COLOR: undefined, ...env };
}

/**
 * Reads TAP, as Node's runner and AVA write it.
 * @param {string} stdout
 * @returns {Outcome}
 */
function readTap(stdout) {
  // The tests of a file may stand indented below it.
  const lines = stdout.split('\n').filter((line) => /^ *(not )?ok \d+ - /.test(line));
  const failed = stdout.split(/^(?= *(?:not )?ok \d+ - )/m).filter((text) => /^ *not ok /.test(text));
  return { passed: lines.filter((line) => /^ *ok /.test(line)).length, failed };
}

/**
 * Reads what Jest and Vitest write as JSON.
 * @param {string} stdout
 * @returns {Outcome}
 */
function readJestJson(stdout) {
  const { numPassedTests, testResults } = JSON.parse(stdout);
  const failed = testResults.flatMap((/** @type {any} */ { name, status, message, assertionResults }) =>
    status === 'passed'
      ? []
      : [`${name}: ${message}`, ...assertionResults.flatMap((each) => each.failureMessages ?? [])],
  );
  return { passed: numPassedTests, failed };
}

/**
 * The program of a package of this repository, named by its file there.
 * @param {string} file
 */
const binOf = (file) => path.join(__dirname, '..', '..', 'node_modules', file);

module.exports = { binOf, declareRuns, readJestJson, readTap };
