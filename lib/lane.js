// Which codec sends and reads a message: the fast lane in JavaScript, or the complete one in Rust.
'use strict';

const native = require('./native');
const { cells, control, places } = require('./codec/block');
const { decodeCurrent, decodeRecord } = require('./codec/decode');
const { setMoving } = require('./codec/encode-buffers');
const { encode, takeRefused, RESTART } = require('./codec/encode');
const { canGenerate } = require('./codec/generate');
const { takeWhole } = require('./sidecar');

const { read, readRecord: readRecordWhole, send: sendBlock } = native;
const { ATTACHED, MESSAGE, NOTHING, WHOLE } = native.outcomes;
const { AGAIN, KEPT, MAY } = native.keeping;
const { KEEPING, KEY, LENGTH, OFFSET, OTHER_KEY, OUTCOME } = places;

const isOn = process.env.FERROPORT_FAST_LANE !== '0' && canGenerate();

/** A message is being written: a getter that posts must not write into it. */
let isWriting = false;

/**
 * Clones a value into a message that is to be sent next, by `send` or `keep`.
 * @param {unknown} value
 * @returns {import('./codec/session') | null | undefined} undefined if the complete codec has to do it; else what goes along
 *   with the message, null if nothing does
 * @throws what getters throw, and the running Node's error for what cannot be cloned
 */
function write(value) {
  if (!isOn || isWriting) return undefined;
  if (typeof value === 'object' && inheritsKeys()) return undefined;
  isWriting = true;
  let session;
  try {
    session = encode(value);
  } catch (error) {
    isWriting = false;
    if (error !== RESTART) throw error;
    // What it has seen is of no use to a fresh start.
    takeRefused();
    return undefined;
  }
  isWriting = false;
  return session;
}

/**
 * As `write`, for a message with several receivers: nothing is moved that Node moves to one only.
 * @type {typeof write}
 */
function writeForMany(value) {
  const before = setMoving(false);
  try {
    return write(value);
  } finally {
    setMoving(before);
  }
}

/** @type {Record<string, never>} */
const EMPTY = {};

/** Whether somebody has extended Object.prototype so that plain objects seem to have more keys than their own. */
function inheritsKeys() {
  for (const _ in EMPTY) return true;
  return false;
}

/**
 * Sends the message that was written.
 * @param {number} key of the endpoint
 * @returns {number} an outcome
 */
function send(key) {
  cells[KEY] = key;
  sendBlock();
  return cells[OUTCOME];
}

/**
 * Sends a message that stands for a parcel.
 * @param {number} key of the endpoint
 * @param {number} parcel its number
 * @returns {number} an outcome
 */
function sendWhole(key, parcel) {
  cells[KEY] = key;
  cells[OTHER_KEY] = parcel;
  native.sendWhole();
  return cells[OUTCOME];
}

/** The string that the last message was of those that several endpoints of this thread get. */
let kept = '';

/** Reads the message that has been taken or received. */
function readCurrent() {
  if (cells[OUTCOME] === WHOLE) return readWhole();
  if (!isOn || cells[OUTCOME] === ATTACHED) return read();
  const keeping = control[KEEPING];
  if (keeping === AGAIN) return kept;
  const value = decodeCurrent();
  if (keeping === MAY && typeof value === 'string') {
    kept = value;
    control[KEEPING] = KEPT;
  }
  return value;
}

/** Takes the parcel for which the message stands. */
function readWhole() {
  // Should the thread be terminated meanwhile, nothing has come.
  cells[OUTCOME] = NOTHING;
  const value = takeWhole(cells[KEY], cells[OTHER_KEY]);
  cells[OUTCOME] = MESSAGE;
  return value;
}

/**
 * Reads one of several messages that have been taken.
 * @param {number} p its first word
 * @param {number} length in bytes
 */
function readRecord(p, length) {
  if (isOn) return decodeRecord(p, length);
  cells[OFFSET] = p * 4;
  cells[LENGTH] = length;
  return readRecordWhole();
}

module.exports = { write, writeForMany, takeRefused, send, sendWhole, readCurrent, readRecord };
