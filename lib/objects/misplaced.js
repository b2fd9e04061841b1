// Views that lie outside of their resizable buffer, because the buffer has shrunk.
'use strict';

const oracle = require('../runtime/oracle');
const { bufferOf, isResizable, lengthOf } = require('../runtime/view');

/**
 * Whether a view lies outside of its resizable buffer. The running Node refuses to clone such a view.
 * @param {ArrayBufferView} view
 */
function isMisplaced(view) {
  if (!isResizable(bufferOf(view))) return false;
  try {
    // For a view outside of its buffer, a DataView's getter throws. A typed array's says 0, as for an empty view.
    if (lengthOf(view) > 0) return false;
    oracle.clone(view);
    return false;
  } catch {
    return true;
  }
}

module.exports = { isMisplaced };
