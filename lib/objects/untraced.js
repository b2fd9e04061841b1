// Makes errors without a stack trace. An error that arrives had its trace elsewhere, and other errors get theirs later.
'use strict';

const { getOwnPropertyDescriptor, globals } = require('../language/intrinsics');

const { Error } = globals;

/**
 * A trace would show this place, and costs more than the rest of the error; and a program's `Error.prepareStackTrace` would be asked to
 * format it. V8 takes no trace if the limit is not a number. Where Error is frozen, the trace is taken all the same.
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
