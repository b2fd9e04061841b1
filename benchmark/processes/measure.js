// Runs a measurement in a process of its own, where nothing else has used memory yet.
'use strict';

const { execFile } = require('node:child_process');
const path = require('node:path');
const { promisify } = require('node:util');

// The young generation as small as it gets: its growth by megabytes would be counted among the channels' bytes.
const MEMORY_FLAGS = ['--expose-gc', '--max-semi-space-size=1'];

/**
 * @param {string} file beside this one
 * @param {string[]} args
 * @param {string[]} [flags] of Node
 * @returns {Promise<any>} what the process printed as JSON
 */
async function runProcess(file, args, flags = []) {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, path.join(__dirname, file), ...args]);
  return JSON.parse(stdout);
}

/**
 * The two cases about the bytes per channel that one process measures.
 * @param {string} name
 * @param {string} file whose process prints `{ rss, heap }`, the bytes that a number of channels took
 * @param {number} count of channels; a tenth of that on the built-in, where the time they take grows with the square
 * @param {{ atMost: number }} target
 * @returns {import('../rounds').Case[]}
 */
function memoryCases(name, file, count, target) {
  /** @type {Map<string, Promise<{ rss: number, heap: number }>>} one process gives the figures of both cases */
  const printed = new Map();
  const measure = (/** @type {string} */ module, /** @type {number} */ channels, /** @type {number} */ round) => {
    const key = `${module} ${round}`;
    const result = printed.get(key) ?? runProcess(file, [module, String(channels)], MEMORY_FLAGS);
    printed.set(key, result);
    return result;
  };
  /** @type {(title: string, which: 'rss' | 'heap') => import('../rounds').Case} */
  const part = (title, which) => ({
    ...{ name: `${name}, ${title}`, unit: 'bytes', target, rounds: 3, warmUp: 0 },
    open({ module }) {
      const channels = module === 'ferroport' ? count : count / 10;
      let round = 0;
      return { round: async () => (await measure(module, channels, round++))[which] / channels };
    },
  });
  return [part('of the process', 'rss'), part('heap and external', 'heap')];
}

module.exports = { MEMORY_FLAGS, memoryCases, runProcess };
