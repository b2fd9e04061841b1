// Ports of ferroport that were ports of Node's, and are hollow: to the engine they still are objects of Node's, whose inside is
// gone. Every version of Node crashes when it is to clone such an object, so that it must not get to see one.
'use strict';

const { types } = require('node:util');
const oracle = require('../oracle');
const { isOpen } = require('../message-port');

/** @type {WeakSet<object>} */
const hollow = new WeakSet();

/** A program without any does not pay for the search. */
let isAny = false;

/** @param {object} port */
function add(port) {
  hollow.add(port);
  isAny = true;
}

/**
 * Looks for hollow ports in a value that Node is to clone, with none of them in its transfer list. Runs no code of the user's.
 * @param {unknown} value
 * @returns {boolean} whether there may be one behind an accessor
 * @throws the running Node's error for a port that stands in a message and not in its transfer list
 */
function refuseIn(value) {
  if (!isAny || !isLooked(value)) return false;
  const seen = new Set([value]);
  let isUnsure = false;
  // The set grows while it is gone through.
  for (const object of seen) {
    if (hollow.has(object)) oracle.refusePort(object, isOpen(/** @type {any} */ (object)));
    if (!addInside(object, seen)) isUnsure = true;
  }
  return isUnsure;
}

/**
 * Node refuses functions and proxies by itself.
 * @param {unknown} value
 * @returns {value is object} whether there may be hollow ports in it, or it is one
 */
const isLooked = (value) => typeof value === 'object' && value !== null && !types.isProxy(value);

/**
 * Adds the objects that the engine clones with an object.
 * @param {any} object
 * @param {Set<object>} all to which they are added
 * @returns {boolean} false if there is an accessor
 */
function addInside(object, all) {
  if (types.isAnyArrayBuffer(object) || ArrayBuffer.isView(object) || types.isStringObject(object)) return true;
  /** @param {unknown} value */
  const add = (value) => isLooked(value) && all.add(value);
  if (types.isMap(object)) Map.prototype.forEach.call(object, (value, key) => [key, value].forEach(add));
  else if (types.isSet(object)) Set.prototype.forEach.call(object, add);
  else if (object instanceof AbortSignal) add(object.reason);
  // The cause of an error is not enumerable.
  const keys = types.isNativeError(object) ? Object.getOwnPropertyNames(object) : Object.keys(object);
  let isSure = true;
  for (const key of keys) {
    const { get, value } = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(object, key));
    if (get === undefined) add(value);
    else isSure = false;
  }
  return isSure;
}

module.exports = { add, refuseIn };
