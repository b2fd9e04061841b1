// Lets ticks and microtasks run between two tasks, as Node does.
'use strict';

const native = require('./native');

const { process, setImmediate } = require('./node-globals');
const nextTick = process.nextTick.bind(process);

/** Node's own way of running them from JavaScript; the timers use its inside. */
const { _tickCallback: tickCallback } = /** @type {any} */ (process);

/** @type {() => void} */
const runTicks = typeof tickCallback === 'function' ? tickCallback.bind(process) : () => {};

/**
 * Whether that does anything in the middle of a drain; undefined until one has begun.
 * @type {boolean | undefined}
 */
let canRun = typeof tickCallback === 'function' ? undefined : false;

/**
 * Whether ticks and microtasks can be run in the middle of a drain, in which this is called. Bun has Node's function, and it
 * does nothing there; Deno has none.
 */
function canRunHere() {
  if (canRun !== undefined) return canRun;
  let ran = false;
  nextTick(() => void (ran = true));
  // What has thrown may have kept that one from running.
  const hasThrown = run();
  if (ran || !hasThrown) canRun = ran;
  return ran;
}

/**
 * Runs ticks and microtasks until none is left; what they throw is an uncaught exception each.
 * @returns {boolean} whether one has thrown: then Node has left all async contexts
 */
function run() {
  if (canRun === false) return false;
  for (let hasThrown = false; ; hasThrown = true) {
    try {
      runTicks();
      return hasThrown;
    } catch (error) {
      native.raise(error);
    }
  }
}

module.exports = { canRunHere, run, nextTick, setImmediate };
