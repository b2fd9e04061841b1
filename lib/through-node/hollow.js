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
  if (!isAny) return false;
  /** @type {Set<unknown>} */
  const seen = new Set();
  const waiting = [value];
  let isUnsure = false;
  while (waiting.length > 0) {
    const next = waiting.pop();
    // Node refuses functions and proxies.
    if (typeof next !== 'object' || next === null || types.isProxy(next) || seen.has(next)) continue;
    if (hollow.has(next)) oracle.refusePort(next, isOpen(/** @type {any} */ (next)));
    seen.add(next);
    for (const inner of inside(next)) {
      if (inner.get === undefined) waiting.push(inner.value);
      else isUnsure = true;
    }
  }
  return isUnsure;
}

/**
 * What the engine clones with an object.
 * @param {any} object
 * @returns {Generator<PropertyDescriptor, void>}
 */
function* inside(object) {
  if (types.isAnyArrayBuffer(object) || ArrayBuffer.isView(object) || types.isStringObject(object)) return;
  if (types.isMap(object)) {
    for (const entry of Map.prototype.entries.call(object)) yield { value: entry };
  } else if (types.isSet(object)) {
    for (const value of Set.prototype.values.call(object)) yield { value };
  } else {
    if (object instanceof AbortSignal) yield { value: object.reason };
    for (const key of Object.getOwnPropertyNames(object)) {
      yield /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(object, key));
    }
  }
}

module.exports = { add, refuseIn };
