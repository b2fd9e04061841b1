// Reads elements of what programs send, in a way that leaves their arrays as they are.
//
// V8 has arrays of small integers, of doubles and of anything, and reads each in its own way. Where a place in the code has met
// several of these, the code that V8 optimises turns the arrays of the narrower kinds into ones of the widest before it reads
// them: in place, for good, so that the program's own code on them is slower afterwards. A place that has met more kinds of
// objects than V8 counts (four) does not, and is as quick. The places here have met them before any array of a program's.
'use strict';

const ageing = require('./ageing');
const { Array, bareList, isDeepStrictEqual, setPrototypeOf } = require('../language/intrinsics');

/** V8 begins to remember what a place meets when its function has been called some hundred times. */
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
 * Node's comparison reads arrays, too; see elements.js.
 * @param {any} object
 */
function compare(object) {
  return isDeepStrictEqual(object, object.length === undefined ? object : twin);
}

/** @type {unknown[]} */
const twin = [0];

/** Objects of more kinds than V8 counts, arrays of each kind among them, with something at 0. */
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
 * An array that has had a hole, of which V8 does not forget that.
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
 * Lets places meet all kinds. They are called from where V8 does not know whom it calls, so that it is they who run, not a copy of
 * their code.
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

/** To be called before an array of a program's is compared for the first time: it takes longer than all the rest, and few are. */
function prepareToCompare() {
  if (isComparing) return;
  prepare(comparing);
  isComparing = true;
}

prepare(reading);
// What V8 has remembered of functions that have not run for some collections, it forgets.
ageing.onCollection(prepareAgain);

module.exports = { elementAt, hasElement, prepareToCompare };
