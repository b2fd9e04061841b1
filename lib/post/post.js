// Posts a value without a transfer list: the course that ports and broadcast channels have in common.
'use strict';

const lane = require('../lane/lane');
const Refused = require('../codec/message/refused');
const Session = require('../codec/message/session');
const { lazy } = require('../language/lazy');
const { isObject } = require('../language/originals');

/** Loaded when first needed, because not every program needs it. */
const loadTransfers = lazy(() => require('./transfer'));

/**
 * How one kind of sender sends. Each function gives one of `native.outcomes`, or undefined.
 * @template Sender
 * @typedef {object} Route
 * @property {boolean} isToOne whether a message has a single receiver
 * @property {(key: number) => any} sendWritten sends the message that the fast lane has written
 * @property {(sender: Sender, key: number, session: Session) => any} sendBeside sends that message, after its parcel
 * @property {(sender: Sender, key: number, value: unknown, session: Session | undefined) => any} sendValue lets the complete
 *   codec write a value, and sends it, after its parcel if it has one; a primitive has no session
 */

/**
 * Writes a value and sends it.
 * @template Sender
 * @param {Route<Sender>} route
 * @param {Sender} sender
 * @param {number} key of the sender's endpoint; 0 if it does not send any more: the value is cloned and dropped
 * @param {unknown} value
 * @param {Function} entrance what the program has called: the stack of errors begins there
 * @returns {any} what the route's function has given
 * @throws what getters throw, and the running Node's error for what is wrong with the value; nothing was sent then
 */
function post(route, sender, key, value, entrance) {
  /** @type {any} */
  let session;
  try {
    session = lane.write(value, route.isToOne ? key : 0);
    if (session === null) return route.sendWritten(key);
    if (session === undefined) {
      session = isObject(value) ? new Session(null) : undefined;
      return route.sendValue(sender, key, value, session);
    }
    if (!Refused.is(session)) return route.sendBeside(sender, key, session);
  } catch (error) {
    throw loadTransfers().refusal(error, value, session, [], entrance);
  }
  // Not thrown above, where the error would be caught: each throw costs.
  throw loadTransfers().refusal(session.error, value, session, [], entrance);
}

module.exports = { loadTransfers, post };
