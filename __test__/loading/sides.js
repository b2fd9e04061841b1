'use strict';

// Runs one program on the built-in, on ferroport by `require`, and on the hook, each in a process of its own, under flags of Node.

const { execFile } = require('node:child_process');
const path = require('node:path');
const { FERROPORT } = require('../support/program');
const { LIMIT } = require('../support/limits');

const REGISTER = path.join(path.dirname(FERROPORT), 'register.js');

/** The permission model's switch has had two names. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

/** @typedef {{ code: number | string | null, stdout: string, stderr: string }} Ended */

/**
 * @param {string[]} values the arguments of node
 * @param {Record<string, string>} [env] besides this process's
 * @returns {Promise<Ended>} without what differs from process to process, its id
 */
function node(values, env = {}) {
  const options = { env: { ...process.env, ...env }, timeout: LIMIT, killSignal: /** @type {const} */ ('SIGKILL') };
  return new Promise((resolve) => {
    execFile(process.execPath, values, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : (error.code ?? error.signal ?? null);
      resolve({ code, stdout, stderr: stderr.replace(/\(node:\d+\)/g, '(node)') });
    });
  });
}

/**
 * @typedef {object} Asked
 * @property {string[]} [flags]
 * @property {Record<string, string>} [env]
 * @property {string[]} [values] the program's further arguments
 */

/**
 * Runs a file whose first argument is the name of the implementation.
 * @param {string} file
 * @param {Asked} asked
 */
async function sides(file, { flags = [], env, values = [] }) {
  const [builtin, required, hooked] = await Promise.all([
    node([...flags, file, 'node:worker_threads', ...values], env),
    node([...flags, file, FERROPORT, ...values], env),
    node([...flags, '--require', REGISTER, file, 'node:worker_threads', ...values], env),
  ]);
  return { builtin, required, hooked };
}

/** Declares that a program does on ferroport, by both ways, what it does on the built-in, to the last character, and ends well. */
const same = (test, title, file, asked) =>
  test(title, async (t) => {
    const { builtin, required, hooked } = await sides(file, asked);
    t.is(builtin.code, 0, builtin.stderr);
    t.not(builtin.stdout, '');
    t.deepEqual(required, builtin);
    t.deepEqual(hooked, builtin);
  });

module.exports = { PERMISSION, REGISTER, node, same, sides };
