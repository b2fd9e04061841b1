// Runs listeners outside of every AsyncLocalStorage store, and each in an async context of its own.
'use strict';

const { AsyncResource } = require('node:async_hooks');
const native = require('./native');

/** Without stores, whoever loads this. */
const resource = native.outside(() => new AsyncResource('ferroport.listener'));

/** There, what a listener enters (`AsyncLocalStorage.enterWith`) stays on the resource and shows in the next listener. */
const keepsStores = Number.parseInt(process.versions.node, 10) < 24;

/**
 * Calls `task(a, b, c, d)`; no store is visible in it, and none that it enters is visible afterwards.
 * @type {<A, B, C, D>(task: (a: A, b: B, c: C, d: D) => void, a?: A, b?: B, c?: C, d?: D) => void}
 */
const run = keepsStores
  ? (task, a, b, c, d) => Object.create(resource).runInAsyncScope(task, undefined, a, b, c, d)
  : (task, a, b, c, d) => resource.runInAsyncScope(/** @type {any} */ (task), undefined, a, b, c, d);

/** Whether a store has been entered on the resource of the current batch. */
let isEntered = false;

/**
 * The resource that batches share as long as nobody enters a store on it.
 * @type {AsyncResource | undefined}
 */
let shared;

/** @type {ProxyHandler<any>} */
const entering = {
  set(target, key, value) {
    isEntered = true;
    target[key] = value;
    return true;
  },
};

/**
 * Whether several listeners can be called in one context, which is quicker, because it shows when one has entered a store.
 */
const canShare = keepsStores;

/**
 * As `run`, for a task that calls several listeners, as long as `isEntered()` is false.
 * @template A
 * @param {(a: A) => void} task
 * @param {A} a
 */
function share(task, a) {
  if (isEntered) shared = undefined;
  isEntered = false;
  shared ??= /** @type {AsyncResource} */ (new Proxy(Object.create(resource), entering));
  shared.runInAsyncScope(task, undefined, a);
}

module.exports = { run, canShare, share, isEntered: () => isEntered };
