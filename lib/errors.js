// The errors that ferroport throws itself, as Node throws them.
'use strict';

/**
 * An error with one of Node's codes.
 * @param {typeof TypeError | typeof RangeError | typeof Error} Class
 * @param {string} code such as 'ERR_INVALID_ARG_TYPE'
 * @param {string} message
 * @returns {Error & { code: string }}
 */
function nodeError(Class, code, message) {
  return Object.assign(new Class(message), { code });
}

/**
 * @param {string} message
 * @returns {DOMException} name DataCloneError, code 25
 */
function dataCloneError(message) {
  return new DOMException(message, 'DataCloneError');
}

/** What the built-in's methods throw when they are called on something that is not a port. */
function illegalInvocation() {
  return new TypeError('Illegal invocation');
}

module.exports = { nodeError, dataCloneError, illegalInvocation };
