// Errors without a stack trace of their own: those that arrive have had one elsewhere, and others get theirs afterwards.
'use strict';

const { getOwnPropertyDescriptor, globals } = require('../language/intrinsics');

const { Error } = globals;

/**
 * An error's own stack would be of this place, costs more than all else of the error, and a program's `Error.prepareStackTrace` would
 * be asked to format it. Without a number for a limit V8 takes none. Where Error is frozen, it is taken all the same.
 * @param {any} Class whose constructor runs no code of the program's
 * @param {string} [message]
 * @param {string | { cause: unknown }} [more] a DOMException's name, or an error's options
 * @returns {any} an instance
 */
function makeUntraced(Class, message, more) {
  const limit = getOwnPropertyDescriptor(Error, 'stackTraceLimit');
  const settable = limit?.writable === true;
  try {
    if (settable) /** @type {any} */ (Error).stackTraceLimit = undefined;
    if (more !== undefined) return new Class(message, more);
    return message === undefined ? new Class() : new Class(message);
  } finally {
    if (settable) Error.stackTraceLimit = limit.value;
  }
}

module.exports = { makeUntraced };
