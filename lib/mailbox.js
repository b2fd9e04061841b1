// This thread's mailbox as the rest of lib sees it: native results, and what keeps the event loop alive.
'use strict';

const native = require('./native');
const { cells, places } = require('./codec/block');

const { KEY, OTHER_KEY, OUTCOME } = places;
const { CLOSED } = native.outcomes;

/** How many ports of this thread are ref'ed. */
let refs = 0;

/** Whether the last `receive` has found that the peer has closed and nothing more comes. */
const hasEnded = () => cells[OUTCOME] === CLOSED;

/** @returns {[number, number]} the keys of a new channel's two endpoints */
function createChannel() {
  native.createChannel();
  return [cells[KEY], cells[OTHER_KEY]];
}

/**
 * Closes what stands beside an endpoint: see sidecar.js, which sets this when it is loaded.
 * @type {((key: number) => void) | null}
 */
let closeBeside = null;

/** @param {(key: number) => void} close */
function setBeside(close) {
  closeBeside = close;
}

/**
 * Closes an endpoint, with its sidecar. Does nothing if it has closed or gone elsewhere: keys are never used twice.
 * @param {number} key
 */
function closeEndpoint(key) {
  native.close(key);
  if (closeBeside !== null) closeBeside(key);
}

/**
 * The event loop goes on while a port is ref'ed.
 * @param {1 | -1} change
 */
function countRef(change) {
  refs += change;
  if (refs === (change === 1 ? 1 : 0)) native.keepAlive(change === 1);
}

module.exports = { hasEnded, createChannel, closeEndpoint, countRef, setBeside };
