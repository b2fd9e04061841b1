// Where the fast lane leaves a value to the complete codec.
'use strict';

const { limits, reserveLevels } = require('../../native/native');

/**
 * An object with more than MOST_KEYS keys is written as a dictionary, and so is one with a key of more than LONGEST_KEY
 * code units. A list of keys that has been seen OFTEN_ENOUGH times has its number, or will get none
 * (src/wire/shapes.rs). A run of strings has at most MOST_IN_RUN, and one call writes at most MOST_BIGINTS
 * (src/node/lane/many.rs).
 */
const { MOST_KEYS, LONGEST_KEY, OFTEN_ENOUGH, MOST_IN_RUN, MOST_BIGINTS, LEVELS } = limits;

/**
 * The depth to which a codec goes without asking for stack. A message of this depth needs as much stack as every
 * operation has left.
 */
const DEEP = 64;

/**
 * Asks for the stack of more levels when a codec has come to its limit. If there is none, the values below are left to the
 * complete codec, which keeps its stack on the heap. The complete codec goes on from there, and nothing is written or read
 * twice.
 * @param {number} limit
 * @returns {number} a greater limit, or the same if there is no stack
 */
function deeperThan(limit) {
  try {
    reserveLevels();
    return limit + LEVELS;
  } catch {
    return limit;
  }
}

module.exports = { DEEP, MOST_IN_RUN, MOST_BIGINTS, MOST_KEYS, LONGEST_KEY, OFTEN_ENOUGH, deeperThan };
