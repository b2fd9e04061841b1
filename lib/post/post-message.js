// MessagePort.prototype.postMessage.
'use strict';

const native = require('../native/native');
const lane = require('../lane/lane');
const { REFUSED } = require('../codec/message/refused');
const Session = require('../codec/message/session');
const { nodeError } = require('../node/errors');
const { isObject } = require('../language/originals');
const { check, sendingKey } = require('../port/port');
const { sent } = require('./outcome');

const { MESSAGE } = native.outcomes;

/** @type {typeof import('./transfer') | undefined} */
let transfers;

/** Loaded when first needed, as not every program needs it. */
const loadTransfers = () => (transfers ??= require('./transfer'));

/**
 * Posts a value by the complete codec.
 * @param {any} port
 * @param {number} key of its endpoint
 * @param {unknown} value
 * @param {Session | undefined} session undefined for a primitive
 * @returns {number} an outcome
 */
function postCompletely(port, key, value, session) {
  if (session === undefined) return native.post(key, value, undefined, undefined);
  return native.post(key, value, session, (number) => loadTransfers().load(port, key, session, number));
}

/** A method, which cannot be called with `new`, as the built-in's cannot. */
const { postMessage } = {
  /**
   * Sends a message to the other end of the channel (HTML standard, 9.2.4; Node.js, worker_threads).
   * @this {any} the port
   * @param {any} [value]
   * @param {any} [transfer] a list of what is moved, or an object that has one as `transfer`
   * @returns {any} what the built-in returns: true; false if the peer has closed; undefined if the port has
   * @throws what getters throw, and the running Node's error for what is wrong with value or list; nothing has changed then
   */
  postMessage(value, transfer) {
    check(this);
    if (arguments.length === 0) {
      throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'Not enough arguments to MessagePort.postMessage');
    }
    if (transfer !== undefined && transfer !== null) {
      const { transferListOf, postWithTransfer } = loadTransfers();
      const list = transferListOf(transfer);
      if (list.length > 0) return postWithTransfer(this, value, list, postMessage);
    }
    const key = sendingKey(this);
    /** @type {any} */
    let session;
    let outcome;
    try {
      session = lane.write(value);
      if (session === null) {
        outcome = lane.send(key);
      } else if (session === undefined) {
        session = isObject(value) ? new Session(null) : undefined;
        outcome = postCompletely(this, key, value, session);
      } else {
        outcome = loadTransfers().sendWritten(this, key, session);
      }
    } catch (error) {
      throw loadTransfers().refusal(error, value, session, [], postMessage);
    }
    // The message is on its way: nothing may be called any more that could fail.
    if (outcome === MESSAGE) return true;
    if (outcome !== REFUSED) return sent(outcome, key);
    // Not thrown above, where it would be caught: each throw costs.
    throw loadTransfers().refusal(session.error, value, session, [], postMessage);
  },
};

module.exports = postMessage;
