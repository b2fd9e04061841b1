// The memory that Rust and JavaScript both see: src/node/block.rs says what is where.
'use strict';

const native = require('./native');

const { CELL_BYTES, CONTROL_BYTES, WORD_BYTES } = native.places;

const block = native.makeBlock();

/** @param {number} offset in bytes */
const wordsAt = (offset) => ({
  words: new Int32Array(block, offset, WORD_BYTES / 4),
  doubles: new Float64Array(block, offset, WORD_BYTES / 8),
  digits: new BigUint64Array(block, offset, WORD_BYTES / 8),
  bytes: new Uint8Array(block, offset, WORD_BYTES),
});

/** Results of native calls besides the returned value, and arguments of native calls. */
const cells = new Float64Array(block, 0, CELL_BYTES / 8);

/** Positions and counts. */
const control = new Int32Array(block, CELL_BYTES, CONTROL_BYTES / 4);

/** A message being written. */
const out = wordsAt(CELL_BYTES + CONTROL_BYTES);

/** Messages being read. */
const incoming = wordsAt(CELL_BYTES + CONTROL_BYTES + WORD_BYTES);

/** The last word at which the encoder begins a value without asking for room. Small values fit in behind it. */
const LIMIT = WORD_BYTES / 4 - 1024;

/** Words in front of the content of each of several messages in the block. */
const RECORD_HEADER = native.places.RECORD_HEADER / 4;

const { RECORD_ALIGNMENT } = native.places;

/**
 * @param {number} length bytes of content
 * @returns {number} how many words further the next of several messages in the block begins
 */
const recordWords = (length) => RECORD_HEADER + (((length + RECORD_ALIGNMENT - 1) & -RECORD_ALIGNMENT) >> 2);

module.exports = { LIMIT, RECORD_HEADER, cells, control, out, incoming, places: native.places, recordWords };
