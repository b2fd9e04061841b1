// Where ferroport is evaluated in a context of node:vm, objects that V8 has moved belong to Node's own realm. They get
// the prototypes of the context's realm here.
'use strict';

const native = require('../native/native');
const nodeGlobals = require('../language/node-globals');
const { typedArray, bufferOf } = require('../runtime/view');
const { Object, getPrototypeOf, globals, isView, keysOf, setPrototypeOf, types } = require('../language/intrinsics');

const { ArrayBuffer, DataView, SharedArrayBuffer } = globals;
const { WebAssembly } = /** @type {any} */ (globalThis);

/** Whether this is another realm than Node's own. */
const isOther = nodeGlobals !== globalThis;

/**
 * Takes what has come in a parcel into this realm: builtins of the language get this realm's prototypes. Their internal
 * slots belong to no realm. Objects of Node's classes exist in one realm only, and stay as they are.
 * @template T
 * @param {T} value the content of a parcel, or an object in one
 * @returns {T} the same
 */
function takeIn(value) {
  if (isOther && typeof value === 'object' && value !== null) takeObjectIn(/** @type {any} */ (value));
  return value;
}

/** @param {any} object that the program has not seen yet */
function takeObjectIn(object) {
  if (isView(object)) {
    takeObjectIn(bufferOf(object));
    // An internal slot names a view's class.
    const Class = types.isDataView(object) ? DataView : /** @type {any} */ (globals)[typedArray.class(object)];
    setPrototypeOf(object, Class.prototype);
  } else if (types.isArrayBuffer(object)) {
    setPrototypeOf(object, ArrayBuffer.prototype);
  } else if (types.isSharedArrayBuffer(object)) {
    setPrototypeOf(object, SharedArrayBuffer.prototype);
  } else if (isModule(object)) {
    setPrototypeOf(object, WebAssembly.Module.prototype);
  } else if (getPrototypeOf(object) === getPrototypeOf(native)) {
    setPrototypeOf(object, Object.prototype);
    const names = keysOf(object);
    for (let i = 0; i < names.length; i++) takeIn(object[names[i]]);
  }
}

/** @param {any} object */
function isModule(object) {
  // Without a compiler there is no WebAssembly (--jitless).
  if (WebAssembly === undefined) return false;
  try {
    WebAssembly.Module.exports(object);
    return true;
  } catch {
    return false;
  }
}

/**
 * Takes the objects of a parcel into this realm.
 * @param {unknown[]} objects
 */
function takeAllIn(objects) {
  if (isOther) for (let i = 0; i < objects.length; i++) takeIn(objects[i]);
  return objects;
}

module.exports = { takeIn, takeAllIn };
