// Walks over a value that has just been cloned: nobody else has a reference to it, and nothing in it runs code.
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
 * Visits each object in a value once. Another clone of the value gives the same order.
 * @param {unknown} value
 * @param {(object: object) => boolean} visit is called with each object, and tells whether to walk into the object's
 *   content, as it is after the call
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
 * Appends the values in an object to a list.
 * @param {any} object
 * @param {unknown[]} list
 * @param {number} count how many items of the list are in use
 * @returns {number} how many are in use afterwards
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
    // The `cause` of an error is not enumerable.
    if (hasOwn(object, 'cause')) put(object.cause);
  }
  return count;
}

/**
 * Finds the objects of a kind in a value, each once. Another clone of the value gives the same order.
 * @param {unknown} value
 * @param {(object: object) => boolean} isWanted whether an object is of that kind; the content of such an object is not
 *   searched
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
