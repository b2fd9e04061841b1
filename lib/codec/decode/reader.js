// Reads the next words of the message in the block, as a value of any kind, a primitive, a length; and knows where they are.
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

/** Whatever is read at once ends so many words after where it begins, strings and bytes excepted. */
const SLACK = 512;

/** Where there is no need to look for more. */
const NEVER = 2 ** 30;

/** Where the decoder is in the message being read. */
const at = {
  /** Where the next word is. */
  p: 0,
  /** From where on more of the message must be shown first. */
  soft: NEVER,
  /** How many words are shown. */
  shown: 0,
  /** The byte of the message that is shown first. */
  base: 0,
  /** How deep the value being read is in the message. */
  depth: 0,
  /** How deep it may be, as far as it has been asked. */
  deepest: DEEP,
  /**
   * The message's objects by number, if it refers to any.
   * @type {unknown[] | null}
   */
  objects: null,
};

/** Bytes of the message. */
let total = 0;

/** Thrown for what only the complete codec reads. */
const FOREIGN = Symbol('ferroport.foreign');

/**
 * Begins to read the message that `MESSAGE` has announced.
 * @returns {number} its length in bytes
 */
function begin() {
  total = cells[LENGTH];
  at.base = 0;
  at.shown = control[WINDOW] >> 2;
  at.p = 0;
  at.soft = control[WINDOW] < total ? at.shown - SLACK : NEVER;
  return total;
}

/**
 * Begins to read one of several messages in the block.
 * @param {number} p of its first word
 */
function beginRecord(p) {
  at.p = p;
  at.soft = NEVER;
}

/** Shows what follows. */
function more() {
  at.base += (at.p >> 1) * 8;
  cells[OFFSET] = at.base;
  window();
  at.p &= 1;
  at.shown = control[WINDOW] >> 2;
  at.soft = at.base + control[WINDOW] < total ? at.shown - SLACK : NEVER;
}

/**
 * What reads a value, by the tag of its head, which it gets without the tag. Set by the decoder.
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
 * For what only the complete codec reads.
 * @returns {never}
 */
function foreign() {
  at.objects = null;
  throw FOREIGN;
}

/** One level deeper; `foreign` if there is no stack for it. Who calls this makes `depth` less by 1 in the end. */
function enter() {
  if (++at.depth > at.deepest) goDeeper();
}

function goDeeper() {
  const { deepest } = at;
  at.deepest = deeperThan(deepest);
  if (at.deepest === deepest) foreign();
}

/**
 * Keeps an object for later references.
 * @template T
 * @param {T} object
 */
function remember(object) {
  if (at.objects !== null) at.objects[at.objects.length] = object;
  return object;
}

/** A place among the objects for one that is made after what it holds has been read. */
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
 * A string that is not all in the block.
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
