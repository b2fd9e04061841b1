// Knows the pools from which Node cuts small Buffers.
'use strict';

const oracle = require('../runtime/oracle');
const marks = require('../node/marks');
const { lengthOf, sizeOf } = require('../runtime/view');
const { WeakMap, globals, inherits, types, weakMapGet, weakMapSet } = require('../language/intrinsics');

const BufferPrototype = globals.Buffer.prototype;

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
 * @param {ArrayBufferLike} buffer the view's
 */
function isPooled(view, buffer) {
  // Other views over a pool are made by hand, with the pool in view.
  if (!types.isUint8Array(view) || lengthOf(view) === sizeOf(buffer) || !inherits(view, BufferPrototype)) return false;
  let pool = weakMapGet(known, buffer);
  if (pool === undefined) {
    pool = oracle.isUntransferable(buffer) && !marks.isUntransferable(buffer);
    weakMapSet(known, buffer, pool);
  }
  return pool;
}

module.exports = { isPooled };
