// The signals by which callers give up, as options and as what goes with a call.
'use strict';

const { isObject, statics } = require('../language/originals');
const { invalidArgType } = require('../node/errors');

const { isArray } = statics;

/** @type {any[]} */
const NONE = [];

/**
 * Whether a signal is seen at once in every thread.
 * @param {any} signal
 */
const isShared = (signal) =>
  isObject(signal) && typeof signal.toAbortSignal === 'function' && typeof signal.aborted === 'boolean';

/**
 * @param {any} signal that a program has given
 * @param {boolean} isBlocking whether the thread will be blocked: only a shared signal can be aborted then
 * @throws {TypeError} ERR_INVALID_ARG_TYPE
 */
function checkSignal(signal, isBlocking) {
  if (isShared(signal)) return;
  if (isBlocking) throw invalidArgType('options.signal', 'an instance of SharedAbortSignal', signal);
  const isSignal =
    isObject(signal) && typeof signal.aborted === 'boolean' && typeof signal.addEventListener === 'function';
  if (!isSignal) throw invalidArgType('options.signal', 'an instance of AbortSignal or SharedAbortSignal', signal);
}

/**
 * The signals that have come with a call.
 * @param {any} given by anybody
 * @returns {any[]}
 */
function givenSignals(given) {
  if (!isArray(given)) return NONE;
  const all = [];
  for (let i = 0; i < given.length && i < 2; i++) if (isShared(given[i])) all[all.length] = given[i];
  return all;
}

/**
 * How the function at the other end learns that the caller has given up.
 * @param {any} signal that the program has given, or undefined
 * @param {number} timeout
 * @returns {{ given: any[] | undefined, giveUp: (reason: any) => boolean, forget: () => void }}
 */
function beginGivingUp(signal, timeout) {
  void signal;
  void timeout;
  return { given: undefined, giveUp: () => false, forget: ignore };
}

const ignore = () => {};

module.exports = { beginGivingUp, checkSignal, givenSignals, isShared };
