// SharedAbortSignal.any: a signal that is aborted with the first of several, shared ones and plain ones. It completes the class, so others
// take the class from here.
'use strict';

const native = require('../native/native');
const classes = require('../node/classes');
const { invalidArgType } = require('../node/errors');
const { SharedAbortSignal, adopt, finish, heardOfCollected } = require('./signal');
const { isSignal, made, numberOf, setSources } = require('./signal');
const { isUsedAsSignal } = require('../channel/signals');
const reasons = require('./reason');
const {
  Map,
  apply,
  bareList,
  defineProperty,
  globals,
  isObject,
  mapDelete,
  mapGet,
  mapSet,
  registryRegister,
  weakRefDeref,
} = require('../language/intrinsics');

const { FinalizationRegistry, WeakRef } = globals;
const { iterator: iteratorSymbol } = Symbol;

/** @typedef {InstanceType<typeof SharedAbortSignal>} Signal */

/** So many of the signals that only others may have are looked at when another one is made or collected. */
const STEPS = 4;

/**
 * Plain signals that are followed, by the number of the signal that follows them.
 * @type {Map<number, WeakRef<Following>>}
 */
const followings = new Map();

/**
 * Numbers of signals whose objects here were collected, and that others may still have.
 * @type {number[]}
 */
const abroad = /** @type {any} */ (bareList());

/** Which of them is looked at next. */
let next = 0;

/** The right of a signal that follows plain ones, whose plain signals were all collected. */
const forgotten = new FinalizationRegistry((/** @type {Followed} */ followed) => giveUp(followed));

/** @typedef {{ number: number, isOver: boolean }} Followed */

/** @param {Followed} followed */
function giveUp(followed) {
  if (followed.isOver) return;
  followed.isOver = true;
  mapDelete(followings, followed.number);
  native.releaseAborter(followed.number);
}

/** The listener of the plain signals that one signal follows. They hold it, and it does not hold them. */
class Following {
  /** @type {Followed} */
  #followed;
  /** @type {WeakRef<AbortSignal>[]} */
  #plain = [];

  /**
   * @param {number} number of the signal that follows; the right to abort it is this object's
   * @param {any[]} plain
   */
  constructor(number, plain) {
    this.#followed = { number, isOver: false };
    registryRegister(forgotten, this, this.#followed);
    mapSet(followings, number, new WeakRef(this));
    for (let i = 0; i < plain.length; i++) {
      this.#plain[i] = new WeakRef(plain[i]);
      plain[i].addEventListener('abort', this, { once: true });
    }
  }

  /** @param {Event} event */
  handleEvent({ target }) {
    const followed = this.#followed;
    if (followed.isOver) return;
    const { reason } = /** @type {AbortSignal} */ (target);
    abortFor(followed.number, reason);
    this.end();
  }

  /** Follows no more. */
  end() {
    for (let i = 0; i < this.#plain.length; i++) weakRefDeref(this.#plain[i])?.removeEventListener('abort', this);
    giveUp(this.#followed);
  }
}

/**
 * Aborts a signal for the reason of a plain one, whatever that is.
 * @param {number} number
 * @param {unknown} reason
 */
function abortFor(number, reason) {
  const { value, parts } = reasons.writeSafely(reason);
  native.reserveDeepStack();
  finish(native.abortSignal(number, value, parts), reason);
}

/**
 * Ends the following of a signal that nobody has any more.
 * @param {number} number
 * @returns {boolean} whether that is so
 */
function endIfForgotten(number) {
  const reference = mapGet(followings, number);
  const following = reference === undefined ? undefined : weakRefDeref(reference);
  if (following === undefined) return true;
  if (native.isSignalElsewhere(number)) return false;
  following.end();
  return true;
}

/** Looks at some of the signals that only others may have. */
function lookAbroad() {
  for (let i = 0; i < STEPS && abroad.length > 0; i++) {
    if (next >= abroad.length) next = 0;
    if (endIfForgotten(abroad[next])) {
      abroad[next] = abroad[abroad.length - 1];
      abroad.length--;
    } else {
      next++;
    }
  }
}

heardOfCollected.call = (number) => {
  lookAbroad();
  if (mapGet(followings, number) !== undefined && !endIfForgotten(number)) abroad[abroad.length] = number;
};

/**
 * @param {any} signals
 * @returns {any[]}
 * @throws what the runtime throws for what is not iterable
 */
function itemsOf(signals) {
  const method = isObject(signals) ? signals[iteratorSymbol] : undefined;
  if (typeof method !== 'function') {
    /** @type {any} */ (classes.AbortSignal).any(signals);
    throw invalidArgType('signals', 'an iterable', signals);
  }
  const items = bareList();
  const iterator = apply(method, signals, []);
  const advance = iterator.next;
  for (;;) {
    const step = apply(advance, iterator, []);
    if (step.done) return items;
    items[items.length] = step.value;
  }
}

const { any } = {
  /**
   * A signal that is aborted with the first of some signals.
   * @param {any} signals an iterable of them
   * @returns {Signal}
   * @throws {TypeError} ERR_INVALID_ARG_TYPE
   */
  any(signals) {
    const items = itemsOf(signals);
    for (let i = 0; i < items.length; i++) {
      if (isSignal(items[i]) || isUsedAsSignal(items[i])) continue;
      throw invalidArgType(`signals[${i}]`, 'an instance of SharedAbortSignal or AbortSignal', items[i]);
    }
    lookAbroad();
    for (let i = 0; i < items.length; i++) if (items[i].aborted) return abortedLike(items[i]);
    /** @type {Signal[]} */
    const sources = [];
    const numbers = [];
    const plain = [];
    for (let i = 0; i < items.length; i++) {
      if (!isSignal(items[i])) {
        plain[plain.length] = items[i];
        continue;
      }
      numbers[sources.length] = numberOf(items[i]);
      sources[sources.length] = items[i];
    }
    const number = native.followingSignal(numbers, plain.length > 0 ? 1 : 0);
    const signal = made(number);
    setSources(signal, sources);
    if (plain.length > 0) new Following(number, plain);
    return signal;
  },
};

/**
 * @param {any} source that is aborted
 * @returns {Signal}
 */
function abortedLike(source) {
  if (isSignal(source)) {
    const signal = made(native.followingSignal([numberOf(source)], 0));
    setSources(signal, [source]);
    return signal;
  }
  const number = native.newSignal();
  const signal = made(number);
  abortFor(number, source.reason);
  native.releaseAborter(number);
  return signal;
}

defineProperty(SharedAbortSignal, 'any', { value: any, writable: true, configurable: true });

module.exports = { SharedAbortSignal, adopt };
