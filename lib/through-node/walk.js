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
    if (ArrayBuffer.isView(next)) waiting.push(next.buffer);
    else if (isLeaf(next)) continue;
    else if (types.isMap(next)) waiting.push(...next.keys(), ...next.values());
    else if (types.isSet(next)) waiting.push(...next);
    else waiting.push(...Object.values(next), /** @type {any} */ (next).cause);
  }
}

module.exports = { objectsIn };
