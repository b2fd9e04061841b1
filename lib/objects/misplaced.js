// Views over resizable buffers that have come to lie outside of them.
'use strict';

const oracle = require('../runtime/oracle');
const { bufferOf, isResizable, lengthOf } = require('../runtime/view');

/**
 * Whether a view over a resizable buffer has come to lie outside of it, which the running Node refuses to clone.
 * @param {ArrayBufferView} view
 */
function isMisplaced(view) {
  if (!isResizable(bufferOf(view))) return false;
  try {
    // A DataView's getter throws. A typed array says 0, as an empty one does.
    if (lengthOf(view) > 0) return false;
    oracle.clone(view);
    return false;
  } catch {
    return true;
  }
}

module.exports = { isMisplaced };
