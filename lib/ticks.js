// Lets ticks and microtasks run between two tasks, as Node does.
'use strict';

const native = require('./native');

const { process } = globalThis;

/** Node's own way of running them from JavaScript; the timers use its inside. */
const { _tickCallback: tickCallback } = /** @type {any} */ (process);

/** @type {() => void} */
const runTicks = typeof tickCallback === 'function' ? tickCallback.bind(process) : () => {};

/**
 * Whether they can be run in the middle of a drain. Bun has the function, and it does nothing there; on Deno neither ticks
 * nor microtasks run before the event loop gets its turn.
 */
const canRun = typeof tickCallback === 'function' && !('bun' in process.versions) && !('deno' in process.versions);

/**
 * Runs ticks and microtasks until none is left; what they throw is an uncaught exception each.
 * @returns {boolean} whether one has thrown: then Node has left all async contexts
 */
function run() {
  if (!canRun) return false;
  for (let hasThrown = false; ; hasThrown = true) {
    try {
      runTicks();
      return hasThrown;
    } catch (error) {
      native.raise(error);
    }
  }
}

module.exports = { canRun, run };
