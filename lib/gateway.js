// Gateways: what only V8 can move goes between the threads of a broadcast channel by one of Node's own.
'use strict';

const { BroadcastChannel, receiveMessageOnPort } = require('./node-threads').original;
const { types } = require('node:util');
const { Buffer } = require('./node-globals');
const native = require('./native');
const oracle = require('./oracle');
const sidecar = require('./sidecar');
const { cells, places } = require('./codec/block');

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
    this.members.delete(key);
    if (this.members.size > 0) return;
    gateways.delete(this.name);
    this.#channel.close();
  }

  /**
   * Takes the objects that belong to a message.
   * @param {number} key of the receiving member
   * @param {number} number of the parcel
   * @throws what went wrong when V8 read it
   */
  take(key, number) {
    const member = this.members.get(key);
    /** @type {unknown} */
    let failure;
    while (member?.parcels.has(number) === false) {
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
    const share = member?.parcels.get(number);
    if (share === undefined) throw failure ?? new Error('The objects that belong to the message have not come with it');
    member?.parcels.delete(number);
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
    const here = [...this.members].filter(([each]) => each !== key);
    if (others === 0) oracle.discard(objects, []);
    if (others > 1 && !objects.every(types.isSharedArrayBuffer)) checkForMany(objects);
    const copies = here.map(() => /** @type {unknown[]} */ (oracle.clone(objects)));
    here.forEach(([, { parcels }], index) => parcels.set(number, { objects: copies[index], left: 1 }));
    try {
      if (others > here.length) this.#channel.postMessage(/** @type {Parcel} */ ([number, youngest, objects]));
    } catch (error) {
      for (const [, { parcels }] of here) parcels.delete(number);
      throw error;
    }
    return youngest;
  }

  /**
   * Shares a parcel out among those that its message is for: who joined later has not got that, who has closed needs it no more.
   * @param {Parcel} parcel
   */
  #give([number, youngest, objects]) {
    const audience = [...this.members.values()].filter(({ seat }) => seat <= youngest);
    const share = { objects, left: audience.length };
    for (const { parcels } of audience) parcels.set(number, share);
  }
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
  let gateway = gateways.get(known);
  if (gateway === undefined) gateways.set(known, (gateway = new Gateway(known)));
  native.join(known);
  const key = cells[KEY];
  gateway.members.set(key, { seat: cells[OTHER_KEY], parcels: new Map() });
  gatewayOf.set(key, gateway);
  sidecar.supply(key, { take, close: leave });
  return key;
}

/**
 * @param {number} key
 * @param {number} number
 * @returns {unknown[]}
 */
function take(key, number) {
  return /** @type {Gateway} */ (gatewayOf.get(key)).take(key, number);
}

/** @param {number} key */
function leave(key) {
  gatewayOf.get(key)?.leave(key);
  gatewayOf.delete(key);
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
  const gateway = gatewayOf.get(key);
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
  const [before] = name.split('\0', 1);
  return Buffer.from(before, 'utf8').toString('utf8');
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
    many = [1, 2, 3].map(() => new BroadcastChannel(name));
    for (const channel of many) /** @type {any} */ (channel).unref?.();
  }
  const [sender, ...receivers] = many;
  sender.postMessage(objects);
  for (const receiver of receivers) receiveMessageOnPort(/** @type {any} */ (receiver));
}

module.exports = { join, load };
