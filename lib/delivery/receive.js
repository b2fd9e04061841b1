// Takes the next message of a port at once.
'use strict';

const native = require('../native/native');
const bridged = require('../channel/bridged');
const mailbox = require('../channel/mailbox');
const closing = require('../runtime/closing');
const upward = require('../runtime/upward');
const lane = require('../lane/lane');
const { messages } = require('../node/diagnostics');
const { lazy } = require('../language/lazy');
const { beginClosing, isPulled, keyOf } = require('../port/port');
const { RECORD_HEADER, cells, places } = require('../native/block');
const { itself, newReading, readAttached } = require('./reading');

const { receive: receiveNext } = native;
const { ATTACHED, CLOSED, MESSAGE, NOTHING, ORDER, RECORDS } = native.outcomes;
const { LENGTH, OUTCOME } = places;

/** @typedef {ReturnType<typeof import('../port/port').make>} Port */

/** Loaded when somebody subscribes. */
const handing = lazy(() => require('./hand-out'));

/** Loaded when first needed: it has been, if a port is pulled. */
const pulling = lazy(() => require('../port/pull'));

/**
 * The string that has come with the message that was received last, if somebody subscribes to messages.
 * @type {string | undefined}
 */
let arrivedContext;

/**
 * Takes the next message of a port, started or not.
 * @param {number} key
 * @returns {{ message: any } | undefined}
 * @throws what went wrong when the message was read; the message is gone then
 */
function receive(key) {
  return receiveWith(key, itself);
}

/**
 * As `receive`, with a replacement for each port that has come with the message.
 * @param {number} key
 * @param {import('./reading').Reading['standFor']} standFor
 * @param {boolean} [tellsOfOrders] whether to return when an order has come
 * @returns {{ message: any, isOrder?: boolean } | undefined}
 */
function receiveWith(key, standFor, tellsOfOrders = false) {
  receiveNext(key);
  const outcome = cells[OUTCOME];
  if (outcome === NOTHING || outcome === CLOSED) return undefined;
  if (outcome === RECORDS) return { message: lane.readRecord(RECORD_HEADER, cells[LENGTH]) };
  if (outcome === ORDER) {
    require('../post/streams').heardOrder(key);
    return tellsOfOrders ? { message: undefined, isOrder: true } : receiveWith(key, standFor);
  }
  if (outcome === MESSAGE) return { message: lane.readCurrent() };
  // Asked for before the message is read: the message is gone then.
  const context = messages.hasSubscribers ? native.context() : undefined;
  if (outcome !== ATTACHED) {
    const message = lane.readCurrent();
    arrivedContext = context;
    return { message };
  }
  const begun = newReading(standFor, false, key);
  const message = readAttached(begun);
  arrivedContext = context;
  if (!begun.isOrder) return { message };
  upward.takeOver(message);
  return receiveWith(key, standFor, tellsOfOrders);
}

/**
 * Takes the next message of a port of this copy of ferroport, as receiveMessageOnPort does.
 * @param {Port} port
 * @param {boolean} [tellsOfOrders] whether to return, with `isOrder`, when an order for ferroport itself has come
 * @returns {{ message: any, isOrder?: boolean } | undefined} undefined if no message is waiting
 * @throws what went wrong when the message was read; the message is gone then
 */
function receiveOn(port, tellsOfOrders = false) {
  const key = keyOf(port);
  if (key === 0) return undefined;
  if (isPulled(port)) {
    const kept = pulling().takeKept(port);
    if (kept !== undefined) return receiveKept(port, kept);
  }
  for (;;) {
    const received = messages.hasSubscribers
      ? receiveTold(port, key, tellsOfOrders)
      : receiveWith(key, itself, tellsOfOrders);
    if (received !== undefined) return received;
    const hasEnded = mailbox.hasEnded();
    const reason = cells[LENGTH];
    if (bridged.fetch(key)) continue;
    // The port counts as closed from now on, as Node's does, and not only when the next drain finds the peer closed.
    if (hasEnded) beginClosing(port, closing.afterOthers, reason);
    return undefined;
  }
}

/**
 * As `receive`, and tells subscribers of the message.
 * @param {Port} port
 * @param {number} key
 * @param {boolean} [tellsOfOrders]
 */
function receiveTold(port, key, tellsOfOrders) {
  takeContext();
  const received = receiveWith(key, itself, tellsOfOrders);
  if (received === undefined || received.isOrder) return received;
  return handing().handOut(port, received.message, takeContext(), () => received);
}

/**
 * As `receive`, for a message that was read when somebody else had asked for a message.
 * @param {Port} port
 * @param {import('../port/pull').Kept} kept
 * @returns {{ message: any, isOrder?: boolean }}
 */
function receiveKept(port, { type, value, context, isTold }) {
  if (type === 'messageerror') throw value;
  const received = { message: value };
  if (isTold || !messages.hasSubscribers) return received;
  return handing().handOut(port, value, context, () => received);
}

/**
 * The string that has come with the message that was received last. To be asked for once for each message, while somebody subscribes.
 * @returns {string | undefined}
 */
function takeContext() {
  const context = arrivedContext;
  arrivedContext = undefined;
  return context;
}

module.exports = { receive, receiveWith, receiveOn, takeContext };
