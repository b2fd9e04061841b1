// The bridges of this thread, by their endpoints. Messages can be fetched over a bridge, and handed on over it, before the
// event loop gets to them.
'use strict';

const native = require('../native/native');
const { Map, mapDelete, mapGet, mapSet } = require('../language/intrinsics');

/**
 * @typedef {object} Bridging
 * @property {() => boolean} fetch sends the next message that waits at the other side to the program's port, and tells
 *   whether there was one
 * @property {() => void} handOn hands on all messages that wait at this side
 * @property {() => void} closeEnded closes the bridge if the port at the other side has closed and nothing waits there: the
 *   event comes in the event loop only, which stands still while the thread is blocked
 */

/** @type {Map<number, Bridging>} by key of the bridge's endpoint, the peer of the program's port */
const bridges = new Map();

/** Whether there has been a bridge. Most programs have none. */
let isUsed = false;

/**
 * @param {number} key of the bridge's endpoint
 * @param {Bridging} bridging
 */
function add(key, bridging) {
  isUsed = true;
  mapSet(bridges, key, bridging);
}

/** @param {number} key of the bridge's endpoint, to be called when no message can come any more */
function remove(key) {
  mapDelete(bridges, key);
}

/** @param {number} key of an endpoint whose peer may be a bridge's */
const behind = (key) => (isUsed ? mapGet(bridges, native.peerKey(key)) : undefined);

/**
 * @param {number} key of an endpoint whose queue is empty
 * @returns {boolean} whether it may have a message now
 */
const fetch = (key) => behind(key)?.fetch() === true;

/** @param {number} key of an endpoint @returns {boolean} whether messages come to the endpoint by `fetch` only */
const isFed = (key) => behind(key) !== undefined;

/** @param {number} key of an endpoint for whose messages the thread is blocked */
const closeEnded = (key) => behind(key)?.closeEnded();

/** @param {number} key of the endpoint that has sent a message */
const handOn = (key) => behind(key)?.handOn();

module.exports = { add, remove, fetch, isFed, closeEnded, handOn };
