// Where the first worker leaves ferroport's compiled JavaScript for the workers after it: see
// scripts/bundle/compiled.js.
'use strict';

const threads = require('../node/threads').original;
const { globals, process } = require('../language/originals');

/** So many bytes of shared memory are reserved; some 300 kB of them are used. */
const MOST = 2 ** 21;

/**
 * The name in the environment data, which workers of workers get, too. The file's path tells copies of ferroport apart.
 */
const keyOf = (/** @type {string} */ bootstrap) => `ferroport.compiled ${bootstrap}`;

/**
 * Gives workers that start from now on the shared memory.
 * @param {string} bootstrap the file with which they begin
 */
function shareCompiled(bootstrap) {
  const key = keyOf(bootstrap);
  // Other runtimes give no compiled code of scripts. With coverage, V8 could not say which parts of such a script have run.
  if (process.versions.bun !== undefined || process.versions.deno !== undefined || process.env.NODE_V8_COVERAGE) return;
  if (threads.getEnvironmentData(key) !== undefined) return;
  const Memory = /** @type {any} */ (globals.SharedArrayBuffer);
  threads.setEnvironmentData(key, new Memory(64, { maxByteLength: MOST }));
}

module.exports = { shareCompiled };
