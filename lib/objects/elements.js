// Whether an array consists of its elements and has no other properties.
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
const { lazy } = require('../language/lazy');

const ArrayPrototype = Array.prototype;

const { toStringTag } = Symbol;

/** Up to so many elements, listing an array's keys is quick. */
const FEW = 64;

/** The last key of a dense array, by the array's length. */
const LAST = bareList();
for (let length = 0; length <= FEW; length++) LAST[length] = `${length - 1}`;

/**
 * An array without elements but with an accessor at index 0, to which `isDeepStrictEqual` compares an array. Node first
 * compares the properties that are no elements. It asks the accessor only if neither array has any, however many
 * elements there are. Listing the keys instead would make a string of every index.
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

/** Whether the running Node compares in that order. Found out when first asked, because that takes long. */
const comparesElementsLast = lazy(() => {
  prepareToCompare();
  const extra = [1, 2];
  const odd = [1];
  extend(extra, 'extra');
  extend(odd, '-1');
  return isBare([1, 2]) && !isBare(extra) && !isBare(odd);
});

/**
 * @param {unknown[]} array
 * @param {string} name
 */
function extend(array, name) {
  // The descriptor has no prototype, because it could inherit `get`.
  defineProperty(array, name, /** @type {any} */ ({ __proto__: null, value: 1, enumerable: true }));
}

/**
 * The keys of an array, if it has other properties than its elements, or if many elements are missing.
 * @param {unknown[]} array
 * @param {number} length
 * @returns {string[] | null} null for an array that consists of its elements
 */
function keysBeside(array, length) {
  if (length > FEW && comparesElementsLast() && !seemsToHaveMore(array) && !isSparse(array, length)) {
    return isBare(array) ? null : keysOf(array);
  }
  const keys = keysOf(array);
  if (length === 0) return keys.length === 0 ? null : keys;
  const isDense = keys.length === length && keys[length - 1] === (length <= FEW ? LAST[length] : `${length - 1}`);
  return isDense ? null : keys;
}

/**
 * Whether looking up a missing element may find one on a prototype, or run code of the program's.
 * @param {unknown[]} array
 */
function seemsToHaveMore(array) {
  // Array.prototype is an array: its length exceeds every index that it has had.
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
 * As `keysBeside`, for a caller that reads the elements afterwards without asking whether they are the array's own. Any
 * array that seems to have more gets its keys listed.
 * @param {unknown[]} array
 */
const keysForSure = (array) => (seemsToHaveMore(array) ? keysOf(array) : keysBeside(array, array.length));

module.exports = { keysBeside, keysForSure, seemsToHaveMore };
