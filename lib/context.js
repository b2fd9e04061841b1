// The async contexts in which listeners are called: those in which their ports were made.
'use strict';

const asyncHooks = require('node:async_hooks');
const native = require('./native');

const { AsyncResource } = asyncHooks;

/** @typedef {import('node:async_hooks').AsyncResource} Resource */

/** What the built-in's ports are called in async_hooks. */
const TYPE = 'MESSAGEPORT';

/**
 * What async_hooks see of a port, or of a broadcast channel. Tools that look for open handles ask it `hasRef()`.
 * @template {object} Owner
 */
class PortResource extends AsyncResource {
  /** @type {Owner | undefined} */
  #owner;
  /** @type {((owner: Owner) => boolean) | undefined} */
  #isRefed;

  /**
   * @param {Owner} [owner]
   * @param {(owner: Owner) => boolean} [isRefed] whether it keeps the event loop alive
   */
  constructor(owner, isRefed) {
    super(TYPE);
    this.#owner = owner;
    this.#isRefed = isRefed;
  }

  hasRef() {
    // Hooks see it before it has an owner.
    if (!(#owner in this) || this.#owner === undefined) return false;
    return /** @type {(owner: Owner) => boolean} */ (this.#isRefed)(this.#owner);
  }
}

/** No store is visible there, whoever loads this. */
const outside = native.outside(() => new PortResource());

/**
 * Where stores are kept on async resources (up to Node 22, or by option), what a listener enters (`enterWith`) stays on its
 * port's. Elsewhere a resource has one frame of stores, for good. Undefined until the first port is made.
 * @type {boolean | undefined}
 */
let keepsStores;

/**
 * Under which a resource has its frame, `undefined` for one without any store.
 * @type {symbol | undefined}
 */
let frame;

function findOut() {
  keepsStores = '_propagate' in asyncHooks.AsyncLocalStorage.prototype;
  if (keepsStores) return;
  frame = Object.getOwnPropertySymbols(outside).find(({ description }) => description === 'context_frame');
}

/** Whether hooks of node:async_hooks have been in use, which see every resource that is made, entered and left. */
let isHooked = false;

/**
 * The current async context, with the stores that are visible in it. Costs next to nothing where there are none.
 * @template {object} Owner
 * @param {Owner} owner a port, or a broadcast channel
 * @param {(owner: Owner) => boolean} isRefed whether it keeps the event loop alive
 * @returns {Resource} a port's own; but where nobody could tell the difference, one that ports share
 */
function capture(owner, isRefed) {
  if (keepsStores === undefined) findOut();
  if (!isHooked) {
    try {
      // Node refuses this type if there are hooks to see it, and only then (ERR_ASYNC_TYPE).
      const resource = new AsyncResource('');
      return frame !== undefined && /** @type {any} */ (resource)[frame] === undefined ? outside : resource;
    } catch (/** @type {any} */ error) {
      if (error?.code !== 'ERR_ASYNC_TYPE') throw error;
      isHooked = true;
    }
  }
  return new PortResource(owner, isRefed);
}

/**
 * As `capture`, for the second port of a channel.
 * @template {object} Owner
 * @param {Resource} first the context of the first
 * @param {Owner} owner
 * @param {(owner: Owner) => boolean} isRefed
 */
const captureAgain = (first, owner, isRefed) => (first === outside ? outside : capture(owner, isRefed));

/**
 * The port of a context has closed: async_hooks hear that.
 * @param {Resource} context
 */
function destroy(context) {
  if (context !== outside) context.emitDestroy();
}

/**
 * Whether a port's context may be entered once for several messages: it keeps what one listener enters for the next, and
 * nobody counts how often it is entered.
 */
const isForBatches = () => keepsStores === true && !isHooked;

/**
 * Does something outside of every AsyncLocalStorage store.
 * @template T
 * @param {() => T} task
 */
const runOutside = (task) => outside.runInAsyncScope(task);

module.exports = { capture, captureAgain, destroy, runOutside, isForBatches };
