// Where the first worker leaves ferroport's JavaScript as it has compiled it, for the workers after it: scripts/bundle/compiled.js.
'use strict';

const threads = require('../node/threads').original;
const { globals, process } = require('../language/originals');

/** So much is reserved, and some 300 kB of it are used. */
const MOST = 2 ** 21;

/** Environment data, which workers of workers get, too. The file tells copies of ferroport apart. */
const keyOf = (/** @type {string} */ bootstrap) => `ferroport.compiled ${bootstrap}`;

/**
 * Sees to it that workers that start from here on have the memory.
 * @param {string} bootstrap the file with which they begin
 */
function shareCompiled(bootstrap) {
  const key = keyOf(bootstrap);
  // Elsewhere scripts have no compiled code to give; and with it, V8 cannot say what of a file has run.
  if (process.versions.bun !== undefined || process.versions.deno !== undefined || process.env.NODE_V8_COVERAGE) return;
  if (threads.getEnvironmentData(key) !== undefined) return;
  const Memory = /** @type {any} */ (globals.SharedArrayBuffer);
  threads.setEnvironmentData(key, new Memory(64, { maxByteLength: MOST }));
}

module.exports = { shareCompiled };
