// Gateways: what only V8 can move goes between the threads of a broadcast channel by one of Node's own.
'use strict';

const { BroadcastChannel, receiveMessageOnPort } = require('../node/threads').original;
const { types } = require('node:util');
const { Map, bareList, mapDelete, mapForEach, mapGet, mapHas, mapSet, mapSize } = require('../language/intrinsics');
const { stringIndexOf, stringSlice, toWellFormed } = require('../language/intrinsics');
const native = require('../native/native');
const oracle = require('../runtime/oracle');
const sidecar = require('../channel/sidecar');
const { cells, places } = require('../native/block');

const { KEY, LENGTH, OFFSET, OTHER_KEY } = places;

/**
 * What goes ahead of a message to other threads: its number; the seat of the youngest member that the message is for; the
 * objects that it refers to by their index.
 * @typedef {[number, number, unknown[]]} Parcel
 */

/** @typedef {{ objects: unknown[], left: number }} Share the objects of a parcel, and how many have not taken them */

/** @typedef {{ seat: number, parcels: Map<number, Share> }} Member its seat, and what has come for it, by number */

/**
 * A thread's gateway for one name: a native channel, which all of this thread's members of that name share.
 *
 * It is made before the first of them joins: who sends a parcel, in whatever thread, cannot know of a member whose thread
 * has none. So a parcel that is sent after its message's audience has been settled reaches all of it.
 */
class Gateway {
  /** @type {Map<number, Member>} by key */
  members = new Map();
  #channel;

  /** @param {string} name */
  constructor(name) {
    this.name = name;
    this.#channel = new BroadcastChannel(`ferroport ${secret()} ${name}`);
    // Parcels that come before anybody asks for them; a parcel that cannot be read is one that does not come.
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
        // Somebody else's runtime may not take from a channel; a parcel that could not be read is gone.
        if (/** @type {any} */ (error)?.code === 'ERR_INVALID_ARG_TYPE') break;
      }
    }
    /** @type {Share | undefined} */
    const share = member === undefined ? undefined : mapGet(member.parcels, number);
    if (share === undefined) throw failure ?? new Error('The objects that belong to the message have not come with it');
    mapDelete(/** @type {Member} */ (member).parcels, number);
    share.left--;
    // Each gets objects of its own.
    return share.left === 0 ? share.objects : /** @type {unknown[]} */ (oracle.clone(share.objects));
  }

  /**
   * Sends ahead of a message what only V8 can move.
   * @param {number} key of the sending member
   * @param {unknown[]} objects
   * @param {number} number of the parcel
   * @returns {number} the seat of the youngest member that it reaches
   * @throws what V8 and Node find wrong with the objects; nothing was sent then
   */
  load(key, objects, number) {
    native.audience(key);
    const others = cells[LENGTH];
    const youngest = cells[OFFSET];
    const here = this.#membersWhere((_, each) => each !== key);
    if (others === 0) oracle.discard(objects, []);
    if (others > 1 && hasMoreThanMemory(objects)) checkForMany(objects);
    const copies = /** @type {unknown[][]} */ (bareList());
    for (let i = 0; i < here.length; i++) copies[i] = /** @type {unknown[]} */ (oracle.clone(objects));
    for (let i = 0; i < here.length; i++) mapSet(here[i].parcels, number, { objects: copies[i], left: 1 });
    try {
      if (others > here.length) this.#channel.postMessage(/** @type {Parcel} */ ([number, youngest, objects]));
    } catch (error) {
      for (let i = 0; i < here.length; i++) mapDelete(here[i].parcels, number);
      throw error;
    }
    return youngest;
  }

  /**
   * Shares a parcel out among those that its message is for: who joined later has not got that, who has closed needs it no more.
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
  const known = nameOfGroup(name);
  /** @type {Gateway | undefined} */
  let gateway = mapGet(gateways, known);
  if (gateway === undefined) mapSet(gateways, known, (gateway = new Gateway(known)));
  native.join(known);
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

/** The member has closed: nobody gets the message. */
const NOBODY = -1;

/**
 * Sends ahead of a message what only V8 can move, see `Gateway`.
 * @param {number} key of the sending member
 * @param {unknown[]} objects
 * @param {number} number of the parcel
 * @returns {number} what src/node/broadcast.rs asks for
 */
function load(key, objects, number) {
  /** @type {Gateway | undefined} */
  const gateway = mapGet(gatewayOf, key);
  if (gateway !== undefined) return gateway.load(key, objects, number);
  // A getter has closed it.
  oracle.discard(objects, []);
  return NOBODY;
}

/**
 * The name as Node tells channels apart: as UTF-8, up to a zero.
 * @param {string} name
 */
function nameOfGroup(name) {
  const end = stringIndexOf(name, '\0');
  // UTF-8 has no lone surrogates.
  return toWellFormed(end < 0 ? name : stringSlice(name, 0, end));
}

/** @type {string | undefined} */
let known;

/** Makes the names of gateways that no program uses. */
function secret() {
  return (known ??= native.broadcastSecret());
}

/** @type {import('node:worker_threads').BroadcastChannel[] | undefined} */
let many;

/**
 * Throws the running Node's error for objects that it sends to one receiver only.
 * @param {unknown[]} objects
 */
function checkForMany(objects) {
  if (many === undefined) {
    const name = `ferroport ${secret()}/${native.nextParcel()}`;
    many = [new BroadcastChannel(name), new BroadcastChannel(name), new BroadcastChannel(name)];
    for (let i = 0; i < many.length; i++) /** @type {any} */ (many[i]).unref?.();
  }
  many[0].postMessage(objects);
  for (let i = 1; i < many.length; i++) receiveMessageOnPort(/** @type {any} */ (many[i]));
}

module.exports = { join, load };
