// Reads strings out of the block. Short strings are made of their characters. All of them but the shortest are
// remembered, because programs send the same strings again and again.
'use strict';

const native = require('../../native/native');
const { cells, incoming, places } = require('../../native/block');
const { bareList, filled, fromCharCode, globals, stringSlice } = require('../../language/intrinsics');

const { Function, Int32Array } = globals;
const { words } = incoming;
const { OFFSET, LENGTH } = places;
const { latin1, utf16 } = native;
const { LATIN1 } = native.tags;

/** Strings of up to so many words are remembered. */
const MOST_WORDS = 8;

/** How many strings are remembered. */
const SLOTS = 1024;

/** The head and the words of the string in each slot. */
const written = new Int32Array(SLOTS * (MOST_WORDS + 1));

/** @type {string[]} */
const strings = filled(SLOTS, '');

/**
 * @param {number} head
 * @param {number} size of its units, in words
 * @param {number} p where they are
 * @returns {string}
 */
function readString(head, size, p) {
  if ((head & 0xff) === LATIN1 && head >>> 8 <= SPELT) return spell(head >>> 8, p);
  if (size > MOST_WORDS) return make(head, p);
  let hash = head;
  for (let i = 0; i < size; i++) hash = ((hash ^ words[p + i]) * 0x9e3779b1) | 0;
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  const at = slot * (MOST_WORDS + 1);
  if (written[at] === head) {
    let i = 0;
    while (i < size && written[at + 1 + i] === words[p + i]) i++;
    if (i === size) return strings[slot];
  }
  const string = (head & 0xff) === LATIN1 ? (spellers[head >>> 8] ?? newSpeller(head >>> 8))(words, p) : make(head, p);
  // The head is written last, and no head is 0. So a slot that was left half written, because the thread was ended,
  // matches no string.
  written[at] = 0;
  strings[slot] = string;
  for (let i = 0; i < size; i++) written[at + 1 + i] = words[p + i];
  written[at] = head;
  return string;
}

/**
 * @param {number} head
 * @param {number} p
 */
function make(head, p) {
  cells[OFFSET] = p * 4;
  cells[LENGTH] = head >>> 8;
  return (head & 0xff) === LATIN1 ? latin1() : utf16();
}

/**
 * Functions that make a string of its characters, by its length: for strings that are remembered.
 * @type {((words: Int32Array, p: number) => string)[]}
 */
const spellers = /** @type {any[]} */ (bareList());

/** @param {number} length */
function newSpeller(length) {
  if (!require('../shapes/generate').canGenerate) {
    return (spellers[length] = (_, p) => make(LATIN1 | (length << 8), p));
  }
  let codes = '';
  for (let i = 0; i < length; i++) codes += `, words[p + ${i >> 2}] >> ${(i & 3) * 8} & 255`;
  const source = `'use strict';\nreturn (words, p) => fromCharCode(${stringSlice(codes, 2)});`;
  return (spellers[length] = new Function('fromCharCode', source)(fromCharCode));
}

/** Strings up to this length are made of their characters at once, because looking them up takes longer. */
const SPELT = 12;

/**
 * @param {number} length
 * @param {number} p
 */
function spell(length, p) {
  const a = words[p];
  const a0 = a & 0xff;
  const a1 = (a >> 8) & 0xff;
  const a2 = (a >> 16) & 0xff;
  const a3 = a >>> 24;
  if (length <= 4) {
    if (length === 4) return fromCharCode(a0, a1, a2, a3);
    if (length === 3) return fromCharCode(a0, a1, a2);
    if (length === 2) return fromCharCode(a0, a1);
    return length === 1 ? fromCharCode(a0) : '';
  }
  const b = words[p + 1];
  const b0 = b & 0xff;
  const b1 = (b >> 8) & 0xff;
  const b2 = (b >> 16) & 0xff;
  const b3 = b >>> 24;
  if (length <= 8) {
    if (length === 8) return fromCharCode(a0, a1, a2, a3, b0, b1, b2, b3);
    if (length === 7) return fromCharCode(a0, a1, a2, a3, b0, b1, b2);
    return length === 6 ? fromCharCode(a0, a1, a2, a3, b0, b1) : fromCharCode(a0, a1, a2, a3, b0);
  }
  const c = words[p + 2];
  const c0 = c & 0xff;
  const c1 = (c >> 8) & 0xff;
  const c2 = (c >> 16) & 0xff;
  if (length === 12) return fromCharCode(a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c >>> 24);
  if (length === 11) return fromCharCode(a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2);
  if (length === 10) return fromCharCode(a0, a1, a2, a3, b0, b1, b2, b3, c0, c1);
  return fromCharCode(a0, a1, a2, a3, b0, b1, b2, b3, c0);
}

module.exports = { readString };
