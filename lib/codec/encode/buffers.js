// Writes ArrayBuffers and views into the block.
'use strict';

const { bars, tags, viewKinds } = require('../../native/native');
const refusals = require('../../objects/refusals');
const seen = require('./seen');
const { message } = require('../message/message');
const { out } = require('../../native/block');
const { writeBytes, writeHead, writeLength } = require('./writer');
const { tagOf } = require('../visit/visit');
const { isPooled } = require('../../objects/pool');
const { typedArray, byteLength, isResizableBuffer } = require('../../runtime/view');
const { bufferOf, isDetached, maxByteLengthOf, sizeOf, viewParts } = require('../../runtime/view');
const { Uint8Array, types } = require('../../language/intrinsics');

const { buffer: bufferOfArray, length: lengthOfArray, offset: offsetOfArray, class: classOfArray } = typedArray;
const { isArrayBuffer, isDataView, isSharedArrayBuffer } = types;
const { ARRAY_BUFFER, REF, VIEW, WHOLE_VIEW } = tags;
const UINT8 = viewKinds.Uint8Array;

const { words } = out;

/** From this number of bytes on, V8 makes a copy that moves in a parcel. The parcel costs less than the second copy that it saves. */
const MOVED = 2 * 1024 * 1024;

/**
 * @typedef {(object: object, p: number) => number} Append leaves an object, which has just got its number, to the complete codec
 */

/**
 * Writes a Uint8Array. This is quick if the array shows the whole of a buffer of fixed length.
 * @param {Uint8Array} view just numbered
 * @param {number} p
 * @param {Append} append
 * @param {() => void} refer
 * @param {(copy: ArrayBuffer, p: number) => number} carry puts a copy into the parcel
 */
function writeUint8Array(view, p, append, refer, carry) {
  const length = lengthOfArray(view);
  const buffer = bufferOfArray(view);
  // Arrays over detached buffers, and arrays outside of their buffers, are empty.
  if (length === 0 || !isArrayBuffer(buffer) || length !== byteLength(buffer) || isResizableBuffer(buffer)) {
    return writeView(view, p, append, refer);
  }
  const number = seen.number(buffer);
  if (number >= 0) return writePart(buffer, number, UINT8, 0, length, p, append, refer);
  if (length >= MOVED && message.from !== 0 && bars(message.from) === 0) {
    words[p] = VIEW | (UINT8 << 8);
    return carry(bufferOfArray(new Uint8Array(view)), writeLength(length, writeLength(0, p + 1)));
  }
  words[p] = WHOLE_VIEW | (UINT8 << 8);
  return writeBytes(view, length, writeLength(length, p + 1));
}

/**
 * Writes any view.
 * @param {ArrayBufferView} view has just got its number
 * @param {number} p
 * @param {Append} append
 * @param {() => void} refer to be called if the message refers to an object that it has shown before
 * @returns {number}
 */
function writeView(view, p, append, refer) {
  const buffer = bufferOf(view);
  const isPlain = isArrayBuffer(buffer) && !isResizableBuffer(buffer) && !isDataView(view);
  const length = isPlain ? lengthOfArray(view) : 0;
  // Views over detached buffers are empty. Only views over resizable buffers lie outside of them, or follow their lengths.
  if (length === 0) return writeOtherView(view, tagOf(view), buffer, p, append, refer);
  const kind = viewKinds[classOfArray(view)];
  if (kind === undefined) return append(view, p);
  return writeBytesOf(view, kind, offsetOfArray(view), length, buffer, isPooled(view, buffer), p, append, refer);
}

/**
 * Writes a view about which more has to be asked than its length.
 * @param {ArrayBufferView} view has just got its number
 * @param {number} tag VIEW, or WHOLE_VIEW if only the bytes that the view shows may be sent
 * @param {ArrayBufferLike} buffer
 * @param {number} p
 * @param {Append} append
 * @param {() => void} refer
 * @returns {number}
 */
function writeOtherView(view, tag, buffer, p, append, refer) {
  if (isSharedArrayBuffer(buffer)) return append(view, p);
  const parts = /** @type {any[]} */ (viewParts(view));
  /** @type {number | undefined} */
  const kind = parts[0];
  /** @type {number} */
  const offset = parts[1];
  /** @type {number | undefined} */
  const length = parts[2];
  if (kind === undefined || length === undefined) return append(view, p);
  return writeBytesOf(view, kind, offset, length, buffer, tag === WHOLE_VIEW, p, append, refer);
}

/**
 * Writes a view whose length does not follow that of its buffer.
 * @param {ArrayBufferView} view
 * @param {number} kind
 * @param {number} offset in bytes
 * @param {number} length in bytes
 * @param {ArrayBufferLike} buffer not a shared one
 * @param {boolean} isAlone whether only the bytes that the view shows may be sent
 * @param {number} p
 * @param {Append} append
 * @param {() => void} refer
 * @returns {number}
 */
function writeBytesOf(view, kind, offset, length, buffer, isAlone, p, append, refer) {
  if (isAlone) {
    // Nothing here refers to the buffer that arrives.
    seen.skip();
  } else {
    const number = seen.number(buffer);
    const whole = number < 0 && length === byteLength(buffer) && !isResizableBuffer(buffer);
    if (!whole) return writePart(buffer, number, kind, offset, length, p, append, refer);
  }
  words[p] = WHOLE_VIEW | (kind << 8);
  p = writeLength(length, p + 1);
  const bytes = kind === UINT8 ? /** @type {Uint8Array} */ (view) : new Uint8Array(buffer, offset, length);
  return writeBytes(bytes, length, p);
}

/**
 * Writes a view of part of a buffer, and the buffer.
 * @param {ArrayBufferLike} buffer
 * @param {number} number of the buffer if the message has shown it before; else -1, and the buffer has just got its number
 * @param {number} kind
 * @param {number} offset
 * @param {number} length
 * @param {number} p
 * @param {Append} append
 * @param {() => void} refer
 */
function writePart(buffer, number, kind, offset, length, p, append, refer) {
  words[p] = VIEW | (kind << 8);
  p = writeLength(length, writeLength(offset, p + 1));
  if (number < 0) return writeBuffer(/** @type {ArrayBuffer} */ (buffer), p, append);
  refer();
  return writeHead(REF, number, p);
}

/**
 * @param {ArrayBuffer} buffer has just got its number
 * @param {number} p
 * @param {Append} append
 * @returns {number}
 */
function writeBuffer(buffer, p, append) {
  if (isDetached(buffer)) return refusals.refuse(buffer);
  const max = maxByteLengthOf(buffer);
  if (max !== undefined) return append(buffer, p);
  const length = sizeOf(buffer);
  words[p] = ARRAY_BUFFER;
  return writeBytes(new Uint8Array(buffer), length, writeLength(length, p + 1));
}

module.exports = { writeUint8Array, writeView, writeBuffer };
