// Posts a message with a transfer list, or with objects that only V8 can move. The value is cloned first, then the parcel is
// sent ahead, and then the message is sent.
'use strict';

const { types } = require('node:util');
const native = require('../native/native');
const oracle = require('../runtime/oracle');
const lane = require('../lane/lane');
const marks = require('../node/marks');
const sidecar = require('../channel/sidecar');
const { blame, located, tracedFrom } = require('../objects/culprit-path');
const Refused = require('../codec/message/refused');
const Session = require('../codec/message/session');
const { INDEX } = require('../codec/message/session');
const { cells, places } = require('../native/block');
const ports = require('../port/port');
const { sent } = require('./outcome');
const { transferListOf, checkTransferList, isMarked, refusedBuffer } = require('./transfer-list');
const { Shipment, presents } = require('./shipment');
const { own, ownerOf } = require('../copies/own');
const { sendAlong } = require('../channel/signals');
const { isWhole, moveHere } = require('./whole');
const { byteLength } = require('../runtime/view');
const { Map, mapHas, mapSet } = require('../language/intrinsics');
const { lazy } = require('../language/lazy');
const { refusalToNative } = require('../objects/refusals');

const { tags } = native;
const { LINKED } = native.limits;
const { BARS, LENGTH, OTHER_KEY, WEIGHT } = places;

/** Loaded when first needed: few programs have an addon at the other end. */
const handing = lazy(() => require('./hand-over'));

/** Says that nothing was done. None of `native.outcomes` has this value. */
const UNDONE = -1;

/**
 * Posts a message with a transfer list.
 * @param {any} port sending
 * @param {unknown} value
 * @param {any[]} items of the transfer list
 * @param {Function} entrance the function that the program has called, at which the stack of errors begins
 * @param {boolean} [isOrder] whether the message is for ferroport itself at the other end; the list has an object of Node's then
 * @returns {boolean | undefined} as postMessage
 * @throws the running Node's error for a fault in list or value; nothing has changed then
 */
function postWithTransfer(port, value, items, entrance, isOrder = false) {
  if (items.length === 1 && types.isArrayBuffer(items[0]) && isWhole(value, items[0])) {
    const key = ports.sendingKey(port);
    const outcome = postWhole(key, value, items[0]);
    if (outcome !== UNDONE) return sent(outcome, key);
  }
  if (items.length === 1 && !isOrder && isMovable(port, items[0])) {
    const key = ports.sendingKey(port);
    const outcome = postWithPort(port, key, value, items[0], entrance);
    if (outcome !== UNDONE) return sent(outcome, key);
  }
  const sender = ports.sendingKey(port);
  if (native.bars(sender) !== 0) {
    const located = (/** @type {unknown} */ error, /** @type {Session} */ session) =>
      refusal(error, value, session, [], entrance);
    return handing().postToNative(port, sender, value, items, entrance, located);
  }
  try {
    checkTransferList(port, items);
  } catch (error) {
    throw tracedFrom(error, entrance);
  }
  const key = ports.sendingKey(port);
  // Node 20 treats a port that is marked untransferable as if it were not listed. With buffers Node does so when it gets the parcel.
  /** @type {any[]} */
  const moved = [];
  for (let i = 0; i < items.length; i++) if (!isMarkedPort(items[i])) moved[moved.length] = items[i];
  const session = new Session(transferMap(moved));
  /** @type {InstanceType<typeof Shipment> | undefined} */
  let shipment;
  try {
    const outcome = native.postListed(key, value, session, (number) => {
      shipment = new Shipment(port, key, session, moved, isOrder);
      return shipment.sendAhead(number);
    });
    shipment?.depart();
    return sent(outcome, key);
  } catch (error) {
    throw refusal(error, value, session, moved, entrance);
  }
}

/**
 * Whether an item of a list is a port of this copy, and nothing is seen that forbids to move it.
 * @param {any} port sending
 * @param {any} item
 */
const isMovable = (port, item) =>
  ports.isPort(item) && item !== port && ports.isOpen(item) && !marks.isUntransferable(item);

/**
 * Posts a value by the fast lane, and moves one port of this copy with it.
 * @param {any} port sending
 * @param {number} key of the sending port's endpoint; 0 if there is none
 * @param {unknown} value
 * @param {any} moved the port that moves
 * @param {Function} entrance
 * @returns {number} one of `native.outcomes`; UNDONE if the message cannot take the fast lane. Nothing of the value has been
 *   read then
 * @throws as `postWithTransfer`
 */
function postWithPort(port, key, value, moved, entrance) {
  /** @type {Session | Refused | null | undefined} */
  let session;
  try {
    session = lane.writeWithPort(value, moved);
    if (session === undefined) return UNDONE;
    if (session !== null && Refused.is(session)) throw session.error;
    if (session === null && key !== 0 && ports.keyOf(port) === key) {
      const outcome = ports.isFresh(moved) ? sendFresh(key, moved) : sendAlone(key, moved);
      if (outcome !== UNDONE) {
        ports.leave(moved);
        own.tellClosed(moved);
        return outcome;
      }
    }
    const items = [moved];
    const beside = session ?? new Session(null);
    /** @type {InstanceType<typeof Shipment> | undefined} */
    let shipment;
    const outcome = native.sendBeside(key, (number) => {
      shipment = new Shipment(port, key, beside, items, false);
      return shipment.sendAhead(number);
    });
    shipment?.depart();
    return outcome;
  } catch (error) {
    throw refusal(error, value, session, [moved], entrance);
  }
}

/**
 * Sends the message that the fast lane has written, with a port's endpoint and nothing else.
 * @param {number} key of the sending endpoint
 * @param {any} moved the port
 * @returns {number} one of `native.outcomes`; UNDONE if something else has to go along, or if the port has closed. Nothing has
 *   been done then
 */
function sendAlone(key, moved) {
  if (!ports.isOpen(moved)) return UNDONE;
  const movedKey = ports.keyOf(moved);
  return sidecar.goesAlone(movedKey, key) ? native.sendPort(key, movedKey) : UNDONE;
}

/**
 * As `sendAlone`, for a port whose channel has not been used.
 * @param {number} key of the sending endpoint
 * @param {any} moved the port
 */
function sendFresh(key, moved) {
  if (!sidecar.canCarry(key)) return UNDONE;
  const peerKey = ports.beginLeaving(moved);
  try {
    sidecar.follow(peerKey, key);
    return native.sendPort(key, ports.keyOf(moved));
  } catch (error) {
    ports.stay(moved);
    throw error;
  }
}

/**
 * Whether an item of a list is a port of ferroport that is marked untransferable.
 * @param {any} item
 */
function isMarkedPort(item) {
  const owner = ownerOf(item);
  return owner !== undefined && isMarked(owner, item);
}

/**
 * Posts a whole value.
 * @param {number} key of the sending endpoint; 0 if there is none
 * @param {unknown} value
 * @param {ArrayBuffer} buffer the one object of the transfer list
 * @returns {number} one of `native.outcomes`; UNDONE if something is refused. Nothing has changed then. The error, and the
 *   place of the culprit in the value, are found by posting in the other way
 */
function postWhole(key, value, buffer) {
  try {
    native.beginKept(key);
    const number = cells[OTHER_KEY];
    if (cells[BARS] !== 0) return UNDONE;
    const receiver = cells[LENGTH];
    const weight = byteLength(buffer);
    const moved = receiver === 0 ? undefined : moveHere(value, buffer);
    if (moved === undefined) return native.sendWhole(key, (other) => sidecar.sendWhole(key, other, value, [buffer]));
    sidecar.keep(receiver, number, moved.value, moved.buffer);
    cells[WEIGHT] = weight;
    return native.sendKept(key, number);
  } catch {
    return UNDONE;
  }
}

/**
 * What to throw for a value that was refused. Some objects only V8 can judge, and V8 is asked about them last. Node would have come to
 * them first, so an error of theirs takes precedence.
 * @param {unknown} error that was thrown
 * @param {unknown} value
 * @param {Session | Refused | null | undefined} session in which the value was walked, or the refusal with which writing ended
 * @param {any[]} items that were to be moved
 * @param {Function} entrance the function that the program has called
 */
function refusal(error, value, session, items, entrance) {
  // A message that the fast lane has refused is given up already.
  const isRefused = session && Refused.is(session);
  if (!isRefused) lane.abandon();
  const walked = isRefused ? session.session : session;
  const earlier = refusedBuffer(items) ?? (walked ? refusedObject(walked) : undefined);
  return located(earlier ?? error, value, entrance);
}

/**
 * The error for the first object of the parcel that Node refuses.
 * @param {Session} session
 */
function refusedObject({ objects, transfer }) {
  for (let i = 0; i < objects.length; i++) {
    const object = objects[i];
    if (transfer !== null && mapHas(transfer, object)) continue;
    try {
      oracle.discard(object, []);
    } catch (error) {
      return blame(error, object);
    }
  }
  return undefined;
}

/**
 * The words that the encoder writes for the objects that are moved.
 * @param {any[]} items
 */
function transferMap(items) {
  /** @type {Map<object, number>} */
  const map = new Map();
  let index = 0;
  for (let i = 0; i < items.length; i++) {
    mapSet(map, items[i], ownerOf(items[i]) !== undefined ? tags.PORT + index++ * INDEX : tags.SIDECAR);
  }
  return map;
}

/**
 * Sends the parcel ahead of a message without a transfer list. Nothing fails once the parcel has been sent.
 * @param {any} port sending
 * @param {number} key of the port's endpoint when posting began; a getter may have closed the port since, or sent it away
 * @param {Session} session in which the message was written
 * @param {number} number of the parcel
 * @returns {any} what src/node/post.rs wants: undefined if the parcel is the whole message
 */
function sendAhead(port, key, session, number) {
  const sender = ports.keyOf(port) === key ? key : 0;
  const { objects, copies, signals } = session;
  if (objects.length === 0) {
    if (cells[BARS] === LINKED) throw refusalToNative(signals[0], true);
    sendAlong(signals);
    return [false];
  }
  if (cells[BARS] !== 0) throw refusalToNative(objects[0], cells[BARS] === LINKED);
  if (copies.length > 0) {
    sidecar.send(sender, number, presents(objects), [], [], copies);
  } else if (session.count === 1) {
    // The whole message is one object, which is in the parcel.
    sidecar.sendWhole(sender, number, objects[0], []);
    return undefined;
  } else {
    sidecar.send(sender, number, presents(objects), [], [], []);
  }
  sendAlong(signals);
  return true;
}

module.exports = { transferListOf, postWithTransfer, sendAhead, refusal };
