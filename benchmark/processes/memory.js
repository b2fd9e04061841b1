// How much memory this process has, once everything that can be collected has been.
'use strict';

const { setTimeout: sleep } = require('node:timers/promises');

const collect = /** @type {() => void} */ (globalThis.gc);

/**
 * Collects in rounds: a finalizer can let go of what only the next collection finds, and runs between two turns
 * of the event loop.
 */
async function settle() {
  for (let round = 0; round < 6; round++) {
    collect();
    await sleep(10);
  }
}

/** @returns {Promise<{ rss: number, heap: number }>} in bytes; `heap` includes what V8 knows of outside its heap */
async function memory() {
  await settle();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}

/**
 * Prints by how much the memory grew.
 * @param {{ rss: number, heap: number }} before
 * @returns {Promise<void>}
 */
async function printGrowth(before) {
  const after = await memory();
  console.log(JSON.stringify({ rss: after.rss - before.rss, heap: after.heap - before.heap }));
}

module.exports = { collect, memory, printGrowth };
