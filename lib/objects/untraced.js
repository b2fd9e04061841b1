// Makes errors without a stack trace. Errors that arrive have had their stack elsewhere, and other errors get it later.
'use strict';

const { getOwnPropertyDescriptor, globals } = require('../language/intrinsics');

const { Error } = globals;

/**
 * Makes an error without a stack trace. The trace would show this place, and would cost more than the rest of the error. A
 * program's `Error.prepareStackTrace` would be called to format it. V8 takes no trace if `Error.stackTraceLimit` is no
 * number. If Error is frozen, V8 takes the trace all the same.
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
