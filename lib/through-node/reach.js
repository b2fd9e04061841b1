// In which threads of the process the hook runs.
'use strict';

const { getEnvironmentData, isMainThread, setEnvironmentData } = require('../node/threads').original;

const { load, setProperty, store } = require('../language/originals').statics;

// Environment data reaches every thread that is started from here on, and the threads that those start.

/** Environment data: true if a thread that has led to this one has the hook. */
const HOOKED = 'ferroport.hooked';
/**
 * Environment data: shared memory, if every thread has the hook. The main thread got the hook by `--require`, which
 * Node hands on to all threads, also to those of module hooks. The first number in the memory is 0 until some thread is
 * without the hook after all.
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

/** To be called in any thread where it is known that there is, or may be, a thread without the hook. */
function leaveOut() {
  const flag = everywhere();
  if (flag !== undefined) store(flag, 0, 1);
}

/**
 * Whether this file is evaluated because of `--require`. The modules that required it would tell, too, but
 * `module.parent` is deprecated, and warns with `--pending-deprecation`.
 */
function isPreload() {
  const { stackTraceLimit } = Error;
  // This may fail, where the intrinsics are frozen.
  setProperty(Error, 'stackTraceLimit', Infinity);
  const { stack } = new Error();
  setProperty(Error, 'stackTraceLimit', stackTraceLimit);
  return /\bloadPreloadModules \(node:internal\//.test(`${stack}`);
}

/** Whether this thread is to have the hook because a thread that led to it has the hook. */
const isInherited = () => getEnvironmentData(HOOKED) === true;

/** Whether the hook runs in every thread. */
function isEverywhere() {
  const flag = everywhere();
  return flag !== undefined && load(flag, 0) === 0;
}

/** Whether this is the first call in this thread and in the threads that have led to it. */
function isFirstWarning() {
  const isFirst = getEnvironmentData(WARNED) !== true;
  setEnvironmentData(WARNED, true);
  return isFirst;
}

module.exports = { begin, leaveOut, isInherited, isEverywhere, isFirstWarning };
