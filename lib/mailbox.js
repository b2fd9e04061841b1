// This thread's mailbox as the rest of lib sees it: native results, and what keeps the event loop alive.
'use strict';

const native = require('./native');
const sidecar = require('./sidecar');
const { cells, places } = require('./codec/block');

const { KEY, OTHER_KEY, OUTCOME } = places;
const { CLOSED } = native.outcomes;

/** How many ports of this thread are ref'ed. */
let refs = 0;

/** Whether the last `receive` has found that the peer has closed and nothing more comes. */
const hasEnded = () => cells[OUTCOME] === CLOSED;

/** @returns {{ key: number, peerKey: number }} the keys of a new channel's two endpoints */
function createChannel() {
  native.createChannel();
  return { key: cells[KEY], peerKey: cells[OTHER_KEY] };
}

/**
 * Closes an endpoint, with its sidecar. Does nothing if it has closed or gone elsewhere: keys are never used twice.
 * @param {number} key
 */
function closeEndpoint(key) {
  native.close(key);
  sidecar.close(key);
}

/**
 * The event loop goes on while a port is ref'ed.
 * @param {1 | -1} change
 */
function countRef(change) {
  if (refs + change === (change === 1 ? 1 : 0)) native.keepAlive(change === 1);
  refs += change;
}

module.exports = { hasEnded, createChannel, closeEndpoint, countRef };
