// Ports whose messages come out of a port of Node's in this thread, and how the next one is fetched before the event loop
// gets to it.
'use strict';

const native = require('./native');
const { Map, mapDelete, mapGet, mapSet } = require('./codec/intrinsics');

/** @type {Map<number, () => boolean>} by key of the port's peer, which puts the messages in its queue */
const feeds = new Map();

/** Whether there has been any: most programs have none. */
let isUsed = false;

/**
 * @param {number} key of an endpoint
 * @param {() => boolean} fetch sends the next message from it, if there is one, and tells whether there was
 */
function add(key, fetch) {
  isUsed = true;
  mapSet(feeds, key, fetch);
}

/** @param {number} key of an endpoint, to be called when nothing more can come */
function remove(key) {
  mapDelete(feeds, key);
}

/**
 * @param {number} key of an endpoint whose queue is empty
 * @returns {boolean} whether it may have a message now
 */
const fetch = (key) => isUsed && mapGet(feeds, native.peerKey(key))?.() === true;

module.exports = { add, remove, fetch };
