// Whether an array is its elements and nothing else.
'use strict';

const { hasElement, prepareToCompare } = require('./element-at');
const {
  Array,
  bareList,
  defineProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  isBeforeProxy,
  isDeepStrictEqual,
  keysOf,
} = require('../language/intrinsics');

const ArrayPrototype = Array.prototype;

const { toStringTag } = Symbol;

/** The keys of so many elements are quickly listed. */
const FEW = 64;

/** The last key of a dense array of each such length. */
const LAST = bareList();
for (let length = 0; length <= FEW; length++) LAST[length] = `${length - 1}`;

/**
 * Node compares the properties of two arrays that are no elements before it looks at the elements. So an array without
 * elements but with an accessor for the first tells whether another has as few as itself, which has none, whatever the
 * number of elements; asking for keys would make a string of every index.
 * @type {unknown[]}
 */
const bare = [];
let reached = false;
defineProperty(
  bare,
  0,
  /** @type {any} */ ({
    __proto__: null,
    get() {
      reached = true;
      return bare;
    },
    enumerable: true,
  }),
);

/** @param {unknown[]} array not empty */
function isBare(array) {
  bare.length = array.length;
  reached = false;
  isDeepStrictEqual(array, bare);
  return reached;
}

/** @type {boolean | undefined} */
let isTold;

/** Whether the running Node compares in that order; found out when first asked, because it takes long. */
function tells() {
  prepareToCompare();
  const extra = [1, 2];
  const odd = [1];
  extend(extra, 'extra');
  extend(odd, '-1');
  return isBare([1, 2]) && !isBare(extra) && !isBare(odd);
}

/**
 * @param {unknown[]} array
 * @param {string} name
 */
function extend(array, name) {
  // Without prototype, because a descriptor's `get` may be inherited.
  defineProperty(array, name, /** @type {any} */ ({ __proto__: null, value: 1, enumerable: true }));
}

/**
 * The keys of an array that has other properties than its elements, or of which many are missing.
 * @param {unknown[]} array
 * @param {number} length
 * @returns {string[] | null} null for an array that is its elements
 */
function keysBeside(array, length) {
  if (length > FEW && (isTold ??= tells()) && !seemsToHaveMore(array) && !isSparse(array, length)) {
    return isBare(array) ? null : keysOf(array);
  }
  const keys = keysOf(array);
  if (length === 0) return keys.length === 0 ? null : keys;
  const isDense = keys.length === length && keys[length - 1] === (length <= FEW ? LAST[length] : `${length - 1}`);
  return isDense ? null : keys;
}

/**
 * Whether looking for an element that an array has not may find one all the same, or run code of a program's.
 * @param {unknown[]} array
 */
function seemsToHaveMore(array) {
  // Array.prototype is an array: its length exceeds every index it has had.
  return getPrototypeOf(array) === ArrayPrototype ? ArrayPrototype.length !== 0 : isBeforeProxy(array);
}

/**
 * Whether an array looks as if most of its elements were missing, or has something that the comparison would ask for: its
 * first element, by an accessor, or a tag.
 * @param {unknown[]} array
 * @param {number} length
 */
function isSparse(array, length) {
  let missing = 0;
  for (let i = 0; i < 8; i++) if (!hasElement(array, (i * length) >>> 3)) missing++;
  return missing > 4 || toStringTag in array || getOwnPropertyDescriptor(array, 0)?.get !== undefined;
}

/**
 * As `keysBeside`, for one who then reads elements without asking whether they are the array's own: the keys of any array
 * that may seem to have more.
 * @param {unknown[]} array
 */
const keysForSure = (array) => (seemsToHaveMore(array) ? keysOf(array) : keysBeside(array, array.length));

module.exports = { keysBeside, keysForSure, seemsToHaveMore };
