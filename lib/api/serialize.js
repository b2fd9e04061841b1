// serialize and deserialize: structured clone to bytes and back, in the portable form of docs/wire-format.md.
'use strict';

const native = require('../native/native');
const { invalidArgType } = require('../node/errors');
const Session = require('../codec/message/session');
const { globals, statics, types } = require('../language/originals');

const { Uint8Array } = globals;
const { isView } = statics;

/**
 * @param {unknown} value what postMessage takes without transfer list, ports and shared memory excepted
 * @returns {Uint8Array} over a buffer that has no other bytes
 * @throws {DOMException} DataCloneError for what cannot be cloned; what getters throw
 */
function serialize(value) {
  try {
    return new Uint8Array(native.serialize(value, new Session(null, true)));
  } catch (error) {
    throw require('../objects/culprit-path').located(error, value, serialize);
  }
}

/**
 * @param {Uint8Array | ArrayBuffer | ArrayBufferView} bytes made by `serialize`, here or elsewhere
 * @returns {any}
 * @throws {TypeError} ERR_INVALID_ARG_TYPE
 * @throws {DOMException} DataCloneError that names the byte at which the bytes are wrong
 */
function deserialize(bytes) {
  if (isView(bytes)) {
    const { bytesSlice } = require('../language/intrinsics');
    const { bufferOf, lengthOf, offsetOf } = require('../runtime/view');
    const buffer = bufferOf(bytes);
    const view = new Uint8Array(buffer, offsetOf(bytes), lengthOf(bytes));
    // Shared memory can change while it is read, so its bytes are copied first.
    return native.deserialize(types.isSharedArrayBuffer(buffer) ? bytesSlice(view) : view);
  }
  if (types.isArrayBuffer(bytes)) return native.deserialize(new Uint8Array(bytes));
  throw invalidArgType('bytes', 'an instance of Uint8Array, ArrayBuffer or ArrayBufferView', bytes);
}

module.exports = { serialize, deserialize };
