// Reads arrays without keys.
'use strict';

const { tags } = require('../native');
const { incoming } = require('./block');
const { inheritsElements } = require('./inherited-elements');
const { NEVER, at, enter, foreign, more, read, remember } = require('./reader');
const { Array, arraySlice, filled } = require('./intrinsics');

const { HOLE, LONG_COUNT } = tags;
const { words, doubles } = incoming;

/** Arrays up to this length are copies. */
const COPIED = 1024;

/** What they are copies of, by the kind of element that V8 lays them out for. */
const ANY = filled(COPIED, /** @type {any} */ (undefined));
const INTS = filled(COPIED, 0);
const DOUBLES = filled(COPIED, 0.5);

/**
 * An array whose elements may be assigned. They are its own: where there is none yet, assigning would ask what the array
 * inherits.
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
  for (let i = 0; i < size; i++) {
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
