// The listeners of a port: an EventTarget that has all methods of an EventEmitter, too.
'use strict';

const events = require('node:events');
const native = require('../native/native');
const { nodeError, invalidArgType } = require('../node/errors');
const eventNames = require('./event-names');
const Listeners = require('./listeners');
const { hybridDispatch, kNewListener, kNodeStyle, kRemoveListener, kStop } = require('./node-target');
const { THROUGH, afterDispatch, callSafely, dispatch, dispatchThrough, makeEvent, throwLater } = require('./dispatch');
const { eventHandler } = require('./event-handler');
const { foreign } = require('./foreign-receiver');
const { isObject, symbolOf } = require('../language/originals');

const { EventTarget } = require('../node/classes');
const { apply } = require('../language/originals').statics;

/** @type {typeof EventTarget} */
const Target = hybridDispatch === undefined ? require('./telling-target').TellingTarget : EventTarget;

const { addEventListener, removeEventListener } = Target.prototype;
/** Node's warning of too many listeners. */
const warnOfMany = /** @type {any} */ (Target.prototype)[kNewListener];

/** @typedef {import('./listeners').Entry} Entry */

/** The description of the symbol under which EventTarget keeps the limit on a target. */
const MAX_LISTENERS = 'events.maxEventTargetListeners';

/** Called on the class that extends this one when the first listener for 'message' has come, or the last has gone. */
const kWanted = Symbol('ferroport.wanted');
/** Called on the class that extends this one when the first listener for any event has come, or the last has gone. */
const kListened = Symbol('ferroport.listened');

/**
 * Whether the listener that is being added is in EventEmitter's style. Each call that adds a listener sets this anew.
 */
let isEmitterNext = false;

/**
 * The on… attribute whose listener is being added; its entry in the record is noted here.
 * @type {{ target: object, name: string, entry: Entry | undefined } | null}
 */
let addingAttribute = null;

/**
 * Every listener is registered with EventTarget, by whatever EventTarget's methods are at the time. So programs that
 * wrap the methods see each listener that is added and removed, and real events behave as the standard says.
 * EventTarget tells what it has registered, and a record beside it knows the style of each listener. If all listeners
 * of a value are in EventEmitter's style, the value is handed over by plain calls.
 */
class PortTarget extends Target {
  /** @type {Listeners | null} */
  #listeners = null;

  // A class's implicit constructor spreads its arguments, by an iterator that programs may patch.
  constructor() {
    super();
  }

  // --- EventEmitter ---

  /** @type {(name: any, listener: any) => this} */
  on(name, listener) {
    if (!isTarget(this)) return foreign(this, 'on', arguments);
    this.addEventListener(name, listener, { [kNodeStyle]: true });
    return this;
  }

  /** @type {(name: any, listener: any) => this} */
  addListener(name, listener) {
    if (!isTarget(this)) return foreign(this, 'addListener', arguments);
    this.addEventListener(name, listener, { [kNodeStyle]: true });
    return this;
  }

  /** @type {(name: any, listener: any) => this} */
  once(name, listener) {
    if (!isTarget(this)) return foreign(this, 'once', arguments);
    this.addEventListener(name, listener, { once: true, [kNodeStyle]: true });
    return this;
  }

  /** @type {(name: any, listener: any) => this} */
  prependListener(name, listener) {
    if (!isTarget(this)) return foreign(this, 'on', arguments);
    return this.#prepend(name, listener, false);
  }

  /** @type {(name: any, listener: any) => this} */
  prependOnceListener(name, listener) {
    if (!isTarget(this)) return foreign(this, 'on', arguments);
    return this.#prepend(name, listener, true);
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
    const listened = this.listenerCount(name) > 0;
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
    const entries = this.#listeners?.of(eventNames.toString(name))?.entries ?? [];
    for (let i = 0; i < entries.length; i++) listeners[i] = entries[i].listener;
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
    // events.setMaxListeners keeps the limit there.
    const symbol = symbolOf(this, MAX_LISTENERS);
    return symbol === undefined ? events.defaultMaxListeners : /** @type {any} */ (this)[symbol];
  }

  // --- EventTarget (DOM standard, 2.7) ---

  /** @type {(type: any, listener: any, options?: any) => void} */
  addEventListener(type, listener, options) {
    if (!isTarget(this)) {
      apply(super.addEventListener, this, arguments);
      return;
    }
    native.reserveStack();
    if (hasListenersFor(this, 'newListener')) this.#announceNew(type, listener, options);
    const outer = isEmitterNext;
    isEmitterNext = isObject(options) && Boolean(options[kNodeStyle]);
    try {
      if (typeof type === 'symbol') super.addEventListener(eventNames.toString(type), listener, options);
      else apply(super.addEventListener, this, arguments);
    } finally {
      isEmitterNext = outer;
    }
  }

  /** @type {(type: any, listener: any, options?: any) => void} */
  removeEventListener(type, listener) {
    if (!isTarget(this)) {
      apply(super.removeEventListener, this, arguments);
      return;
    }
    native.reserveStack();
    const name = arguments.length < 2 || !isObject(listener) ? '' : (arguments[0] = eventNames.toString(type));
    const isListened = (this.#listeners?.of(name)?.entries.length ?? 0) > 0;
    try {
      apply(super.removeEventListener, this, arguments);
    } finally {
      // The name of an event whose last listener was for one event stays, as with Node.
      if (isListened && this.#listeners?.of(name)?.entries.length === 0) this.#listeners.forget(name);
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

  get ondrain() {
    return isTarget(this) ? this.#attribute('drain') : foreign(this, 'get onmessage', []);
  }

  set ondrain(handler) {
    if (isTarget(this)) this.#setAttribute('drain', handler);
    else foreign(this, 'set onmessage', [handler]);
  }

  /** @param {string} name */
  #attribute(name) {
    return this.#listeners?.attribute(name)?.run.handler ?? null;
  }

  /**
   * The listener is added at the first assignment, and keeps its place among the others whatever is assigned later.
   * @param {string} name
   * @param {any} handler
   */
  #setAttribute(name, handler) {
    const assigned = isObject(handler) ? handler : null;
    const there = this.#listeners?.attribute(name);
    if (there !== undefined) {
      native.reserveStack();
      // Node counts the old handler as gone and the new one as come, so that an unref'ed port is ref'ed again.
      if (typeof there.run.handler === 'function') this.#count(name, there, -1);
      there.run.handler = assigned;
      if (typeof assigned === 'function') this.#count(name, there, 1);
      return;
    }
    const run = eventHandler(assigned);
    const outer = addingAttribute;
    /** @type {NonNullable<typeof addingAttribute>} */
    const adding = { target: this, name, entry: undefined };
    addingAttribute = adding;
    try {
      this.addEventListener(name, run);
    } finally {
      addingAttribute = outer;
    }
    (this.#listeners ??= new Listeners()).setAttribute(name, { run, entry: adding.entry });
  }

  /**
   * @param {string} name
   * @param {import('./listeners').Attribute} attribute whose entry is undefined if a program's wrapper of
   *   addEventListener has registered nothing
   * @param {1 | -1} change a function has come, or gone
   */
  #count(name, { run, entry }, change) {
    if (entry === undefined) return;
    this.#changing(name, () => this.#listeners?.countAttribute(name, entry, change));
    if (change === 1) this.#warnOfMany(name, run.handler, false, false, false);
  }

  // --- adding and removing ---

  /** Called by EventTarget. */
  /** @type {(size: number, type: string, listener: any, once: boolean, capture: boolean, passive: boolean) => void} */
  [kNewListener](size, type, listener, once, capture, passive) {
    if (type === THROUGH) return;
    const all = (this.#listeners ??= new Listeners());
    const there = all.find(type, listener, capture);
    if (there !== undefined) {
      there.isMoving = false;
      return;
    }
    const entry = newEntry(listener, isEmitterNext, once, capture, passive);
    try {
      this.#changing(type, () => all.add(type, entry, false));
    } catch (error) {
      // A program's own ref() has thrown.
      this.#remove(type, entry);
      throw error;
    }
    const adding = addingAttribute;
    if (adding !== null && adding.target === this && adding.name === type) adding.entry ??= entry;
    this.#warnOfMany(type, listener, once, capture, passive);
  }

  /** @type {(type: string, listener: any, once: boolean, capture: boolean, passive: boolean) => void} */
  #warnOfMany(type, listener, once, capture, passive) {
    if (warnOfMany === undefined) return;
    const count = this.#listeners?.count(type);
    apply(warnOfMany, this, [count, type, listener, once, capture, passive, false]);
  }

  /** Called by EventTarget, also for a listener that is called once, or whose signal is aborted. */
  /** @type {(size: number, type: string, listener: any, capture: boolean) => void} */
  [kRemoveListener](size, type, listener, capture) {
    const entry = type === THROUGH ? undefined : this.#listeners?.find(type, listener, capture);
    if (entry !== undefined && !entry.isMoving) this.#forget(type, entry);
  }

  /**
   * @param {string} name
   * @param {Entry} entry
   */
  #forget(name, entry) {
    this.#changing(name, () => this.#listeners?.remove(name, entry));
    announce(this, 'removeListener', name, entry.listener);
  }

  /**
   * @param {any} type
   * @param {any} listener
   * @param {any} options
   */
  #announceNew(type, listener, options) {
    if (!isObject(listener)) return;
    const name = eventNames.toString(type);
    const capture = Boolean(isObject(options) ? options.capture : options);
    if (this.#listeners?.find(name, listener, capture) === undefined) announce(this, 'newListener', name, listener);
  }

  /**
   * Puts a listener first. EventTarget adds at the end only, so all listeners for the event are registered again. That
   * waits for the end of a dispatch, which would call the registered ones a second time.
   * @param {any} type
   * @param {any} listener
   * @param {boolean} once
   */
  #prepend(type, listener, once) {
    if (!isObject(listener)) {
      // EventTarget throws Node's own error, or warns.
      this.addEventListener(type, listener);
      return this;
    }
    native.reserveStack();
    const name = eventNames.toString(type);
    const all = (this.#listeners ??= new Listeners());
    if (all.find(name, listener, false) !== undefined) return this;
    announce(this, 'newListener', name, listener);
    const entry = newEntry(listener, true, once, false, false);
    this.#changing(name, () => all.add(name, entry, true));
    afterDispatch(() => this.#registerAgain(name, entry));
    return this;
  }

  /**
   * @param {string} name
   * @param {Entry} first which stands before others that are already registered
   */
  #registerAgain(name, first) {
    const all = this.#listeners?.of(name)?.entries ?? [];
    let isBehind = false;
    for (let i = 0; i < all.length && !first.removed; i++) {
      isBehind ||= all[i] === first;
      if (!isBehind) continue;
      const entry = all[i];
      const { listener, capture, once, passive, emitter } = entry;
      entry.isMoving = true;
      apply(removeEventListener, this, [name, listener, { capture }]);
      apply(addEventListener, this, [name, listener, { capture, once, passive, [kNodeStyle]: emitter }]);
    }
  }

  /**
   * @param {string} name
   * @param {Entry} entry
   */
  #remove(name, entry) {
    if (entry.removed) return;
    native.reserveStack();
    entry.isMoving = false;
    apply(removeEventListener, this, [name, entry.listener, { capture: entry.capture }]);
    // An entry that was put first during a dispatch has not been registered yet, so EventTarget does not tell.
    if (!entry.removed) this.#forget(name, entry);
  }

  /**
   * Changes the record, and tells the class that extends this one what has changed for it.
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

  /** @type {(target: PortTarget) => number} how many there are, for whatever event */
  static countListeners(target) {
    return target.#listeners?.size ?? 0;
  }

  /** @type {(target: PortTarget, type: string) => boolean} */
  static hasListenersFor(target, type) {
    return target.#listeners !== null && target.#listeners.count(type) > 0;
  }

  /**
   * Hands a value to the listeners: by plain calls if all are in EventEmitter's style, else as an event. A listener
   * that is added meanwhile gets the value, too, as in Node, unless the last listener adds it.
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
      dispatch(target, type, makeEvent(type, value, ports), value);
      return;
    }
    for (let entry = of.entries[0], next; entry !== undefined; entry = next) {
      next = /** @type {Entry} */ (entry.next);
      if (entry.removed) continue;
      if (!entry.emitter) {
        // A listener that has had the value has added this one.
        PortTarget.#finish(target, type, value, makeEvent(type, value, ports), entry);
        return;
      }
      hand(target, type, entry, value);
    }
  }

  /**
   * @param {PortTarget} target
   * @param {string} type
   * @param {Entry} entry
   * @param {unknown} argument
   */
  static hand(target, type, entry, argument) {
    try {
      if (entry.once) target.#remove(type, entry);
    } catch (error) {
      // A listener for 'removeListener' has thrown.
      throwLater(error);
      return;
    }
    callSafely(entry.listener, target, argument);
  }

  /**
   * Hands a value over as an event after the first listeners have got it already.
   * @param {PortTarget} target
   * @param {string} type
   * @param {unknown} value
   * @param {any} event
   * @param {Entry} first the first listener that has not got the value
   */
  static #finish(target, type, value, event, first) {
    if (hybridDispatch === undefined) {
      const had = [];
      const entries = target.#listeners?.of(type)?.entries ?? [];
      for (let i = 0; i < entries.length && entries[i] !== first; i++) had[i] = entries[i].listener;
      dispatch(target, type, event, value, had);
      return;
    }
    dispatchThrough(target, event, () => {
      for (
        let entry = first, next;
        entry !== undefined && event[/** @type {symbol} */ (kStop)] !== true;
        entry = next
      ) {
        next = /** @type {Entry} */ (entry.next);
        if (!entry.removed) hand(target, type, entry, entry.emitter ? value : event);
      }
    });
  }
}

const { countListeners, emit, hand, isTarget, hasListeners, hasListenersFor } = PortTarget;

/**
 * @param {any} listener
 * @param {boolean} emitter
 * @param {boolean} once
 * @param {boolean} capture
 * @param {boolean} passive
 * @returns {Entry}
 */
const newEntry = (listener, emitter, once, capture, passive) => ({
  listener,
  emitter,
  once,
  capture,
  passive,
  counts: 1,
  removed: false,
  isMoving: false,
  next: undefined,
});

/**
 * Emits 'newListener' or 'removeListener', whose listeners get two arguments as EventEmitter's do.
 * @param {PortTarget} target
 * @param {'newListener' | 'removeListener'} type
 * @param {string} name
 * @param {unknown} listener
 */
function announce(target, type, name, listener) {
  if (!hasListenersFor(target, type)) return;
  const listeners = target.listeners(type);
  for (let i = 0; i < listeners.length; i++) {
    const each = listeners[i];
    if (typeof each === 'function') apply(each, target, [eventNames.toName(name), listener]);
  }
}

module.exports = { PortTarget, countListeners, emit, hasListeners, hasListenersFor, kWanted, kListened };
