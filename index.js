// ferroport: stands wherever `node:worker_threads` stood.
'use strict';

const threads = /** @type {any} */ (require('./lib/node-threads').original);
require('./lib/connect');
const marks = require('./lib/marks').wrapped;

// One by one, so that ES modules can import each by its name.
module.exports.MessageChannel = require('./lib/message-channel');
module.exports.MessagePort = require('./lib/message-port').MessagePort;
module.exports.BroadcastChannel = require('./lib/broadcast-channel').BroadcastChannel;
module.exports.receiveMessageOnPort = require('./lib/receive-message');
module.exports.serialize = require('./lib/serialize').serialize;
module.exports.deserialize = require('./lib/serialize').deserialize;
module.exports.Worker = require('./lib/worker');
module.exports.parentPort = require('./lib/threads').parentPort;
module.exports.workerData = require('./lib/threads').workerData;
module.exports.setEnvironmentData = require('./lib/environment-data').setEnvironmentData;
module.exports.moveMessagePortToContext = require('./lib/move-to-context');
module.exports.postMessageToThread = require('./lib/post-to-thread');
module.exports.markAsUncloneable = marks.markAsUncloneable;
module.exports.markAsUntransferable = marks.markAsUntransferable;

// Node's own.
module.exports.isInternalThread = threads.isInternalThread;
module.exports.isMainThread = threads.isMainThread;
module.exports.isMarkedAsUntransferable = threads.isMarkedAsUntransferable;
module.exports.resourceLimits = threads.resourceLimits;
module.exports.threadId = threads.threadId;
module.exports.threadName = threads.threadName;
module.exports.SHARE_ENV = threads.SHARE_ENV;
module.exports.getEnvironmentData = threads.getEnvironmentData;
module.exports.locks = threads.locks;

require('./lib/lazily').keep();
const exported = /** @type {Record<string, unknown>} */ (module.exports);
// What came into Node after this was written.
for (const name of Object.keys(threads)) if (!(name in exported)) exported[name] = threads[name];
// What this Node does not have.
for (const name of Object.keys(exported)) {
  if (exported[name] === undefined && !(name in threads)) delete exported[name];
}
