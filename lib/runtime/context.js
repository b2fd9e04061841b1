// The async contexts in which listeners are called: those in which their ports were made.
'use strict';

const asyncHooks = require('node:async_hooks');
const { inspect } = require('node:util');
const { symbolOf } = require('../language/originals');
const native = require('../native/native');

const { AsyncResource } = asyncHooks;

/** @typedef {import('node:async_hooks').AsyncResource} Resource */

/** What the built-in's ports are called in async_hooks. */
const TYPE = 'MESSAGEPORT';

/**
 * A port's own resource, which hooks of node:async_hooks get. With the built-in they get the port, and ask it whether it keeps the
 * event loop alive: programs that look for what does (Jest's --detectOpenHandles, why-is-node-running) know nothing else of it.
 */
class PortResource extends AsyncResource {
  /**
   * The port, or the channel. Hooks hear of the resource before it is here.
   * @type {object}
   */
  #target;
  /** @type {(target: any) => boolean} */
  #isRefed;

  /**
   * @param {object} target
   * @param {(target: any) => boolean} isRefed
   */
  constructor(target, isRefed) {
    super(TYPE);
    this.#target = target;
    this.#isRefed = isRefed;
  }

  /** Whether the port keeps the event loop alive. */
  hasRef() {
    return #isRefed in this && this.#isRefed(this.#target);
  }

  [inspect.custom]() {
    return #isRefed in this ? this.#target : this;
  }
}

/** No store is visible there, whoever loads this. */
const outside = native.outside(() => new PortResource({}, () => false));

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
  frame = symbolOf(outside, 'context_frame');
}

/** Whether hooks of node:async_hooks have been in use, which see every resource that is made, entered and left. */
let isHooked = false;

/**
 * The current async context, with the stores that are visible in it. Costs next to nothing where there are none.
 * @param {object} target the port or the channel that is being made
 * @param {(target: any) => boolean} isRefed whether it keeps the event loop alive
 * @returns {Resource} a port's own; but where nobody could tell the difference, one that ports share
 */
function capture(target, isRefed) {
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
  return new PortResource(target, isRefed);
}

/**
 * As `capture`, for the second port of a channel.
 * @param {Resource} first the context of the first
 * @param {object} target
 * @param {(target: any) => boolean} isRefed
 */
const captureAgain = (first, target, isRefed) => (first === outside ? outside : capture(target, isRefed));

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
