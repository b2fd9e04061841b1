// Posts with a transfer list, or with what only V8 can move: clones, then sends the parcel ahead, then the message.
'use strict';

const { types } = require('node:util');
const { MessagePort: NodePort } = require('./node-threads').original;
const native = require('./native');
const oracle = require('./oracle');
const marks = require('./marks');
const closing = require('./closing');
const lane = require('./lane');
const sidecar = require('./sidecar');
const { blame, located } = require('./culprit-path');
const Session = require('./codec/session');
const { INDEX } = require('./codec/session');
const { isDetached } = require('./codec/view');
const ports = require('./message-port');
const { transferListOf, checkTransferList, refusedBuffer } = require('./transfer-list');
const { isWhole, moveHere } = require('./whole');

const { tags } = native;

/** No outcome of native's. */
const REFUSED = -1;

/** @typedef {ReturnType<typeof ports.make>} Port */

/**
 * @param {any} port sending
 * @param {unknown} value
 * @param {any[]} items of the transfer list
 * @returns {boolean | undefined} as postMessage
 * @throws the running Node's error for what is wrong with list or value; nothing has changed then
 */
function postWithTransfer(port, value, items) {
  if (items.length === 1 && types.isArrayBuffer(items[0]) && isWhole(value, items[0])) {
    const outcome = postWhole(ports.sendingKey(port), value, items[0]);
    if (outcome !== REFUSED) return ports.sent(outcome);
  }
  checkTransferList(port, items);
  const key = ports.sendingKey(port);
  // Node 20 passes over what is marked untransferable, as if it were not listed: buffers when it gets the parcel.
  const moved = items.filter((item) => !(ports.isPort(item) && marks.isUntransferable(item)));
  const session = new Session(transferMap(moved));
  try {
    return sendDraft(port, key, native.draft(value, session), session, moved);
  } catch (error) {
    throw refusal(error, value, session, moved);
  }
}

/**
 * Posts a whole value.
 * @param {number} key of the sending endpoint; 0 if there is none
 * @param {unknown} value
 * @param {ArrayBuffer} buffer that is moved
 * @returns {number} one of `native.outcomes`; REFUSED if something is wrong: nothing has changed then, and what it is, and
 *   where in the value it stands, is found by going through everything
 */
function postWhole(key, value, buffer) {
  let parcel;
  try {
    const receiver = key === 0 ? 0 : native.peerKey(key);
    const moved = receiver === 0 ? undefined : moveHere(value, buffer);
    parcel =
      moved === undefined ? sidecar.sendWhole(key, value, [buffer]) : sidecar.keep(receiver, moved.value, moved.buffer);
  } catch {
    return REFUSED;
  }
  return lane.sendWhole(key, parcel);
}

/**
 * What to throw for a value that was refused. Some things only V8 finds, and they are shown to it when all else has been
 * walked, though Node would have found them first.
 * @param {unknown} error that was thrown
 * @param {unknown} value
 * @param {Session | undefined} session in which the value was walked
 * @param {any[]} items that were to be moved
 */
function refusal(error, value, session, items) {
  const earlier = refusedBuffer(items) ?? (session === undefined ? undefined : refusedObject(session));
  return located(earlier ?? error, value);
}

/** @param {Session} session */
function refusedObject({ objects, transfer }) {
  for (const object of objects) {
    if (transfer?.has(object)) continue;
    try {
      oracle.discard(object, []);
    } catch (error) {
      return blame(error, object);
    }
  }
  return undefined;
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
 * @param {number} key of its endpoint when it began; a getter may have closed the port meanwhile, or sent it away
 * @param {number} draft the message
 * @param {Session} session in which it was encoded
 * @param {any[]} items that are moved
 * @returns {boolean | undefined} as postMessage
 * @throws the running Node's error, if V8 refuses something in the parcel; nothing has changed then
 */
function sendDraft(port, key, draft, session, items) {
  const sender = ports.keyOf(port) === key ? key : 0;
  try {
    if (items.length === 0 && session.count === 1) {
      // All of the message is one object, and that is in the parcel.
      const number = sidecar.sendWhole(sender, session.objects[0], []);
      native.dropDraft(draft);
      return ports.sent(lane.sendWhole(sender, number));
    }
    if (items.length === 0) {
      // Not by what follows with empty lists: such a post took 5 to 15 % longer.
      const parcel = sidecar.send(sender, session.objects.map(present), [], [], []);
      return ports.sent(native.sendDraft(sender, draft, [], parcel));
    }
    const movedPorts = items.filter(ports.isPort);
    // A getter may have sent one of them elsewhere. Those that it closed still have their endpoints.
    for (const moved of movedPorts) if (ports.keyOf(moved) === 0) oracle.refusePort(moved, false);
    const keys = movedPorts.map(ports.keyOf);
    const parcel = sendParcel(sender, keys, session, items);
    for (const moved of movedPorts) {
      const closes = !ports.isOpen(moved);
      ports.leave(moved);
      if (!closes) closing.later(() => ports.emitClose(moved));
    }
    return ports.sent(native.sendDraft(sender, draft, keys, parcel));
  } catch (error) {
    native.dropDraft(draft);
    throw error;
  }
}

/**
 * @param {number} key of the sending endpoint; 0 if there is none any more
 * @param {number[]} keys of the endpoints that are moved
 * @param {Session} session
 * @param {any[]} items
 * @returns {number} the parcel's number, 0 if there was nothing to send
 */
function sendParcel(key, keys, session, items) {
  const others = items.filter((item) => !ports.isPort(item));
  // From a port that is posted to its own peer nothing arrives: it takes the channel along.
  const isLost = key === 0 || keys.includes(native.peerKey(key));
  const companions = isLost ? [] : sidecar.takeAlong(keys);
  const objects = session.objects.map(present);
  const leaving = others.filter((item) => !isGone(item));
  for (;;) {
    const transferList = [...leaving, ...sidecar.transfersOf(companions)];
    if (objects.length + others.length + transferList.length === 0) return 0;
    try {
      // The sidecars come last: if something before them cannot be moved after all, they have not been.
      const number = sidecar.send(isLost ? 0 : key, objects, companions, listedPorts(items), transferList);
      if (isLost) keys.forEach(sidecar.close);
      return number;
    } catch (error) {
      if (sidecar.shed(companions)) continue;
      keys.forEach((each, index) => sidecar.bring(each, companions[index]));
      throw error;
    }
  }
}

/**
 * What goes into the parcel for an object. A getter may have detached a buffer after it was visited: it arrives empty.
 * @param {object} object
 */
const present = (object) => (isGone(object) ? new ArrayBuffer(0) : object);

/** @param {unknown} object */
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

module.exports = { transferListOf, postWithTransfer, sendDraft, refusal };
