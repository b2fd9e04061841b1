// SharedAbortSignal: a signal that is aborted in all threads at once. any.js completes the class.
'use strict';

const { inspect } = require('node:util');
const native = require('../native/native');
const classes = require('../node/classes');
const marks = require('../node/threads').original;
const signals = require('../channel/signals');
const { nodeError } = require('../node/errors');
const { symbolOf } = require('../language/originals');
const { hybridDispatch, kNewListener, kRemoveListener } = require('../port/node-target');
const { eventHandler } = require('../port/event-handler');
const { throwLater } = require('../port/dispatch');
const { listen, stop } = require('./listening');
const reasons = require('./reason');
const {
  bareList,
  defineProperty,
  floor,
  freeze,
  globals,
  isObject,
  load,
  registryRegister,
  weakRefDeref,
} = require('../language/intrinsics');

const { FinalizationRegistry, Int32Array, WeakRef } = globals;
const { SIGNAL_FLAGS } = native.limits;

/** @type {typeof classes.EventTarget} */
const Target = hybridDispatch === undefined ? require('../port/telling-target').TellingTarget : classes.EventTarget;

/** Node's warning of too many listeners. */
const warnOfMany = /** @type {any} */ (Target.prototype)[kNewListener];

/** A plain signal, for what Node gives each of them. */
const { signal: plain } = new classes.AbortController();

/** Where Node keeps how many listeners an EventTarget may have before Node warns. */
const kMostListeners = symbolOf(plain, 'events.maxEventTargetListeners');

/** How many a signal may have: any number, from Node 22 on. */
const mostListeners = kMostListeners === undefined ? undefined : /** @type {any} */ (plain)[kMostListeners];

/** Only this file may construct a signal. */
const MAKE = Symbol('ferroport.make');

/** Stands for a reason that has not been read. */
const UNREAD = Symbol('ferroport.unread');

/** @type {never[]} */
const NOTHING = [];

/**
 * The flags of the signals, by chunk: 1 once the signal is aborted. Rust writes them, from any thread.
 * @type {(Int32Array | undefined)[]}
 */
const chunks = [];

/**
 * The objects of this thread's signals, by number: one for each signal while it lives.
 * @type {(WeakRef<SharedAbortSignal> | undefined)[]}
 */
const objects = [];

/** @param {number} number */
function flagsOf(number) {
  const chunk = floor(number / SIGNAL_FLAGS);
  return (chunks[chunk] ??= new Int32Array(native.signalFlags(chunk)));
}

/**
 * The object of a signal in this thread, if there is one.
 * @param {number} number
 * @returns {SharedAbortSignal | undefined}
 */
function existing(number) {
  const reference = objects[number];
  return reference === undefined ? undefined : weakRefDeref(reference);
}

/** Gives up the use of a signal whose object was collected. */
const collected = new FinalizationRegistry((/** @type {number} */ number) => {
  // The signal may have come again since.
  if (existing(number) === undefined) objects[number] = undefined;
  if (heardOfCollected.call !== null) heardOfCollected.call(number);
  native.releaseSignal(number);
});

/**
 * What is told of numbers whose objects were collected, before they are given up; any.js puts its function here when it is loaded.
 * @type {{ call: ((number: number) => void) | null }}
 */
const heardOfCollected = { call: null };

/** @param {string} name */
const invalidThis = (name) => nodeError(TypeError, 'ERR_INVALID_THIS', `Value of "this" must be of type ${name}`);

/** @param {unknown} value */
function check(value) {
  if (!isSignal(value)) throw invalidThis('SharedAbortSignal');
}

/**
 * What other files of this room may do with a signal.
 * @typedef {object} Internals
 * @property {(value: any) => value is SharedAbortSignal} isSignal
 * @property {(signal: SharedAbortSignal) => number} numberOf
 * @property {(number: number) => SharedAbortSignal} make the object of a signal, which takes a use of its own
 * @property {(signal: SharedAbortSignal, sources: SharedAbortSignal[]) => void} setSources the signals of this thread that it follows
 * @property {(list: number[], reason: unknown) => void} finish what remains to be done in this thread of an abort that was made here
 */

/** @type {Internals} */
let internals;

/** A signal (WHATWG DOM: AbortSignal) that threads share. */
class SharedAbortSignal extends Target {
  #number;
  /** Where it is seen whether the signal is aborted. */
  #flags;
  #place;
  /** The reason, once it has been read, or was given in this thread. */
  /** @type {unknown} */
  #reason = UNREAD;
  /** How many listeners for 'abort' there are. */
  #listeners = 0;
  /** The number under which the thread listens to the signal; 0 if it does not. */
  #listening = 0;
  /** Whether nothing more comes: the event has been dispatched, or never will be. */
  #isOver = false;
  /**
   * What was assigned to `onabort`.
   * @type {import('../port/event-handler').EventHandler | null}
   */
  #attribute = null;
  /**
   * The controller of the plain signal that `toAbortSignal` has given.
   * @type {AbortController | null}
   */
  #plain = null;
  /**
   * The signals of this thread with which this one is aborted.
   * @type {SharedAbortSignal[]}
   */
  #sources = NOTHING;

  /**
   * @param {symbol} make
   * @param {number} number of the signal in this thread
   */
  constructor(make, number) {
    if (make !== MAKE) throw nodeError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    super();
    if (kMostListeners !== undefined) /** @type {any} */ (this)[kMostListeners] = mostListeners;
    this.#number = number;
    this.#flags = flagsOf(number);
    this.#place = number % SIGNAL_FLAGS;
    // Node's own messaging would make an empty object of it.
    /** @type {any} */ (marks).markAsUncloneable?.(this);
    native.useSignal(number);
    registryRegister(collected, this, number);
    objects[number] = new WeakRef(this);
  }

  static {
    internals = {
      isSignal: /** @type {Internals['isSignal']} */ (
        (value) => typeof value === 'object' && value !== null && #number in value
      ),
      numberOf: (signal) => signal.#number,
      make: (number) => new SharedAbortSignal(MAKE, number),
      setSources: (signal, sources) => void (signal.#sources = sources),

      finish(list, reason) {
        const told = bareList();
        // Each of them is aborted before anybody hears of one.
        for (let i = 0; i < list.length; i += 2) {
          const signal = existing(list[i]);
          if (signal === undefined) continue;
          if (signal.#reason === UNREAD) signal.#reason = reason;
          if (list[i + 1] !== 0) told[told.length] = signal;
        }
        for (let i = 0; i < told.length; i++) /** @type {SharedAbortSignal} */ (told[i]).#emit();
      },
    };
  }

  /** Whether the signal is aborted, in whatever thread that was done. */
  get aborted() {
    if (!(#place in this)) throw invalidThis('SharedAbortSignal');
    return load(this.#flags, this.#place) === 1;
  }

  /** Why it was aborted: this thread's clone of the reason, or the very reason in the thread that has aborted; undefined if it was not. */
  get reason() {
    check(this);
    if (this.#reason === UNREAD) {
      if (load(this.#flags, this.#place) === 0) return undefined;
      this.#reason = this.#read();
    }
    return this.#reason;
  }

  /** Throws the reason if the signal is aborted. */
  throwIfAborted() {
    check(this);
    if (this.aborted) throw this.reason;
  }

  get onabort() {
    check(this);
    return this.#attribute?.handler ?? null;
  }

  set onabort(handler) {
    check(this);
    const assigned = isObject(handler) ? handler : null;
    if (this.#attribute !== null) {
      this.#attribute.handler = assigned;
      this.#update();
    } else if (assigned !== null) {
      this.#attribute = eventHandler(assigned);
      this.addEventListener('abort', this.#attribute);
    }
  }

  /**
   * A signal of the runtime's own that is aborted with this one, when the event comes: for fetch, timers and streams. Always the same one.
   * @returns {AbortSignal}
   */
  toAbortSignal() {
    check(this);
    const plain = (this.#plain ??= new classes.AbortController());
    if (this.aborted) plain.abort(this.reason);
    else this.#update();
    return plain.signal;
  }

  /**
   * A signal that is aborted after a time.
   * @param {number} delay in milliseconds
   * @throws as AbortSignal.timeout
   */
  static timeout(delay) {
    return made(native.expiringSignal(checkedDelay(delay)));
  }

  /** @type {(size: number, type: string, ...rest: any[]) => void} */
  [kNewListener](size, type, listener, once, capture, passive, weak) {
    warnOfMany?.call(this, size, type, listener, once, capture, passive, weak);
    if (type !== 'abort' || !(#number in this)) return;
    this.#listeners++;
    this.#update();
  }

  /** @type {(size: number, type: string, ...rest: any[]) => void} */
  [kRemoveListener](_size, type) {
    if (type !== 'abort' || !(#number in this)) return;
    this.#listeners--;
    this.#update();
  }

  [inspect.custom](/** @type {number} */ depth, /** @type {import('node:util').InspectOptionsStylized} */ options) {
    if (!isSignal(this) || depth < 0) return 'SharedAbortSignal';
    return `SharedAbortSignal ${inspect({ aborted: this.aborted }, options)}`;
  }

  #read() {
    for (let i = 0; i < this.#sources.length; i++) {
      const source = this.#sources[i];
      if (native.haveSameReason(this.#number, source.#number)) return source.reason;
    }
    return reasons.read(this.#number);
  }

  /** The thread listens to the signal, and so holds it, while somebody wants to hear that it is aborted. */
  #update() {
    if (this.#isOver) return;
    const idle = this.#attribute !== null && typeof this.#attribute.handler !== 'function' ? 1 : 0;
    const isWanted = this.#listeners > idle || this.#plain !== null;
    if (isWanted === this.#listening > 0) return;
    if (isWanted) {
      this.#listening = listen(this.#number, { aborted: () => this.#emit(), settled: () => this.#settle() });
      // Whoever listens to a signal that is aborted hears nothing.
      if (this.#listening === 0) this.#isOver = true;
    } else {
      this.#settle();
      this.#isOver = false;
      native.stopListening(this.#number);
    }
  }

  /** Nothing more comes. */
  #settle() {
    this.#isOver = true;
    stop(this.#listening);
    this.#listening = 0;
  }

  /** The signal was aborted: tells its listeners, once. */
  #emit() {
    if (this.#isOver) return;
    this.#settle();
    const event = new classes.Event('abort');
    // As of an AbortSignal; elsewhere than in Node nobody else than the runtime can say so.
    if (hybridDispatch !== undefined) defineProperty(event, 'isTrusted', { value: true });
    try {
      // By the public method, as Node does.
      this.dispatchEvent(event);
    } catch (error) {
      // A program's own method has thrown.
      throwLater(error);
    }
    this.#plain?.abort(this.reason);
  }
}

const { isSignal, numberOf, make, setSources, finish } = internals;

/**
 * The object of a signal that was just made, which has a use that the object does not need.
 * @param {number} number
 */
function made(number) {
  try {
    return make(number);
  } finally {
    native.releaseSignal(number);
  }
}

/**
 * The objects of signals that have come with a message: those that the thread has already, or new ones.
 * @param {number[]} numbers
 */
function adopt(numbers) {
  const list = [];
  for (let i = 0; i < numbers.length; i++) list[i] = existing(numbers[i]) ?? make(numbers[i]);
  return list;
}

/**
 * @param {any} delay
 * @returns {number}
 */
function checkedDelay(delay) {
  if (typeof delay === 'number' && delay >= 0 && delay < 2 ** 32 && floor(delay) === delay) return delay;
  // The runtime throws its own error, if it finds anything wrong.
  classes.AbortSignal.timeout(delay);
  return floor(+delay);
}

/** @type {import('../channel/signals').Card} */
const card = freeze({
  version: native.version,
  library: native.library,
  copy: native.number,
  isSignal,
  isController: (/** @type {any} */ value) => controllers.isController(value),
  numberOf,
});
signals.setOwn(card);

/**
 * controller.js puts its function here when it is loaded.
 * @type {{ isController: (value: any) => boolean }}
 */
const controllers = { isController: () => false };

defineProperty(SharedAbortSignal.prototype, signals.SIGNALS, { value: card });
defineProperty(SharedAbortSignal.prototype, Symbol.toStringTag, { value: 'SharedAbortSignal', configurable: true });
defineProperty(SharedAbortSignal.prototype, 'aborted', { enumerable: true });
defineProperty(SharedAbortSignal.prototype, 'onabort', { enumerable: true });

module.exports = {
  SharedAbortSignal,
  adopt,
  card,
  controllers,
  finish,
  heardOfCollected,
  invalidThis,
  isSignal,
  made,
  numberOf,
  setSources,
};
