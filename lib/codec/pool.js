// Knows the pools from which Node cuts small Buffers.
'use strict';

const oracle = require('../oracle');

/**
 * Whether an ArrayBuffer is such a pool, once found out.
 * @type {WeakMap<ArrayBufferLike, boolean>}
 */
const known = new WeakMap();

/**
 * Whether a view shows part of a Buffer pool: what else is in there are other Buffers' bytes, none of the message's.
 *
 * Pools are known by what they are, not by their size: Node marks them untransferable.
 * @param {ArrayBufferView} view
 */
function isPooled(view) {
  // Other views over a pool are made by hand, with the pool in view.
  if (!(view instanceof Buffer)) return false;
  const { buffer } = view;
  if (view.byteLength === buffer.byteLength) return false;
  let pool = known.get(buffer);
  if (pool === undefined) {
    pool = oracle.isUntransferable(buffer);
    known.set(buffer, pool);
  }
  return pool;
}

module.exports = { isPooled };
