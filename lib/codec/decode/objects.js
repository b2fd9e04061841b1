// Reads plain objects, and arrays with keys.
'use strict';

const { tags } = require('../../native/native');
const { HOT, giveReader, giveRememberingReader } = require('../shapes/functions');
const { revive } = require('../../objects/revive');
const { shapeNumbered } = require('../shapes/shapes');
const { incoming } = require('../../native/block');
const { at, enter, foreign, read, remember } = require('./reader');
const { Object, defineProperty, setPrototypeOf } = require('../../language/intrinsics');

const ObjectPrototype = Object.prototype;
const { words } = incoming;
const { INT } = tags;

/** @param {number} number */
function readShaped(number) {
  const shape = shapeNumbered(number);
  if (shape === undefined) return foreign();
  enter();
  const reader = at.objects === null ? shape.read : shape.readRemembering;
  const object = reader === null ? readRare(shape) : reader();
  at.depth--;
  return object;
}

/** What generated readers use. */
const generated = { words, at, read, remember };

/**
 * V8 turns an object into a dictionary if more keys than this are added one by one. Such an object is made without
 * prototype at first: it is a dictionary from the start then, and inherits nothing that adding a key would ask for.
 */
const WIDE = 128;

/**
 * How many properties a literal may have to be the quicker way. Up to version 13, V8 makes no dictionary of a large
 * literal's object, and takes a third of the time of adding the properties. From version 14 on it makes a dictionary,
 * and takes twice the time.
 */
const MOST_IN_LITERAL = parseInt(process.versions.v8, 10) < 14 ? Infinity : WIDE;

/**
 * Reads an object of a shape for which no reader has been generated.
 * @param {import('../shapes/shapes').KnownShape} shape
 */
function readRare(shape) {
  if (++shape.uses > HOT && shape.keys.length <= MOST_IN_LITERAL) {
    if (at.objects === null) giveReader(shape, generated);
    else giveRememberingReader(shape, generated);
  }
  return readProperties(shape.keys);
}

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
  for (let i = 0; i < keys.length; i++) {
    const w = words[at.p];
    if ((w & 0xff) === INT && at.p < at.soft) {
      at.p++;
      object[keys[i]] = w >> 8;
    } else {
      object[keys[i]] = read();
    }
  }
  return setPrototypeOf(object, ObjectPrototype);
}

/**
 * @param {any} object
 * @param {string | number} key
 * @param {unknown} value
 */
function put(object, key, value) {
  if (key in object) {
    // The object inherits something of this name, perhaps a setter, as `__proto__` is.
    const property = { __proto__: null, value, writable: true, enumerable: true, configurable: true };
    defineProperty(object, key, /** @type {any} */ (property));
  } else {
    object[key] = value;
  }
}

/** @param {number} properties */
function readSparse(properties) {
  enter();
  const length = words[at.p++] >>> 0;
  const array = remember(revive(tags.SPARSE_ARRAY, length, properties, undefined, undefined));
  for (let i = 0; i < properties; i++) {
    const key = /** @type {string | number} */ (read());
    put(array, key, read());
  }
  at.depth--;
  return array;
}

/** @param {number} properties */
function readDictionary(properties) {
  enter();
  const isWide = properties > WIDE;
  /** @type {Record<string, unknown>} */
  const object = isWide ? /** @type {any} */ ({ __proto__: null }) : {};
  remember(object);
  for (let i = 0; i < properties; i++) {
    const key = /** @type {string | number} */ (read());
    if (isWide) object[key] = read();
    else put(object, key, read());
  }
  at.depth--;
  return isWide ? setPrototypeOf(object, ObjectPrototype) : object;
}

module.exports = { readShaped, readDictionary, readSparse };
