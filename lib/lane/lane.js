// Chooses the codec that sends or reads a message: the fast lane in JavaScript, or the complete codec in Rust.
'use strict';

const native = require('../native/native');
const { cells, control, places } = require('../native/block');
const { process, statics, types } = require('../language/originals');
const { isToAbort } = require('../runtime/ticks');

const { isArray, now } = statics;
const { read, readRecord: readRecordByCompleteCodec, send: sendBlock } = native;
const { ATTACHED, MESSAGE, NOTHING, WHOLE } = native.outcomes;
const { AGAIN, KEPT, MAY } = native.keeping;
const { KEEPING, KEY, LENGTH, OFFSET, OTHER_KEY, OUTCOME } = places;

const { FERROPORT_FAST_LANE: SETTING } = process.env;

/** Whether this thread may use the fast lane. */
const isOn = SETTING !== '0';

/** @type {typeof import('./fast-lane') | null} */
let fast = null;

/**
 * The fast lane saves some microseconds a message, and costs some ten milliseconds of loading, compiling and
 * optimizing. That is worth it for a busy thread: one whose messages reach the weight BUSY within SPAN milliseconds. A
 * message weighs 1, and 1 more for every 64 bytes. FERROPORT_FAST_LANE=1 asks for the lane from the first message on.
 * So does `--abort-on-uncaught-exception`: what the lane refuses is thrown by JavaScript, and V8 sees who catches that.
 */
const BUSY = SETTING === '1' || isToAbort ? 0 : 8192;
const SPAN = 2000;
const BYTES = 64;

/** A message of more bytes, or of more elements, is worth the fast lane by itself. */
const LARGE = 4096;
const LONG = 64;

/** The weight of the messages that have gone the slow lane since the time `since`, which is in milliseconds. */
let weight = 0;
let since = 0;

/**
 * Whether the thread is busy. A program may have replaced the runtime's clock: then the lane comes late, or early.
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
 * @param {number} bytes of the message to be read; of the last message, where one is to be written
 * @param {boolean} isLarge whether this message is worth the fast lane by itself
 */
function isFast(bytes, isLarge) {
  if (!isOn || (!isLarge && !isBusy(bytes))) return false;
  try {
    fast = require('./fast-lane');
  } catch {
    // Loading runs code of Node's, which fails where programs have put setters on prototypes, or where the stack is
    // full. The message can do without the fast lane; a later one tries again.
    return false;
  }
  return true;
}

/**
 * Whether a value can be seen to be large without looking inside. A proxy is asked nothing.
 * @param {unknown} value
 */
const isLong = (value) => !types.isProxy(value) && isArray(value) && value.length > LONG;

/**
 * Writes a value as the message that is sent next, by `send` or `sendBeside`.
 * @param {unknown} value
 * @param {number} [from] the key of the sending endpoint, if the message has one receiver; else 0, and nothing is moved that Node moves
 *   to one receiver only
 * @returns {import('../codec/message/session') | import('../codec/message/refused') | null | undefined} undefined if the complete
 *   codec has to write the message; `Refused` with what a getter has thrown, or the running Node's error for what cannot be cloned; the
 *   session, if a parcel goes along; null if nothing does
 */
function write(value, from = 0) {
  if (fast === null && !isFast(cells[LENGTH], isLong(value))) return undefined;
  return /** @type {NonNullable<typeof fast>} */ (fast).write(value, from, null);
}

/**
 * As `write`, for a message that moves a port of this copy of ferroport, and nothing else.
 * @param {unknown} value
 * @param {ReturnType<typeof import('../port/port').make>} port whose endpoint is to go along with the message
 */
function writeWithPort(value, port) {
  if (fast === null && !isFast(cells[LENGTH], isLong(value))) return undefined;
  return /** @type {NonNullable<typeof fast>} */ (fast).write(value, 0, port);
}

/** Forgets what was written of a message that is not sent after all. */
function abandon() {
  if (fast !== null) fast.abandon();
}

/**
 * Sends the message that was written. If this throws, nothing was sent.
 * @param {number} key of the endpoint
 * @returns {number} an outcome
 */
function send(key) {
  cells[KEY] = key;
  sendBlock();
  return cells[OUTCOME];
}

/** The last message that was a string and goes to several endpoints of this thread. */
let sharedText = '';

/** Reads the message that has been taken or received. */
function readCurrent() {
  if (cells[OUTCOME] === WHOLE) return readWhole();
  if (cells[OUTCOME] === ATTACHED || (fast === null && !isFast(cells[LENGTH], cells[LENGTH] > LARGE))) return read();
  const keeping = control[KEEPING];
  if (keeping === AGAIN) return sharedText;
  const value = /** @type {NonNullable<typeof fast>} */ (fast).decodeCurrent();
  if (keeping === MAY && typeof value === 'string') {
    sharedText = value;
    control[KEEPING] = KEPT;
  }
  return value;
}

/** Takes the whole value for which the message stands. */
function readWhole() {
  // NOTHING stays here if the thread is terminated while the value is taken.
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
  return readRecordByCompleteCodec();
}

module.exports = { write, writeWithPort, abandon, send, readCurrent, readRecord };
