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
 * An object with more keys is a dictionary for V8, if they are put into it one by one. It is one from the start if it has no
 * prototype then, and asks nothing of what it inherits.
 */
const WIDE = 128;

/**
 * Whether a literal with so many properties makes an object quickly: up to its version 13, V8 makes no dictionary of it, and
 * takes a third of the time. From version 14 on it makes one, and takes twice the time of putting them in one by one.
 */
const MOST_IN_LITERAL = parseInt(process.versions.v8, 10) < 14 ? Infinity : WIDE;

/**
 * Reads an object of a shape that has no reader yet, or gets none.
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
    // Inherited, maybe a setter: `__proto__`.
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
