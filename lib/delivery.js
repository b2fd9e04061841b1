// Drains this thread's mailbox: takes messages, hands them to their listeners, lets ticks and microtasks run in between.
'use strict';

const native = require('./native');
const attached = require('./attached');
const mailbox = require('./mailbox');
const closing = require('./closing');
const port = require('./message-port');

const { outcomes } = native;

/** @typedef {ReturnType<typeof port.make>} Port */

/** Ports that have come with the message being read. */
/** @type {Port[]} */
let arrivals = [];

/**
 * Runs ticks and microtasks as Node does between two tasks; missing where they only run between doorbell calls.
 * @type {(() => void) | undefined}
 */
const runTicks = ticksOfNode();

function ticksOfNode() {
  const { _tickCallback: tick } = /** @type {any} */ (process);
  // Bun has the function, and it does nothing inside of a drain.
  return typeof tick === 'function' && !('bun' in process.versions) && !('deno' in process.versions) ? tick : undefined;
}

/** Delivers what waits, up to a budget, so that timers and I/O get their turn. Called by the doorbell. */
function drain() {
  const budget = native.beginDrain();
  for (let count = runTicks === undefined ? 1 : budget; count > 0; count--) {
    if (!deliverNext()) break;
    settle();
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

/** Lets ticks and microtasks run until none is left; what they throw is an uncaught exception each. */
function settle() {
  if (runTicks === undefined) return;
  for (;;) {
    try {
      Reflect.apply(runTicks, process, []);
      return;
    } catch (error) {
      native.raise(error);
    }
  }
}

/**
 * The peer of an endpoint has closed.
 * @param {Port | undefined} target its port, if the thread holds it
 * @param {number} key
 */
function heardClose(target, key) {
  if (target === undefined) native.close(key);
  else port.beginClosing(target);
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
 * The port for an endpoint that has come with a message. Called while the message is read.
 * @param {number} key
 */
function adopt(key) {
  const arrived = port.make(key);
  arrivals.push(arrived);
  return arrived;
}

module.exports = { drain, receive, adopt };
