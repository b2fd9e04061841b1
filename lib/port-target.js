// Listeners of a port, in both styles: EventTarget's and EventEmitter's, in one order.
'use strict';

const events = require('node:events');
const { MessagePort: NodePort } = require('node:worker_threads');
const { nodeError, invalidArgType } = require('./errors');
const { setPort } = require('./port-events');

const { addEventListener, removeEventListener, dispatchEvent } = EventTarget.prototype;
const { CustomEvent } = globalThis;

/**
 * @typedef {object} Entry one listener for one event name
 * @property {any} listener what the user gave
 * @property {boolean} emitter added by `on`, so called with the value instead of an event
 * @property {boolean} once
 * @property {boolean} capture
 * @property {boolean} active false for an on… attribute that holds no function
 * @property {boolean} removed
 * @property {any} registered what EventTarget calls for it
 */

/**
 * @typedef {object} Listeners the listeners for one event name
 * @property {Entry[]} entries in order of adding
 * @property {number} count of the active ones
 * @property {number} targets how many of all are in EventTarget's style
 */

/** What an event stands for to listeners in EventEmitter's style, while it is dispatched. */
/** @type {{ event: Event, value: unknown } | null} */
let emission = null;

const MESSAGE = 'message';

/** The description of EventTarget's own property for this. */
const MAX_LISTENERS = 'events.maxEventTargetListeners';

/** For the class that extends this one: the first 'message' listener was added, or the last removed. */
const kWanted = Symbol('ferroport.wanted');
/** For the class that extends this one: the first listener of all was added, or the last removed. */
const kListened = Symbol('ferroport.listened');
/** For the class that extends this one: the event that `emit` makes for EventTarget's listeners. */
const kMakeEvent = Symbol('ferroport.makeEvent');

/**
 * An EventTarget with the whole surface of an EventEmitter.
 *
 * Every listener is registered with EventTarget, so that real events keep all that the standard says of them. A second
 * record of the listeners says which are in which style: a value for EventEmitter's alone is handed over by plain calls.
 */
class PortTarget extends EventTarget {
  /** @type {Map<string, Listeners> | null} */
  #listeners = null;
  /** @type {Map<string, Entry> | null} */
  #attributes = null;

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
    if (!isTarget(this)) return foreign(this, 'prependListener', arguments);
    return this.#add(name, listener, { emitter: true, first: true });
  }

  /** @type {(name: any, listener: any) => this} */
  prependOnceListener(name, listener) {
    if (!isTarget(this)) return foreign(this, 'prependOnceListener', arguments);
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
    return this.off(name, listener, options);
  }

  /** @type {(name?: any) => this} */
  removeAllListeners(name) {
    if (!isTarget(this)) return foreign(this, 'removeAllListeners', arguments);
    const names = name === undefined ? [...(this.#listeners?.keys() ?? [])] : [nameOf(name)];
    for (const each of names) {
      for (const entry of [...(this.#listeners?.get(each)?.entries ?? [])]) this.#remove(each, entry);
      this.#listeners?.delete(each);
    }
    return this;
  }

  /** @type {(name: any, value?: any) => boolean} */
  emit(name, value) {
    if (!isTarget(this)) return foreign(this, 'emit', arguments);
    if (typeof name !== 'string' && typeof name !== 'symbol') throw invalidArgType('type', 'of type string', name);
    const type = nameOf(name);
    const listened = this.listenerCount(type) > 0;
    emit(this, type, value, () => this[kMakeEvent](type, value));
    return listened;
  }

  /** @type {(name?: any) => number} */
  listenerCount(name) {
    if (!isTarget(this)) return foreign(this, 'listenerCount', arguments);
    return (name === undefined ? undefined : this.#listeners?.get(nameOf(name))?.count) ?? 0;
  }

  /** @type {() => (string | symbol)[]} */
  eventNames() {
    if (!isTarget(this)) return foreign(this, 'eventNames', arguments);
    return [...(this.#listeners?.keys() ?? [])].map((name) => symbols.get(name) ?? name);
  }

  /** @type {(name: any) => Function[]} */
  listeners(name) {
    if (!isTarget(this)) return foreign(this, 'listeners', arguments);
    return this.rawListeners(name);
  }

  /** @type {(name: any) => Function[]} */
  rawListeners(name) {
    if (!isTarget(this)) return foreign(this, 'rawListeners', arguments);
    const entries = this.#listeners?.get(nameOf(name))?.entries ?? [];
    return entries.filter(({ active }) => active).map(({ listener }) => listener);
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
    const symbol = Object.getOwnPropertySymbols(this).find((each) => each.description === MAX_LISTENERS);
    return symbol === undefined ? events.defaultMaxListeners : /** @type {any} */ (this)[symbol];
  }

  // --- EventTarget ---

  /** @type {(type: any, listener: any, options?: any) => void} */
  addEventListener(type, listener, options) {
    if (!isTarget(this)) return foreign(this, 'addEventListener', arguments);
    if (arguments.length < 2 || !areOptions(options)) {
      // Node's own error.
      Reflect.apply(addEventListener, this, arguments);
      return;
    }
    this.#add(type, listener, { ...optionsOf(options), emitter: false });
  }

  /** @type {(type: any, listener: any, options?: any) => void} */
  removeEventListener(type, listener, options) {
    if (!isTarget(this)) return foreign(this, 'removeEventListener', arguments);
    if (arguments.length < 2 || !isListener(listener)) {
      Reflect.apply(removeEventListener, this, arguments);
      return;
    }
    const name = nameOf(type);
    // Node takes `true` for adding only.
    const capture = options?.capture === true;
    const found = this.#listeners
      ?.get(name)
      ?.entries.find((entry) => entry.listener === listener && entry.capture === capture);
    if (found !== undefined) this.#remove(name, found);
    const left = this.#listeners?.get(name);
    if (left !== undefined && left.entries.length === 0) this.#listeners?.delete(name);
  }

  // --- the record ---

  /**
   * @param {any} type
   * @param {any} listener
   * @param {{ emitter: boolean, once?: boolean, capture?: boolean, first?: boolean, signal?: any, passive?: boolean }} how
   */
  #add(type, listener, how) {
    if (!isListener(listener)) {
      // Node's own error, or its warning.
      Reflect.apply(addEventListener, this, [type, listener]);
      return this;
    }
    const name = nameOf(type);
    const { emitter, once = false, capture = false, first = false, signal, passive } = how;
    if (this.#listeners?.get(name)?.entries.some((entry) => entry.listener === listener && entry.capture === capture)) {
      return this;
    }
    /** @type {Entry} */
    const entry = { listener, emitter, once, capture, active: true, removed: false, registered: undefined };
    entry.registered = this.#registered(name, entry);
    if (this.#listeners?.has('newListener')) announce(this, 'newListener', symbols.get(name) ?? name, listener);
    Reflect.apply(addEventListener, this, [name, entry.registered, { capture, signal, passive }]);
    if (signal?.aborted) return this;
    signal?.addEventListener('abort', () => this.#remove(name, entry), { once: true });
    this.#record(name, entry, first);
    return this;
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
        before();
        return call(listener, this, emission !== null && emission.event === event ? emission.value : event);
      };
    }
    if (!entry.once) return listener;
    if (typeof listener === 'function') {
      return (/** @type {Event} */ event) => {
        before();
        return Reflect.apply(listener, this, [event]);
      };
    }
    return {
      /** @param {Event} event */
      handleEvent(event) {
        before();
        return call(listener, this, event);
      },
    };
  }

  /**
   * @param {string} name
   * @param {Entry} entry
   * @param {boolean} first whether it comes before all others
   */
  #record(name, entry, first) {
    const isFirstOfAll = !this.#hasListeners();
    const all = (this.#listeners ??= new Map());
    let of = all.get(name);
    if (of === undefined) all.set(name, (of = { entries: [], count: 0, targets: 0 }));
    // Dispatch goes on over the list that it began with.
    const others = of.entries;
    of.entries = first ? [entry, ...others] : [...others, entry];
    if (!entry.emitter) of.targets++;
    if (first) {
      for (const { registered, capture } of others) {
        Reflect.apply(removeEventListener, this, [name, registered, { capture }]);
        Reflect.apply(addEventListener, this, [name, registered, { capture }]);
      }
    }
    if (isFirstOfAll) this[kListened](true);
    this.#counted(name, of, 1);
  }

  /**
   * @param {string} name
   * @param {Entry} entry
   */
  #remove(name, entry) {
    const of = this.#listeners?.get(name);
    if (of === undefined || entry.removed) return;
    entry.removed = true;
    of.entries = of.entries.filter((each) => each !== entry);
    if (!entry.emitter) of.targets--;
    Reflect.apply(removeEventListener, this, [name, entry.registered, { capture: entry.capture }]);
    if (entry.active) this.#counted(name, of, -1);
    if (this.#listeners?.has('removeListener'))
      announce(this, 'removeListener', symbols.get(name) ?? name, entry.listener);
    if (!this.#hasListeners()) this[kListened](false);
  }

  /**
   * @param {string} name
   * @param {Listeners} of
   * @param {1 | -1} change
   */
  #counted(name, of, change) {
    of.count += change;
    if (name === MESSAGE && of.count === (change === 1 ? 1 : 0)) this[kWanted](change === 1);
  }

  #hasListeners() {
    if (this.#listeners === null) return false;
    for (const { entries } of this.#listeners.values()) if (entries.length > 0) return true;
    return false;
  }

  // --- on… attributes (HTML standard, event handlers) ---

  /** @param {string} name */
  #attribute(name) {
    return this.#attributes?.get(name)?.listener.handler ?? null;
  }

  /**
   * The listener keeps its place among the others from the first assignment on, whatever is assigned later.
   * @param {string} name
   * @param {any} handler
   */
  #setAttribute(name, handler) {
    const attributes = (this.#attributes ??= new Map());
    const entry = attributes.get(name);
    const kept = handler !== null && (typeof handler === 'object' || typeof handler === 'function') ? handler : null;
    if (entry === undefined || entry.removed) {
      const target = this;
      /** @type {any} */
      const run = (/** @type {Event} */ event) => {
        if (typeof run.handler === 'function') return Reflect.apply(run.handler, target, [event]);
      };
      run.handler = kept;
      this.#add(name, run, { emitter: false });
      const added = this.#listeners?.get(name)?.entries.find(({ listener }) => listener === run);
      if (added !== undefined) attributes.set(name, added);
      return;
    }
    entry.listener.handler = kept;
    const active = typeof kept === 'function';
    const of = this.#listeners?.get(name);
    if (of === undefined || active === entry.active) return;
    entry.active = active;
    this.#counted(name, of, active ? 1 : -1);
  }

  get onmessage() {
    if (!isTarget(this)) return foreign(this, 'get onmessage', []);
    return this.#attribute('message');
  }

  set onmessage(handler) {
    if (!isTarget(this)) return foreign(this, 'set onmessage', [handler]);
    this.#setAttribute('message', handler);
  }

  get onmessageerror() {
    if (!isTarget(this)) return foreign(this, 'get onmessageerror', []);
    return this.#attribute('messageerror');
  }

  set onmessageerror(handler) {
    if (!isTarget(this)) return foreign(this, 'set onmessageerror', [handler]);
    this.#setAttribute('messageerror', handler);
  }

  get onclose() {
    if (!isTarget(this)) return foreign(this, 'get onmessage', []);
    return this.#attribute('close');
  }

  set onclose(handler) {
    if (!isTarget(this)) return foreign(this, 'set onmessage', [handler]);
    this.#setAttribute('close', handler);
  }

  // --- for the class that extends this one ---

  /**
   * @param {boolean} _wanted whether there are 'message' listeners now
   */
  [kWanted](_wanted) {}

  /**
   * @param {boolean} _listened whether there are listeners now
   */
  [kListened](_listened) {}

  /**
   * @param {string} type
   * @param {unknown} value
   * @returns {Event}
   */
  [kMakeEvent](type, value) {
    return new CustomEvent(type, { detail: value });
  }

  /** @type {(value: any) => boolean} */
  static isTarget(value) {
    return typeof value === 'object' && value !== null && #listeners in value;
  }

  /**
   * Hands a value to the listeners: by plain calls if all are in EventEmitter's style, else as an event.
   * @param {PortTarget} target
   * @param {string} type
   * @param {unknown} value
   * @param {() => Event} makeEvent
   */
  static emit(target, type, value, makeEvent) {
    const of = target.#listeners?.get(type);
    if (of === undefined) return;
    if (of.targets > 0) {
      dispatch(target, makeEvent(), value);
      return;
    }
    const { entries } = of;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i];
      if (entry.removed) continue;
      if (entry.once) target.#remove(type, entry);
      callSafely(entry.listener, target, value);
    }
  }
}

const { emit, isTarget } = PortTarget;

/**
 * What a method does on something that is no port of ours: what the built-in's does.
 * @param {any} receiver
 * @param {string} name of a method, or of an accessor after 'get ' or 'set '
 * @param {ArrayLike<any>} args
 */
function foreign(receiver, name, args) {
  const [kind, accessor] = name.split(' ');
  if (accessor === undefined) {
    const method = /** @type {any} */ (NodePort.prototype)[name] ?? NodePort.prototype.on;
    return Reflect.apply(method, receiver, args);
  }
  const { get, set } = /** @type {any} */ (Object.getOwnPropertyDescriptor(NodePort.prototype, accessor));
  return Reflect.apply(kind === 'get' ? get : set, receiver, args);
}

/** Names that are symbols: EventTarget's are strings. */
/** @type {Map<string, symbol>} */
const symbols = new Map();

/** @type {Map<symbol, string>} */
const names = new Map();

/**
 * The string under which an event name is kept.
 * @param {any} name
 * @returns {string}
 */
function nameOf(name) {
  if (typeof name !== 'symbol') return `${name}`;
  let string = names.get(name);
  if (string === undefined) {
    string = `${String(name)} ${names.size}`;
    names.set(name, string);
    symbols.set(string, name);
  }
  return string;
}

/** @param {any} listener */
function isListener(listener) {
  return typeof listener === 'function' || (typeof listener === 'object' && listener !== null);
}

/** @param {any} options */
function areOptions(options) {
  return options === undefined || ['boolean', 'object', 'function'].includes(typeof options);
}

/** @param {any} options of addEventListener */
function optionsOf(options) {
  if (typeof options === 'boolean') return { capture: options };
  if (options === null || (typeof options !== 'object' && typeof options !== 'function')) return { capture: false };
  const { capture, once, passive, signal } = options;
  return { capture: Boolean(capture), once: Boolean(once), passive, signal };
}

/**
 * @param {any} listener a function, or an object with handleEvent
 * @param {PortTarget} target
 * @param {unknown} value
 */
function call(listener, target, value) {
  if (typeof listener === 'function') return Reflect.apply(listener, target, [value]);
  const { handleEvent } = listener;
  if (handleEvent) return Reflect.apply(handleEvent, listener, [value]);
}

/**
 * Calls a listener as Node's EventTarget does: what it throws, or what its promise rejects with, is thrown from a tick.
 * @param {any} listener
 * @param {PortTarget} target
 * @param {unknown} value
 */
function callSafely(listener, target, value) {
  try {
    const result = call(listener, target, value);
    if (result !== undefined && result !== null) {
      const { then } = result;
      if (typeof then === 'function') Reflect.apply(then, result, [undefined, throwLater]);
    }
  } catch (error) {
    throwLater(error);
  }
}

/** @param {unknown} error */
function throwLater(error) {
  process.nextTick(() => {
    throw error;
  });
}

/**
 * Dispatches a real event, which stands for `value` to listeners in EventEmitter's style.
 * @param {PortTarget} target
 * @param {Event} event
 * @param {unknown} value
 */
function dispatch(target, event, value) {
  const outer = emission;
  emission = { event, value };
  setPort(event, target);
  try {
    Reflect.apply(dispatchEvent, target, [event]);
  } finally {
    setPort(event, null);
    emission = outer;
  }
}

/**
 * Emits 'newListener' or 'removeListener', whose listeners get two arguments as EventEmitter's do.
 * @param {PortTarget} target
 * @param {'newListener' | 'removeListener'} type
 * @param {string | symbol} name
 * @param {unknown} listener
 */
function announce(target, type, name, listener) {
  for (const each of target.listeners(type)) {
    if (typeof each === 'function') Reflect.apply(each, target, [name, listener]);
  }
}

module.exports = { PortTarget, emit, dispatch, kWanted, kListened, kMakeEvent };
