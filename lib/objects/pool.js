// Recognises the pools from which Node cuts small Buffers.
'use strict';

const oracle = require('../runtime/oracle');
const marks = require('../node/marks');
const { lengthOf, sizeOf } = require('../runtime/view');
const { WeakMap, globals, inherits, types, weakMapGet, weakMapSet } = require('../language/intrinsics');

const BufferPrototype = globals.Buffer.prototype;

/**
 * Whether an ArrayBuffer is a pool, for those for which this has been found out.
 * @type {WeakMap<ArrayBufferLike, boolean>}
 */
const answers = new WeakMap();

/**
 * Whether a view shows a part of a Buffer pool. The rest of the pool belongs to other Buffers and is not sent.
 *
 * A pool is recognised by Node's mark on it, untransferable, and not by its size.
 * @param {ArrayBufferView} view
 * @param {ArrayBufferLike} buffer the view's
 */
function isPooled(view, buffer) {
  // A program that makes any other view over a pool means the pool.
  if (!types.isUint8Array(view) || lengthOf(view) === sizeOf(buffer) || !inherits(view, BufferPrototype)) return false;
  let pool = weakMapGet(answers, buffer);
  if (pool === undefined) {
    pool = oracle.isUntransferable(buffer) && !marks.isUntransferable(buffer);
    weakMapSet(answers, buffer, pool);
  }
  return pool;
}

module.exports = { isPooled };
