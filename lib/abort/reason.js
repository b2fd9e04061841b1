// Why a signal was aborted, as all threads can read it.
'use strict';

const native = require('../native/native');
const classes = require('../node/classes');
const Session = require('../codec/message/session');
const { lazy } = require('../language/lazy');
const { bareList, defineProperty, getOwnPropertyDescriptor, globals } = require('../language/intrinsics');

const { Uint8Array } = globals;

/**
 * A reason, written. DOM exceptions, which only V8 could write, are written apart: in `parts`, three strings for each.
 * @typedef {object} Written
 * @property {Uint8Array} value
 * @property {Uint8Array} parts
 */

/**
 * @param {unknown} reason
 * @param {Function} entrance the function that the program has called, at which the stack of errors begins
 * @returns {Written}
 * @throws {DOMException} DataCloneError for what cannot be cloned; what getters throw
 */
function write(reason, entrance) {
  const session = new Session(null, true);
  session.hasExceptions = true;
  try {
    const value = new Uint8Array(native.serialize(reason, session));
    const parts = partsOf(session.objects);
    return { value, parts: new Uint8Array(native.serialize(parts, new Session(null, true))) };
  } catch (error) {
    throw require('../objects/culprit-path').located(error, reason, entrance);
  }
}

/**
 * As `write`, where there is nobody to throw to: a reason that cannot be cloned is replaced by the error that says so.
 * @param {unknown} reason
 * @returns {Written}
 */
function writeSafely(reason) {
  try {
    return write(reason, writeSafely);
  } catch (error) {
    try {
      return write(error, writeSafely);
    } catch {
      return write(undefined, writeSafely);
    }
  }
}

/** @param {any[]} exceptions */
function partsOf(exceptions) {
  const parts = [];
  for (let i = 0; i < exceptions.length; i++) {
    const { name, message } = exceptions[i];
    // Where it is a property of its own.
    const stack = getOwnPropertyDescriptor(exceptions[i], 'stack') === undefined ? undefined : exceptions[i].stack;
    parts[3 * i] = `${name}`;
    parts[3 * i + 1] = `${message}`;
    parts[3 * i + 2] = typeof stack === 'string' ? stack : undefined;
  }
  return parts;
}

/**
 * The reason for which a signal was aborted.
 * @param {number} number of the signal
 * @returns {unknown} made anew; undefined if the signal is not aborted
 */
function read(number) {
  const parts = native.reasonParts(number);
  if (parts === undefined) return undefined;
  // The text is that of AbortSignal.timeout.
  if (parts === null) return new classes.DOMException('The operation was aborted due to timeout', 'TimeoutError');
  const exceptions = bareList();
  for (let i = 0; i < parts.length; i += 3) {
    const exception = new classes.DOMException(/** @type {string} */ (parts[i + 1]), /** @type {string} */ (parts[i]));
    const stack = { value: parts[i + 2], writable: true, configurable: true };
    if (parts[i + 2] !== undefined) defineProperty(exception, 'stack', stack);
    exceptions[exceptions.length] = exception;
  }
  return native.reason(number, exceptions);
}

/** What an AbortController says when it aborts without a reason. */
const defaultText = lazy(() => {
  const controller = new classes.AbortController();
  controller.abort();
  return /** @type {string} */ (controller.signal.reason.message);
});

/** The reason of a signal that is aborted without one. */
const defaultReason = () => new classes.DOMException(defaultText(), 'AbortError');

module.exports = { defaultReason, read, write, writeSafely };
