// Reads strings out of the block. Short ones are remembered: programs send the same ones again and again.
'use strict';

const native = require('../native');
const { cells, incoming, places } = require('./block');

const { words } = incoming;
const { OFFSET, LENGTH } = places;
const { latin1, utf16 } = native;
const { LATIN1 } = native.tags;

/** Strings of so many words are remembered. */
const MOST_WORDS = 8;

/** How many are. */
const SLOTS = 1024;

/** Head and words of the string in each slot. */
const known = new Int32Array(SLOTS * (MOST_WORDS + 1));

/** @type {string[]} */
const strings = new Array(SLOTS).fill('');

/**
 * @param {number} head
 * @param {number} size of its units, in words
 * @param {number} p where they are
 * @returns {string}
 */
function readString(head, size, p) {
  if (size > MOST_WORDS) return make(head, p);
  let hash = head;
  for (let i = 0; i < size; i++) hash = (hash ^ words[p + i]) * 0x9e3779b1 | 0;
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  let at = slot * (MOST_WORDS + 1);
  if (known[at] === head) {
    let i = 0;
    while (i < size && known[++at] === words[p + i]) i++;
    if (i === size) return strings[slot];
    at = slot * (MOST_WORDS + 1);
  }
  const string = make(head, p);
  known[at] = head;
  for (let i = 0; i < size; i++) known[++at] = words[p + i];
  strings[slot] = string;
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

module.exports = { readString };
