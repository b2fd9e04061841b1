// Node's own setImmediate, also where programs have replaced it: fake clocks are installed before packages are loaded.
'use strict';

const nodeGlobals = require('../language/node-globals');
const { methods, statics, uncurry } = require('../language/originals');

/** @typedef {(task: () => void) => { unref(): void }} SetImmediate */

const sourceTextOf = uncurry(methods.sourceTextOf);
const includes = uncurry(methods.includes);

/**
 * Whether a function is Node's own, by its source text, which no replacement has. The function is not called.
 * @param {unknown} value
 * @param {string} text a part of the source of Node's function
 */
const isOfNode = (value, text) => typeof value === 'function' && includes(sourceTextOf(value), text);

/**
 * Node's class of immediates, whose constructor does what setImmediate does. `timers/promises` makes an immediate
 * without anything that programs replace, and a hook of async_hooks sees the object.
 * @returns {(new (task: () => void, values: undefined) => { unref(): void }) | undefined}
 */
function findClass() {
  /** @type {any} */
  let seen;
  const hook = require('node:async_hooks').createHook({
    init(_id, type, _trigger, resource) {
      if (type === 'Immediate') seen = resource;
    },
  });
  const { scheduler } = /** @type {any} */ (require('node:timers/promises'));
  hook.enable();
  try {
    scheduler.yield();
  } finally {
    hook.disable();
  }
  seen?.unref();
  return seen && statics.getPrototypeOf(seen).constructor;
}

/**
 * @param {SetImmediate} fallback
 * @returns {SetImmediate}
 */
function find(fallback) {
  const { setImmediate } = require('node:timers');
  if (isOfNode(setImmediate, 'new Immediate(')) return setImmediate;
  const Immediate = findClass();
  return Immediate === undefined ? fallback : (task) => new Immediate(task, undefined);
}

/**
 * The function that queues a task for the check phase of the event loop, where tasks run in the order of queueing. To
 * be called when ferroport is loaded.
 * @returns {SetImmediate}
 */
function takeSetImmediate() {
  const { setImmediate } = nodeGlobals;
  if (isOfNode(setImmediate, 'new Immediate(')) return setImmediate;
  /** @type {SetImmediate | undefined} */
  let found;
  return (task) => (found ??= find(setImmediate))(task);
}

module.exports = { isOfNode, takeSetImmediate };
