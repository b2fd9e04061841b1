// Makes objects that Node-API cannot make.
'use strict';

const { tags, viewKinds, errorKinds } = require('../native/native');
const { makeUntraced } = require('./untraced');
const { sizeOf } = require('../runtime/view');
const {
  Array,
  Map,
  Object,
  Uint8Array,
  bufferResize,
  bytesSet,
  bytesSlice,
  classesBy,
  construct,
  defineProperty,
  getOwnPropertyDescriptor,
  globals,
  hasOwn,
  mapSet,
  setAdd,
  uncurry,
} = require('../language/intrinsics');

const { Set, ArrayBuffer, Date, RegExp, Error, String } = globals;
const { ARRAY, ARRAY_BUFFER, DATE, ERROR, MAP, OBJECT, REGEXP, SET, SPARSE_ARRAY, VIEW } = tags;

const errorClasses = classesBy(errorKinds);
const viewClasses = classesBy(viewKinds);

/** A sparse array gets room for all its elements if it has at least one property for every so many of them. */
const ROOM_PER_PROPERTY = 8;

/**
 * @param {number} tag
 * @param {any} a what the complete codec has read for that tag (src/clone/deserialize)
 * @param {any} b
 * @param {any} c
 * @param {any} d
 * @returns {object}
 */
function revive(tag, a, b, c, d) {
  switch (tag) {
    // Node-API makes these three, except in a context of node:vm.
    case OBJECT:
      return {};
    case ARRAY:
      return new Array(a);
    case DATE:
      return new Date(a);
    case MAP:
      return new Map();
    case SET:
      return new Set();
    case REGEXP:
      return new RegExp(a, b);
    case ERROR:
      return makeError(errorClasses[a] ?? Error, b, c, d);
    case SPARSE_ARRAY:
      return makeSparseArray(a, b);
    case ARRAY_BUFFER:
      return b === undefined ? new ArrayBuffer(a) : construct(ArrayBuffer, [a, { maxByteLength: b }]);
    case VIEW:
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
  if (tag === MAP) {
    for (let i = 0; i < values.length; i += 2) mapSet(object, values[i], values[i + 1]);
  } else if (tag === SET) {
    for (let i = 0; i < values.length; i++) setAdd(object, values[i]);
  } else {
    hidden(object, 'cause', values[0]);
  }
}

/**
 * @param {ErrorConstructor} Class
 * @param {string | undefined} message
 * @param {string | undefined} stack
 * @param {{ cause: unknown } | undefined} options
 */
function makeError(Class, message, stack, options) {
  const error = makeUntraced(Class, message, options);
  if (setStack === undefined) hidden(error, 'stack', stack);
  else setStack(error, stack);
  return error;
}

/**
 * Sets what the own accessor `stack` of an error gives; undefined where `stack` is a data property, as up to Node 20.
 * @type {((error: object, stack: unknown) => void) | undefined}
 */
const setStack = stackSetter();

function stackSetter() {
  const own = getOwnPropertyDescriptor(makeUntraced(Error), 'stack');
  // `hasOwn`, because the descriptor could inherit `set`.
  return own === undefined || !hasOwn(own, 'set') ? undefined : uncurry(/** @type {any} */ (own.set));
}

/**
 * @param {object} object
 * @param {string} name
 * @param {unknown} value
 */
function hidden(object, name, value) {
  // The descriptor has no prototype, because it could inherit `get`.
  const property = { __proto__: null, value, writable: true, enumerable: false, configurable: true };
  defineProperty(object, name, /** @type {PropertyDescriptor} */ (/** @type {unknown} */ (property)));
}

/**
 * @param {number} length
 * @param {number} count of its properties
 */
function makeSparseArray(length, count) {
  /** @type {unknown[]} */
  const array = [];
  if (length > (count + 1) * ROOM_PER_PROPERTY) {
    // V8 keeps an array's elements in a dictionary once it has had a hidden element.
    hidden(array, String(length - 1), 0);
    delete array[length - 1];
  }
  array.length = length;
  return array;
}

/**
 * @param {number} kind
 * @param {ArrayBuffer} buffer
 * @param {number} offset in bytes
 * @param {number | undefined} length in elements; undefined if the view ends where its buffer ends
 */
function makeView(kind, buffer, offset, length) {
  const Class = viewClasses[kind];
  if (Class === undefined) throw new TypeError('This runtime has no such view');
  return length === undefined ? makeTrackingView(Class, buffer, offset) : new Class(buffer, offset, length);
}

/**
 * @param {number} kind
 * @param {ArrayBuffer} buffer
 * @param {number} offset in bytes
 * @param {number} length in bytes
 */
function viewOver(kind, buffer, offset, length) {
  const Class = viewClasses[kind];
  return new Class(buffer, offset, length / (Class.BYTES_PER_ELEMENT ?? 1));
}

/**
 * A view that ends where its resizable buffer ends.
 *
 * The buffer may end in the middle of an element by now, and Node 20 makes no view over such a buffer. So the buffer
 * ends before that element for a moment.
 * @param {any} Class
 * @param {ArrayBuffer} buffer
 * @param {number} offset
 */
function makeTrackingView(Class, buffer, offset) {
  const length = sizeOf(buffer);
  const rest = (length - offset) % (Class.BYTES_PER_ELEMENT ?? 1);
  if (rest === 0) return new Class(buffer, offset);
  const cut = bytesSlice(new Uint8Array(buffer, length - rest));
  bufferResize(buffer, length - rest);
  const view = new Class(buffer, offset);
  bufferResize(buffer, length);
  bytesSet(new Uint8Array(buffer, length - rest), cut);
  return view;
}

module.exports = { revive, fill, viewOver };
