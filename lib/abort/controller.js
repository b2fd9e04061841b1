// SharedAbortController: aborts its signal in all threads at once.
'use strict';

const { inspect } = require('node:util');
const native = require('../native/native');
const { SIGNALS } = require('../channel/signals');
const { original: marks } = require('../node/threads');
require('./any');
const { card, controllers, finish, invalidThis, made, numberOf } = require('./signal');
const reasons = require('./reason');
const { defineProperty, globals, registryRegister } = require('../language/intrinsics');

/** Nobody can abort the signal of a controller that was collected. */
const collected = new globals.FinalizationRegistry(native.releaseAborter);

/** A controller (WHATWG DOM: AbortController) of a signal that threads share. */
class SharedAbortController {
  #signal;

  constructor() {
    native.reserveStack();
    const number = native.newSignal();
    this.#signal = made(number);
    registryRegister(collected, this, number);
    // Node's own messaging would make an empty object of it.
    /** @type {any} */ (marks).markAsUncloneable?.(this);
  }

  get signal() {
    if (!isController(this)) throw invalidThis('SharedAbortController');
    return this.#signal;
  }

  /**
   * Aborts the signal, if it is not aborted. All threads see that when this returns; listeners of this thread have been called then, and
   * those of other threads hear of it in their event loops.
   * @param {any} reason an AbortError if there is none; other threads get clones
   * @throws {DOMException} DataCloneError for a reason that cannot be cloned; nothing has changed then
   */
  abort(reason = reasons.defaultReason()) {
    if (!isController(this)) throw invalidThis('SharedAbortController');
    if (this.#signal.aborted) return;
    const { value, parts } = reasons.write(reason, abort);
    native.reserveDeepStack();
    finish(native.abortSignal(numberOf(this.#signal), value, parts), reason);
  }

  [inspect.custom](/** @type {number} */ depth, /** @type {import('node:util').InspectOptionsStylized} */ options) {
    if (!isController(this) || depth < 0) return 'SharedAbortController';
    const inner = { ...options, depth: options.depth == null ? null : options.depth - 1 };
    return `SharedAbortController ${inspect({ signal: this.#signal }, inner)}`;
  }

  /** @type {(value: any) => value is SharedAbortController} */
  static isController(value) {
    return typeof value === 'object' && value !== null && #signal in value;
  }
}

const { isController } = SharedAbortController;
const { abort } = SharedAbortController.prototype;
Reflect.deleteProperty(SharedAbortController, 'isController');
controllers.isController = isController;

defineProperty(SharedAbortController.prototype, SIGNALS, { value: card });
defineProperty(SharedAbortController.prototype, Symbol.toStringTag, {
  value: 'SharedAbortController',
  configurable: true,
});
defineProperty(SharedAbortController.prototype, 'signal', { enumerable: true });
defineProperty(abort, 'length', { value: 0 });

// Other threads wait for the first abort as for all that follow, so what it needs is loaded now.
reasons.writeSafely(reasons.defaultReason());

module.exports = { SharedAbortController };
