// Calls that block the thread until there is a message, or room for one.
'use strict';

const native = require('../native/native');
const closing = require('../runtime/closing');
const bridged = require('../channel/bridged');
const mailbox = require('../channel/mailbox');
const { cells, places } = require('../native/block');
const { isObject, statics } = require('../language/originals');
const signals = require('../channel/signals');
const { invalidArgType, nodeError, outOfRange } = require('../node/errors');

const { defineProperty } = statics;
const { ABORTED, DEADLOCK, TIMED_OUT } = native.outcomes;
const { LENGTH } = places;

/** How many milliseconds pass between two looks at a port of Node's, whose messages nobody can wait for. */
const LOOK = 1;

/** Stands for the owner of a signal where there is none. */
const NOBODY = { copy: 0, numberOf: () => 0 };

/**
 * How long a call blocks. The time that is left becomes less with each `block`.
 * @typedef {object} Limits
 * @property {number} timeout as it was given, in milliseconds; Infinity for any time
 * @property {number} left how much of it is left
 * @property {any} signal a SharedAbortSignal that ends the call, or undefined
 */

/**
 * Reads what a program has given, each property once.
 * @param {any} options with `timeout` in milliseconds, undefined for any time, and `signal`
 * @returns {Limits}
 * @throws {Error} AbortError if the signal is aborted already
 * @throws {TypeError} ERR_INVALID_ARG_TYPE
 * @throws {RangeError} ERR_OUT_OF_RANGE
 */
function readLimits(options) {
  if (options === undefined || options === null) return { timeout: Infinity, left: Infinity, signal: undefined };
  if (!isObject(options)) throw invalidArgType('options', 'of type object', options);
  const { timeout = Infinity, signal } = options;
  if (typeof timeout !== 'number') throw invalidArgType('options.timeout', 'of type number', timeout);
  if (!(timeout >= 0)) throw outOfRange('options.timeout', '>= 0', timeout);
  if (signal !== undefined) {
    if (!signals.isSignal(signal)) throw invalidArgType('options.signal', 'an instance of SharedAbortSignal', signal);
    if (signal.aborted) throw aborted(signal);
  }
  return { timeout, left: timeout, signal };
}

/**
 * Blocks until one of the ports may have what is wanted, or has ended.
 * @param {number | number[]} keys
 * @param {boolean} isForRoom whether room is wanted at the other end, and not a message
 * @param {Limits} limits
 * @param {boolean} isFed whether messages may come in another way than from the other end, see bridged.js
 * @throws {DOMException} TimeoutError
 * @throws {Error} ERR_FERROPORT_DEADLOCK; AbortError
 */
function block(keys, isForRoom, limits, isFed) {
  closeClosed();
  const { left, signal } = limits;
  const { copy, numberOf } = signal === undefined ? NOBODY : signals.ownerOf(signal);
  const outcome = native.wait(keys, isForRoom, isFed && left > LOOK ? LOOK : left, isFed, copy, numberOf(signal));
  limits.left -= cells[LENGTH];
  if (outcome === ABORTED) throw aborted(signal);
  if (outcome === DEADLOCK) throw deadlock(isForRoom);
  if (outcome !== TIMED_OUT) return;
  if (isFed) closeEnded(keys);
  if (!(limits.left > 0)) throw timedOut(isForRoom, limits.timeout);
}

/** Closes the endpoints of ports that the thread has closed, which is otherwise done in the event loop, so that nobody waits for them in vain. */
function closeClosed() {
  const closed = closing.takeKeys();
  for (let i = 0; i < closed.length; i++) mailbox.closeEndpoint(closed[i]);
}

/** @param {number | number[]} keys */
function closeEnded(keys) {
  if (typeof keys === 'number') bridged.closeEnded(keys);
  else for (let i = 0; i < keys.length; i++) bridged.closeEnded(keys[i]);
}

/**
 * As Node's functions throw, with the reason as its cause.
 * @param {any} signal
 */
function aborted(signal) {
  const error = nodeError(Error, 'ABORT_ERR', 'The operation was aborted');
  error.name = 'AbortError';
  defineProperty(error, 'cause', { value: signal.reason, writable: true, configurable: true });
  return error;
}

/**
 * @param {boolean} isForRoom
 * @param {number} timeout
 */
function timedOut(isForRoom, timeout) {
  const { DOMException } = require('../node/classes');
  const what = isForRoom ? 'There was no room' : 'No message came';
  return new DOMException(`${what} within ${timeout} ms`, 'TimeoutError');
}

/** @param {boolean} isForRoom */
function deadlock(isForRoom) {
  const what = isForRoom ? 'make room' : 'post a message';
  return nodeError(
    Error,
    'ERR_FERROPORT_DEADLOCK',
    `Nobody can ${what}: all threads that could are blocked, this one among them`,
  );
}

/** What is thrown where a channel has ended and everything in it was read. */
const closed = () => nodeError(Error, 'ERR_FERROPORT_CLOSED', 'The channel has ended');

module.exports = { readLimits, block, closeClosed, closed };
