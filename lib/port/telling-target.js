// An EventTarget that tells of its listeners and knows both styles, for runtimes whose own does not. It does what
// Node's does for Node's ports.
'use strict';

const { kNewListener, kNodeStyle, kRemoveListener } = require('./node-target');
const { call, hasHad, valueOf } = require('./dispatch');
const { isSignal } = require('../channel/signals');
const { isObject, statics } = require('../language/originals');
const { areOptions, optionsOf, removesByTrue } = require('./listener-options');

const { AbortSignal, EventTarget } = require('../node/classes');
const { addEventListener, removeEventListener } = EventTarget.prototype;
const { apply } = statics;

/**
 * @typedef {object} Registration
 * @property {string} type
 * @property {any} listener what the program gave
 * @property {boolean} capture
 * @property {any} registered what the runtime calls for that listener
 */

class TellingTarget extends EventTarget {
  /** @type {Registration[]} */
  #registrations = [];

  // A class's implicit constructor spreads its arguments, by an iterator that programs may patch.
  constructor() {
    super();
  }

  /** @type {(type: any, listener: any, options?: any) => void} */
  addEventListener(type, listener, options) {
    const signal = isObject(options) ? options.signal : undefined;
    const isOurs = #registrations in this && arguments.length > 1 && isObject(listener) && areOptions(options);
    // The runtime registers it by itself, throws its own error, or warns.
    if (!isOurs || (signal !== undefined && !(signal instanceof AbortSignal) && !isSignal(signal))) {
      apply(addEventListener, this, arguments);
      return;
    }
    const { capture = false, once = false, passive } = optionsOf(options);
    const name = `${type}`;
    if (signal?.aborted || this.#find(name, listener, capture) !== undefined) return;
    const isNodeStyle = isObject(options) && Boolean(options[kNodeStyle]);
    const registered = this.#registered(name, listener, isNodeStyle, once, capture);
    apply(addEventListener, this, [name, registered, { capture, passive }]);
    const all = this.#registrations;
    all[all.length] = { type: name, listener, capture, registered };
    if (signal !== undefined) this.#removeOnAbort(signal, name, listener, capture);
    /** @type {any} */ (this)[kNewListener](all.length, name, listener, once, capture, Boolean(passive));
  }

  /** @type {(type: any, listener: any, options?: any) => void} */
  removeEventListener(type, listener, options) {
    if (!(#registrations in this) || arguments.length < 2 || !isObject(listener)) {
      apply(removeEventListener, this, arguments);
      return;
    }
    const name = `${type}`;
    const capture = options === true ? removesByTrue() : options?.capture === true;
    const found = this.#find(name, listener, capture);
    if (found === undefined) return;
    const left = [];
    for (let i = 0; i < this.#registrations.length; i++) {
      if (this.#registrations[i] !== found) left[left.length] = this.#registrations[i];
    }
    this.#registrations = left;
    apply(removeEventListener, this, [name, found.registered, { capture }]);
    /** @type {any} */ (this)[kRemoveListener](left.length, name, listener, capture);
  }

  /**
   * @param {string} type
   * @param {unknown} listener
   * @param {boolean} capture
   */
  #find(type, listener, capture) {
    const all = this.#registrations;
    for (let i = 0; i < all.length; i++) {
      if (all[i].type === type && all[i].listener === listener && all[i].capture === capture) return all[i];
    }
    return undefined;
  }

  /**
   * Removes a listener when a signal is aborted. The signal may live longer than the target, and does not hold it.
   * @param {AbortSignal} signal
   * @param {string} type
   * @param {any} listener
   * @param {boolean} capture
   */
  #removeOnAbort(signal, type, listener, capture) {
    const target = new WeakRef(this);
    const listenerToo = new WeakRef(listener);
    const remove = () => {
      const there = listenerToo.deref();
      if (there !== undefined) target.deref()?.removeEventListener(type, there, { capture });
    };
    signal.addEventListener('abort', remove, { once: true });
  }

  /**
   * The object or function that the runtime calls for a listener.
   * @param {string} type
   * @param {any} listener
   * @param {boolean} isNodeStyle
   * @param {boolean} once
   * @param {boolean} capture
   */
  #registered(type, listener, isNodeStyle, once, capture) {
    const before = () => {
      if (once) apply(TellingTarget.prototype.removeEventListener, this, [type, listener, { capture }]);
    };
    if (isNodeStyle) {
      return (/** @type {Event} */ event) => {
        if (hasHad(listener, event)) return;
        before();
        return call(listener, this, valueOf(event));
      };
    }
    if (!once) return listener;
    if (typeof listener === 'function') {
      return (/** @type {Event} */ event) => {
        before();
        return apply(listener, this, [event]);
      };
    }
    return {
      /** @param {Event} event */
      handleEvent(event) {
        before();
        return call(listener, undefined, event);
      },
    };
  }
}

module.exports = { TellingTarget };
