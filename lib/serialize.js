// serialize and deserialize: structured clone to bytes and back, in the portable form of docs/wire-format.md.
'use strict';

const native = require('./native');
const { nodeError } = require('./errors');
const Session = require('./codec/session');

/**
 * @param {unknown} value what postMessage takes without transfer list, ports and shared memory excepted
 * @returns {Uint8Array} the whole of a buffer of its own
 * @throws {DOMException} DataCloneError for what cannot be cloned; what getters throw
 */
function serialize(value) {
  return new Uint8Array(native.serialize(value, new Session(null)));
}

/**
 * @param {Uint8Array | ArrayBuffer | ArrayBufferView} bytes made by `serialize`, here or elsewhere
 * @returns {any}
 * @throws {TypeError} ERR_INVALID_ARG_TYPE
 * @throws {DOMException} DataCloneError that says what is wrong with the bytes, and at which
 */
function deserialize(bytes) {
  if (ArrayBuffer.isView(bytes)) {
    return native.deserialize(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }
  if (bytes instanceof ArrayBuffer || bytes instanceof SharedArrayBuffer)
    return native.deserialize(new Uint8Array(bytes));
  const message = 'The "bytes" argument must be an instance of Uint8Array, ArrayBuffer or ArrayBufferView';
  throw nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', message);
}

module.exports = { serialize, deserialize };
