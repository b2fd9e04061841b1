// ferroport: stands wherever `node:worker_threads` stood.
'use strict';

// Each by its name, so that ES modules can import it; what it is follows.
exports.MessageChannel = exports.MessagePort = exports.BroadcastChannel = exports.Worker = undefined;
exports.receiveMessageOnPort = exports.serialize = exports.deserialize = exports.inspectPorts = undefined;
exports.receiveAnySync = undefined;
exports.parentPort = exports.workerData = exports.getEnvironmentData = exports.setEnvironmentData = undefined;
exports.moveMessagePortToContext = exports.postMessageToThread = undefined;
exports.markAsUncloneable = exports.markAsUntransferable = exports.isMarkedAsUntransferable = undefined;
exports.isMainThread = exports.isInternalThread = exports.threadId = exports.threadName = undefined;
exports.SharedAbortController = exports.SharedAbortSignal = undefined;
exports.resourceLimits = exports.SHARE_ENV = exports.locks = undefined;

// Whether the addon can be loaded shows now, not when something is first used; and before anything that is missing where it cannot.
require('./lib/connect');

const { defineProperty, getOwnPropertyDescriptor } = require('./lib/language/originals').statics;
const { namesWithoutLoading } = require('./lib/node/names');
const { withName } = require('./lib/node/named');
const ours = require('./lib/api/own-exports');

/** Those of ferroport's own exports that Node does not have. */
const ADDITIONS = [
  ...['serialize', 'deserialize', 'inspectPorts', 'receiveAnySync'],
  ...['SharedAbortController', 'SharedAbortSignal'],
];

/** @type {Record<string, unknown>} */
const exported = exports;

/** @returns {any} node:worker_threads, which takes a quarter of the time that loading ferroport takes */
const loadThreads = () => require('./lib/node/threads').original;

const known = namesWithoutLoading(process);
const names = known ?? Object.keys(loadThreads());

// In Node's order.
for (const name of Object.keys(exported)) delete exported[name];
for (const name of names) {
  if (name in ours) provide(name, ours[name]);
  // What came into Node after this was written is Node's own, too.
  else if (known === undefined) take(name);
  else takeWhenAsked(name);
}
for (const name of ADDITIONS) provide(name, ours[name]);
// At once: a worker's first message is read before its code runs.
if (known === undefined) Object.assign(exported, require('./lib/worker/this-thread'));

/**
 * Exports what is Node's own as it is.
 * @param {string} name
 */
function take(name) {
  defineProperty(exported, name, /** @type {PropertyDescriptor} */ (getOwnPropertyDescriptor(loadThreads(), name)));
}

/**
 * The same when it is first asked for.
 * @param {string} name
 */
function takeWhenAsked(name) {
  exportAccessor(name, () => {
    take(name);
    return exported[name];
  });
}

/**
 * Exports what `load` gives when it is first asked for.
 * @param {string} name
 * @param {() => any} load
 */
function provide(name, load) {
  exportAccessor(name, () => {
    const value = withName(name, load());
    become(name, value);
    return value;
  });
}

/**
 * @param {string} name
 * @param {() => any} get
 */
function exportAccessor(name, get) {
  const set = (/** @type {any} */ value) => become(name, value);
  defineProperty(exported, name, { get, set, enumerable: true, configurable: true });
}

/**
 * @param {string} name
 * @param {any} value
 */
function become(name, value) {
  defineProperty(exported, name, { value, writable: true, enumerable: true, configurable: true });
}
