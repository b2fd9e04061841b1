// Where the fast lane stops.
'use strict';

const { limits, reserveLevels } = require('../../native/native');

/**
 * An object with more keys than MOST_KEYS is a dictionary, and so is one with a key of more code units than LONGEST_KEY. A
 * list of keys that has been seen OFTEN_ENOUGH has its number, or will get none (src/wire/shapes.rs). A run of strings has no more
 * than MOST_IN_RUN, and one call writes MOST_BIGINTS (src/node/lane/many.rs).
 */
const { MOST_KEYS, LONGEST_KEY, OFTEN_ENOUGH, MOST_IN_RUN, MOST_BIGINTS, LEVELS } = limits;

/** So deep goes who has not asked for stack. A message of this depth needs as much as any operation has left. */
const DEEP = 64;

/**
 * How deep one may go who has come to a limit: deeper by some levels while there is stack for them. Deeper values are left to the
 * complete codec, which keeps its stack on the heap: it goes on where the other one cannot, and nothing is written or read twice.
 * @param {number} limit
 * @returns {number} a greater one, or the same
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
