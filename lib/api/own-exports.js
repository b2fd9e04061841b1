// The exports that ferroport implements, by name. All other exports are Node's, unchanged.
'use strict';

/**
 * Each export is loaded when a program first asks for it, because loading them all takes most of the start.
 * @type {Record<string, () => any>}
 */
const ours = {
  __proto__: /** @type {any} */ (null),
  MessageChannel: () => require('./message-channel'),
  MessagePort: () => require('../post/message-port').MessagePort,
  BroadcastChannel: () => require('../broadcast/broadcast-channel').BroadcastChannel,
  receiveMessageOnPort: () => require('./receive-message'),
  receiveAnySync: () => require('./receive-any-sync'),
  serialize: () => require('./serialize').serialize,
  deserialize: () => require('./serialize').deserialize,
  SharedAbortController: () => require('../abort/controller').SharedAbortController,
  SharedAbortSignal: () => require('../abort/any').SharedAbortSignal,
  inspectPorts: () => require('./inspect-ports'),
  Worker: () => require('../worker/worker'),
  setEnvironmentData: () => require('../worker/environment-data').setEnvironmentData,
  moveMessagePortToContext: () => require('./move-to-context'),
  postMessageToThread: () => require('./post-to-thread'),
  markAsUncloneable: () => require('../node/marks').wrapped.markAsUncloneable,
  markAsUntransferable: () => require('../node/marks').wrapped.markAsUntransferable,
};

module.exports = ours;
