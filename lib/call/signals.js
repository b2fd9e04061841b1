// The signals by which callers give up, as options and as what goes with a call.
'use strict';

const { statics } = require('../language/originals');
const { lazy } = require('../language/lazy');
const { isSignal: isShared, isUsedAsSignal } = require('../channel/signals');
const { invalidArgType } = require('../node/errors');

const { isArray } = statics;

const controllers = lazy(() => require('../abort/controller'));

/** @type {any[]} */
const NONE = [];

/** A caller sends no more signals than these: one that the program has given, and one of the call's own. */
const MOST = 2;

/**
 * @param {any} signal that a program has given
 * @param {boolean} isBlocking whether the thread will be blocked: only a shared signal can be aborted then
 * @throws {TypeError} ERR_INVALID_ARG_TYPE
 */
function checkSignal(signal, isBlocking) {
  if (isShared(signal)) return;
  if (isBlocking) throw invalidArgType('options.signal', 'an instance of SharedAbortSignal', signal);
  if (!isUsedAsSignal(signal)) {
    throw invalidArgType('options.signal', 'an instance of AbortSignal or SharedAbortSignal', signal);
  }
}

/**
 * The signals that have come with a call.
 * @param {any} given by anybody
 * @returns {any[]}
 */
function givenSignals(given) {
  if (!isArray(given)) return NONE;
  const all = [];
  for (let i = 0; i < given.length && i < MOST; i++) if (isShared(given[i])) all[all.length] = given[i];
  return all;
}

/**
 * How the function at the other end learns that the caller has given up.
 * @typedef {object} GivingUp
 * @property {any[] | undefined} given shared signals that go with the call
 * @property {(reason: any) => boolean} tell tells the function by one of them; false if none of them can
 */

/** @type {GivingUp} */
const BY_MESSAGE = { given: undefined, tell: () => false };

/**
 * A function that is busy sees shared signals only. So a call that may be given up has one: the program's, or one of its own.
 * @param {any} signal that the program has given, or undefined
 * @param {number} timeout
 * @param {boolean} leavesProcess whether the function is in another process, which shared signals do not reach
 * @returns {GivingUp}
 */
function givingUp(signal, timeout, leavesProcess) {
  if ((signal === undefined && timeout === Infinity) || leavesProcess) return BY_MESSAGE;
  const isOfProgram = isShared(signal);
  if (isOfProgram && timeout === Infinity) return { given: [signal], tell: () => signal.aborted };
  const controller = new (controllers().SharedAbortController)();
  const own = controller.signal;
  return {
    given: isOfProgram ? [signal, own] : [own],
    tell(reason) {
      if (isOfProgram && signal.aborted) return true;
      try {
        controller.abort(reason);
      } catch {
        // The reason cannot be cloned.
        controller.abort();
      }
      return true;
    },
  };
}

module.exports = { checkSignal, givenSignals, givingUp };
