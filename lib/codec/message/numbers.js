// The numbers of a message's objects. A Map of V8's is full with 2^24 entries; further entries go into further Maps.
'use strict';

const { Map, mapDelete, mapGet, mapSet } = require('../../language/intrinsics');

/** @type {Map<object, number>[]} */
const NONE = [];

/** A table of objects and their numbers, to be changed by the functions below. */
class Numbers {
  constructor() {
    /** @type {Map<object, number>} */
    this.first = new Map();
    /** Further Maps, oldest first: each but the last is full. */
    this.more = NONE;
  }
}

/** @typedef {Numbers} ObjectNumbers */

/**
 * @param {Numbers} numbers
 * @param {object} object
 * @returns {number | undefined}
 */
function get({ first, more }, object) {
  const found = mapGet(first, object);
  return found === undefined && more !== NONE ? getFrom(more, object) : found;
}

/**
 * @param {Map<object, number>[]} maps
 * @param {object} object
 */
function getFrom(maps, object) {
  for (let i = 0; i < maps.length; i++) {
    const found = mapGet(maps[i], object);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * @param {Numbers} numbers
 * @param {object} object which has no number yet
 * @param {number} number
 */
function set(numbers, object, number) {
  const { first, more } = numbers;
  try {
    mapSet(more === NONE ? first : more[more.length - 1], object, number);
  } catch {
    // The Map is full, or the stack is; then this throws as well.
    const next = new Map();
    mapSet(next, object, number);
    if (more === NONE) numbers.more = [next];
    else more[more.length] = next;
  }
}

/**
 * @param {Numbers} numbers
 * @param {object} object
 */
function remove({ first, more }, object) {
  mapDelete(first, object);
  for (let i = 0; i < more.length; i++) mapDelete(more[i], object);
}

module.exports = { Numbers, get, set, remove };
