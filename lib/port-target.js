// The listeners' side of a port: an EventTarget with the whole surface of an EventEmitter.
'use strict';

const events = require('node:events');
const native = require('./native');
const { nodeError, invalidArgType } = require('./errors');
const eventNames = require('./event-names');
const Listeners = require('./listeners');
const { afterDispatch, call, callSafely, dispatch, hasHad, makeEvent, throwLater, valueOf } = require('./dispatch');
const { foreign } = require('./foreign-receiver');
const { isObject } = require('./codec/originals');
const { areOptions, optionsOf, removesByTrue } = require('./listener-options');

const { addEventListener, removeEventListener } = EventTarget.prototype;
const { apply } = require('./codec/originals').statics;

/** @typedef {import('./listeners').Entry} Entry */

/** The description of EventTarget's own property for the limit. */
const MAX_LISTENERS = 'events.maxEventTargetListeners';

/** For the class that extends this one: there are listeners for 'message' now, or none any more. */
const kWanted = Symbol('ferroport.wanted');
/** For the class that extends this one: there are listeners now, or none any more. */
const kListened = Symbol('ferroport.listened');

/**
 * Every listener is registered with EventTarget, so that real events keep all that the standard says of them. The record
 * beside it tells the two styles apart: a value whose listeners are all EventEmitter's is handed over by plain calls.
 */
class PortTarget extends EventTarget {
  /** @type {Listeners | null} */
  #listeners = null;

  // The one that a class has by itself spreads its arguments, with an iterator that programs may patch.
  constructor() {
    super();
  }

  // --- EventEmitter ---

  /** @type {(name: any, listener: any) => this} */
  on(name, listener) {
    if (!isTarget(this)) return foreign(this, 'on', arguments);
    return this.#add(name, listener, { emitter: true });
  }

  /** @type {(name: any, listener: any) => this} */
  addListener(name, listener) {
    if (!isTarget(this)) return foreign(this, 'addListener', arguments);
    return this.#add(name, listener, { emitter: true });
  }

  /** @type {(name: any, listener: any) => this} */
  once(name, listener) {
    if (!isTarget(this)) return foreign(this, 'once', arguments);
    return this.#add(name, listener, { emitter: true, once: true });
  }

  /** @type {(name: any, listener: any) => this} */
  prependListener(name, listener) {
    if (!isTarget(this)) return foreign(this, 'on', arguments);
    return this.#add(name, listener, { emitter: true, first: true });
  }

  /** @type {(name: any, listener: any) => this} */
  prependOnceListener(name, listener) {
    if (!isTarget(this)) return foreign(this, 'on', arguments);
    return this.#add(name, listener, { emitter: true, once: true, first: true });
  }

  /** @type {(name: any, listener: any, options?: any) => this} */
  off(name, listener, options) {
    if (!isTarget(this)) return foreign(this, 'off', arguments);
    this.removeEventListener(name, listener, options);
    return this;
  }

  /** @type {(name: any, listener: any, options?: any) => this} */
  removeListener(name, listener, options) {
    if (!isTarget(this)) return foreign(this, 'removeListener', arguments);
    this.removeEventListener(name, listener, options);
    return this;
  }

  /** @type {(name?: any) => this} */
  removeAllListeners(name) {
    if (!isTarget(this)) return foreign(this, 'removeAllListeners', arguments);
    const all = this.#listeners;
    if (all === null) return this;
    const names = name === undefined ? all.names : [eventNames.toString(name)];
    for (let i = 0; i < names.length; i++) {
      const entries = all.of(names[i])?.entries ?? [];
      for (let j = 0; j < entries.length; j++) this.#remove(names[i], entries[j]);
      all.forget(names[i]);
    }
    return this;
  }

  /** @type {(name: any, value?: any) => boolean} */
  emit(name, value) {
    if (!isTarget(this)) return foreign(this, 'emit', arguments);
    if (typeof name !== 'string' && typeof name !== 'symbol') throw invalidArgType('type', 'of type string', name);
    const type = eventNames.toString(name);
    const listened = this.listenerCount(type) > 0;
    emit(this, type, value, makeEvent);
    return listened;
  }

  /** @type {(name?: any) => number} */
  listenerCount(name) {
    if (!isTarget(this)) return foreign(this, 'listenerCount', arguments);
    return name === undefined ? 0 : (this.#listeners?.count(eventNames.toString(name)) ?? 0);
  }

  /** @type {() => (string | symbol)[]} */
  eventNames() {
    if (!isTarget(this)) return foreign(this, 'eventNames', arguments);
    return this.#listeners?.namesAs(eventNames.toName) ?? [];
  }

  /** @type {(name: any) => Function[]} */
  listeners(name) {
    if (!isTarget(this)) return foreign(this, 'on', arguments);
    const listeners = [];
    const active = this.#listeners?.active(eventNames.toString(name)) ?? [];
    for (let i = 0; i < active.length; i++) listeners[i] = active[i].listener;
    return listeners;
  }

  /** @type {(name: any) => Function[]} */
  rawListeners(name) {
    if (!isTarget(this)) return foreign(this, 'on', arguments);
    return this.listeners(name);
  }

  /** @type {(count: any) => void} */
  setMaxListeners(count = events.defaultMaxListeners) {
    if (!isTarget(this)) return foreign(this, 'setMaxListeners', arguments);
    if (typeof count !== 'number') throw invalidArgType('setMaxListeners', 'of type number', count);
    if (!(count >= 0)) {
      const message = `The value of "setMaxListeners" is out of range. It must be >= 0. Received ${count}`;
      throw nodeError(RangeError, 'ERR_OUT_OF_RANGE', message);
    }
    events.setMaxListeners(count, /** @type {any} */ (this));
  }

  /** @type {() => number} */
  getMaxListeners() {
    if (!isTarget(this)) return foreign(this, 'getMaxListeners', arguments);
    // Where events.setMaxListeners leaves it.
    const symbol = eventNames.symbolOf(this, MAX_LISTENERS);
    return symbol === undefined ? events.defaultMaxListeners : /** @type {any} */ (this)[symbol];
  }

  // --- EventTarget (DOM standard, 2.7) ---

  /** @type {(type: any, listener: any, options?: any) => void} */
  addEventListener(type, listener, options) {
    // Not ours, or Node's error for the arguments.
    if (!isTarget(this)) foreign(this, 'addEventListener', arguments);
    else if (arguments.length < 2 || !areOptions(options)) apply(addEventListener, this, arguments);
    else this.#add(type, listener, { ...optionsOf(options), emitter: false });
  }

  /** @type {(type: any, listener: any, options?: any) => void} */
  removeEventListener(type, listener, options) {
    if (!isTarget(this)) {
      foreign(this, 'removeEventListener', arguments);
    } else if (arguments.length < 2 || !isObject(listener)) {
      apply(removeEventListener, this, arguments);
    } else {
      const name = eventNames.toString(type);
      const all = this.#listeners;
      const found = all?.find(name, listener, options?.capture === true || (options === true && removesByTrue()));
      if (found !== undefined) this.#remove(name, found);
      if (all?.of(name)?.entries.length === 0) all.forget(name);
    }
  }

  // --- on… attributes (HTML standard, 8.1.8: event handlers) ---

  get onmessage() {
    return isTarget(this) ? this.#attribute('message') : foreign(this, 'get onmessage', []);
  }

  set onmessage(handler) {
    if (isTarget(this)) this.#setAttribute('message', handler);
    else foreign(this, 'set onmessage', [handler]);
  }

  get onmessageerror() {
    return isTarget(this) ? this.#attribute('messageerror') : foreign(this, 'get onmessageerror', []);
  }

  set onmessageerror(handler) {
    if (isTarget(this)) this.#setAttribute('messageerror', handler);
    else foreign(this, 'set onmessageerror', [handler]);
  }

  get onclose() {
    return isTarget(this) ? this.#attribute('close') : foreign(this, 'get onmessage', []);
  }

  set onclose(handler) {
    if (isTarget(this)) this.#setAttribute('close', handler);
    else foreign(this, 'set onmessage', [handler]);
  }

  /** @param {string} name */
  #attribute(name) {
    return this.#listeners?.attribute(name)?.listener.handler ?? null;
  }

  /**
   * The listener keeps its place among the others from the first assignment on, whatever is assigned later.
   * @param {string} name
   * @param {any} handler
   */
  #setAttribute(name, handler) {
    const kept = isObject(handler) ? handler : null;
    const entry = this.#listeners?.attribute(name);
    if (entry !== undefined) {
      native.reserveStack();
      entry.listener.handler = kept;
      this.#changing(name, () => this.#listeners?.activate(name, entry, typeof kept === 'function'));
      return;
    }
    const target = this;
    /** @type {any} */
    const run = (/** @type {Event} */ event) => {
      if (typeof run.handler === 'function') return apply(run.handler, target, [event]);
    };
    run.handler = kept;
    this.#add(name, run, { emitter: false });
    const added = this.#listeners?.find(name, run, false);
    if (added !== undefined) this.#listeners?.setAttribute(name, added);
  }

  // --- adding and removing ---

  /**
   * @param {any} type
   * @param {any} listener
   * @param {{ emitter: boolean, once?: boolean, capture?: boolean, first?: boolean, signal?: any, passive?: boolean }} how
   */
  #add(type, listener, how) {
    if (!isObject(listener)) {
      // Node's own error, or its warning.
      apply(addEventListener, this, [type, listener]);
      return this;
    }
    const name = eventNames.toString(type);
    const { emitter, once = false, capture = false, first = false, signal, passive } = how;
    const all = (this.#listeners ??= new Listeners());
    if (all.find(name, listener, capture) !== undefined) return this;
    /** @type {Entry} */
    const entry = {
      listener,
      emitter,
      once,
      capture,
      active: true,
      removed: false,
      registered: undefined,
      next: undefined,
    };
    entry.registered = this.#registered(name, entry);
    announce(this, 'newListener', name, listener);
    native.reserveStack();
    if (!first) apply(addEventListener, this, [name, entry.registered, { capture, signal, passive }]);
    if (signal?.aborted) return this;
    signal?.addEventListener('abort', () => this.#remove(name, entry), { once: true });
    this.#changing(name, () => all.add(name, entry, first));
    // EventTarget adds at the end only. A dispatch that is going on would come to those that are moved again.
    if (first) afterDispatch(() => this.#registerAgain(name, entry));
    return this;
  }

  /**
   * @param {string} name
   * @param {Entry} first the one that stands before others that are registered
   */
  #registerAgain(name, first) {
    const all = this.#listeners?.of(name)?.entries ?? [];
    let isBehind = false;
    for (let i = 0; i < all.length && !first.removed; i++) {
      isBehind ||= all[i] === first;
      if (!isBehind) continue;
      const { registered, capture } = all[i];
      apply(removeEventListener, this, [name, registered, { capture }]);
      apply(addEventListener, this, [name, registered, { capture }]);
    }
  }

  /**
   * What EventTarget is to call for an entry.
   * @param {string} name
   * @param {Entry} entry
   */
  #registered(name, entry) {
    const { listener } = entry;
    const before = () => {
      if (entry.once) this.#remove(name, entry);
    };
    if (entry.emitter) {
      return (/** @type {Event} */ event) => {
        if (hasHad(entry, event)) return;
        before();
        return call(listener, this, valueOf(event));
      };
    }
    if (!entry.once) return listener;
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

  /**
   * @param {string} name
   * @param {Entry} entry
   */
  #remove(name, entry) {
    if (entry.removed) return;
    native.reserveStack();
    this.#changing(name, () => this.#listeners?.remove(name, entry));
    apply(removeEventListener, this, [name, entry.registered, { capture: entry.capture }]);
    announce(this, 'removeListener', name, entry.listener);
  }

  /**
   * Changes the record, and tells the class that extends this one what has become of it.
   * @param {string} name
   * @param {() => void} change
   */
  #changing(name, change) {
    const all = /** @type {Listeners} */ (this.#listeners);
    const before = { count: all.count('message'), size: all.size };
    change();
    if ((before.size === 0) !== (all.size === 0)) this[kListened](all.size > 0);
    const count = all.count('message');
    if (name === 'message' && (before.count === 0) !== (count === 0)) this[kWanted](count > 0);
  }

  /** @type {(wanted: boolean) => void} */
  [kWanted]() {}

  /** @type {(listened: boolean) => void} */
  [kListened]() {}

  // --- dispatch ---

  /** @type {(value: any) => boolean} */
  static isTarget(value) {
    return typeof value === 'object' && value !== null && #listeners in value;
  }

  /** @type {(target: PortTarget) => boolean} */
  static hasListeners(target) {
    return target.#listeners !== null && target.#listeners.size > 0;
  }

  /**
   * Hands a value to the listeners: by plain calls if all are in EventEmitter's style, else as an event. One that is added
   * meanwhile gets it, too, except by the last one, as in Node.
   * @param {PortTarget} target
   * @param {string} type
   * @param {unknown} value
   * @param {(type: any, value: unknown, ports: any) => Event} makeEvent
   * @param {any[]} [ports]
   */
  static emit(target, type, value, makeEvent, ports) {
    const of = target.#listeners?.of(type);
    if (of === undefined) return;
    if (of.targets > 0) {
      dispatch(target, makeEvent(type, value, ports), value);
      return;
    }
    for (let entry = of.entries[0], next; entry !== undefined; entry = next) {
      next = /** @type {Entry} */ (entry.next);
      if (entry.removed) continue;
      if (!entry.emitter) {
        // Added by one of those that have had the value.
        const had = [];
        for (let i = 0; of.entries[i] !== entry; i++) had[i] = of.entries[i];
        dispatch(target, makeEvent(type, value, ports), value, had);
        return;
      }
      try {
        if (entry.once) target.#remove(type, entry);
      } catch (error) {
        // From a listener for 'removeListener'.
        throwLater(error);
        continue;
      }
      callSafely(entry.listener, target, value);
    }
  }
}

const { emit, isTarget, hasListeners } = PortTarget;

/**
 * Emits 'newListener' or 'removeListener', whose listeners get two arguments as EventEmitter's do.
 * @param {PortTarget} target
 * @param {'newListener' | 'removeListener'} type
 * @param {string} name
 * @param {unknown} listener
 */
function announce(target, type, name, listener) {
  const listeners = target.listeners(type);
  for (let i = 0; i < listeners.length; i++) {
    const each = listeners[i];
    if (typeof each === 'function') apply(each, target, [eventNames.toName(name), listener]);
  }
}

module.exports = { PortTarget, emit, hasListeners, kWanted, kListened };
