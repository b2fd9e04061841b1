// The fast lane: values to the words of a message and back, in JavaScript. Loaded when a thread has messages for it.
'use strict';

const { discard } = require('../native/native');
const { decodeCurrent, decodeRecord } = require('../codec/decode/decode');
const { encode, RESTART } = require('../codec/encode/encode');
const { message, clear } = require('../codec/message/message');
const { isRunning } = require('../language/running');
const { beginEra } = require('../codec/shapes/shapes');
const { bareList } = require('../language/intrinsics');

/**
 * What the message had shared with the complete codec that was refused last, until the next one begins.
 * @type {import('../codec/message/session') | null}
 */
let refused = null;

/** @returns {import('../codec/message/session') | undefined} see `refused`, which is forgotten */
function takeRefused() {
  const taken = refused ?? undefined;
  refused = null;
  return taken;
}

/**
 * As `write` of lane.js.
 * @param {unknown} value
 * @param {boolean} mayMove
 * @param {typeof message.port} port
 */
function write(value, mayMove, port) {
  refused = null;
  if (message.isOpen && isInUse()) return undefined;
  if (typeof value === 'object') lookAtInherited();
  try {
    return encode(value, mayMove, port);
  } catch (error) {
    if (error !== RESTART) refused = message.session;
    // Where this fails, too, for want of stack, the message stays open until the next one begins.
    clear();
    if (error === RESTART) return undefined;
    throw error;
  }
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

module.exports = { write, takeRefused, abandon, decodeCurrent, decodeRecord };
