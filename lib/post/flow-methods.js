// What ports tell of how much waits, and how they post no more than may.
'use strict';

const { nodeError } = require('../node/errors');
const { statics } = require('../language/originals');
const { lazy } = require('../language/lazy');
const { check, checked } = require('../port/port');

const { apply, defineProperty } = statics;

/** Loaded when first needed: programs that know only the built-in never need it. */
const flow = lazy(() => require('../port/flow'));

const flowMethods = {
  get highWaterMark() {
    return flow().markOf(checked(this));
  },

  set highWaterMark(mark) {
    flow().setMark(checked(this), mark);
  },

  get bufferedAmount() {
    return flow().bufferedAmount(checked(this));
  },

  get bufferedMessages() {
    return flow().bufferedMessages(checked(this));
  },

  get ready() {
    return flow().ready(checked(this));
  },

  /**
   * Posts a value if there is room for it.
   * @this {any}
   * @returns {boolean} whether it was posted; if not, nothing was cloned, moved or detached
   * @throws as postMessage
   */
  tryPostMessage() {
    check(this);
    if (arguments.length === 0) {
      throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'Not enough arguments to MessagePort.tryPostMessage');
    }
    if (!flow().hasRoom(this)) return false;
    return apply(this.postMessage, this, arguments) === true;
  },

  /** @this {any} */
  stats() {
    check(this);
    return flow().stats(this);
  },
};

defineProperty(flowMethods.tryPostMessage, 'length', { value: 1 });

/** Contexts of node:vm and some runtimes have no such symbol. */
const disposeSymbol = /** @type {any} */ (Symbol).dispose;
if (disposeSymbol !== undefined) {
  /** @type {any} */ (flowMethods)[disposeSymbol] = /** @type {any} */ ({
    /** @this {any} */
    dispose() {
      this.close();
    },
  }).dispose;
}

module.exports = flowMethods;
