// What goes along with a message that has a transfer list: its parcel, and the endpoints of the listed ports.
'use strict';

const { types } = require('node:util');
const { MessagePort: NodePort } = require('../node/threads').original;
const native = require('../native/native');
const { cells, places } = require('../native/block');
const refusals = require('../objects/refusals');
const sidecar = require('../channel/sidecar');
const { sendAlong } = require('../channel/signals');
const { inherits } = require('../language/intrinsics');
const { isDetached } = require('../runtime/view');
const ports = require('../port/port');
const { own, ownerOf } = require('../copies/own');
const { lazy } = require('../language/lazy');

const { LINKED } = native.limits;
const { BARS } = places;

/** Loaded when first needed: few programs have such channels. */
const handing = lazy(() => require('./hand-over'));

/** @typedef {ReturnType<typeof ports.make>} Port */
/** @typedef {import('../copies/others').Copy} Copy */
/** @typedef {import('../channel/sidecar').Companions} Companions */

/**
 * A copy of ferroport whose endpoints leave.
 * @typedef {object} Party
 * @property {Copy} copy
 * @property {number[]} keys of the copy's endpoints at their places, 0 at the places of others'
 */

/**
 * A shipment of one message. From where the transfer list has been checked on, nothing of arrays is used that programs
 * may patch.
 */
class Shipment {
  #key;
  #session;
  #items;
  /**
   * The listed ports, in order, and the copy of ferroport to which each belongs.
   * @type {{ port: any, owner: Copy }[]}
   */
  #ports = [];
  /**
   * The copies of ferroport that own these ports; this copy comes first.
   * @type {Party[]}
   */
  #parties = [{ copy: own, keys: [] }];
  /**
   * The keys of the endpoints, in the form that src/node/post.rs wants.
   * @type {number[]}
   */
  #keys = [];
  /**
   * Those of the listed ports that are not closing. Each of them emits 'close', because it was sent away.
   * @type {{ port: any, owner: Copy }[]}
   */
  #open = [];
  /**
   * Listed ports whose endpoints belong to another library. A new port of this copy takes the place of each. The new
   * port's peer, `near`, is connected with the listed port once the message has left.
   * @type {{ port: any, owner: Copy, near: Port }[]}
   */
  #served = [];
  /** Whether nobody gets the message: a port in it takes the channel along. */
  #isLost;
  #isOrder;

  /**
   * @param {any} port sending
   * @param {number} key of the port's endpoint when posting began; a getter may have closed or sent the port since
   * @param {import('../codec/message/session')} session in which the message was written
   * @param {any[]} items the listed objects that move
   * @param {boolean} isOrder whether the message is for ferroport itself at the other end
   */
  constructor(port, key, session, items, isOrder) {
    this.#key = ports.keyOf(port) === key ? key : 0;
    this.#session = session;
    this.#items = items;
    this.#isOrder = isOrder;
    this.#isLost = this.#key === 0;
    for (let i = 0; i < items.length; i++) {
      const owner = ownerOf(items[i]);
      if (owner === undefined) continue;
      // A getter may have sent the listed port elsewhere. A port that a getter has closed still has its endpoint.
      if (owner.keyOf(items[i]) === 0) refusals.refusePort(items[i], false);
      if (owner.library === own.library) this.#add(items[i], owner);
      else this.#serve(items[i], owner);
    }
  }

  /**
   * @param {any} port
   * @param {Copy} owner
   */
  #add(port, owner) {
    const key = owner.keyOf(port);
    // A port that is posted to its own peer takes the channel along, so nothing arrives.
    if (native.isPeer(this.#key, owner.number, key)) this.#isLost = true;
    if (owner !== own) this.#keys[this.#keys.length] = -owner.number;
    this.#keys[this.#keys.length] = key;
    const place = this.#ports.length;
    const parties = this.#parties;
    let isKnown = false;
    for (let i = 0; i < parties.length; i++) {
      const isIts = parties[i].copy === owner;
      parties[i].keys[place] = isIts ? key : 0;
      isKnown ||= isIts;
    }
    if (!isKnown) {
      const keys = [];
      for (let i = 0; i < place; i++) keys[i] = 0;
      keys[place] = key;
      parties[parties.length] = { copy: owner, keys };
    }
    this.#ports[place] = { port, owner };
    if (owner.isOpen(port)) this.#open[this.#open.length] = this.#ports[place];
  }

  /**
   * @param {any} port
   * @param {Copy} owner
   */
  #serve(port, owner) {
    const pair = ports.makePair();
    this.#served[this.#served.length] = { port, owner, near: pair[0] };
    this.#add(pair[1], own);
  }

  /**
   * Sends the parcel ahead of the message.
   * @param {number} number of the parcel
   * @returns {(boolean | number)[]} the list that src/node/post.rs wants
   * @throws the running Node's error, if V8 refuses something; nothing has changed then
   */
  sendAhead(number) {
    if (cells[BARS] !== 0) return handing().shipToNative(this.#session, this.#items, cells[BARS] === LINKED, []);
    const leaving = this.#leaving();
    for (let i = 0; i < this.#served.length; i++) this.#served[i].owner.reserve();
    const companions = this.#isLost ? [] : this.#companions();
    const objects = presents(this.#session.objects);
    const listed = listedPorts(this.#items);
    for (;;) {
      const transferList = both(leaving, sidecar.transfersOf(companions));
      const isEmpty = objects.length + transferList.length === 0 && this.#ports.length === this.#items.length;
      // Only companions: where the message leaves the process, the parcel is of no use.
      const isLight =
        objects.length + leaving.length + this.#served.length === 0 && this.#ports.length === this.#items.length;
      const shipped = both(/** @type {(boolean | number)[]} */ ([isEmpty ? false : isLight ? 1 : true]), this.#keys);
      if (isEmpty) {
        sendAlong(this.#session.signals);
        return shipped;
      }
      try {
        // The sidecars stand last in the list: if V8 or Node refuses something before them, they have not moved.
        sidecar.send(this.#isLost ? 0 : this.#key, number, objects, companions, listed, transferList, this.#isOrder);
        sendAlong(this.#session.signals);
        return shipped;
      } catch (error) {
        if (sidecar.shed(companions)) continue;
        for (let i = 0; i < this.#parties.length; i++) {
          const { copy, keys } = this.#parties[i];
          copy.stay(keys, companions);
        }
        throw error;
      }
    }
  }

  /** @returns {Companions} those of all the ports */
  #companions() {
    const companions = sidecar.companionsOf(this.#parties[0].keys, this.#key);
    for (let i = 1; i < this.#parties.length; i++) {
      const { copy, keys } = this.#parties[i];
      const its = copy.companionsOf(keys);
      for (let j = 0; j < keys.length; j++) if (keys[j] !== 0) companions[j] = its[j];
    }
    return companions;
  }

  /** The listed objects that are no ports of ferroport's, without those that cannot be moved any more. */
  #leaving() {
    /** @type {any[]} */
    const leaving = [];
    let hasHosts = false;
    for (let i = 0; i < this.#items.length; i++) {
      const item = this.#items[i];
      if (isGone(item) || ownerOf(item) !== undefined) continue;
      leaving[leaving.length] = item;
      hasHosts ||= !types.isArrayBuffer(item);
    }
    // Node detaches the buffers of a list before it finds its stack full, so enough stack is reserved here.
    if (hasHosts) native.reserveDeepStack();
    return leaving;
  }

  /** To be called when the message has been sent: the listed ports have left this thread, or were lost. */
  depart() {
    for (let i = 0; i < this.#parties.length; i++) {
      const { copy, keys } = this.#parties[i];
      // Lost endpoints have not taken their sidecars along.
      if (this.#isLost) copy.lose(keys);
      else copy.depart(keys);
    }
    for (let i = 0; i < this.#ports.length; i++) this.#ports[i].owner.leave(this.#ports[i].port);
    for (let i = 0; i < this.#open.length; i++) this.#open[i].owner.tellClosed(this.#open[i].port);
    for (let i = 0; i < this.#served.length; i++) {
      this.#served[i].owner.serve(this.#served[i].port, this.#served[i].near);
    }
  }
}

/**
 * @template T
 * @param {T[]} list
 * @param {T[]} other
 * @returns {T[]} the items of both lists
 */
function both(list, other) {
  const items = [];
  for (let i = 0; i < list.length; i++) items[i] = list[i];
  for (let i = 0; i < other.length; i++) items[items.length] = other[i];
  return items;
}

/**
 * What goes into the parcel for an object. A getter may have detached a buffer after the buffer was visited; an empty
 * one goes then.
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
 * The listed ports in order, if native ones are among them: those, and the indices of ferroport's.
 * @param {any[]} items
 */
function listedPorts(items) {
  /** @type {unknown[]} */
  const listed = [];
  let hasNative = false;
  let index = 0;
  for (let i = 0; i < items.length; i++) {
    const isNative = inherits(items[i], NodePort.prototype);
    hasNative ||= isNative;
    if (isNative) listed[listed.length] = items[i];
    else if (ownerOf(items[i]) !== undefined) listed[listed.length] = index++;
  }
  return hasNative ? listed : [];
}

module.exports = { Shipment, presents };
