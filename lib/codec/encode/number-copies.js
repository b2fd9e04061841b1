// Copies of programs' arrays of numbers, or of booleans. What is read many times is read in a copy, which V8 makes in one step: there it may be read
// in V8's quickest way, which may turn an array into one of a wider kind (see element-at.js).
'use strict';

const { arrayWith, getOwnPropertyDescriptor } = require('../../language/intrinsics');

/** Arrays that are shorter are read as quickly as they would be copied. */
const SHORTEST = 12;
const LONG = 64;

/** If a copy held something else besides, copying was in vain. Then this many arrays are read without a copy, and more after each failure. */
const MOST_PASSED = 1023;

let passed = 0;
let toPass = 0;

/**
 * Copies an array whose first element has been read, if a copy seems to be worth the time. Every other element is read once, in order. A
 * hole becomes `undefined` in the copy.
 * @param {unknown[]} array that inherits no elements
 * @param {number | boolean} first its first element
 * @param {number} length
 * @returns {unknown[] | null}
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
