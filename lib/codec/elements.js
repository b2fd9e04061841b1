// Whether an array is its elements and nothing else.
'use strict';

const { isDeepStrictEqual } = require('node:util');
const { Object, defineProperty } = require('./intrinsics');

const { keys } = Object;

/** All elements are there, and nothing else is. */
const DENSE = 0;
/** Some may be missing; nothing else is there. */
const HOLEY = 1;
/** Many are missing, or something else is there. */
const OTHER = 2;

/** The keys of so many elements are quickly listed. */
const FEW = 24;

/** The last key of a dense array of each such length. */
const LAST = Array.from({ length: FEW + 1 }, (_, length) => String(length - 1));

/**
 * Node compares the properties of two arrays that are no elements before it looks at the elements. So an array without
 * elements but with an accessor for the first tells whether another has as few as itself, which has none, whatever the
 * number of elements; asking for keys would make a string of every index.
 * @type {unknown[]}
 */
const bare = [];
let reached = false;
defineProperty(bare, 0, {
  get() {
    reached = true;
    return bare;
  },
  enumerable: true,
});

/** @param {unknown[]} array not empty */
function isBare(array) {
  bare.length = array.length;
  reached = false;
  isDeepStrictEqual(array, bare);
  return reached;
}

/** Whether the running Node compares in that order. */
const tells = isBare([1, 2]) && !isBare(Object.assign([1, 2], { extra: 1 })) && !isBare(Object.assign([1], { '-1': 1 }));

/**
 * @param {unknown[]} array
 * @param {number} length
 * @returns {number} DENSE, HOLEY or OTHER
 */
function elementsOf(array, length) {
  if (length === 0) {
    for (const _ in array) return OTHER;
    return DENSE;
  }
  if (length > FEW && tells && !isSparse(array, length)) return isBare(array) ? HOLEY : OTHER;
  const list = keys(array);
  if (list.length !== length) return OTHER;
  const last = list[length - 1];
  return last === (length <= FEW ? LAST[length] : String(length - 1)) ? DENSE : OTHER;
}

/**
 * Whether an array looks as if most of its elements were missing.
 * @param {unknown[]} array
 * @param {number} length
 */
function isSparse(array, length) {
  if (array[length - 1] !== undefined && array[0] !== undefined) return false;
  let missing = 0;
  for (let i = 0; i < 8; i++) if (!(Math.floor((i * length) / 8) in array)) missing++;
  return missing > 4;
}

module.exports = { elementsOf, DENSE, HOLEY };
