// This thread's mailbox as the rest of lib sees it: native results, and what keeps the event loop alive.
'use strict';

const native = require('../native/native');
const { isNode } = require('../runtime/ticks');
const upward = require('../runtime/upward');
const { cells, control, places } = require('../native/block');

const { KEY, OTHER_KEY, OUTCOME, REFS } = places;
const { CLOSED } = native.outcomes;

/** Whether Node has been made to tell of ports that keep the process: where none ever is ref'ed, Node is left as it is. */
let isTold = false;

/** Whether the last `receive` has found that the peer has closed and nothing more comes. */
const hasEnded = () => cells[OUTCOME] === CLOSED;

/** @returns {{ key: number, peerKey: number }} the keys of a new channel's two endpoints */
function createChannel() {
  native.createChannel();
  return { key: cells[KEY], peerKey: cells[OTHER_KEY] };
}

/**
 * What sidecar.js does for endpoints, once it has been loaded.
 * @type {{ bring(key: number, companion: Companion): void, close(key: number): void, release(key: number): void } | null}
 */
let beside = null;

/**
 * What came along with endpoints before that.
 * @type {{ key: number, companion: Companion }[]}
 */
let waiting = [];

/** @typedef {import('./sidecar').Companion} Companion */

/**
 * Gives an endpoint that has arrived what came along with it. Most have no use for it, so nothing is loaded yet.
 * @param {number} key
 * @param {Companion} companion
 */
function bring(key, companion) {
  if (companion === undefined) return;
  const isAlone = !('kept' in companion);
  if (beside === null && !isAlone) upward.loadSidecar();
  if (beside !== null) return beside.bring(key, companion);
  if (!isAlone) return;
  companion.unref();
  waiting[waiting.length] = { key, companion };
}

/**
 * To be called when sidecar.js has been loaded.
 * @param {NonNullable<typeof beside>} loaded
 */
function setBeside(loaded) {
  beside = loaded;
  const all = waiting;
  waiting = [];
  for (let i = 0; i < all.length; i++) loaded.bring(all[i].key, all[i].companion);
}

/**
 * Closes an endpoint, with its sidecar. Does nothing if it has closed or gone elsewhere: keys are never used twice.
 * @param {number} key
 */
function closeEndpoint(key) {
  try {
    if (beside !== null) beside.release(key);
  } catch {
    // The stack is full. Who needs what this endpoint would have carried gets an error then.
  }
  native.close(key);
  if (waiting.length > 0) upward.loadSidecar();
  if (beside !== null) beside.close(key);
}

/**
 * The event loop goes on while a port is ref'ed. How many are is counted where Rust sees it: `process.getActiveResourcesInfo()` names
 * the ports of all copies.
 * @param {1 | -1} change
 */
function countRef(change) {
  const refs = control[REFS] + change;
  if (refs === (change === 1 ? 1 : 0)) {
    native.keepAlive(change === 1);
    if (!isTold) tell();
  }
  control[REFS] = refs;
}

function tell() {
  isTold = true;
  if (isNode) native.tellOfPorts(process);
}

module.exports = { hasEnded, createChannel, closeEndpoint, countRef, bring, setBeside };
