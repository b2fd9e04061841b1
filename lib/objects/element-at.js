// Reads elements of programs' arrays in a way that leaves the arrays as they are.
//
// V8 lays arrays out for small integers, for doubles or for anything, and reads each layout in its own way. Where one
// place in the code has met several layouts, optimised code converts arrays of the narrower layouts to the widest one
// before it reads them. It does so in place and for good, so the program's own code on them is slower afterwards. A
// place that has met more kinds of objects than V8 counts (four) converts nothing, and is as quick. The places in this
// file have met that many before they meet an array of a program's.
'use strict';

const ageing = require('./ageing');
const { Array, bareList, isDeepStrictEqual, setPrototypeOf } = require('../language/intrinsics');

/** V8 begins to note what a place meets after some hundred calls of its function. */
const CALLS = 512;

/**
 * @param {any} object
 * @param {number | string} key
 */
function elementAt(object, key) {
  return object[key];
}

/**
 * Whether an object has an element, or inherits one.
 * @param {any} object
 * @param {number} index
 */
function hasElement(object, index) {
  return index in object;
}

/**
 * Calls Node's comparison, which reads arrays, too; see elements.js.
 * @param {any} object
 */
function compare(object) {
  return isDeepStrictEqual(object, object.length === undefined ? object : twin);
}

/** @type {unknown[]} */
const twin = [0];

/** Objects of more kinds than V8 counts, with something at index 0. Arrays of each layout are among them. */
const kinds = [
  [0],
  [0.5],
  ['a'],
  holey(0),
  holey(0.5),
  holey('a'),
  bareList(),
  { 0: 0 },
  { 0: 0, a: 0 },
  { 0: 0, b: 0 },
  setPrototypeOf({ 0: 0 }, null),
];

/**
 * An array that has had a hole; V8 does not forget that.
 * @param {unknown} element
 */
function holey(element) {
  const list = new Array(1);
  list[0] = element;
  return list;
}

/** @typedef {(object: any, key: number) => unknown} Place */

/** @type {Place[]} */
const reading = [elementAt, hasElement];

/** @type {Place[]} */
const comparing = [compare];

let isComparing = false;

/**
 * Lets places meet all kinds. V8 does not know whom this loop calls, so it runs the functions themselves and no inlined
 * copy of them.
 * @param {Place[]} places
 */
function prepare(places) {
  for (let call = 0; call < CALLS; call++) {
    for (let place = 0; place < places.length; place++) places[place](kinds[call % kinds.length], 0);
  }
}

function prepareAgain() {
  prepare(reading);
  if (isComparing) prepare(comparing);
}

/**
 * To be called before an array of a program's is compared. Done late, because it takes longer than all the rest and few
 * arrays are compared.
 */
function prepareToCompare() {
  if (isComparing) return;
  prepare(comparing);
  isComparing = true;
}

prepare(reading);
// V8 forgets what it has noted about functions that have not run for some collections.
ageing.onCollection(prepareAgain);

module.exports = { elementAt, hasElement, prepareToCompare };
