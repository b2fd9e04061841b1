// The async contexts in which a port's listeners are called: the one in which the port was made.
'use strict';

const asyncHooks = require('node:async_hooks');
const { inspect } = require('node:util');
const { symbolOf } = require('../language/originals');
const native = require('../native/native');

const { AsyncResource } = asyncHooks;

/** @typedef {import('node:async_hooks').AsyncResource} Resource */

/** The type of the built-in's ports in async_hooks. */
const TYPE = 'MESSAGEPORT';

/**
 * A port's own async resource, which hooks of node:async_hooks get. With the built-in, hooks get the port itself, and
 * ask it whether it keeps the event loop alive. Programs that look for what keeps the event loop alive (Jest's
 * --detectOpenHandles, why-is-node-running) have no other way to find out.
 */
class PortResource extends AsyncResource {
  /**
   * The port, or the BroadcastChannel. A hook hears of the resource before this is set.
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

/** A context in which no store is visible, wherever this file is loaded. */
const outside = native.outside(() => new PortResource({}, () => false));

/**
 * Whether AsyncLocalStorage keeps its stores on async resources: up to Node 22, or by an option. What a listener enters
 * (`enterWith`) stays on its port's resource then. Otherwise a resource has one frame of stores for good. undefined
 * until the first port is made.
 * @type {boolean | undefined}
 */
let keepsStores;

/**
 * The symbol under which a resource has its frame; a resource without any store has undefined there.
 * @type {symbol | undefined}
 */
let frame;

function findOut() {
  keepsStores = '_propagate' in asyncHooks.AsyncLocalStorage.prototype;
  if (keepsStores) return;
  frame = symbolOf(outside, 'context_frame');
}

/** Whether hooks of node:async_hooks have been in use. They see every resource that is made, entered and left. */
let isHooked = false;

/**
 * The current async context, with the stores that are visible in it. This costs next to nothing where there are no
 * stores.
 * @param {object} target the port or the channel that is being made
 * @param {(target: any) => boolean} isRefed whether it keeps the event loop alive
 * @returns {Resource} a resource of the port's own; a shared one where nobody could tell the difference
 */
function capture(target, isRefed) {
  if (keepsStores === undefined) findOut();
  if (!isHooked) {
    try {
      // Node refuses this type only if there are hooks to see it (ERR_ASYNC_TYPE).
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
 * Tells async_hooks that the port of a context has closed.
 * @param {Resource} context
 */
function destroy(context) {
  if (context !== outside) context.emitDestroy();
}

/**
 * Whether a port's context may be entered once for several messages: it keeps for the next message what a listener
 * enters, and no hook counts the entering.
 */
const isForBatches = () => keepsStores === true && !isHooked;

/**
 * Calls a function where no store of an AsyncLocalStorage is visible.
 * @template T
 * @param {() => T} task
 */
const runOutside = (task) => outside.runInAsyncScope(task);

module.exports = { capture, captureAgain, destroy, runOutside, isForBatches };
