// Writes arrays of numbers, or of booleans, in bulk.
'use strict';

const { FALSE, NAN_HIGH, PACKED_DOUBLES, PACKED_INTS, TRUE } = require('../../native/native').tags;
const { LIMIT, out } = require('../../native/block');
const { elementAt } = require('../../objects/element-at');
const { copyOf, hasAccessor, mistaken, LONG } = require('./number-copies');
const { writeBytes, writeHead } = require('./writer');
const { bareList, globals, hasOwn } = require('../../language/intrinsics');

const { Float64Array, Int32Array, Uint8Array } = globals;

const { words, doubles } = out;

/** Arrays that are shorter gain nothing by it. */
const PACKABLE = 4;

/** Whether a value is an integer of 32 bits. -0 is none. */
const isInt32 = (/** @type {unknown} */ v) => typeof v === 'number' && v === v >> 0 && (v !== 0 || 1 / v > 0);

/**
 * Writes an array if it holds only numbers.
 * @param {unknown[]} array without holes, or with some
 * @param {number} first its first element
 * @param {number} length PACKABLE at least
 * @param {number} p
 * @returns {number | unknown[]} the place after the array; if the array holds other values, a list of the elements that have
 *   been read
 */
function writePacked(array, first, length, p) {
  const copy = copyOf(array, first, length);
  if (2 * length + 4 > LIMIT - p) return writeLong(array, copy, first, length, p);
  if (copy !== null) return writeCopy(array, copy, length, p);
  const at = p + 1;
  if (!isInt32(first)) return writeDoubles(array, first, length, p, 0);
  words[at] = first;
  for (let i = 1; i < length; i++) {
    const v = elementAt(array, i);
    if (typeof v !== 'number' || v !== v >> 0 || (v === 0 && 1 / v < 0)) return writeDoubles(array, v, length, p, i);
    words[at + i] = v;
  }
  words[p] = PACKED_INTS | (length << 8);
  return at + length;
}

/**
 * As `writePacked`, from a copy.
 * @param {unknown[]} array
 * @param {unknown[]} copy of the array
 * @param {number} length
 * @param {number} p
 */
function writeCopy(array, copy, length, p) {
  const count = copyInts(copy, length, p + 1);
  if (count === length) {
    words[p] = PACKED_INTS | (length << 8);
    return p + 1 + length;
  }
  const at = (p + 2) & ~1;
  const first = at >> 1;
  // This goes from the last number to the first, because a double takes the room of two integers.
  for (let i = count - 1; i >= 0; i--) doubles[first + i] = words[p + 1 + i];
  const end = copyDoubles(copy, count, length, first);
  if (end < length) return readFromCopy(array, copy, end);
  words[p] = PACKED_DOUBLES | (length << 8);
  if (at > p + 1) words[p + 1] = 0;
  return at + 2 * length;
}

/**
 * Writes the integers with which a copy begins.
 * @param {unknown[]} copy
 * @param {number} length
 * @param {number} at
 * @returns {number} how many integers that are
 */
function copyInts(copy, length, at) {
  for (let i = 0; i < length; i++) {
    const v = copy[i];
    if (typeof v !== 'number' || v !== v >> 0 || (v === 0 && 1 / v < 0)) return i;
    words[at + i] = v;
  }
  return length;
}

/**
 * Writes the numbers of a copy from `i` on, as doubles.
 * @param {unknown[]} copy
 * @param {number} i
 * @param {number} length
 * @param {number} first the place of the copy's first element among the doubles
 * @returns {number} the index of the first element that is no number; `length` if all are numbers
 */
function copyDoubles(copy, i, length, first) {
  for (; i < length; i++) {
    const v = copy[i];
    if (typeof v !== 'number') return i;
    doubles[first + i] = v;
    if (v !== v) setNaN(words, 2 * (first + i));
  }
  return length;
}

/**
 * Writes the elements of an array from a copy, if all of them are booleans.
 * @param {unknown[]} array
 * @param {boolean} first its first element
 * @param {number} length
 * @param {number} p the place for the first element
 * @returns {number | unknown[] | null} the place after the elements; if the array holds other values, a list of the elements
 *   that have been read; null if the array was not copied, and no element was read
 */
function writeBooleans(array, first, length, p) {
  if (length > LIMIT - p) return null;
  const copy = copyOf(array, first, length);
  if (copy === null) return null;
  for (let i = 0; i < length; i++) {
    const v = copy[i];
    if (v === true) words[p + i] = TRUE;
    else if (v === false) words[p + i] = FALSE;
    else return readFromCopy(array, copy, i);
  }
  return p + length;
}

/**
 * The elements that must not be read again of an array whose copy held other values than expected. These are the elements before the
 * first unexpected one, and all that an accessor may have given.
 * @param {unknown[]} array
 * @param {unknown[]} copy
 * @param {number} count how many of the copy's first elements are as expected
 */
function readFromCopy(array, copy, count) {
  mistaken();
  let end = copy.length;
  while (end > count && !hasAccessor(array, end - 1)) end--;
  const list = bareList();
  for (let i = 0; i < end; i++) {
    if (i < count || copy[i] !== undefined || hasOwn(array, /** @type {any} */ (i))) list[i] = copy[i];
  }
  list.length = end;
  return list;
}

/**
 * Writes an array as doubles, from an element on that is no integer.
 * @param {unknown[]} array
 * @param {unknown} next that element
 * @param {number} length
 * @param {number} p
 * @param {number} count of the elements before it, which have been written as integers
 */
function writeDoubles(array, next, length, p, count) {
  const at = (p + 2) & ~1;
  const first = at >> 1;
  // This goes from the last number to the first, because a double takes the room of two integers.
  for (let i = count - 1; i >= 0; i--) doubles[first + i] = words[p + 1 + i];
  if (typeof next !== 'number') return readSoFar(array, doubles, first, count, next);
  setDouble(at + 2 * count, next);
  for (let i = count + 1; i < length; i++) {
    const v = elementAt(array, i);
    if (typeof v !== 'number') return readSoFar(array, doubles, first, i, v);
    doubles[first + i] = v;
    if (v !== v) setDouble(at + 2 * i, v);
  }
  words[p] = PACKED_DOUBLES | (length << 8);
  if (at > p + 1) words[p + 1] = 0;
  return at + 2 * length;
}

/**
 * Lists the elements that have been read of an array that turned out to hold other values than numbers.
 * @param {unknown[]} array
 * @param {Float64Array} numbers
 * @param {number} first the place of the array's first element among the numbers
 * @param {number} count how many elements are numbers
 * @param {unknown} next the element after them. It is left out if it is a hole, so that it is looked at again
 */
function readSoFar(array, numbers, first, count, next) {
  const isThere = next !== undefined || hasOwn(array, /** @type {any} */ (count));
  // Most of these arrays hold a number and what belongs to it. To make an array without prototype takes as long as to write them.
  if (count === 1) return isThere ? [numbers[first], next] : [numbers[first]];
  const list = bareList();
  for (let i = 0; i < count; i++) list[i] = numbers[first + i];
  if (isThere) list[count] = next;
  return list;
}

/**
 * Writes a double.
 * @param {number} at the place of its first word
 * @param {number} v
 */
function setDouble(at, v) {
  doubles[at >> 1] = v;
  if (v !== v) setNaN(words, at);
}

/**
 * Writes the one NaN that messages have.
 * @param {Int32Array} units
 * @param {number} at
 */
function setNaN(units, at) {
  units[at] = 0;
  units[at + 1] = NAN_HIGH;
}

/** The scratch memory has room for this many numbers, 1 MiB. It is used again, because fresh memory costs as much as writing to it. */
const MOST_SCRATCH = 1 << 17;

let scratch = new Float64Array(0);

/** @param {number} length */
function scratchFor(length) {
  if (length > MOST_SCRATCH) return new Float64Array(length);
  if (scratch.length === 0) scratch = new Float64Array(MOST_SCRATCH);
  return scratch;
}

/**
 * Writes an array that does not fit into the block. All elements are read before anything is written, and none of them twice.
 * @param {unknown[]} array
 * @param {unknown[] | null} copy of the array, if there is one
 * @param {number} first its first element
 * @param {number} length
 * @param {number} p
 */
function writeLong(array, copy, first, length, p) {
  const numbers = scratchFor(length);
  const units = new Int32Array(numbers.buffer);
  let ints = isInt32(first);
  numbers[0] = first;
  for (let i = 1; i < length; i++) {
    const v = copy === null ? elementAt(array, i) : copy[i];
    if (typeof v !== 'number') {
      return copy === null ? readSoFar(array, numbers, 0, i, v) : readFromCopy(array, copy, i);
    }
    numbers[i] = v;
    if (ints && !isInt32(v)) ints = false;
  }
  p = writeHead(ints ? PACKED_INTS : PACKED_DOUBLES, length, p);
  if (ints) {
    for (let i = 0; i < length; i++) units[i] = numbers[i];
  } else {
    if ((p & 1) === 1) words[p++] = 0;
    for (let i = 0; i < length; i++) if (numbers[i] !== numbers[i]) setNaN(units, 2 * i);
  }
  const size = length * (ints ? 4 : 8);
  return writeBytes(new Uint8Array(numbers.buffer, 0, size), size, p);
}

module.exports = { writePacked, writeBooleans, LONG, PACKABLE };
