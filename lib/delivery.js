// Drains this thread's mailbox: takes messages, hands them to their listeners, lets ticks and microtasks run in between.
'use strict';

const native = require('./native');
const attached = require('./attached');
const mailbox = require('./mailbox');
const closing = require('./closing');
const sidecar = require('./sidecar');
const ticks = require('./ticks');
const port = require('./message-port');

const { outcomes } = native;

/** @typedef {ReturnType<typeof port.make>} Port */

/** Ports that have come with the message being read. */
/** @type {any[]} */
let arrivals = [];

/** Its native ports among them, at their places in the transfer list. */
/** @type {any[]} */
let listed = [];

/** Delivers what waits, up to a budget, so that timers and I/O get their turn. Called by the doorbell. */
function drain() {
  const budget = native.beginDrain();
  for (let count = ticks.canRun ? budget : 1; count > 0; count--) {
    if (!deliverNext()) break;
    ticks.run();
  }
  closing.endBatches();
  native.endDrain();
}

/** @returns {boolean} whether there was something to deliver */
function deliverNext() {
  const outer = arrivals;
  arrivals = [];
  /** @type {unknown} */
  let value;
  /** @type {'message' | 'messageerror'} */
  let type = 'message';
  try {
    value = native.next();
  } catch (error) {
    type = 'messageerror';
    value = error;
  }
  const ports = arrivals;
  arrivals = outer;
  const outcome = mailbox.outcome();
  if (outcome === outcomes.NOTHING) return false;
  const key = mailbox.key();
  const target = attached.get(key);
  if (outcome === outcomes.CLOSED) {
    heardClose(target, key);
  } else if (target !== undefined) {
    closing.whileDelivering(target, () => port.emitMessage(target, type, value, ports));
  }
  return true;
}

/**
 * The peer of an endpoint has closed.
 * @param {Port | undefined} target its port, if the thread holds it
 * @param {number} key
 */
function heardClose(target, key) {
  if (target === undefined) {
    native.close(key);
    sidecar.close(key);
  } else {
    port.beginClosing(target, closing.soon);
  }
}

/**
 * Takes the next message of a port, started or not.
 * @param {number} key
 * @returns {{ message: any } | undefined}
 * @throws what went wrong when the message was read; it is gone then
 */
function receive(key) {
  const outer = arrivals;
  arrivals = [];
  try {
    const message = native.receive(key);
    return mailbox.outcome() === outcomes.MESSAGE ? { message } : undefined;
  } finally {
    arrivals = outer;
  }
}

/**
 * The ports for endpoints that have come with a message. Called while the message is read.
 * @param {number[]} keys
 */
function adopt(keys) {
  const made = keys.map((key) => port.make(key));
  arrivals = listed.length === 0 ? made : listed.map((each) => (typeof each === 'number' ? made[each] : each));
  listed = [];
  return made;
}

/**
 * Takes the parcel that has come beside a message. Called while the message is read, before `adopt`.
 * @param {number} key of the receiving endpoint
 * @param {number} number of the parcel
 * @param {number[] | undefined} keys of the endpoints in the message
 * @returns {unknown[]} the objects in it
 */
function unpack(key, number, keys = []) {
  try {
    const { objects, companions, listed: ports } = sidecar.take(key, number);
    keys.forEach((each, index) => sidecar.bring(each, companions[index]));
    listed = ports;
    if (keys.length === 0) adopt(keys);
    return objects;
  } catch (error) {
    for (const each of keys) native.close(each);
    throw error;
  }
}

module.exports = { drain, receive, adopt, unpack };
