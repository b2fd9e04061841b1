// Puts objects together that Node-API cannot make.
'use strict';

const { tags, viewKinds, errorKinds } = require('../native');

const { Map, Set, Object, ArrayBuffer, RegExp, Error } = globalThis;
const { defineProperty } = Object;
const mapSet = Map.prototype.set;
const setAdd = Set.prototype.add;

/** @type {any[]} */
const errorClasses = [];
for (const [name, number] of Object.entries(errorKinds)) errorClasses[number] = /** @type {any} */ (globalThis)[name];

/** @type {any[]} */
const viewClasses = [];
for (const [name, number] of Object.entries(viewKinds)) viewClasses[number] = /** @type {any} */ (globalThis)[name];

/** An array longer than this is not laid out when it arrives mostly empty. */
const DENSE_LENGTH = 1024;

/**
 * @param {number} tag
 * @param {any} a what the decoder of that tag (src/clone/deserialize.rs) has read
 * @param {any} b
 * @param {any} c
 * @param {any} d
 * @returns {object}
 */
function revive(tag, a, b, c, d) {
  switch (tag) {
    case tags.MAP:
      return new Map();
    case tags.SET:
      return new Set();
    case tags.REGEXP:
      return new RegExp(a, b);
    case tags.ERROR:
      return makeError(errorClasses[a] ?? Error, b, c);
    case tags.SPARSE_ARRAY:
      return makeSparseArray(a);
    case tags.ARRAY_BUFFER:
      return Reflect.construct(ArrayBuffer, [a, { maxByteLength: b }]);
    case tags.VIEW:
      return makeView(a, b, c, d);
    default:
      // The four kinds of boxed primitive.
      return Object(a);
  }
}

/**
 * @param {number} tag
 * @param {any} object made by `revive`
 * @param {any[]} values
 */
function fill(tag, object, values) {
  if (tag === tags.MAP) {
    for (let i = 0; i < values.length; i += 2) Reflect.apply(mapSet, object, [values[i], values[i + 1]]);
  } else if (tag === tags.SET) {
    for (let i = 0; i < values.length; i++) Reflect.apply(setAdd, object, [values[i]]);
  } else {
    hidden(object, 'cause', values[0]);
  }
}

/**
 * @param {ErrorConstructor} Class
 * @param {string | undefined} message
 * @param {string | undefined} stack
 */
function makeError(Class, message, stack) {
  const { stackTraceLimit } = Error;
  // Its own stack would be of this place; the one it had comes with it.
  Error.stackTraceLimit = 0;
  const error = message === undefined ? new Class() : new Class(message);
  Error.stackTraceLimit = stackTraceLimit;
  hidden(error, 'stack', stack);
  return error;
}

/**
 * @param {object} object
 * @param {string} name
 * @param {unknown} value
 */
function hidden(object, name, value) {
  defineProperty(object, name, { value, writable: true, enumerable: false, configurable: true });
}

/** @param {number} length */
function makeSparseArray(length) {
  /** @type {unknown[]} */
  const array = [];
  if (length > DENSE_LENGTH) {
    // An element this far out makes V8 keep the elements in a dictionary, and it goes on so.
    defineProperty(array, length - 1, { value: 0, configurable: true });
    delete array[length - 1];
  }
  array.length = length;
  return array;
}

/**
 * @param {number} kind
 * @param {ArrayBuffer} buffer
 * @param {number} offset in bytes
 * @param {number | undefined} length in elements; undefined: it follows the buffer's
 */
function makeView(kind, buffer, offset, length) {
  const Class = viewClasses[kind];
  if (Class === undefined) throw new TypeError('This runtime has no such view');
  return length === undefined ? new Class(buffer, offset) : new Class(buffer, offset, length);
}

module.exports = { revive, fill };
