// Whether a function is running at the moment.
'use strict';

const { captureStackTrace, includes } = require('./intrinsics');

/** How a frame begins in a stack trace. */
const FRAME = '\n    at ';

/**
 * Whether a function has been called and has not ended: is on the stack. A function that a termination has ended, of which
 * neither `catch` nor `finally` ran, is not. To be asked rarely: the whole stack is looked through.
 * @param {Function} callee not the outermost function of the stack
 * @returns {boolean} true also where the runtime does not tell
 */
function isRunning(callee) {
  // Programs may format stack traces in their own way, or want none: this function is running.
  return !showsFrames(isRunning) || showsFrames(callee);
}

/**
 * V8 takes a stack trace that begins below the last call of a given function: without such a call no frame is in there.
 * @param {Function} callee
 */
function showsFrames(callee) {
  const trace = { __proto__: null, name: '', message: '', stack: /** @type {unknown} */ ('') };
  captureStackTrace?.(trace, callee);
  return typeof trace.stack === 'string' && includes(trace.stack, FRAME);
}

module.exports = { isRunning };
