// Reads the next words of the message in the block, as a value of any kind, a primitive or a length, and keeps the
// position in the message.
'use strict';

const native = require('../../native/native');
const { readString } = require('./strings');
const { DEEP, deeperThan } = require('../message/limits');
const { cells, control, incoming, places } = require('../../native/block');
const { filled } = require('../../language/intrinsics');

const { tags } = native;
const { LATIN1, LONG_COUNT } = tags;
const { longLatin1, longUtf16, window } = native;
const { words, doubles, digits } = incoming;
const { OFFSET, LENGTH, WINDOW } = places;

/** No value that is read in one step is longer than so many words, except strings and bytes. */
const SLACK = 512;

/** The place for `soft` where the whole message is shown. */
const NEVER = 2 ** 30;

/** The decoder's position in the message being read. */
const at = {
  /** The index of the next word in the block. */
  p: 0,
  /** From this word on, more of the message must be shown before the next value is read. */
  soft: NEVER,
  /** How many words the block shows. */
  shown: 0,
  /** The byte of the message that stands first in the block. */
  base: 0,
  /** The length of the message in bytes. */
  total: 0,
  /** The depth in the message of the value being read. */
  depth: 0,
  /** The depth up to which there is known to be enough stack. */
  deepest: DEEP,
  /**
   * The message's objects by their numbers; null if nothing in the message refers to one.
   * @type {unknown[] | null}
   */
  objects: null,
};

/** Thrown when the decoder meets what only the complete codec reads. */
const FOREIGN = Symbol('ferroport.foreign');

/**
 * Begins to read the message that `MESSAGE` has announced.
 * @returns {number} its length in bytes
 */
function begin() {
  at.total = cells[LENGTH];
  at.base = 0;
  at.shown = control[WINDOW] >> 2;
  at.p = 0;
  at.soft = control[WINDOW] < at.total ? at.shown - SLACK : NEVER;
  return at.total;
}

/**
 * Begins to read one of several messages in the block.
 * @param {number} p of its first word
 */
function beginRecord(p) {
  at.p = p;
  at.soft = NEVER;
}

/** Moves the window on: the block shows the part of the message that follows. */
function more() {
  at.base += (at.p >> 1) * 8;
  cells[OFFSET] = at.base;
  window();
  at.p &= 1;
  at.shown = control[WINDOW] >> 2;
  at.soft = at.base + control[WINDOW] < at.total ? at.shown - SLACK : NEVER;
}

/**
 * The functions that read values, by the tag of a value's head. Each gets the rest of the head. decode.js fills this.
 * @type {((argument: number) => unknown)[]}
 */
const readers = filled(0x100, /** @type {(argument: number) => unknown} */ (foreign));

/**
 * The value that comes next.
 * @returns {unknown}
 */
function read() {
  if (at.p > at.soft) more();
  const head = words[at.p++];
  return readers[head & 0xff](head >>> 8);
}

/**
 * Leaves the message to the complete codec.
 * @returns {never}
 */
function foreign() {
  at.objects = null;
  throw FOREIGN;
}

/**
 * Goes one level deeper; calls `foreign` if there is no stack for that. The caller makes `depth` less by 1 afterwards.
 */
function enter() {
  if (++at.depth > at.deepest) goDeeper();
}

function goDeeper() {
  const { deepest } = at;
  at.deepest = deeperThan(deepest);
  if (at.deepest === deepest) foreign();
}

/**
 * Gives an object its number, to which the message may refer later.
 * @template T
 * @param {T} object
 */
function remember(object) {
  if (at.objects !== null) at.objects[at.objects.length] = object;
  return object;
}

/** Reserves the number of an object that is made only after its content has been read. */
function reserve() {
  const place = at.objects === null ? 0 : at.objects.length;
  remember(undefined);
  return place;
}

/**
 * @template T
 * @param {number} place that was reserved
 * @param {T} object
 */
function rememberAt(place, object) {
  if (at.objects !== null) at.objects[place] = object;
  return object;
}

/** @param {number} argument of a head */
function count(argument) {
  return argument === LONG_COUNT ? words[at.p++] >>> 0 : argument;
}

function readDouble() {
  at.p = (at.p + 1) & ~1;
  const value = doubles[at.p >> 1];
  at.p += 2;
  return value;
}

/** A length or offset in bytes. */
function readLength() {
  const low = words[at.p++] >>> 0;
  return (words[at.p++] >>> 0) * 2 ** 32 + low;
}

/**
 * @param {number} tag of a string
 * @param {number} argument
 * @param {number} size of its units, in words
 * @returns {string}
 */
function readText(tag, argument, size) {
  const { p } = at;
  if (argument === LONG_COUNT) return longText(tag, words[at.p++] >>> 0);
  if (at.soft !== NEVER && p + size > at.shown) return longText(tag, argument);
  at.p = p + size;
  return readString(tag | (argument << 8), size, p);
}

/**
 * Reads a string that is not completely in the block.
 * @param {number} tag
 * @param {number} units
 */
function longText(tag, units) {
  cells[OFFSET] = at.base + at.p * 4;
  cells[LENGTH] = units;
  at.p += tag === LATIN1 ? (units + 3) >>> 2 : (units + 1) >>> 1;
  return tag === LATIN1 ? longLatin1() : longUtf16();
}

/** @param {number} sign */
function readBigInt(sign) {
  const size = words[at.p++];
  at.p = (at.p + 1) & ~1;
  const first = at.p;
  at.p += 2 * size;
  if (size === 0) return 0n;
  if (at.p > at.shown && at.soft !== NEVER) return foreign();
  if (size === 1) {
    const value = digits[first >> 1];
    return sign === 0 ? value : -value;
  }
  cells[OFFSET] = first * 4;
  cells[LENGTH] = size;
  return native.digits(sign !== 0);
}

module.exports = {
  NEVER,
  FOREIGN,
  at,
  readers,
  begin,
  beginRecord,
  more,
  read,
  enter,
  foreign,
  remember,
  reserve,
  rememberAt,
  count,
  readLength,
  readDouble,
  readText,
  readBigInt,
};
