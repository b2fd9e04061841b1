// The errors that ferroport throws itself, as Node throws them.
'use strict';

const { inspect, types } = require('node:util');
const { inherits, methods, uncurry } = require('../language/originals');

const slice = uncurry(methods.stringSlice);
const includes = uncurry(methods.includes);

/**
 * An error with one of Node's codes.
 * @param {typeof TypeError | typeof RangeError | typeof Error} Class
 * @param {string} code such as 'ERR_INVALID_ARG_TYPE'
 * @param {string} message
 * @returns {Error & { code: string }}
 */
function nodeError(Class, code, message) {
  const error = /** @type {any} */ (new Class(message));
  error.code = code;
  return error;
}

/**
 * ERR_INVALID_ARG_TYPE as Node words it.
 * @param {string} name of the argument, or with a dot of its property
 * @param {string} expected such as 'of type string'
 * @param {any} received
 */
function invalidArgType(name, expected, received) {
  const kind = includes(name, '.') ? 'property' : 'argument';
  const message = `The "${name}" ${kind} must be ${expected}. Received ${describe(received)}`;
  return nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', message);
}

/**
 * ERR_OUT_OF_RANGE as Node words it.
 * @param {string} name
 * @param {string} range such as '>= 0'
 * @param {number} value
 */
function outOfRange(name, range, value) {
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${inspect(value)}`;
  return nodeError(RangeError, 'ERR_OUT_OF_RANGE', message);
}

/** @param {any} value */
function describe(value) {
  if (value === null || value === undefined) return `${value}`;
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object') {
    return value.constructor?.name ? `an instance of ${value.constructor.name}` : inspect(value, { depth: -1 });
  }
  return `type ${typeof value} (${slice(inspect(value, { colors: false }), 0, 28)})`;
}

/**
 * @param {string} message
 * @returns {DOMException} name DataCloneError, code 25
 */
function dataCloneError(message) {
  const { DOMException } = require('./classes');
  return new DOMException(message, 'DataCloneError');
}

/**
 * Whether an error is a DOMException. Runs no code of the error's.
 * @param {unknown} error
 * @returns {error is DOMException}
 */
const isDOMException = (error) => inherits(error, require('./classes').DOMException.prototype);

/**
 * Whether an error says that the runtime's messaging refuses a value, which answers a question that ferroport asks by trying. Other
 * errors answer nothing: the stack was full, or something that a program has patched has thrown.
 * @param {any} error
 */
const isRefusal = (error) =>
  isDOMException(error) ||
  typeof error?.code === 'string' ||
  // The class may be of any realm.
  (types.isNativeError(error) && error.name === 'TypeError');

/**
 * Whether an error was thrown for want of stack or memory. Such an error is no answer to a question, not even a negative one.
 * @param {any} error of any realm
 */
function isForWantOfRoom(error) {
  return types.isNativeError(error) && error.name === 'RangeError';
}

/** What the built-in's methods throw when they are called on something that is not a port. */
function illegalInvocation() {
  return new TypeError('Illegal invocation');
}

module.exports = {
  nodeError,
  invalidArgType,
  outOfRange,
  dataCloneError,
  isDOMException,
  isForWantOfRoom,
  isRefusal,
  illegalInvocation,
};
