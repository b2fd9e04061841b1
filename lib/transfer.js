// Posts with a transfer list, or with what only V8 can move: clones, then sends the parcel ahead, then the message.
'use strict';

const { types } = require('node:util');
const { MessagePort: NodePort } = require('node:worker_threads');
const native = require('./native');
const oracle = require('./oracle');
const marks = require('./marks');
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
  // Node 20 passes over what is marked untransferable, as if it were not listed; later ones have refused it.
  const moved = items.filter((item) => !isMarked(item));
  const session = new Session(transferMap(moved));
  try {
    return sendDraft(port, native.draft(value, session), session, moved);
  } catch (error) {
    throw refusal(error, value, session);
  }
}

/**
 * What to throw for a value that was refused. What only V8 can move is shown to it when all else has been walked, so what
 * the walk has found may not be what Node would have found first.
 * @param {unknown} error that was thrown
 * @param {unknown} value
 * @param {Session | undefined} session in which the value was walked
 */
function refusal(error, value, session) {
  return located(session === undefined ? error : earliest(error, session), value);
}

/**
 * @param {unknown} error
 * @param {Session} session
 */
function earliest(error, session) {
  for (const object of session.objects) {
    if (session.transfer?.has(object)) continue;
    try {
      oracle.discard(object, []);
    } catch (refused) {
      return blame(refused, object);
    }
  }
  return error;
}

/** @param {any} item */
function isMarked(item) {
  return ports.isPort(item) ? marks.isUntransferable(item) : types.isArrayBuffer(item) && oracle.isUntransferable(item);
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
  // From a port that is posted to its own peer nothing arrives: it takes the channel along.
  const isLost = key === 0 || keys.includes(native.peerKey(key));
  const companions = isLost ? [] : sidecar.takeAlong(keys);
  const travelling = companions.filter((companion) => companion !== undefined);
  if (objects.length + others.length + travelling.length === 0) return 0;
  // The sidecars come last: if something before them cannot be moved after all, they have not been.
  const transferList = [...others.filter((item) => !isGone(item)), ...travelling];
  try {
    const number = sidecar.send(isLost ? 0 : key, { objects, companions, listed: listedPorts(items) }, transferList);
    if (isLost) keys.forEach(sidecar.close);
    return number;
  } catch (error) {
    keys.forEach((each, index) => sidecar.bring(each, companions[index]));
    throw error;
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

module.exports = { postWithTransfer, sendDraft, refusal };
