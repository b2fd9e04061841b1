// A walk over a value that has just been cloned: nobody else has it, and nothing in it runs code.
'use strict';

const { types } = require('node:util');

/**
 * The objects in a value, each once, in an order that another clone of it gives, too.
 * @param {unknown} value
 * @param {(object: object) => boolean} isLeaf whether what is inside an object is left out
 * @returns {Generator<object, void>}
 */
function* objectsIn(value, isLeaf) {
  /** @type {Set<unknown>} */
  const seen = new Set();
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    yield next;
    // One by one: there may be more than a call can have arguments.
    for (const inner of isLeaf(next) ? [] : inside(next)) waiting.push(inner);
  }
}

/**
 * @param {any} object
 * @returns {Iterable<unknown>} what may be objects in it
 */
function* inside(object) {
  if (ArrayBuffer.isView(object)) {
    yield object.buffer;
  } else if (types.isMap(object)) {
    yield* object.keys();
    yield* object.values();
  } else if (types.isSet(object)) {
    yield* object;
  } else if (!types.isStringObject(object)) {
    yield* Object.values(object);
    yield object.cause;
  }
}

module.exports = { objectsIn };
