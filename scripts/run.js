// Runs one command of a script: its output caught, or straight through to the terminal.
'use strict';

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '..');

/**
 * Longest time a command that nobody watches may take, in milliseconds: what hangs must fail. AVA finds its own tests
 * that do, sooner, and can name them; this is for what it cannot end.
 */
const LIMIT = 15 * 60_000;

/** @type {NodeJS.Signals[]} */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * @typedef {object} Outcome
 * @property {number} code exit code; 1 when a signal ended the command or it could not be started
 * @property {string} output what it wrote to both its outputs, in order of arrival (empty with `show`)
 */

/**
 * Runs a command. One that nobody watches is ended after `limit`, and whatever it has
 * started ends with it in any case: a test program that hangs would keep the pipe open after cargo or AVA is gone.
 * @param {string[]} command program and arguments; no shell reads them
 * @param {{ cwd?: string, env?: Record<string, string>, show?: boolean, limit?: number, onText?: (text: string) => void }} [options]
 *   `cwd` is the root of the repository unless another folder is named, `env` is added to this process's environment, `show` sends the
 *   output to the terminal instead of keeping it, `limit` is in milliseconds, `onText` gets what is kept as it arrives
 * @returns {Promise<Outcome>} never rejects
 */
function run([program, ...args], { cwd = ROOT, env = {}, show = false, limit = LIMIT, onText } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      // npm is a batch file on Windows, and only a shell starts those.
      shell: process.platform === 'win32' && program === 'npm',
      // A process group of its own can be ended as a whole.
      detached: !show && process.platform !== 'win32',
    });
    let output = '';
    const keep = (/** @type {string} */ text) => {
      output += text;
      onText?.(text);
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);

    const end = () => endTree(child);
    // What ends this process would not reach another group.
    const interrupted = () => {
      end();
      process.exit(1);
    };
    const timer = setTimeout(() => {
      output += `${program} did not finish within ${limit / 60_000} minutes\n`;
      end();
    }, limit);
    if (show) {
      clearTimeout(timer);
    } else {
      for (const signal of SIGNALS) process.once(signal, interrupted);
      child.on('exit', end);
    }

    const settle = (/** @type {Outcome} */ outcome) => {
      clearTimeout(timer);
      for (const signal of SIGNALS) process.off(signal, interrupted);
      resolve(outcome);
    };
    child.on('error', (error) => settle({ code: 1, output: `${output}${error.message}\n` }));
    child.on('close', (code, signal) => {
      if (signal) output += `${program} was ended by ${signal}\n`;
      settle({ code: code ?? 1, output });
    });
  });
}

/**
 * Ends a process and all that it started.
 * @param {import('node:child_process').ChildProcess} child
 */
function endTree({ pid }) {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(pid), '/T', '/F']);
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

/**
 * The command line of an installed package's program, without npx's second of start-up.
 * @param {string} name package, which has one program or one of the same name
 * @param {...string} args
 * @returns {string[]} to be given to `run`
 */
function bin(name, ...args) {
  const folder = path.join(ROOT, 'node_modules', name);
  const { bin } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = typeof bin === 'string' ? bin : (bin[name] ?? Object.values(bin)[0]);
  return [process.execPath, path.join(folder, file), ...args];
}

/**
 * The command line that runs AVA so that its output can be counted.
 * @param {...string} args
 * @returns {string[]}
 */
const ava = (...args) => bin('ava', '--no-color', ...args);

/**
 * The command line that runs the tests of what is plain Rust. Without `value` cargo would leave out most tests of the wire.
 * @param {...string} args
 * @returns {string[]}
 */
const cargoTest = (...args) => [
  ...['cargo', 'test', '--no-default-features', '--features', 'value', '--no-fail-fast'],
  ...args,
];

/**
 * As `cargoTest`, the tests of the crate for addons.
 * @param {...string} args
 * @returns {string[]}
 */
const crateTest = (...args) => ['cargo', 'test', '-p', 'ferroport', '--all-features', '--no-fail-fast', ...args];

module.exports = { ROOT, ava, bin, cargoTest, crateTest, run };
