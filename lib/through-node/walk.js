// A walk over a value that has just been cloned: nobody else has it, and nothing in it runs code.
'use strict';

const {
  Map,
  bareList,
  hasOwn,
  isView,
  mapForEach,
  mapHas,
  mapSet,
  setForEach,
  types,
  valuesOf,
} = require('../language/intrinsics');
const { bufferOf } = require('../runtime/view');

/**
 * Visits the objects in a value, each once, in an order that another clone of it gives, too.
 * @param {unknown} value
 * @param {(object: object) => boolean} visit called with each; whether to go on with what is inside, as it is by then
 */
function walk(value, visit) {
  const seen = new Map();
  const waiting = bareList();
  waiting[0] = value;
  for (let count = 1; count > 0;) {
    const next = waiting[--count];
    if (typeof next !== 'object' || next === null || mapHas(seen, next)) continue;
    mapSet(seen, next, true);
    if (visit(next)) count = putInside(next, waiting, count);
  }
}

/**
 * Puts what may be objects in an object on a list.
 * @param {any} object
 * @param {unknown[]} list
 * @param {number} count how many of its items are in use
 * @returns {number} how many are afterwards
 */
function putInside(object, list, count) {
  const put = (/** @type {unknown} */ value) => void (list[count++] = value);
  if (isView(object)) {
    put(bufferOf(object));
  } else if (types.isMap(object)) {
    mapForEach(object, (/** @type {unknown} */ _, /** @type {unknown} */ key) => put(key));
    mapForEach(object, put);
  } else if (types.isSet(object)) {
    setForEach(object, put);
  } else if (!types.isStringObject(object)) {
    const values = valuesOf(object);
    for (let i = 0; i < values.length; i++) put(values[i]);
    // That of an error is not enumerable.
    if (hasOwn(object, 'cause')) put(object.cause);
  }
  return count;
}

/**
 * The objects of some kind in a value, each once, in an order that another clone of it gives, too.
 * @param {unknown} value
 * @param {(object: object) => boolean} isWanted whether an object is of that kind; what is inside such a one is left out
 * @returns {any[]}
 */
function findIn(value, isWanted) {
  /** @type {any[]} */
  const found = [];
  walk(value, (object) => {
    if (!isWanted(object)) return true;
    found[found.length] = object;
    return false;
  });
  return found;
}

module.exports = { walk, findIn };
