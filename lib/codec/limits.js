// Where the fast lane stops.
'use strict';

/** An object with more keys is a dictionary (src/wire/shapes.rs). */
const { MOST_KEYS } = require('../native').limits;

/** Deeper values are left to the complete codec, which keeps its stack on the heap. */
const DEEP = 200;

module.exports = { DEEP, MOST_KEYS };
