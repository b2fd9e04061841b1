// In which threads of the process the hook runs.
'use strict';

const { getEnvironmentData, isMainThread, setEnvironmentData } = require('../node/threads').original;

const { load, setProperty, store } = require('../language/originals').statics;

// Environment data reaches every thread that is started from here on, and those that it starts.

/** The thread that started this one has the hook, or the one that started that. */
const HOOKED = 'ferroport.hooked';
/**
 * Every thread has it: the main thread was told by `--require`, which Node hands on to all, those of module hooks too. Memory
 * that all threads share, in which the first number is 0 until a thread is without the hook all the same.
 */
const EVERYWHERE = 'ferroport.everywhere';
const WARNED = 'ferroport.warned';

/** To be called when the hook begins to run in this thread, while register.js is evaluated. */
function begin() {
  setEnvironmentData(HOOKED, true);
  if (isMainThread) {
    setEnvironmentData(EVERYWHERE, isPreload() ? new Int32Array(new SharedArrayBuffer(4)) : undefined);
  }
}

const everywhere = () => /** @type {Int32Array | undefined} */ (/** @type {any} */ (getEnvironmentData(EVERYWHERE)));

/** To be called when there is, or may be, a thread without the hook, in whatever thread that is known. */
function leaveOut() {
  const flag = everywhere();
  if (flag !== undefined) store(flag, 0, 1);
}

/**
 * Whether this is evaluated because of `--require`. Its parents would tell, too, but `module.parent` is deprecated, and warns with
 * `--pending-deprecation`.
 */
function isPreload() {
  const { stackTraceLimit } = Error;
  // Neither where the intrinsics are frozen.
  setProperty(Error, 'stackTraceLimit', Infinity);
  const { stack } = new Error();
  setProperty(Error, 'stackTraceLimit', stackTraceLimit);
  return /\bloadPreloadModules \(node:internal\//.test(`${stack}`);
}

/** Whether this thread is to have the hook because one that led to it has. */
const isInherited = () => getEnvironmentData(HOOKED) === true;

/** Whether the hook runs in every thread. */
function isEverywhere() {
  const flag = everywhere();
  return flag !== undefined && load(flag, 0) === 0;
}

/** Whether this is the first call, here and in the threads that have led to this one. */
function isFirstWarning() {
  const isFirst = getEnvironmentData(WARNED) !== true;
  setEnvironmentData(WARNED, true);
  return isFirst;
}

module.exports = { begin, leaveOut, isInherited, isEverywhere, isFirstWarning };
