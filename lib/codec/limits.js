// Where the fast lane stops.
'use strict';

/**
 * An object with more keys than MOST_KEYS is a dictionary, and so is one with a key of more code units than LONGEST_KEY. A
 * list of keys that has been seen OFTEN_ENOUGH has its number, or will get none (src/wire/shapes.rs). A run of strings has no more
 * than MOST_IN_RUN, and one call writes MOST_BIGINTS (src/node/lane/many.rs).
 */
const { MOST_KEYS, LONGEST_KEY, OFTEN_ENOUGH, MOST_IN_RUN, MOST_BIGINTS } = require('../native').limits;

/** Deeper values are left to the complete codec, which keeps its stack on the heap. */
const DEEP = 200;

module.exports = { DEEP, MOST_IN_RUN, MOST_BIGINTS, MOST_KEYS, LONGEST_KEY, OFTEN_ENOUGH };
