// Copies of programs' arrays of numbers, or of booleans. V8 makes a copy in one step. The elements are then read from the
// copy in V8's quickest way, which may turn the copy into an array of a wider kind. The program's own array must not be
// turned (see element-at.js).
'use strict';

const { arrayWith, getOwnPropertyDescriptor } = require('../../language/intrinsics');

/** Arrays that are shorter are read as quickly as they would be copied. */
const SHORTEST = 12;

/**
 * The same bound for arrays that begin with an integer or a boolean. V8 takes longer to copy integers, and booleans are
 * read more quickly.
 */
const LONG = 64;

/** If a copy held something else besides, copying was in vain. Then this many arrays are read without a copy, and more after each failure. */
const MOST_PASSED = 1023;

/** How many arrays have been read without a copy since the last copy in vain, and how many are to be. */
let passed = 0;
let toPass = 0;

/**
 * Copies an array whose first element has been read, if a copy seems to be worth the time. Every other element is read once, in order. A
 * hole becomes `undefined` in the copy.
 * @param {unknown[]} array that inherits no elements
 * @param {number | boolean} first its first element
 * @param {number} length
 * @returns {unknown[] | null} null if the array was not copied
 */
function copyOf(array, first, length) {
  if (length < SHORTEST || (length < LONG && isSmall(first))) return null;
  if (arrayWith === undefined || passed < toPass) {
    passed++;
    return null;
  }
  return arrayWith(array, 0, first);
}

/** @param {number | boolean} v */
const isSmall = (v) => typeof v === 'boolean' || v === v >> 0;

/** Notes that the last copy was in vain. */
function mistaken() {
  passed = 0;
  toPass = toPass < MOST_PASSED ? 2 * toPass + 1 : toPass;
}

/**
 * Whether an element of an array is an accessor.
 * @param {unknown[]} array
 * @param {number} index
 */
function hasAccessor(array, index) {
  const property = getOwnPropertyDescriptor(array, index);
  return property !== undefined && (property.get !== undefined || property.set !== undefined);
}

module.exports = { copyOf, mistaken, hasAccessor, LONG };
