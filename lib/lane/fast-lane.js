// The fast lane: writes values as the words of a message and reads them back, in JavaScript. Loaded when a thread is
// busy with messages.
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
 * @param {number} from
 * @param {typeof message.port} port
 */
function write(value, from, port) {
  if (message.isOpen && isInUse()) return undefined;
  if (typeof value === 'object') lookAtInherited();
  else if (typeof value === 'function') return refuseFunction(value);
  try {
    return encode(value, from, port);
  } catch (error) {
    const { session } = message;
    // If this fails for want of stack as well, the message stays open until the next one begins.
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

/**
 * Whether the open message is being written at the moment. Then a getter in it is posting another message, which must
 * not be written into it.
 */
function isInUse() {
  if (isRunning(encode)) return true;
  clear();
  return false;
}

/** @type {Record<string, never>} */
const EMPTY = {};

/**
 * The enumerable keys that objects inherit from Object.prototype, because somebody has extended it.
 * @type {string[]}
 */
let inherited = /** @type {any} */ (bareList());

/**
 * Begins a new era of shapes when those keys have changed: an object without a property of its own may seem to have it
 * if it inherits one of the same name.
 */
function lookAtInherited() {
  let count = 0;
  for (const key in EMPTY) if (count === inherited.length || key !== inherited[count++]) return noteInherited();
  if (count < inherited.length) noteInherited();
}

function noteInherited() {
  const names = /** @type {any} */ (bareList());
  for (const key in EMPTY) names[names.length] = key;
  // `inherited` is set last: if this is cut short, it is done again.
  beginEra();
  inherited = names;
}

/**
 * Forgets what was written and not sent, unless it belongs to an outer message, whose getter has posted the message
 * that failed.
 */
function abandon() {
  if (!message.isOpen) discard();
}

module.exports = { write, abandon, decodeCurrent, decodeRecord };
