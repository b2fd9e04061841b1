// The fast lane: values to the words of a message and back, in JavaScript. Loaded when a thread has messages for it.
'use strict';

const { discard } = require('./native');
const { canGenerate } = require('./codec/generate');
const { decodeCurrent, decodeRecord } = require('./codec/decode');
const { encode, RESTART } = require('./codec/encode');
const { message, clear } = require('./codec/message');
const { isRunning } = require('./codec/running');

/**
 * What the message had shared with the complete codec that was refused last, until the next one begins.
 * @type {import('./codec/session') | null}
 */
let refused = null;

/** @returns {import('./codec/session') | undefined} see `refused`, which is forgotten */
function takeRefused() {
  const taken = refused ?? undefined;
  refused = null;
  return taken;
}

/**
 * As `write` of lane.js.
 * @param {unknown} value
 * @param {boolean} mayMove
 */
function write(value, mayMove) {
  refused = null;
  if (message.isOpen && isInUse()) return undefined;
  if (typeof value === 'object' && inheritsKeys()) return undefined;
  try {
    return encode(value, mayMove);
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

/** Whether somebody has extended Object.prototype so that plain objects seem to have more keys than their own. */
function inheritsKeys() {
  for (const _ in EMPTY) return true;
  return false;
}

/** Forgets what was written and not sent, unless it belongs to a message whose getter has posted the one that failed. */
function abandon() {
  if (!message.isOpen) discard();
}

module.exports = { canGenerate, write, takeRefused, abandon, decodeCurrent, decodeRecord };
