// The fast lane's decoder: reads messages out of the block. What it does not know is read by the complete codec, from the start.
'use strict';

const native = require('../native');
const { generateReader, generateRememberingReader, mayGenerate } = require('./generate');
const { readString } = require('./strings');
const { revive, fill } = require('./revive');
const { DEEP } = require('./limits');
const { shapeNumbered, HOT } = require('./shapes');
const { cells, control, incoming, places } = require('./block');
const { inheritsElements } = require('./inherited-elements');
const { bufferOf, offsetOf } = require('./view');
const intrinsics = require('./intrinsics');

const { Array, Map, Object: ObjectOf, Uint8Array } = intrinsics;
const { arraySlice, bytesSlice, defineProperty, mapSet, setAdd, setPrototypeOf } = intrinsics;
const ObjectPrototype = ObjectOf.prototype;
const { Date, Set } = globalThis;
const { tags, viewKinds } = native;
const { FLAG_REFS, FLAG_TRANSFERS, HOLE, LATIN1, LONG_COUNT, UTF16, VIEW } = tags;
const { longBytes, longLatin1, longUtf16, window } = native;
const { Uint8Array: UINT8 } = viewKinds;
const { words, doubles, bytes } = incoming;
const { OFFSET, LENGTH, WINDOW } = places;

/** Whatever is read at once ends so many words after where it begins, strings and bytes excepted. */
const SLACK = 512;

/** Where there is no need to look for more. */
const NEVER = 2 ** 30;

/** How deep the value being read is in the message. */
let depth = 0;

/** Where the next word is, and from where on more of the message must be shown first. */
const at = { p: 0, soft: NEVER };

/** How many words are shown. */
let shown = 0;
/** The byte of the message that is shown first. */
let base = 0;
/** Bytes of the message. */
let total = 0;

/** The message's objects by number, if it refers to any. */
/** @type {unknown[] | null} */
let objects = null;

/** Thrown for what only the complete codec reads. */
const FOREIGN = Symbol('ferroport.foreign');

/**
 * Reads the message that `MESSAGE` has announced.
 * @returns {unknown}
 */
function decodeCurrent() {
  total = cells[LENGTH];
  base = 0;
  shown = control[WINDOW] >> 2;
  at.p = 0;
  at.soft = control[WINDOW] < total ? shown - SLACK : NEVER;
  try {
    const value = whole();
    if (total > places.WORD_BYTES) native.release();
    return value;
  } catch (error) {
    if (error !== FOREIGN) throw error;
    return native.read();
  }
}

/**
 * Reads one of several messages in the block.
 * @param {number} p of its first word
 * @param {number} length in bytes
 * @returns {unknown}
 */
function decodeRecord(p, length) {
  at.p = p;
  at.soft = NEVER;
  try {
    return whole();
  } catch (error) {
    if (error !== FOREIGN) throw error;
    cells[OFFSET] = p * 4;
    cells[LENGTH] = length;
    return native.readRecord();
  }
}

function whole() {
  const header = words[at.p++];
  const flags = header >>> 24;
  depth = 0;
  if ((flags & (FLAG_REFS | FLAG_TRANSFERS)) === 0) {
    objects = null;
    return read();
  }
  if ((flags & FLAG_TRANSFERS) !== 0) throw FOREIGN;
  objects = intrinsics.bareList();
  const value = read();
  objects = null;
  return value;
}

/** Shows what follows. */
function more() {
  base += (at.p >> 1) * 8;
  cells[OFFSET] = base;
  window();
  at.p &= 1;
  shown = control[WINDOW] >> 2;
  at.soft = base + control[WINDOW] < total ? shown - SLACK : NEVER;
}

/** @returns {unknown} */
function read() {
  if (at.p > at.soft) more();
  const head = words[at.p++];
  return readers[head & 0xff](head >>> 8);
}

/** @returns {never} */
function foreign() {
  objects = null;
  throw FOREIGN;
}

/**
 * Keeps an object for later references.
 * @template T
 * @param {T} object
 */
function remember(object) {
  if (objects !== null) objects[objects.length] = object;
  return object;
}

/** @param {number} argument of a head */
function count(argument) {
  return argument === LONG_COUNT ? words[at.p++] >>> 0 : argument;
}

function double() {
  at.p = (at.p + 1) & ~1;
  const value = doubles[at.p >> 1];
  at.p += 2;
  return value;
}

/** A length or offset. */
function length() {
  const low = words[at.p++] >>> 0;
  return (words[at.p++] >>> 0) * 2 ** 32 + low;
}

/**
 * @param {number} tag of a string
 * @param {number} argument
 * @param {number} size of its units, in words
 * @returns {string}
 */
function text(tag, argument, size) {
  const { p } = at;
  if (argument === LONG_COUNT) return longText(tag, words[at.p++] >>> 0);
  if (at.soft !== NEVER && p + size > shown) return longText(tag, argument);
  at.p = p + size;
  return readString(tag | (argument << 8), size, p);
}

/**
 * A string that is not all in the block.
 * @param {number} tag
 * @param {number} units
 */
function longText(tag, units) {
  cells[OFFSET] = base + at.p * 4;
  cells[LENGTH] = units;
  at.p += tag === LATIN1 ? (units + 3) >>> 2 : (units + 1) >>> 1;
  return tag === LATIN1 ? longLatin1() : longUtf16();
}

/** @param {number} number */
function readShaped(number) {
  const shape = shapeNumbered(number);
  if (shape === undefined) return foreign();
  if (++depth > DEEP) return foreign();
  const reader = objects === null ? shape.read : shape.readRemembering;
  const object = reader === null ? readRare(shape) : reader();
  depth--;
  return object;
}

/**
 * Reads an object of a shape that has no reader yet.
 * @param {import('./shapes').KnownShape} shape
 */
function readRare(shape) {
  if (++shape.uses > HOT && mayGenerate(shape)) {
    const env = { words, at, read, remember };
    if (objects === null) shape.read = generateReader(shape, env);
    else shape.readRemembering = generateRememberingReader(shape, env);
  }
  return readProperties(shape.keys);
}

/**
 * An object with more keys is a dictionary for V8, whoever makes it. It is one from the start if it has no prototype then,
 * and asks nothing of what it inherits.
 */
const WIDE = 128;

/** @param {string[]} keys */
function readProperties(keys) {
  if (keys.length > WIDE) return readWide(keys);
  /** @type {Record<string, unknown>} */
  const object = {};
  remember(object);
  for (let i = 0; i < keys.length; i++) put(object, keys[i], read());
  return object;
}

/** @param {string[]} keys */
function readWide(keys) {
  const object = remember(/** @type {Record<string, unknown>} */ (/** @type {unknown} */ ({ __proto__: null })));
  for (let i = 0; i < keys.length; i++) object[keys[i]] = read();
  return setPrototypeOf(object, ObjectPrototype);
}

/**
 * @param {any} object
 * @param {string | number} key
 * @param {unknown} value
 */
function put(object, key, value) {
  if (key in object) {
    // Inherited, maybe a setter: `__proto__`.
    const property = { __proto__: null, value, writable: true, enumerable: true, configurable: true };
    defineProperty(object, key, /** @type {any} */ (property));
  } else {
    object[key] = value;
  }
}

/** @param {number} properties */
function readSparse(properties) {
  if (++depth > DEEP) return foreign();
  const length = words[at.p++] >>> 0;
  const array = remember(revive(tags.SPARSE_ARRAY, length, properties, undefined, undefined));
  for (let i = 0; i < properties; i++) {
    const key = /** @type {string | number} */ (read());
    put(array, key, read());
  }
  depth--;
  return array;
}

/** @param {number} properties */
function readDictionary(properties) {
  if (++depth > DEEP) return foreign();
  const isWide = properties > WIDE;
  /** @type {Record<string, unknown>} */
  const object = isWide ? /** @type {any} */ ({ __proto__: null }) : {};
  remember(object);
  for (let i = 0; i < properties; i++) {
    const key = /** @type {string | number} */ (read());
    if (isWide) object[key] = read();
    else put(object, key, read());
  }
  depth--;
  return isWide ? setPrototypeOf(object, ObjectPrototype) : object;
}

/** Arrays up to this length are copies. */
const COPIED = 1024;

/** What they are copies of, by the kind of element that V8 lays them out for. */
const ANY = new Array(COPIED).fill(undefined);
const INTS = new Array(COPIED).fill(0);
const DOUBLES = new Array(COPIED).fill(0.5);

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
  if (size === LONG_COUNT || ++depth > DEEP) return foreign();
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
  depth--;
  return array;
}

/** @param {number} size */
function readInts(size) {
  const array = emptyArray(INTS, size);
  for (let i = 0; i < size;) {
    if (at.p > at.soft) more();
    const room = i + shown - at.p;
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
    const room = i + ((shown - at.p) >> 1);
    const end = at.soft === NEVER || room > size ? size : room;
    let p = at.p >> 1;
    for (; i < end; i++) array[i] = doubles[p++];
    at.p = p * 2;
  }
  return remember(array);
}

/** @param {number} entries */
function readMap(entries) {
  if (++depth > DEEP) return foreign();
  const map = new Map();
  remember(map);
  for (let i = 0; i < entries; i++) {
    const key = read();
    mapSet(map, key, read());
  }
  depth--;
  return map;
}

/** @param {number} values */
function readSet(values) {
  if (++depth > DEEP) return foreign();
  const set = new Set();
  remember(set);
  for (let i = 0; i < values; i++) setAdd(set, read());
  depth--;
  return set;
}

/** @param {number} sign */
function readBigInt(sign) {
  const size = words[at.p++];
  at.p = (at.p + 1) & ~1;
  const first = at.p;
  at.p += 2 * size;
  if (size === 0) return 0n;
  if (at.p > shown && at.soft !== NEVER) return foreign();
  if (size === 1) {
    const value = incoming.digits[first >> 1];
    return sign === 0 ? value : -value;
  }
  cells[OFFSET] = first * 4;
  cells[LENGTH] = size;
  return native.digits(sign !== 0);
}

/** @param {number} size in bytes, of a buffer */
const words4 = (size) => (size + ((4 - (size % 4)) % 4)) / 4;

/** From so many bytes on, a copy is made by the constructor: it does not clear the memory before, as `slice` does. */
const UNCLEARED = 6000;

/** What the words being read are in, and from which byte on. */
const block = bufferOf(bytes);
const first = offsetOf(bytes);

/**
 * The bytes that come next.
 * @param {number} size
 * @returns {Uint8Array} the whole of a buffer of its own
 */
function readBytes(size) {
  const offset = at.p * 4;
  const end = at.p + words4(size);
  at.p = end;
  if (at.soft === NEVER || end <= shown) {
    if (size < UNCLEARED) return bytesSlice(bytes, offset, offset + size);
    return new Uint8Array(new Uint8Array(block, first + offset, size));
  }
  cells[OFFSET] = base + offset;
  cells[LENGTH] = size;
  return new Uint8Array(longBytes());
}

/** @param {number} kind */
function readWholeView(kind) {
  const size = length();
  const content = readBytes(size);
  if (kind === UINT8 && objects === null) return content;
  const buffer = bufferOf(content);
  const view = revive(VIEW, kind, buffer, 0, elements(kind, size));
  remember(view);
  remember(buffer);
  return view;
}

/** @param {number} kind */
function readView(kind) {
  if (kind > 0xff) return foreign();
  const place = objects === null ? 0 : objects.length;
  remember(undefined);
  const offset = length();
  const size = length();
  const buffer = read();
  const view = revive(VIEW, kind, buffer, offset, elements(kind, size));
  if (objects !== null) objects[place] = view;
  return view;
}

/** Sizes of elements by kind of view. */
const elementSizes = /** @type {number[]} */ ([]);
for (const [name, kind] of ObjectOf.entries(viewKinds)) {
  elementSizes[kind] = /** @type {any} */ (globalThis)[name]?.BYTES_PER_ELEMENT ?? 1;
}

/**
 * @param {number} kind
 * @param {number} size in bytes
 */
const elements = (kind, size) => size / elementSizes[kind];

function readBuffer() {
  return remember(bufferOf(readBytes(length())));
}

function readRegExp() {
  const place = objects === null ? 0 : objects.length;
  remember(undefined);
  const source = read();
  const regexp = revive(tags.REGEXP, source, read(), undefined, undefined);
  if (objects !== null) objects[place] = regexp;
  return regexp;
}

function readBoxed() {
  const place = objects === null ? 0 : objects.length;
  remember(undefined);
  const object = ObjectOf(read());
  if (objects !== null) objects[place] = object;
  return object;
}

/** @param {number} argument */
function readError(argument) {
  if (++depth > DEEP) return foreign();
  const place = objects === null ? 0 : objects.length;
  remember(undefined);
  const message = (argument & tags.ERROR_HAS_MESSAGE) === 0 ? undefined : read();
  const stack = (argument & tags.ERROR_HAS_STACK) === 0 ? undefined : read();
  const error = revive(tags.ERROR, argument & tags.ERROR_KIND, message, stack, undefined);
  if (objects !== null) objects[place] = error;
  if ((argument & tags.ERROR_HAS_CAUSE) !== 0) fill(tags.ERROR, error, [read()]);
  depth--;
  return error;
}

/**
 * What reads a value, by the tag of its head.
 * @type {((argument: number) => unknown)[]}
 */
const readers = new Array(0x100).fill(foreign);
readers[tags.UNDEFINED] = () => undefined;
readers[tags.NULL] = () => null;
readers[tags.FALSE] = () => false;
readers[tags.TRUE] = () => true;
readers[tags.INT] = (argument) => (argument << 8) >> 8;
readers[tags.INT32] = () => words[at.p++];
readers[tags.DOUBLE] = double;
readers[tags.BIGINT] = readBigInt;
readers[tags.LATIN1] = (argument) => text(LATIN1, argument, (argument + 3) >> 2);
readers[tags.UTF16] = (argument) => text(UTF16, argument, (argument + 1) >> 1);
readers[tags.REF] = (argument) => /** @type {unknown[]} */ (objects)[count(argument)];
readers[tags.BOOLEAN_OBJECT] = (argument) => remember(ObjectOf(argument === 1));
readers[tags.NUMBER_OBJECT] = readBoxed;
readers[tags.STRING_OBJECT] = readBoxed;
readers[tags.BIGINT_OBJECT] = readBoxed;
readers[tags.DATE] = () => remember(new Date(double()));
readers[tags.REGEXP] = readRegExp;
readers[tags.ERROR] = readError;
readers[tags.OBJECT] = (argument) => readDictionary(count(argument));
readers[tags.ARRAY] = readArray;
readers[tags.SPARSE_ARRAY] = (argument) => readSparse(count(argument));
readers[tags.PACKED_INTS] = (argument) => readInts(count(argument));
readers[tags.PACKED_DOUBLES] = (argument) => readDoubles(count(argument));
readers[tags.MAP] = (argument) => readMap(count(argument));
readers[tags.SET] = (argument) => readSet(count(argument));
readers[tags.ARRAY_BUFFER] = (argument) => (argument === 0 ? readBuffer() : foreign());
readers[tags.VIEW] = readView;
readers[tags.WHOLE_VIEW] = readWholeView;
readers[tags.LOCAL_SHAPED] = readShaped;

module.exports = { decodeCurrent, decodeRecord };
