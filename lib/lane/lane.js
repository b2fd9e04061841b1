// Which codec sends and reads a message: the fast lane in JavaScript, or the complete one in Rust.
'use strict';

const native = require('../native/native');
const { cells, control, places } = require('../native/block');
const { process, statics, types } = require('../language/originals');
const { isToAbort } = require('../runtime/ticks');

const { isArray, now } = statics;
const { read, readRecord: readRecordWhole, send: sendBlock } = native;
const { ATTACHED, MESSAGE, NOTHING, WHOLE } = native.outcomes;
const { AGAIN, KEPT, MAY } = native.keeping;
const { KEEPING, KEY, LENGTH, OFFSET, OTHER_KEY, OUTCOME } = places;

const { FERROPORT_FAST_LANE: SETTING } = process.env;

/** Whether there is a fast lane here. */
const isOn = SETTING !== '0';

/** @type {typeof import('./fast-lane') | null} */
let fast = null;

/**
 * The fast lane saves some microseconds a message, and costs some ten milliseconds of loading, compiling and optimizing: it is
 * worth that when a thread is busy. Busy is who has had messages of this weight within that many milliseconds. A message weighs
 * 1, and 1 more for every 64 bytes. FERROPORT_FAST_LANE=1 asks for the lane from the first message on; so does who wants the
 * process to end where nobody catches: what the lane refuses is thrown by JavaScript, and V8 sees who catches that.
 */
const BUSY = SETTING === '1' || isToAbort ? 0 : 8192;
const SPAN = 2000;
const BYTES = 64;

/** Messages of more bytes, or of more elements, are worth it at once. */
const LARGE = 4096;
const LONG = 64;

/** What the messages weighed for which it was not loaded, and when the first of them came. */
let weight = 0;
let since = 0;

/**
 * Whether the thread is busy, or has always been said to be. The program may have put another clock in the place of the
 * runtime's: then the lane comes late, or early.
 * @param {number} bytes of the message
 */
function isBusy(bytes) {
  if (weight === 0) since = now();
  weight += 1 + bytes / BYTES;
  if (weight <= BUSY) return false;
  weight = 0;
  return BUSY === 0 || now() - since < SPAN;
}

/**
 * @param {number} bytes of the message that is to be read, or of the last one, where one is to be written
 * @param {boolean} isLarge whether this message alone is worth it
 */
function isFast(bytes, isLarge) {
  if (!isOn || (!isLarge && !isBusy(bytes))) return false;
  try {
    fast = require('./fast-lane');
  } catch {
    // Loading is code of Node's, and fails where programs have put setters on prototypes, or the stack is full. The message
    // needs no fast lane; some later one will ask again.
    return false;
  }
  return true;
}

/**
 * Whether a value is seen to be large without looking inside. A proxy is not to be asked anything.
 * @param {unknown} value
 */
const isLong = (value) => !types.isProxy(value) && isArray(value) && value.length > LONG;

/**
 * Clones a value into a message that is to be sent next, by `send` or `sendBeside`.
 * @param {unknown} value
 * @param {boolean} [mayMove] whether the message has one receiver: nothing is moved that Node moves to one only
 * @returns {import('../codec/message/session') | import('../codec/message/refused') | null | undefined} undefined if the complete codec has to do it;
 *   `Refused` with what a getter has thrown, or the running Node's error for what cannot be cloned; else what goes along with the
 *   message, null if nothing does
 */
function write(value, mayMove = true) {
  if (fast === null && !isFast(cells[LENGTH], isLong(value))) return undefined;
  return /** @type {NonNullable<typeof fast>} */ (fast).write(value, mayMove, null);
}

/**
 * As `write`, for a message that moves a port of this copy of ferroport, and nothing else.
 * @param {unknown} value
 * @param {ReturnType<typeof import('../port/port').make>} port whose endpoint is to go along with the message
 */
function writeWithPort(value, port) {
  if (fast === null && !isFast(cells[LENGTH], isLong(value))) return undefined;
  return /** @type {NonNullable<typeof fast>} */ (fast).write(value, false, port);
}

/** Forgets what has been written of a message that was not sent after all. */
function abandon() {
  if (fast !== null) fast.abandon();
}

/**
 * Sends the message that was written. What throws, throws before that.
 * @param {number} key of the endpoint
 * @returns {number} an outcome
 */
function send(key) {
  cells[KEY] = key;
  sendBlock();
  return cells[OUTCOME];
}

/** The string that the last message was of those that several endpoints of this thread get. */
let kept = '';

/** Reads the message that has been taken or received. */
function readCurrent() {
  if (cells[OUTCOME] === WHOLE) return readWhole();
  if (cells[OUTCOME] === ATTACHED || (fast === null && !isFast(cells[LENGTH], cells[LENGTH] > LARGE))) return read();
  const keeping = control[KEEPING];
  if (keeping === AGAIN) return kept;
  const value = /** @type {NonNullable<typeof fast>} */ (fast).decodeCurrent();
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
  const value = require('../channel/sidecar').takeWhole(cells[KEY], cells[OTHER_KEY]);
  cells[OUTCOME] = MESSAGE;
  return value;
}

/**
 * Reads one of several messages that have been taken.
 * @param {number} p its first word
 * @param {number} length in bytes
 */
function readRecord(p, length) {
  if (fast !== null || isFast(length, length > LARGE)) {
    return /** @type {NonNullable<typeof fast>} */ (fast).decodeRecord(p, length);
  }
  cells[OFFSET] = p * 4;
  cells[LENGTH] = length;
  return readRecordWhole();
}

module.exports = { write, writeWithPort, abandon, send, readCurrent, readRecord };
