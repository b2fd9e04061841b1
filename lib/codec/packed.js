// Writes arrays of numbers in bulk.
'use strict';

const { PACKED_DOUBLES, PACKED_INTS } = require('../native').tags;
const { out } = require('./block');
const { LIMIT, writeHead } = require('./writer');
const { bareList } = require('./intrinsics');

const { words, doubles } = out;

/** Shorter ones gain nothing. */
const PACKABLE = 4;

/** Whether a value is an integer of 32 bits; -0 is none. */
const isInt32 = (/** @type {unknown} */ v) => typeof v === 'number' && v === v >> 0 && (v !== 0 || 1 / v > 0);

/**
 * Writes an array if it holds only numbers.
 * @param {unknown[]} array without holes, or with some
 * @param {number} first its first element
 * @param {number} length PACKABLE at least
 * @param {number} p
 * @param {(p: number) => number} flush
 * @returns {number | unknown[]} the place after it; or, if it holds other values, those elements that have been read
 */
function writePacked(array, first, length, p, flush) {
  if (2 * length + 4 > LIMIT - p) return writeLong(array, length, p, flush);
  const at = p + 1;
  if (!isInt32(first)) return writeDoubles(array, first, length, p, 0);
  words[at] = first;
  for (let i = 1; i < length; i++) {
    const v = array[i];
    if (typeof v !== 'number' || v !== v >> 0 || (v === 0 && 1 / v < 0)) return writeDoubles(array, v, length, p, i);
    words[at + i] = v;
  }
  words[p] = PACKED_INTS | (length << 8);
  return at + length;
}

/**
 * @param {unknown[]} array
 * @param {unknown} next the element that comes next
 * @param {number} length
 * @param {number} p
 * @param {number} count of the elements that have been written as integers
 */
function writeDoubles(array, next, length, p, count) {
  const at = (p + 2) & ~1;
  const first = at >> 1;
  // From the last to the first: a double takes the room of two integers.
  for (let i = count - 1; i >= 0; i--) doubles[first + i] = words[p + 1 + i];
  if (typeof next !== 'number') return readSoFar(first, count, next);
  setDouble(at + 2 * count, next);
  for (let i = count + 1; i < length; i++) {
    const v = array[i];
    if (typeof v !== 'number') return readSoFar(first, i, v);
    doubles[first + i] = v;
    if (v !== v) setDouble(at + 2 * i, v);
  }
  words[p] = PACKED_DOUBLES | (length << 8);
  if (at > p + 1) words[p + 1] = 0;
  return at + 2 * length;
}

/**
 * @param {number} first where the doubles stand
 * @param {number} count of them
 * @param {unknown} next what came then; left to be looked at again if it may be a hole
 */
function readSoFar(first, count, next) {
  const list = bareList();
  for (let i = 0; i < count; i++) list[i] = doubles[first + i];
  if (next !== undefined) list[count] = next;
  return list;
}

/**
 * @param {number} at
 * @param {number} v
 */
function setDouble(at, v) {
  doubles[at >> 1] = v;
  // All NaNs are one.
  if (v !== v) {
    words[at] = 0;
    words[at + 1] = 0x7ff80000;
  }
}

/**
 * An array that does not fit into the block: it is looked through before anything is written.
 * @param {unknown[]} array
 * @param {number} length
 * @param {number} p
 * @param {(p: number) => number} flush
 */
function writeLong(array, length, p, flush) {
  let ints = true;
  for (let i = 0; i < length; i++) {
    const v = array[i];
    if (typeof v !== 'number') return [];
    if (ints && !isInt32(v)) ints = false;
  }
  p = writeHead(ints ? PACKED_INTS : PACKED_DOUBLES, length, p);
  if (!ints && (p & 1) === 1) words[p++] = 0;
  for (let i = 0; i < length; i++) {
    if (p > LIMIT) p = flush(p);
    const v = /** @type {number} */ (array[i]);
    if (ints) {
      words[p++] = v;
    } else {
      setDouble(p, v);
      p += 2;
    }
  }
  return p;
}

module.exports = { writePacked, PACKABLE };
