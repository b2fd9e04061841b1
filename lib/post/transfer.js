// Posts with a transfer list, or with what only V8 can move: clones, then sends the parcel ahead, then the message.
'use strict';

const { types } = require('node:util');
const native = require('../native/native');
const oracle = require('../runtime/oracle');
const lane = require('../lane/lane');
const marks = require('../node/marks');
const sidecar = require('../channel/sidecar');
const { blame, located, tracedFrom } = require('../objects/culprit-path');
const Session = require('../codec/message/session');
const { INDEX } = require('../codec/message/session');
const { cells, places } = require('../native/block');
const ports = require('../port/port');
const { sent } = require('./outcome');
const { transferListOf, checkTransferList, isMarked, refusedBuffer } = require('./transfer-list');
const { Shipment, presents } = require('./shipment');
const { own, ownerOf } = require('../copies/own');
const { isWhole, moveHere } = require('./whole');
const { byteLength } = require('../runtime/view');
const { Map, mapHas, mapSet } = require('../language/intrinsics');

const { tags } = native;
const { LENGTH, OTHER_KEY, WEIGHT } = places;

/** No outcome of native's. */
const REFUSED = -1;

/**
 * @param {any} port sending
 * @param {unknown} value
 * @param {any[]} items of the transfer list
 * @param {Function} entrance what the program has called: the stack of errors begins there
 * @param {boolean} [isOrder] whether the message, with something of Node's in the list, is for ferroport itself at the other end
 * @returns {boolean | undefined} as postMessage
 * @throws the running Node's error for what is wrong with list or value; nothing has changed then
 */
function postWithTransfer(port, value, items, entrance, isOrder = false) {
  if (items.length === 1 && types.isArrayBuffer(items[0]) && isWhole(value, items[0])) {
    const key = ports.sendingKey(port);
    const outcome = postWhole(key, value, items[0]);
    if (outcome !== REFUSED) return sent(outcome, key);
  }
  if (items.length === 1 && !isOrder && isMovable(port, items[0])) {
    const key = ports.sendingKey(port);
    const outcome = postWithPort(port, key, value, items[0], entrance);
    if (outcome !== REFUSED) return sent(outcome, key);
  }
  try {
    checkTransferList(port, items);
  } catch (error) {
    throw tracedFrom(error, entrance);
  }
  const key = ports.sendingKey(port);
  // Node 20 passes over what is marked untransferable, as if it were not listed: buffers when it gets the parcel.
  /** @type {any[]} */
  const moved = [];
  for (let i = 0; i < items.length; i++) if (!isMarkedPort(items[i])) moved[moved.length] = items[i];
  const session = new Session(transferMap(moved));
  /** @type {InstanceType<typeof Shipment> | undefined} */
  let shipment;
  try {
    const outcome = native.postListed(key, value, session, (number) => {
      shipment = new Shipment(port, key, session, moved, isOrder);
      return shipment.load(number);
    });
    shipment?.depart();
    return sent(outcome, key);
  } catch (error) {
    throw refusal(error, value, session, moved, entrance);
  }
}

/**
 * Whether an item of a list is a port of this copy that can be moved, as far as can be seen.
 * @param {any} port sending
 * @param {any} item
 */
const isMovable = (port, item) =>
  ports.isPort(item) && item !== port && ports.isOpen(item) && !marks.isUntransferable(item);

/**
 * Posts a value with one port, of this copy, that is moved: by the fast lane.
 * @param {any} port sending
 * @param {number} key of its endpoint; 0 if there is none
 * @param {unknown} value
 * @param {any} moved
 * @param {Function} entrance
 * @returns {number} one of `native.outcomes`; REFUSED if there is no fast lane for it: nothing of the value has been read then
 * @throws as `postWithTransfer`
 */
function postWithPort(port, key, value, moved, entrance) {
  /** @type {Session | null | undefined} */
  let session;
  try {
    session = lane.writeWithPort(value, moved);
    if (session === undefined) return REFUSED;
    if (session === null && key !== 0 && ports.keyOf(port) === key) {
      const outcome = ports.isFresh(moved) ? sendFresh(key, moved) : sendAlone(key, moved);
      if (outcome !== REFUSED) {
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
      return shipment.load(number);
    });
    shipment?.depart();
    return outcome;
  } catch (error) {
    throw refusal(error, value, session ?? lane.takeRefused(), [moved], entrance);
  }
}

/**
 * Sends the message that the fast lane has written with a port's endpoint and nothing else.
 * @param {number} key of the sending endpoint
 * @param {any} moved
 * @returns {number} one of `native.outcomes`; REFUSED if something else has to go along, or the port has closed: nothing has been done
 *   then
 */
function sendAlone(key, moved) {
  if (!ports.isOpen(moved)) return REFUSED;
  const movedKey = ports.keyOf(moved);
  return sidecar.goesAlone(movedKey, key) ? native.sendPort(key, movedKey) : REFUSED;
}

/**
 * As `sendAlone`, for a port on whose channel nothing has happened.
 * @param {number} key
 * @param {any} moved
 */
function sendFresh(key, moved) {
  if (!sidecar.canCarry(key)) return REFUSED;
  const peerKey = ports.beginLeaving(moved);
  try {
    sidecar.follow(peerKey, key);
    return native.sendPort(key, ports.keyOf(moved));
  } catch (error) {
    ports.stay(moved);
    throw error;
  }
}

/** @param {any} item */
function isMarkedPort(item) {
  const owner = ownerOf(item);
  return owner !== undefined && isMarked(owner, item);
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
  try {
    native.beginKept(key);
    const number = cells[OTHER_KEY];
    const receiver = cells[LENGTH];
    const weight = byteLength(buffer);
    const moved = receiver === 0 ? undefined : moveHere(value, buffer);
    if (moved === undefined) return native.sendWhole(key, (other) => sidecar.sendWhole(key, other, value, [buffer]));
    sidecar.keep(receiver, number, moved.value, moved.buffer);
    cells[WEIGHT] = weight;
    return native.sendKept(key, number);
  } catch {
    return REFUSED;
  }
}

/**
 * What to throw for a value that was refused. Some things only V8 finds, and they are shown to it when all else has been
 * walked, though Node would have found them first.
 * @param {unknown} error that was thrown
 * @param {unknown} value
 * @param {Session | undefined} session in which the value was walked
 * @param {any[]} items that were to be moved
 * @param {Function} entrance what the program has called
 */
function refusal(error, value, session, items, entrance) {
  lane.abandon();
  const earlier = refusedBuffer(items) ?? (session === undefined ? undefined : refusedObject(session));
  return located(earlier ?? error, value, entrance);
}

/** @param {Session} session */
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
 * What the encoder writes for the objects that are moved.
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
 * Sends the message that the lane has written, with what goes along.
 * @param {any} port sending
 * @param {number} key of its endpoint when it began
 * @param {Session} session in which the message was written
 * @returns {boolean | undefined} as postMessage
 * @throws the running Node's error, if V8 refuses something in the parcel; nothing has changed then
 */
function sendBeside(port, key, session) {
  return sent(
    native.sendBeside(key, (number) => load(port, key, session, number)),
    key,
  );
}

/**
 * Sends ahead of a message what only V8 can move, where nothing is listed. From the parcel's departure on nothing fails.
 * @param {any} port sending
 * @param {number} key of its endpoint when it began; a getter may have closed the port meanwhile, or sent it away
 * @param {Session} session in which the message was written
 * @param {number} number of the parcel
 * @returns {true | undefined} what src/node/post.rs asks for
 */
function load(port, key, session, number) {
  const sender = ports.keyOf(port) === key ? key : 0;
  const { objects, copies } = session;
  if (copies.length > 0) {
    sidecar.send(sender, number, presents(objects), [], [], copies);
  } else if (session.count === 1) {
    // All of the message is one object, and that is in the parcel.
    sidecar.sendWhole(sender, number, objects[0], []);
    return undefined;
  } else {
    sidecar.send(sender, number, presents(objects), [], [], []);
  }
  return true;
}

module.exports = { transferListOf, postWithTransfer, sendBeside, load, refusal };
