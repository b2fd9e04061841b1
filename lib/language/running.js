// Whether a function is running at the moment.
'use strict';

const { captureStackTrace, includes } = require('./intrinsics');

/** The beginning of a frame in a stack trace. */
const FRAME = '\n    at ';

/**
 * Whether a function is on the stack: it has been called and has not ended. A function that a termination has ended is
 * not, though neither its `catch` nor its `finally` ran. To be asked rarely, because the whole stack is searched.
 * @param {Function} callee not the outermost function of the stack
 * @returns {boolean} true also where the runtime does not tell
 */
function isRunning(callee) {
  // If this function itself does not show, the program formats stack traces in its own way, or wants none.
  return !showsFrames(isRunning) || showsFrames(callee);
}

/**
 * Whether a stack trace below the last call of a function has frames. V8 gives none if the function is not on the
 * stack.
 * @param {Function} callee
 */
function showsFrames(callee) {
  const trace = { __proto__: null, name: '', message: '', stack: /** @type {unknown} */ ('') };
  captureStackTrace?.(trace, callee);
  return typeof trace.stack === 'string' && includes(trace.stack, FRAME);
}

module.exports = { isRunning };
