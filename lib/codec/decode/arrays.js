// Reads arrays that have no other properties than their elements.
'use strict';

const native = require('../../native/native');
const { MOST_IN_RUN } = require('../message/limits');
const { cells, incoming, places } = require('../../native/block');
const { inheritsElements } = require('../../objects/inherited-elements');
const { NEVER, at, enter, foreign, more, read, remember } = require('./reader');
const { Array, arraySlice, filled } = require('../../language/intrinsics');

const { many } = native;
const { BIGINT, HOLE, LATIN1, LATIN1_RUN, LONG_COUNT, UTF16, UTF16_RUN } = native.tags;
const { words, doubles } = incoming;
const { LENGTH, OFFSET, WORD_BYTES } = places;

/** Arrays up to this length are made as copies of an array below. */
const COPIED = 1024;

/** The arrays that are copied, by the kind of element for which V8 lays them out. */
const ANY = filled(COPIED, /** @type {any} */ (undefined));
const INTS = filled(COPIED, 0);
const DOUBLES = filled(COPIED, 0.5);

/**
 * An array with own elements at all its places, so that elements may be assigned. Assigning to a missing element would
 * ask the prototypes for a setter.
 * @param {any[]} like
 * @param {number} size
 */
function emptyArray(like, size) {
  if (size <= COPIED) return arraySlice(like, 0, size);
  return inheritsElements() ? foreign() : new Array(size);
}

/** @param {number} size */
function readArray(size) {
  if (size === LONG_COUNT) return foreign();
  enter();
  const array = emptyArray(ANY, size);
  remember(array);
  for (let i = readAlike(array, size); i < size; i++) {
    if (at.p > at.soft) more();
    if (words[at.p] !== HOLE) {
      array[i] = read();
    } else {
      at.p++;
      delete array[i];
    }
  }
  at.depth--;
  return array;
}

/** Up to so many strings or BigInts in a row are made one by one; a native call is worth more than that. */
const MANY = 8;

const listOf = (/** @type {unknown[]} */ ...list) => list;

/**
 * Reads the first elements, where many of them are strings or large BigInts.
 * @param {any[]} array
 * @param {number} size the array's length
 * @returns {number} the index of the first element that is still to be read
 */
function readAlike(array, size) {
  let i = 0;
  while (i < size) {
    const tag = words[at.p] & 0xff;
    const isRun = tag === LATIN1_RUN || tag === UTF16_RUN;
    if (!isRun && (size - i < MANY || (tag !== LATIN1 && tag !== UTF16 && !isLargeBigInt(at.p, tag)))) break;
    if (at.p > at.soft) more();
    cells[OFFSET] = at.p * 4;
    cells[LENGTH] = at.soft === NEVER ? WORD_BYTES : at.shown * 4;
    const list = many(isRun ? MOST_IN_RUN : size - i, listOf);
    const { length } = list;
    if (length > size - i) return foreign();
    for (let j = 0; j < length; j++) array[i++] = list[j];
    at.p = cells[OFFSET] >> 2;
    if (at.soft === NEVER) {
      // The next element is of another kind, or long.
      if (length < MANY && !isRun) break;
      if (length === 0) return foreign();
    } else if (length === 0) {
      // The string at this place is not shown completely. At the first place of the block it is a long string.
      if (at.p < 2) break;
      more();
    }
  }
  return i;
}

/**
 * Whether a BigInt of several digits stands here, or a BigInt of one digit before such a BigInt. One digit needs no
 * native call.
 * @param {number} p
 * @param {number} tag
 */
function isLargeBigInt(p, tag) {
  if (tag !== BIGINT) return false;
  const count = words[p + 1];
  const next = ((p + 3) & ~1) + 2 * count;
  return count > 1 || ((words[next] & 0xff) === BIGINT && words[next + 1] > 1);
}

/** @param {number} size */
function readInts(size) {
  const array = emptyArray(INTS, size);
  for (let i = 0; i < size;) {
    if (at.p > at.soft) more();
    const room = i + at.shown - at.p;
    const end = at.soft === NEVER || room > size ? size : room;
    let { p } = at;
    for (; i < end; i++) array[i] = words[p++];
    at.p = p;
  }
  return remember(array);
}

/** @param {number} size */
function readDoubles(size) {
  at.p = (at.p + 1) & ~1;
  const array = emptyArray(DOUBLES, size);
  for (let i = 0; i < size;) {
    if (at.p > at.soft) more();
    const room = i + ((at.shown - at.p) >> 1);
    const end = at.soft === NEVER || room > size ? size : room;
    let p = at.p >> 1;
    for (; i < end; i++) array[i] = doubles[p++];
    at.p = p * 2;
  }
  return remember(array);
}

module.exports = { readArray, readInts, readDoubles };
