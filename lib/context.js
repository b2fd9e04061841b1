// Runs listeners outside of every AsyncLocalStorage store, and each in an async context of its own.
'use strict';

const { AsyncResource } = require('node:async_hooks');
const native = require('./native');

/** Without stores, whoever loads this. */
const resource = native.outside(() => new AsyncResource('ferroport.listener'));

/** There, what a listener enters (`AsyncLocalStorage.enterWith`) stays on the resource and shows in the next listener. */
const keepsStores = Number.parseInt(process.versions.node, 10) < 24;

/**
 * Calls `task(...values)`; no store is visible in it, and none that it enters is visible afterwards.
 * @type {(task: (...values: any[]) => void, ...values: any[]) => void}
 */
const run = keepsStores
  ? (task, ...values) => Object.create(resource).runInAsyncScope(task, undefined, ...values)
  : (task, ...values) => resource.runInAsyncScope(task, undefined, ...values);

module.exports = { run };
