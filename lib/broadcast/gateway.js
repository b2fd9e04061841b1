// Gateways: BroadcastChannels of Node's own, over which the parcels of broadcast messages go between threads.
'use strict';

const { BroadcastChannel, receiveMessageOnPort } = require('../node/threads').original;
const { types } = require('node:util');
const { Map, bareList, mapDelete, mapForEach, mapGet, mapHas, mapSet, mapSize } = require('../language/intrinsics');
const { lazy } = require('../language/lazy');
const { stringIndexOf, stringSlice, toWellFormed } = require('../language/intrinsics');
const native = require('../native/native');
const oracle = require('../runtime/oracle');
const sidecar = require('../channel/sidecar');
const { sendAlong } = require('../channel/signals');
const { cells, places } = require('../native/block');

const { KEY, LENGTH, OFFSET, OTHER_KEY } = places;

/**
 * What goes ahead of a message to other threads: the parcel's number; the seat of the youngest member that the message
 * is for; the objects, to which the message refers by their index.
 * @typedef {[number, number, unknown[]]} Parcel
 */

/** @typedef {{ objects: unknown[], left: number }} Share the objects of a parcel, and how many members have not taken them */

/** @typedef {{ seat: number, parcels: Map<number, Share> }} Member its seat, and the parcels that have come for it, by number */

/**
 * A thread's gateway for one name: a native channel, which all of this thread's members of that name share.
 *
 * The gateway is made before the first of these members joins. Whoever sends a parcel cannot know of a member whose
 * thread has no gateway. So a parcel that is sent after its message's audience has been settled reaches the whole
 * audience.
 */
class Gateway {
  /** @type {Map<number, Member>} by key */
  members = new Map();
  #channel;

  /** @param {string} name */
  constructor(name) {
    this.name = name;
    this.#channel = new BroadcastChannel(`ferroport ${secret()} ${name}`);
    // This receives parcels for which no member has asked yet. A parcel that V8 cannot read counts as one that has not
    // come.
    this.#channel.onmessage = ({ data }) => this.#give(data);
    /** @type {any} */ (this.#channel).unref?.();
  }

  /** @param {number} key of a member that has closed */
  leave(key) {
    mapDelete(this.members, key);
    if (mapSize(this.members) > 0) return;
    mapDelete(gateways, this.name);
    this.#channel.close();
  }

  /**
   * Takes the objects that belong to a message.
   * @param {number} key of the receiving member
   * @param {number} number of the parcel
   * @throws what went wrong when V8 read it
   */
  take(key, number) {
    /** @type {Member | undefined} */
    const member = mapGet(this.members, key);
    /** @type {unknown} */
    let failure;
    while (member !== undefined && !mapHas(member.parcels, number)) {
      try {
        const received = receiveMessageOnPort(/** @type {any} */ (this.#channel));
        if (received === undefined) break;
        this.#give(received.message);
      } catch (error) {
        failure = error;
        // The channel of another runtime cannot be received from. A parcel that V8 could not read is lost.
        if (/** @type {any} */ (error)?.code === 'ERR_INVALID_ARG_TYPE') break;
      }
    }
    /** @type {Share | undefined} */
    const share = member === undefined ? undefined : mapGet(member.parcels, number);
    if (share === undefined) throw failure ?? sidecar.parcelIsMissing();
    mapDelete(/** @type {Member} */ (member).parcels, number);
    share.left--;
    // Each member gets objects of its own; the last one gets those of the parcel.
    return share.left === 0 ? share.objects : /** @type {unknown[]} */ (oracle.clone(share.objects));
  }

  /**
   * Sends the parcel of a message ahead of the message.
   * @param {number} key of the sending member
   * @param {unknown[]} objects
   * @param {number} number of the parcel
   * @returns {number} the seat of the youngest member that gets the message
   * @throws what V8 and Node find wrong with the objects; nothing was sent then
   */
  sendAhead(key, objects, number) {
    native.audience(key);
    const others = cells[LENGTH];
    const youngest = cells[OFFSET];
    const here = this.#membersWhere((_, each) => each !== key);
    if (others === 0) oracle.discard(objects, []);
    if (others > 1 && hasMoreThanMemory(objects)) checkForMany(objects);
    const clones = /** @type {unknown[][]} */ (bareList());
    for (let i = 0; i < here.length; i++) clones[i] = /** @type {unknown[]} */ (oracle.clone(objects));
    for (let i = 0; i < here.length; i++) mapSet(here[i].parcels, number, { objects: clones[i], left: 1 });
    try {
      if (others > here.length) this.#channel.postMessage(/** @type {Parcel} */ ([number, youngest, objects]));
    } catch (error) {
      for (let i = 0; i < here.length; i++) mapDelete(here[i].parcels, number);
      throw error;
    }
    return youngest;
  }

  /**
   * Shares a parcel out among the members that its message is for. A member that joined later does not get the message,
   * and one that has closed does not need the parcel.
   * @param {Parcel} parcel
   */
  #give(parcel) {
    const audience = this.#membersWhere(({ seat }) => seat <= parcel[1]);
    const share = { objects: parcel[2], left: audience.length };
    for (let i = 0; i < audience.length; i++) mapSet(audience[i].parcels, parcel[0], share);
  }

  /**
   * @param {(member: Member, key: number) => boolean} isOne
   * @returns {Member[]} in the order of their joining
   */
  #membersWhere(isOne) {
    const found = /** @type {Member[]} */ (bareList());
    mapForEach(this.members, (/** @type {Member} */ member, /** @type {number} */ key) => {
      if (isOne(member, key)) found[found.length] = member;
    });
    return found;
  }
}

/** @param {unknown[]} objects */
function hasMoreThanMemory(objects) {
  for (let i = 0; i < objects.length; i++) if (!types.isSharedArrayBuffer(objects[i])) return true;
  return false;
}

/**
 * The gateways of this thread, by name.
 * @type {Map<string, Gateway>}
 */
const gateways = new Map();

/** @type {Map<number, Gateway>} of members, by key */
const gatewayOf = new Map();

/**
 * Makes a member.
 * @param {string} name
 * @returns {number} its endpoint's key; the endpoint is started
 */
function join(name) {
  const group = nameOfGroup(name);
  /** @type {Gateway | undefined} */
  let gateway = mapGet(gateways, group);
  if (gateway === undefined) mapSet(gateways, group, (gateway = new Gateway(group)));
  native.join(group);
  const key = cells[KEY];
  mapSet(gateway.members, key, { seat: cells[OTHER_KEY], parcels: new Map() });
  mapSet(gatewayOf, key, gateway);
  sidecar.supply(key, { take, close: leave });
  return key;
}

/**
 * @param {number} key
 * @param {number} number
 * @returns {unknown[]}
 */
function take(key, number) {
  return /** @type {Gateway} */ (mapGet(gatewayOf, key)).take(key, number);
}

/** @param {number} key */
function leave(key) {
  /** @type {Gateway | undefined} */ (mapGet(gatewayOf, key))?.leave(key);
  mapDelete(gatewayOf, key);
}

/** The sending member has closed, so nobody gets the message. */
const NOBODY = -1;

/** There is no parcel. */
const ALONE = -2;

/**
 * Sends the parcel of a message ahead of the message, over the gateway of the sending member.
 * @param {number} key of the sending member
 * @param {import('../codec/message/session')} session in which the message was written
 * @param {number} number of the parcel
 * @returns {number} the seat of the youngest member that gets the message, NOBODY or ALONE; see src/node/broadcast.rs
 */
function sendAhead(key, { objects, signals }, number) {
  /** @type {Gateway | undefined} */
  const gateway = mapGet(gatewayOf, key);
  let reached = objects.length === 0 ? ALONE : NOBODY;
  if (objects.length > 0) {
    if (gateway !== undefined) reached = gateway.sendAhead(key, objects, number);
    // A getter in the value has closed the member.
    else oracle.discard(objects, []);
  }
  sendAlong(signals);
  return reached;
}

/**
 * The name by which Node tells channels apart: the name's UTF-8 up to its first zero.
 * @param {string} name
 */
function nameOfGroup(name) {
  const end = stringIndexOf(name, '\0');
  // UTF-8 cannot express lone surrogates; Node replaces them.
  return toWellFormed(end < 0 ? name : stringSlice(name, 0, end));
}

/** A part of the names of gateways that no program can guess. */
const secret = lazy(() => native.broadcastSecret());

/** Three channels of Node's own, one of which sends to the two others. */
const three = lazy(() => {
  const name = `ferroport ${secret()}/${native.nextParcel()}`;
  const channels = [new BroadcastChannel(name), new BroadcastChannel(name), new BroadcastChannel(name)];
  for (let i = 0; i < channels.length; i++) /** @type {any} */ (channels[i]).unref?.();
  return channels;
});

/**
 * Throws the running Node's error for objects that Node sends to a single receiver only.
 * @param {unknown[]} objects
 */
function checkForMany(objects) {
  const channels = three();
  channels[0].postMessage(objects);
  for (let i = 1; i < channels.length; i++) receiveMessageOnPort(/** @type {any} */ (channels[i]));
}

module.exports = { join, sendAhead };
