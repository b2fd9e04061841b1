// Where ferroport is evaluated in a context of node:vm: what V8 has moved is of Node's own realm, and is taken into that one.
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
 * Takes what has come in a parcel of Node's into this realm: gives builtins of the language its prototypes. Their insides are of
 * no realm. Objects of Node's classes have only one realm and stay as they are.
 * @template T
 * @param {T} value that a parcel of the sidecar consists of, or an object in one
 * @returns {T} the same
 */
function takeIn(value) {
  if (isOther && typeof value === 'object' && value !== null) takeObjectIn(/** @type {any} */ (value));
  return value;
}

/** @param {any} object that nobody has seen yet */
function takeObjectIn(object) {
  if (isView(object)) {
    takeObjectIn(bufferOf(object));
    // A view's class is told by a slot.
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
