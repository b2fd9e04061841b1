'use strict';

// The core scenarios by group, and how a script is run on the runtime that runs this.

/** @typedef {Record<string, (lib: any) => unknown>} Scenarios what each does by its name; one that throws or rejects has failed */

/** @type {Record<string, Scenarios>} */
const groups = {
  channels: require('./channels'),
  clone: require('./clone'),
  transfer: require('./transfer'),
  lifecycle: require('./lifecycle'),
  workers: require('./workers'),
  hosts: require('./hosts'),
  additions: require('./additions'),
  flow: require('./flow'),
  blocking: require('./blocking'),
  calls: require('./calls'),
  abort: require('./abort'),
};

/**
 * The command that runs a script given as a string.
 * @param {string} code CommonJS
 * @returns {string[]}
 */
function commandOf(code) {
  // Deno has a command of its own for scripts, in which `require` is made.
  const evaluates = 'deno' in process.versions ? ['eval', '--ext=cjs'] : ['-e'];
  // The emulator of a processor, which the system does not start by itself where a program of that processor is to run.
  const { TEST_EMULATOR: emulator } = process.env;
  return [...(emulator ? [emulator] : []), process.execPath, ...evaluates, code];
}

/**
 * The garbage collector.
 * @returns {() => void}
 */
function collector() {
  if (globalThis.gc !== undefined) return globalThis.gc;
  require('node:v8').setFlagsFromString('--expose-gc');
  return require('node:vm').runInNewContext('gc');
}

/**
 * An implementation as the scenarios get it.
 * @param {string} name what `require` takes
 */
function implementation(name) {
  return { ...require(name), module: name, command: commandOf, collect: collector() };
}

module.exports = { groups, implementation };
