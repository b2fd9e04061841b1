// This thread's mailbox for the rest of lib: the results of native calls, and the counting of ref'ed ports.
'use strict';

const native = require('../native/native');
const { isNode } = require('../runtime/ticks');
const upward = require('../runtime/upward');
const { cells, control, places } = require('../native/block');

const { KEY, OTHER_KEY, OUTCOME, REFS } = places;
const { CLOSED } = native.outcomes;

/** Whether process.getActiveResourcesInfo() has been told of ports. Node is left unchanged until a port is ref'ed. */
let isTold = false;

/** Whether the last `receive` has found the queue empty and the peer closed. */
const hasEnded = () => cells[OUTCOME] === CLOSED;

/** @returns {{ key: number, peerKey: number }} the keys of a new channel's two endpoints */
function createChannel() {
  native.createChannel();
  return { key: cells[KEY], peerKey: cells[OTHER_KEY] };
}

/**
 * The functions of sidecar.js for endpoints; null until sidecar.js has been loaded.
 * @type {{ bring(key: number, companion: Companion): void, close(key: number): void, release(key: number): void } | null}
 */
let beside = null;

/**
 * The companions that have come before sidecar.js was loaded.
 * @type {{ key: number, companion: Companion }[]}
 */
let waiting = [];

/** @typedef {import('./sidecar').Companion} Companion */

/**
 * Gives an arrived endpoint its companion. sidecar.js is not loaded for that, because most endpoints never use their
 * companion.
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
 * Who wants to know of endpoints that have closed; pull.js puts the function here when it is loaded.
 * @type {{ heard: ((key: number) => void) | null }}
 */
const endings = { heard: null };

/**
 * Closes an endpoint and its sidecar. Does nothing if the endpoint has closed or left the thread, because keys are
 * never used twice.
 * @param {number} key
 * @returns {boolean} whether the endpoint was one of a link
 */
function closeEndpoint(key) {
  try {
    if (beside !== null) beside.release(key);
  } catch {
    // The stack is full, so the sidecar stays. Reading a message that needs a parcel of that sidecar throws then.
  }
  const isOfLink = native.close(key) === 2;
  if (waiting.length > 0) upward.loadSidecar();
  if (beside !== null) beside.close(key);
  if (endings.heard !== null) endings.heard(key);
  return isOfLink;
}

/**
 * Keeps the event loop alive while a port is ref'ed. The count stands where Rust reads it:
 * `process.getActiveResourcesInfo()` shows the ports of all copies of ferroport.
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

module.exports = { hasEnded, createChannel, closeEndpoint, countRef, bring, endings, setBeside };
