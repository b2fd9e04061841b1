// Turns the outcome of a native call that sends into the result of postMessage.
'use strict';

const native = require('../native/native');
const bridged = require('../channel/bridged');
const { process } = require('../language/originals');

const { CLOSED, NOTHING, POSTED_TO_ITSELF, SERVED } = native.outcomes;

/**
 * The result of postMessage for an outcome, as the built-in returns it.
 * @param {number} outcome
 * @param {number} key of the sending endpoint
 * @returns {boolean | undefined} false if the peer has closed and the port has not heard of that yet; undefined if the port
 *   itself has closed; else true
 */
function sent(outcome, key) {
  if (outcome === NOTHING) return undefined;
  if (outcome === CLOSED) return false;
  if (outcome === POSTED_TO_ITSELF) {
    process.emitWarning('The target port was posted to itself, and the communication channel was lost');
  } else if (outcome === SERVED) {
    try {
      bridged.handOn(key);
    } catch {
      // The stack is full. The event loop hands the message on later.
    }
  }
  return true;
}

module.exports = { sent };
