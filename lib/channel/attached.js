// Which ports the thread holds, by the keys of their endpoints; and what happens when a port is collected.
'use strict';

const native = require('../native/native');
const { closeEndpoint } = require('./mailbox');
const { floor, globals, registryRegister } = require('../language/intrinsics');

/** A key is a slot, plus SLOTS times a generation (src/channel/key.rs). */
const { SLOTS } = native.limits;

/** @param {number} key */
const slotOf = (key) => key - floor(key / SLOTS) * SLOTS;

/**
 * Ports that the thread holds, by slot.
 * @type {({ port: object, key: number } | undefined)[]}
 */
const held = [];

/** How many ports the thread holds. While there are any, the thread holds this copy of ferroport as well. */
let count = 0;

/** @param {1 | -1} change */
function counted(change) {
  count += change;
  if (count === (change === 1 ? 1 : 0)) native.hold(change === 1);
}

/** Closes the endpoint of a port that was collected, so that the peer hears 'close'. */
const collected = new globals.FinalizationRegistry(closeEndpoint);

/**
 * To be called once for each port that gets an endpoint.
 * @param {object} port
 * @param {number} key
 */
function watch(port, key) {
  registryRegister(collected, port, key);
}

/**
 * Holds a port, so that it lives while its endpoint does.
 * @param {object} port
 * @param {number} key
 */
function hold(port, key) {
  const slot = slotOf(key);
  const there = held[slot];
  if (there !== undefined && there.key === key) return;
  if (there === undefined) counted(1);
  held[slot] = { port, key };
}

/**
 * The thread no longer holds the port: only the program keeps it alive.
 * @param {number} key
 */
function release(key) {
  const slot = slotOf(key);
  if (held[slot]?.key !== key) return;
  held[slot] = undefined;
  counted(-1);
}

/**
 * @param {number} key
 * @returns {any} the port with that endpoint, if the thread holds it
 */
function get(key) {
  const there = held[slotOf(key)];
  return there !== undefined && there.key === key ? there.port : undefined;
}

/** @returns {any[]} the ports and channels that the thread holds */
function all() {
  const ports = [];
  for (let slot = 0; slot < held.length; slot++) {
    const there = held[slot];
    if (there !== undefined) ports[ports.length] = there.port;
  }
  return ports;
}

module.exports = { slotOf, watch, hold, release, get, all };
