// ferroport: stands wherever `node:worker_threads` stood.
'use strict';

// Each by its name, so that ES modules can import it; what it is follows.
exports.MessageChannel = exports.MessagePort = exports.BroadcastChannel = exports.Worker = undefined;
exports.receiveMessageOnPort = exports.serialize = exports.deserialize = undefined;
exports.parentPort = exports.workerData = exports.getEnvironmentData = exports.setEnvironmentData = undefined;
exports.moveMessagePortToContext = exports.postMessageToThread = undefined;
exports.markAsUncloneable = exports.markAsUntransferable = exports.isMarkedAsUntransferable = undefined;
exports.isMainThread = exports.isInternalThread = exports.threadId = exports.threadName = undefined;
exports.resourceLimits = exports.SHARE_ENV = exports.locks = undefined;

// Whether the addon can be loaded shows now, not when something is first used; and before anything that is missing where it cannot.
require('./lib/connect');
const threads = /** @type {any} */ (require('./lib/node-threads').original);

const { defineProperty } = require('./lib/codec/originals').statics;
const { withName } = require('./lib/named');

/**
 * What is loaded when a program first asks for it: most of the time that all of this takes is spent for what is not used.
 * @type {Record<string, () => any>}
 */
const ours = {
  MessageChannel: () => require('./lib/message-channel'),
  MessagePort: () => require('./lib/message-port').MessagePort,
  BroadcastChannel: () => require('./lib/broadcast-channel').BroadcastChannel,
  receiveMessageOnPort: () => require('./lib/receive-message'),
  serialize: () => require('./lib/serialize').serialize,
  deserialize: () => require('./lib/serialize').deserialize,
  Worker: () => require('./lib/worker'),
  setEnvironmentData: () => require('./lib/environment-data').setEnvironmentData,
  moveMessagePortToContext: () => require('./lib/move-to-context'),
  postMessageToThread: () => require('./lib/post-to-thread'),
  markAsUncloneable: () => require('./lib/marks').wrapped.markAsUncloneable,
  markAsUntransferable: () => require('./lib/marks').wrapped.markAsUntransferable,
};

/** Those of them that Node does not have. */
const ADDITIONS = ['serialize', 'deserialize'];

/** @type {Record<string, unknown>} */
const exported = exports;

// What came into Node after this was written is Node's own, too.
for (const name of Object.keys(threads)) {
  // As it is: Node loads `locks` when it is asked for.
  if (!(name in ours)) defineProperty(exported, name, Object.getOwnPropertyDescriptor(threads, name));
}
for (const name of Object.keys(exported)) {
  if (name in ours && (name in threads || ADDITIONS.includes(name))) provide(name, ours[name]);
  else if (!(name in threads)) delete exported[name];
}
// At once: a worker's first message is read before its code runs.
Object.assign(exported, require('./lib/threads'));

/**
 * Exports what `load` gives when it is first asked for.
 * @param {string} name
 * @param {() => any} load
 */
function provide(name, load) {
  const become = (/** @type {any} */ value) =>
    defineProperty(exported, name, { value, writable: true, enumerable: true, configurable: true });
  defineProperty(exported, name, {
    get() {
      const value = withName(name, load());
      become(value);
      return value;
    },
    set: become,
    enumerable: true,
    configurable: true,
  });
}
