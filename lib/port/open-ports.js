// What there is of the open ports of this thread.
'use strict';

const native = require('../native/native');
const attached = require('../channel/attached');
const { teller } = require('../channel/signals');
const origins = require('../runtime/stamp');
const { Map, mapGet, mapSet } = require('../language/intrinsics');
const { original: threads } = require('../node/threads');
const { isActive, isFresh, isRefed, keyOf } = require('./port');
const { statsAt, stats } = require('./flow');
const { countListeners } = require('./target');

/** @typedef {ReturnType<typeof import('./port').make>} Port */

/**
 * @typedef {object} OpenPort
 * @property {number} id the key of the port's endpoint in this thread; 0 if the port's channel has not been made
 * @property {number} thread
 * @property {number} listeners how many there are, for whatever event
 * @property {boolean} isRefed
 * @property {ReturnType<typeof statsAt>} stats
 * @property {string} [createdAt] where the port was made, if that is remembered
 */

/**
 * All open ports of this copy of ferroport. To look changes nothing.
 *
 * Those that nobody can reach are there, too, until they are collected: what they hold is not free yet. Two ports whose channel has not
 * been made are known to nobody but the program, so they are there only while debug.js remembers all ports.
 * @returns {OpenPort[]}
 */
function openPorts() {
  const keys = native.openKeys();
  const known = origins.all?.() ?? [];
  /** @type {Map<number, Port>} */
  const byKey = new Map();
  /** @type {OpenPort[]} */
  const ports = [];
  for (let i = 0; i < known.length; i++) {
    if (!isActive(known[i])) continue;
    if (isFresh(known[i])) ports[ports.length] = shown(0, known[i]);
    else mapSet(byKey, keyOf(known[i]), known[i]);
  }
  // A port that the thread does not hold has no listeners, and does not keep the thread running.
  for (let i = 0; i < keys.length; i++) {
    if (keys[i] === teller.key) continue;
    ports[ports.length] = shown(keys[i], attached.get(keys[i]) ?? mapGet(byKey, keys[i]));
  }
  return ports;
}

/**
 * @param {number} id
 * @param {Port | undefined} port
 * @returns {OpenPort}
 */
function shown(id, port) {
  /** @type {OpenPort} */
  const seen = {
    id,
    thread: threads.threadId,
    listeners: port === undefined ? 0 : countListeners(port),
    isRefed: port !== undefined && isRefed(port),
    stats: id === 0 && port !== undefined ? stats(port) : statsAt(id),
  };
  const createdAt = port === undefined ? undefined : origins.of?.(port);
  if (createdAt !== undefined) seen.createdAt = createdAt;
  return seen;
}

module.exports = { openPorts };
