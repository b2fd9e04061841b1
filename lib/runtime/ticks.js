// Lets ticks and microtasks run between two tasks, as Node does.
'use strict';

const native = require('../native/native');
const { nodeProcess: process, statics } = require('../language/originals');
const { isOfNode, takeSetImmediate } = require('../node/immediates');
const nodeGlobals = require('../language/node-globals');

const { getPrototypeOf } = statics;
const nextTick = process.nextTick.bind(process);

/**
 * Node's own way of running them from JavaScript; the timers use its inside. With `--pending-deprecation` the property has a
 * function that warns, or throws, and whose prototype is the one that does the work.
 */
const tickCallback = inside(/** @type {any} */ (process)._tickCallback);

/**
 * The function for which another stands that has it for its prototype, as Node's `deprecate` makes them. The prototype of all
 * functions, of whatever realm, has an object for its own.
 * @param {any} outer
 * @returns {any} `outer` itself if it stands for none
 */
function inside(outer) {
  if (typeof outer !== 'function') return undefined;
  let inner = outer;
  while (typeof getPrototypeOf(getPrototypeOf(inner)) === 'function') inner = getPrototypeOf(inner);
  return inner;
}

/** @type {() => void} */
const runTicks = tickCallback === undefined ? () => {} : tickCallback.bind(process);

/** Whether this is Node, and not a runtime that has its functions' names. */
const isNode = isOfNode(tickCallback, 'processTicksAndRejections');

const setImmediate = isNode ? takeSetImmediate() : nodeGlobals.setImmediate;

/**
 * Whether that does anything in the middle of a drain, as it does on Node; elsewhere undefined until one has begun.
 * @type {boolean | undefined}
 */
let canRun = isNode ? true : tickCallback === undefined ? false : undefined;

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
 * With `--abort-on-uncaught-exception` V8 ends the process where something is thrown that no JavaScript catches, and the `catch` below
 * would be one: there they are run from the outside.
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
 * Runs ticks and microtasks until none is left, or one has thrown: that is an uncaught exception, and Node has an immediate run the
 * others.
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
 * Has a task called when what runs now has ended, before the event loop goes on. Not even where programs have replaced the class
 * of promises does `await` use it.
 * @param {() => void} task which does not throw
 */
async function queueMicrotask(task) {
  await undefined;
  task();
}

module.exports = { canRunHere, run, runUntilThrown, isNode, isToAbort, nextTick, queueMicrotask, setImmediate };
