// The methods of MessagePort, except postMessage (HTML standard, 9.2.4; Node.js, worker_threads).
'use strict';

const { inspect } = require('node:util');
const native = require('../native/native');
const closing = require('../runtime/closing');
const { statics } = require('../language/originals');
const {
  Port,
  beginClosing,
  check,
  hold,
  isActive,
  isOpen,
  isPort,
  isPulled,
  isRefed,
  keepPeer,
  keyOf,
  queuedOn,
  setRef,
} = require('./port');
const { kListened, kWanted } = require('./target');
const { lazy } = require('../language/lazy');

const { assign, create, keysOf } = statics;

/** Loaded when first needed: it has been, if a port is pulled. */
const pulling = lazy(() => require('./pull'));

/** Whether the operation under way has reserved the stack for all its steps; `ref` and `unref` can be steps. */
let isReserved = false;

/**
 * Reserves the stack for an operation, unless it is a step of another. The sign counts once: an operation that was
 * ended in the middle may have left it.
 */
function reserve() {
  if (!isReserved) native.reserveStack();
  isReserved = false;
}

/** @typedef {InstanceType<typeof Port>} Port */

const methods = {
  /** @this {Port} */
  start() {
    check(this);
    if (isPulled(this)) pulling().listenersChanged(this);
    else if (isActive(this)) native.start(keyOf(this));
  },

  /**
   * @this {Port}
   * @param {any} [callback] called when the port has closed
   */
  close(callback) {
    check(this);
    if (typeof callback === 'function') this.once('close', callback);
    if (!isOpen(this)) return;
    native.reserveStack();
    beginClosing(this, closing.afterTask);
    closing.stop(this, keyOf(this));
  },

  /** @this {Port} */
  ref() {
    check(this);
    const isAsked = !isReserved;
    reserve();
    // As with Node's handles, this also works while the port is closing.
    if (queuedOn(this) < 0) return;
    if (isAsked) keepPeer(this);
    setRef(this, true);
    if (isPulled(this)) pulling().refChanged(this, true);
  },

  /** @this {Port} */
  unref() {
    check(this);
    const isAsked = !isReserved;
    reserve();
    setRef(this, false);
    if (isAsked && isPulled(this)) pulling().refChanged(this, false);
  },

  /** @this {Port} */
  hasRef() {
    check(this);
    return isRefed(this);
  },

  /** @this {Port} */
  [inspect.custom]() {
    if (!isPort(this)) return this;
    const queued = queuedOn(this);
    const shown = queued < 0 ? { active: false } : { active: true, refed: isRefed(this), queued };
    const own = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (this));
    const all = /** @type {Record<string, unknown>} */ (assign(create(Port.prototype), shown));
    const names = keysOf(own);
    for (let i = 0; i < names.length; i++) all[names[i]] = own[names[i]];
    return all;
  },

  // --- for PortTarget ---

  /**
   * @this {Port & { ref(): void, unref(): void }}
   * @param {boolean} wanted
   */
  [kWanted](wanted) {
    // By the public methods, as Node's ports do, so that a program that wraps them sees the calls.
    isReserved = true;
    if (wanted) this.ref();
    // If a port's own listener has closed the port, the rest of the batch is still delivered.
    if (!isPulled(this) && (isOpen(this) || closing.isDelivering(this))) {
      if (wanted) native.start(keyOf(this));
      else native.stop(keyOf(this));
    }
    if (!wanted) this.unref();
    if (isPulled(this)) pulling().listenersChanged(this);
    isReserved = false;
  },

  /** @this {Port} */
  [kListened]() {
    if (isOpen(this)) hold(this);
  },
};

module.exports = methods;
