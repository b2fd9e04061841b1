// What ferroport exports of its own, by name. All else that it exports is Node's, as it is.
'use strict';

/**
 * What is loaded when a program first asks for it: most of the time that all of this takes is spent for what is not used.
 * @type {Record<string, () => any>}
 */
const ours = {
  __proto__: /** @type {any} */ (null),
  MessageChannel: () => require('./message-channel'),
  MessagePort: () => require('../post/message-port').MessagePort,
  BroadcastChannel: () => require('../broadcast/broadcast-channel').BroadcastChannel,
  receiveMessageOnPort: () => require('./receive-message'),
  serialize: () => require('./serialize').serialize,
  deserialize: () => require('./serialize').deserialize,
  inspectPorts: () => require('./inspect-ports'),
  Worker: () => require('../worker/worker'),
  setEnvironmentData: () => require('../worker/environment-data').setEnvironmentData,
  moveMessagePortToContext: () => require('./move-to-context'),
  postMessageToThread: () => require('./post-to-thread'),
  markAsUncloneable: () => require('../node/marks').wrapped.markAsUncloneable,
  markAsUntransferable: () => require('../node/marks').wrapped.markAsUntransferable,
};

module.exports = ours;
