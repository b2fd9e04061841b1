// What a function of an api has as `this` while it serves a call: the signal that tells that the caller has given up.
'use strict';

const { statics } = require('../language/originals');
const { closedError } = require('./errors');

const { defineProperty, deleteProperty } = statics;

/** What a signal shows by properties of its own until it is aborted. */
const SHOWN = ['aborted', 'reason', 'throwIfAborted'];

/**
 * @typedef {object} Internals
 * @property {(context: CallContext, reason: any) => void} abort the caller has given up
 * @property {(context: CallContext) => void} finish the call has ended
 * @property {(context: CallContext) => boolean} isAwaited whether the caller was blocked when it called
 * @property {(context: CallContext) => boolean} isGivenUp whether nobody waits for the answer
 */

/** @type {Internals} */
let internals;

/** @typedef {{ readonly isCutOff: boolean }} Line */

class CallContext {
  /** @type {AbortController | undefined} */
  #controller;
  #isAborted = false;
  /** @type {any} */
  #reason;
  /** Signals of the caller's that this thread sees at once. @type {any[]} */
  #given;
  /** @type {Line} */
  #line;
  #isAwaited;
  /** Stops listening to the caller's signals. @type {(() => void) | undefined} */
  #forget;

  /**
   * @param {Line} line
   * @param {any[]} given
   * @param {boolean} isAwaited whether the caller is blocked
   */
  constructor(line, given, isAwaited) {
    this.#line = line;
    this.#given = given;
    this.#isAwaited = isAwaited;
  }

  /** An AbortSignal. It is made when it is asked for, because few functions do. */
  get signal() {
    return (this.#controller ?? this.#makeController()).signal;
  }

  #makeController() {
    const controller = new (require('../node/classes').AbortController)();
    this.#controller = controller;
    const { signal } = controller;
    if (this.#isAborted) {
      controller.abort(this.#reason);
      return controller;
    }
    // The event comes when the thread gets to it. That the caller has given up shows at once, also to a function that does
    // nothing else than look.
    const isAborted = () => this.#look();
    const reason = () => this.#reason;
    show(signal, 'aborted', isAborted);
    show(signal, 'reason', () => (isAborted() ? reason() : undefined));
    const throwIfAborted = () => {
      if (isAborted()) throw reason();
    };
    defineProperty(signal, 'throwIfAborted', { value: throwIfAborted, writable: true, configurable: true });
    const given = this.#given;
    if (given.length > 0) {
      const hear = () => {
        if (this.#look()) internals.abort(this, this.#reason);
      };
      for (let i = 0; i < given.length; i++) given[i].addEventListener('abort', hear);
      this.#forget = () => {
        for (let i = 0; i < given.length; i++) given[i].removeEventListener('abort', hear);
      };
    }
    return controller;
  }

  /** Whether the caller has given up, as far as this thread can know by now. */
  #look() {
    if (this.#isAborted) return true;
    const given = this.#given;
    for (let i = 0; i < given.length; i++) {
      if (given[i].aborted) {
        this.#isAborted = true;
        this.#reason = given[i].reason;
        return true;
      }
    }
    if (this.#line.isCutOff) {
      this.#isAborted = true;
      this.#reason = closedError('The caller has ended');
      return true;
    }
    return false;
  }

  static {
    internals = {
      abort(context, reason) {
        if (!context.#isAborted) {
          context.#isAborted = true;
          context.#reason = reason;
        }
        const controller = context.#controller;
        if (controller === undefined) return;
        const { signal } = controller;
        // From here on the signal knows itself. Some runtimes abort no signal that says it is aborted.
        for (let i = 0; i < SHOWN.length; i++) deleteProperty(signal, SHOWN[i]);
        controller.abort(context.#reason);
      },

      finish(context) {
        context.#forget?.();
        context.#forget = undefined;
      },

      isAwaited: (context) => context.#isAwaited,

      isGivenUp(context) {
        if (context.#isAborted) return true;
        const given = context.#given;
        for (let i = 0; i < given.length; i++) if (given[i].aborted) return true;
        return false;
      },
    };
  }
}

/**
 * @param {object} object
 * @param {string} name
 * @param {() => any} get
 */
function show(object, name, get) {
  defineProperty(object, name, { get, enumerable: false, configurable: true });
}

const { abort, finish, isAwaited, isGivenUp } = internals;

module.exports = { CallContext, abort, finish, isAwaited, isGivenUp };
