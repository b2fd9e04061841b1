// Drains this thread's mailbox: takes messages, hands them to their listeners, lets ticks and microtasks run in between.
'use strict';

const native = require('./native');
const attached = require('./attached');
const mailbox = require('./mailbox');
const closing = require('./closing');
const context = require('./context');
const sidecar = require('./sidecar');
const ticks = require('./ticks');
const port = require('./message-port');

const { outcomes } = native;
const { setImmediate } = globalThis;

/** @typedef {ReturnType<typeof port.make>} Port */

/** Ports that have come with the message being read. */
/** @type {any[]} */
let arrivals = [];

/** Its native ports among them, at their places in the transfer list. */
/** @type {any[]} */
let listed = [];

/** After so many messages the event loop gets its turn, as in Node. */
const TURN = 1000;

/** How many messages have been delivered since it last did. */
let delivered = 0;

/** Delivers what waits, up to a budget. Called by the doorbell. */
function drain() {
  const budget = native.beginDrain();
  try {
    for (let count = ticks.canRun ? budget : 1; count > 0; count--) {
      if (!deliverNext()) break;
      delivered++;
    }
  } finally {
    // Also if something has gone wrong: nobody rings until the drain has ended.
    endDrain();
  }
}

function endDrain() {
  closing.endBatches();
  if (delivered < TURN) {
    native.endDrain();
    return;
  }
  delivered = 0;
  // Node answers a doorbell that rings meanwhile at once, a thousand times before timers and I/O are looked at. Until the
  // drain has ended nobody rings; it ends right after this phase of the event loop, also where nothing is ref'ed.
  setImmediate(native.endDrain).unref();
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
  // A message that could not be read has come, too.
  const outcome = type === 'messageerror' ? outcomes.MESSAGE : mailbox.outcome();
  if (outcome === outcomes.NOTHING) return false;
  const key = mailbox.key();
  const target = attached.get(key);
  if (outcome === outcomes.CLOSED) {
    heardClose(target, key);
  } else if (target !== undefined) {
    deliver(target, type, value, ports);
  }
  return true;
}

/**
 * Hands a message to its listeners; then ticks and microtasks run.
 * @param {Port} target
 * @param {'message' | 'messageerror'} type
 * @param {unknown} value
 * @param {Port[]} ports
 */
function deliver(target, type, value, ports) {
  closing.setDelivering(target);
  try {
    context.run(port.emitMessage, target, type, value, ports);
    ticks.run();
  } finally {
    closing.setDelivering(null);
  }
}

/**
 * The peer of an endpoint has closed.
 * @param {Port | undefined} target its port, if the thread holds it
 * @param {number} key
 */
function heardClose(target, key) {
  if (target === undefined) {
    mailbox.closeEndpoint(key);
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
    const [, companions = [], ports = [], objects] = sidecar.take(key, number);
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
