// Posts with a transfer list, or with what only V8 can move: clones, then sends the parcel ahead, then the message.
'use strict';

const { types } = require('node:util');
const { MessagePort: NodePort } = require('node:worker_threads');
const native = require('./native');
const oracle = require('./oracle');
const closing = require('./closing');
const sidecar = require('./sidecar');
const { blame, located } = require('./culprit-path');
const Session = require('./codec/session');
const { INDEX } = require('./codec/session');
const { isDetached } = require('./codec/view');
const ports = require('./message-port');
const { checkTransferList } = require('./transfer-list');

const { tags } = native;

/** @typedef {ReturnType<typeof ports.make>} Port */

/**
 * @param {any} port sending
 * @param {unknown} value
 * @param {any[]} items of the transfer list
 * @returns {true | undefined} as postMessage
 * @throws the running Node's error for what is wrong with list or value; nothing has changed then
 */
function postWithTransfer(port, value, items) {
  checkTransferList(port, items);
  // Node 20 passes over buffers that are marked untransferable, so that they are copied; later ones have refused them.
  const moved = items.filter((item) => !(types.isArrayBuffer(item) && oracle.isUntransferable(item)));
  const session = new Session(transferMap(moved));
  try {
    return sendDraft(port, native.draft(value, session), session, moved);
  } catch (error) {
    throw located(error, value);
  }
}

/**
 * What the encoder writes for the objects that are moved.
 * @param {any[]} items
 */
function transferMap(items) {
  /** @type {Map<object, number>} */
  const map = new Map();
  let index = 0;
  for (const item of items) map.set(item, ports.isPort(item) ? tags.PORT + index++ * INDEX : tags.SIDECAR);
  return map;
}

/**
 * Sends a message that has been encoded, with what goes along. From the parcel's departure on nothing fails.
 * @param {any} port sending
 * @param {number} draft the message
 * @param {Session} session in which it was encoded
 * @param {any[]} items that are moved
 * @returns {true | undefined} as postMessage
 * @throws the running Node's error, if V8 refuses something in the parcel; nothing has changed then
 */
function sendDraft(port, draft, session, items) {
  const movedPorts = items.filter(ports.isPort);
  try {
    // A getter may have closed one of them meanwhile.
    for (const moved of movedPorts) if (!ports.isOpen(moved)) oracle.refusePort(moved, false);
    const key = ports.sendingKey(port);
    const keys = movedPorts.map(ports.keyOf);
    const parcel = sendParcel(key, keys, session, items);
    for (const moved of movedPorts) {
      ports.leave(moved);
      closing.later(() => ports.emitClose(moved));
    }
    return ports.sent(native.sendDraft(key, draft, keys, parcel));
  } catch (error) {
    native.dropDraft(draft);
    throw error;
  }
}

/**
 * @param {number} key of the sending endpoint
 * @param {number[]} keys of the endpoints that are moved
 * @param {Session} session
 * @param {any[]} items
 * @returns {number} the parcel's number, 0 if there was nothing to send
 */
function sendParcel(key, keys, session, items) {
  const others = items.filter((item) => !ports.isPort(item));
  // A getter may have detached one meanwhile: it arrives empty.
  const objects = session.objects.map((object) => (isGone(object) ? new ArrayBuffer(0) : object));
  // A port that is posted to its own peer takes the channel along: nobody will unpack.
  const isLost = keys.includes(native.peerKey(key));
  const companions = isLost ? [] : sidecar.takeAlong(keys);
  const travelling = companions.filter((companion) => companion !== undefined);
  if (objects.length + others.length + travelling.length === 0) return 0;
  const transferList = [...others.filter((item) => !isGone(item)), ...travelling];
  try {
    return sidecar.send(isLost ? 0 : key, { objects, companions, listed: listedPorts(items) }, transferList);
  } catch (error) {
    keys.forEach((each, index) => sidecar.bring(each, companions[index]));
    throw objects.length === 1 ? blame(error, objects[0]) : error;
  }
}

/** @param {object} object */
const isGone = (object) => types.isArrayBuffer(object) && isDetached(object);

/**
 * The ports of a list that has native ones among them, in order: those, and the indices of ours.
 * @param {any[]} items
 */
function listedPorts(items) {
  if (!items.some((item) => item instanceof NodePort)) return [];
  let index = 0;
  return items.flatMap((item) => (ports.isPort(item) ? index++ : item instanceof NodePort ? item : []));
}

module.exports = { postWithTransfer, sendDraft };
