// The fast lane: values to the words of a message and back, in JavaScript. Loaded when a thread has messages for it.
'use strict';

const { discard } = require('../native/native');
const refusals = require('../objects/refusals');
const { decodeCurrent, decodeRecord } = require('../codec/decode/decode');
const { encode, RESTART } = require('../codec/encode/encode');
const { message, clear } = require('../codec/message/message');
const Refused = require('../codec/message/refused');
const { isRunning } = require('../language/running');
const { beginEra } = require('../codec/shapes/shapes');
const { bareList } = require('../language/intrinsics');

/**
 * As `write` of lane.js.
 * @param {unknown} value
 * @param {boolean} mayMove
 * @param {typeof message.port} port
 */
function write(value, mayMove, port) {
  if (message.isOpen && isInUse()) return undefined;
  if (typeof value === 'object') lookAtInherited();
  else if (typeof value === 'function') return refuseFunction(value);
  try {
    return encode(value, mayMove, port);
  } catch (error) {
    const { session } = message;
    // Where this fails, too, for want of stack, the message stays open until the next one begins.
    clear();
    return error === RESTART ? undefined : new Refused(error, session);
  }
}

/**
 * Refuses a message that is a function, without a throw.
 * @param {Function} value
 */
function refuseFunction(value) {
  let error;
  try {
    error = refusals.refusalOf(value);
  } catch (failure) {
    // For want of stack.
    error = failure;
  }
  return new Refused(error, null);
}

/** Whether the message that is open is being written: then a getter posts, which must not write into it. */
function isInUse() {
  if (isRunning(encode)) return true;
  clear();
  return false;
}

/** @type {Record<string, never>} */
const EMPTY = {};

/**
 * What objects inherit from Object.prototype that is enumerable, because somebody has extended it.
 * @type {string[]}
 */
let inherited = /** @type {any} */ (bareList());

/** An object that has lost a property may seem to have it all the same, if it inherits one with its name. */
function lookAtInherited() {
  let count = 0;
  for (const key in EMPTY) if (count === inherited.length || key !== inherited[count++]) return noteInherited();
  if (count < inherited.length) noteInherited();
}

function noteInherited() {
  const names = /** @type {any} */ (bareList());
  for (const key in EMPTY) names[names.length] = key;
  // In this order: should this be cut short, it is done again.
  beginEra();
  inherited = names;
}

/** Forgets what was written and not sent, unless it belongs to a message whose getter has posted the one that failed. */
function abandon() {
  if (!message.isOpen) discard();
}

module.exports = { write, abandon, decodeCurrent, decodeRecord };
