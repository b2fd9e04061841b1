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
const { cells, places } = require('./codec/block');
const { isDetached } = require('./codec/view');
const ports = require('./message-port');
const { transferListOf, checkTransferList, refusedBuffer } = require('./transfer-list');
const { isWhole, moveHere } = require('./whole');

const { tags } = native;
const { LENGTH, OTHER_KEY } = places;

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
  /** @type {Shipment | undefined} */
  let shipment;
  try {
    const outcome = native.postListed(key, value, session, (number) => {
      shipment = new Shipment(port, key, session, moved);
      return shipment.load(number);
    });
    shipment?.depart();
    return ports.sent(outcome);
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
  try {
    native.beginKept(key);
    const number = cells[OTHER_KEY];
    const receiver = cells[LENGTH];
    const moved = receiver === 0 ? undefined : moveHere(value, buffer);
    if (moved === undefined) return native.sendWhole(key, (other) => sidecar.sendWhole(key, other, value, [buffer]));
    sidecar.keep(receiver, number, moved.value, moved.buffer);
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
 */
function refusal(error, value, session, items) {
  lane.abandon();
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
 * Sends the message that the lane has written, with what goes along.
 * @param {any} port sending
 * @param {number} key of its endpoint when it began
 * @param {Session} session in which the message was written
 * @returns {boolean | undefined} as postMessage
 * @throws the running Node's error, if V8 refuses something in the parcel; nothing has changed then
 */
function sendBeside(port, key, session) {
  return ports.sent(native.sendBeside(key, (number) => load(port, key, session, number)));
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

/**
 * What goes along with one message, where something is listed. Programs may patch what arrays have: from where the list has been
 * checked on nothing of that is used.
 */
class Shipment {
  #key;
  #session;
  #items;
  /**
   * The listed ports, in order.
   * @type {Port[]}
   */
  #ports = [];
  /**
   * The keys of their endpoints.
   * @type {number[]}
   */
  #keys = [];
  /**
   * Those of the ports that are not closing: 'close' comes on each because it was sent away.
   * @type {Port[]}
   */
  #open = [];
  /** Whether nobody gets the message. */
  #isLost;

  /**
   * @param {any} port sending
   * @param {number} key of its endpoint when it began; a getter may have closed the port meanwhile, or sent it away
   * @param {Session} session in which the message was written
   * @param {any[]} items that are moved
   */
  constructor(port, key, session, items) {
    this.#key = ports.keyOf(port) === key ? key : 0;
    this.#session = session;
    this.#items = items;
    // From a port that is posted to its own peer nothing arrives: it takes the channel along.
    const peer = native.peerKey(this.#key);
    this.#isLost = this.#key === 0;
    for (let i = 0; i < items.length; i++) {
      const moved = items[i];
      if (!ports.isPort(moved)) continue;
      const its = ports.keyOf(moved);
      // A getter may have sent it elsewhere. Those that it closed still have their endpoints.
      if (its === 0) oracle.refusePort(moved, false);
      if (its === peer) this.#isLost = true;
      this.#ports[this.#ports.length] = moved;
      this.#keys[this.#keys.length] = its;
      if (ports.isOpen(moved)) this.#open[this.#open.length] = moved;
    }
  }

  /**
   * Sends the parcel.
   * @param {number} number
   * @returns {(boolean | number)[]} what src/node/post.rs asks for
   * @throws the running Node's error, if V8 refuses something; nothing has changed then
   */
  load(number) {
    const leaving = this.#leaving();
    const companions = this.#isLost ? [] : sidecar.companionsOf(this.#keys);
    const objects = presents(this.#session.objects);
    const listed = listedPorts(this.#items);
    for (;;) {
      const transferList = both(leaving, sidecar.transfersOf(companions));
      const isEmpty = objects.length + transferList.length === 0 && this.#ports.length === this.#items.length;
      const shipped = both(/** @type {(boolean | number)[]} */ ([!isEmpty]), this.#keys);
      if (isEmpty) return shipped;
      try {
        // The sidecars come last: if something before them cannot be moved after all, they have not been.
        sidecar.send(this.#isLost ? 0 : this.#key, number, objects, companions, listed, transferList);
        return shipped;
      } catch (error) {
        if (sidecar.shed(companions)) continue;
        sidecar.stay(this.#keys, companions);
        throw error;
      }
    }
  }

  /** What is listed besides our ports, as far as it can still be moved. */
  #leaving() {
    /** @type {any[]} */
    const leaving = [];
    let hasHosts = false;
    for (let i = 0; i < this.#items.length; i++) {
      const item = this.#items[i];
      if (ports.isPort(item) || isGone(item)) continue;
      leaving[leaving.length] = item;
      hasHosts ||= !types.isArrayBuffer(item);
    }
    // Node detaches the buffers of a list before it finds that its stack is full.
    if (hasHosts) native.reserveDeepStack();
    return leaving;
  }

  /** The message has been sent: the listed ports have left this thread, or were lost. */
  depart() {
    if (!this.#isLost) sidecar.depart(this.#keys);
    for (let i = 0; i < this.#ports.length; i++) {
      // Who is lost has not taken a sidecar along.
      if (this.#isLost) sidecar.close(this.#keys[i]);
      ports.leave(this.#ports[i]);
    }
    for (let i = 0; i < this.#open.length; i++) closing.later(() => ports.emitClose(this.#open[i]));
  }
}

/**
 * @template T
 * @param {T[]} list
 * @param {T[]} other
 * @returns {T[]} the items of both
 */
function both(list, other) {
  const items = [];
  for (let i = 0; i < list.length; i++) items[i] = list[i];
  for (let i = 0; i < other.length; i++) items[items.length] = other[i];
  return items;
}

/**
 * What goes into the parcel for an object. A getter may have detached a buffer after it was visited: it arrives empty.
 * @param {object} object
 */
const present = (object) => (isGone(object) ? new ArrayBuffer(0) : object);

/** @param {object[]} objects */
function presents(objects) {
  const list = [];
  for (let i = 0; i < objects.length; i++) list[i] = present(objects[i]);
  return list;
}

/** @param {unknown} object */
const isGone = (object) => types.isArrayBuffer(object) && isDetached(object);

/**
 * The ports of a list that has native ones among them, in order: those, and the indices of ours.
 * @param {any[]} items
 */
function listedPorts(items) {
  /** @type {unknown[]} */
  const listed = [];
  let hasNative = false;
  let index = 0;
  for (let i = 0; i < items.length; i++) {
    const isNative = items[i] instanceof NodePort;
    hasNative ||= isNative;
    if (isNative) listed[listed.length] = items[i];
    else if (ports.isPort(items[i])) listed[listed.length] = index++;
  }
  return hasNative ? listed : [];
}

module.exports = { transferListOf, postWithTransfer, sendBeside, load, refusal };
