// Runs ticks and microtasks between two tasks, as Node does.
'use strict';

const native = require('../native/native');
const { nodeProcess: process, statics } = require('../language/originals');
const { isOfNode, takeSetImmediate } = require('../node/immediates');
const nodeGlobals = require('../language/node-globals');

const { getPrototypeOf } = statics;
const nextTick = process.nextTick.bind(process);

/**
 * Node's own function that runs them; Node's timers use the function inside of it. With `--pending-deprecation` the
 * property has a function that warns, or throws, and whose prototype is the function that does the work.
 */
const tickCallback = inside(/** @type {any} */ (process)._tickCallback);

/**
 * The function behind a deprecated one: Node's `deprecate` makes it the prototype of the function that warns. The
 * prototype of every other function, of whatever realm, has an object as its own prototype.
 * @param {any} outer
 * @returns {any} `outer` itself if there is no function behind it
 */
function inside(outer) {
  if (typeof outer !== 'function') return undefined;
  let inner = outer;
  while (typeof getPrototypeOf(getPrototypeOf(inner)) === 'function') inner = getPrototypeOf(inner);
  return inner;
}

/** @type {() => void} */
const runTicks = tickCallback === undefined ? () => {} : tickCallback.bind(process);

/** Whether this is Node, and no other runtime with functions of Node's names. */
const isNode = isOfNode(tickCallback, 'processTicksAndRejections');

const setImmediate = isNode ? takeSetImmediate() : nodeGlobals.setImmediate;

/**
 * Whether `runTicks` does anything in the middle of a drain, as it does on Node; undefined on other runtimes until a
 * drain has begun.
 * @type {boolean | undefined}
 */
let canRun = isNode ? true : tickCallback === undefined ? false : undefined;

/**
 * Whether ticks and microtasks can be run in the middle of a drain. To be called in one. Bun has Node's function, which
 * does nothing there; Deno does not have it.
 */
function canRunHere() {
  if (canRun !== undefined) return canRun;
  let ran = false;
  nextTick(() => void (ran = true));
  // The tick has not run, but something that has thrown may be the reason: this is asked again then.
  const hasThrown = run();
  if (ran || !hasThrown) canRun = ran;
  return ran;
}

/**
 * Whether `--abort-on-uncaught-exception` is set. V8 ends the process then where something is thrown that no JavaScript
 * catches. The `catch` below would catch it, so ticks are run by a native call instead.
 */
const isToAbort = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((option) =>
  /(^|\s|")--abort[-_]on[-_]uncaught[-_]exception\b/.test(option),
);

/**
 * Runs ticks and microtasks until none is left; what they throw is an uncaught exception each.
 * @returns {boolean} whether one has thrown: then Node has left all async contexts
 */
function run() {
  let hasThrown = false;
  while (!runUntilThrown()) hasThrown = true;
  return hasThrown;
}

/**
 * Runs ticks and microtasks until none is left or one has thrown. That is an uncaught exception, and Node runs the
 * remaining ones in an immediate.
 * @returns {boolean} false if one has thrown
 */
function runUntilThrown() {
  if (canRun === false) return true;
  try {
    if (isToAbort) native.outside(runTicks);
    else runTicks();
    return true;
  } catch (error) {
    native.raise(error);
    return false;
  }
}

/**
 * Calls a task as a microtask: when the running code has ended, before the event loop goes on. `await` uses the
 * language's own promises, also where programs have replaced the class.
 * @param {() => void} task which does not throw
 */
async function queueMicrotask(task) {
  await undefined;
  task();
}

module.exports = { canRunHere, run, runUntilThrown, isNode, isToAbort, nextTick, queueMicrotask, setImmediate };
