// Writes ArrayBuffers and views into the block.
'use strict';

const { tags, viewKinds } = require('../native');
const oracle = require('../oracle');
const seen = require('./seen');
const { out } = require('./block');
const { writeBytes, writeHead, writeLength } = require('./writer');
const { tagOf } = require('./visit');
const { typedArray, byteLength, isResizableBuffer } = require('./view');
const { bufferOf, isDetached, maxByteLengthOf, sizeOf, viewParts } = require('./view');
const { Uint8Array, bytesSlice, types } = require('./intrinsics');

const { buffer: bufferOfArray, length: lengthOfArray } = typedArray;
const { isArrayBuffer, isSharedArrayBuffer } = types;
const { VIEW, WHOLE_VIEW } = tags;
const UINT8 = viewKinds.Uint8Array;

const { words } = out;

/** From so many bytes on, V8 makes the copy and moves it: one copy instead of three, for what a parcel costs. */
const MOVED = 256 * 1024;

/**
 * @typedef {(object: object, p: number) => number} Append leaves an object, just numbered, to the complete codec
 */

/**
 * A Uint8Array: quickly, if it shows the whole of an ordinary buffer.
 * @param {Uint8Array} view just numbered
 * @param {number} p
 * @param {Append} append
 * @param {() => void} refer
 * @param {(copy: ArrayBuffer, p: number) => number} carry leaves a copy to the parcel
 */
function writeUint8Array(view, p, append, refer, carry) {
  const length = lengthOfArray(view);
  const buffer = bufferOfArray(view);
  // Detached and misplaced ones are empty.
  if (length === 0 || !isArrayBuffer(buffer) || length !== byteLength(buffer) || isResizableBuffer(buffer)) {
    return writeView(view, tagOf(view), p, append, refer);
  }
  const number = seen.number(buffer);
  if (number >= 0) return writePart(buffer, number, UINT8, 0, length, p, append, refer);
  if (length >= MOVED) {
    words[p] = VIEW | (UINT8 << 8);
    return carry(bufferOfArray(bytesSlice(view)), writeLength(length, writeLength(0, p + 1)));
  }
  words[p] = WHOLE_VIEW | (UINT8 << 8);
  return writeBytes(view, length, writeLength(length, p + 1));
}

/**
 * @param {ArrayBufferView} view just numbered
 * @param {number} tag VIEW, or WHOLE_VIEW if only its own bytes may be sent
 * @param {number} p
 * @param {Append} append
 * @param {() => void} refer to be told that the message refers back
 * @returns {number}
 */
function writeView(view, tag, p, append, refer) {
  const buffer = bufferOf(view);
  if (isSharedArrayBuffer(buffer)) return append(view, p);
  const parts = /** @type {any[]} */ (viewParts(view));
  /** @type {number | undefined} */
  const kind = parts[0];
  /** @type {number} */
  const offset = parts[1];
  /** @type {number | undefined} */
  const length = parts[2];
  if (kind === undefined || length === undefined) return append(view, p);
  const isWhole = tag === WHOLE_VIEW;
  if (isWhole) {
    // The buffer that arrives is nobody's here.
    seen.skip();
  } else {
    const number = seen.number(buffer);
    const whole = number < 0 && offset === 0 && maxByteLengthOf(/** @type {any} */ (buffer)) === undefined;
    if (!whole || length !== sizeOf(buffer)) return writePart(buffer, number, kind, offset, length, p, append, refer);
  }
  words[p] = WHOLE_VIEW | (kind << 8);
  p = writeLength(length, p + 1);
  const bytes = kind === UINT8 ? /** @type {Uint8Array} */ (view) : new Uint8Array(buffer, offset, length);
  return writeBytes(bytes, length, p);
}

/**
 * A view of part of a buffer, and the buffer.
 * @param {ArrayBufferLike} buffer
 * @param {number} number of it if the message has shown it before, else -1; it is just numbered then
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
  return writeHead(tags.REF, number, p);
}

/**
 * @param {ArrayBuffer} buffer just numbered
 * @param {number} p
 * @param {Append} append
 * @returns {number}
 */
function writeBuffer(buffer, p, append) {
  if (isDetached(buffer)) return oracle.refuse(buffer);
  const max = maxByteLengthOf(buffer);
  if (max !== undefined) return append(buffer, p);
  const length = sizeOf(buffer);
  words[p] = tags.ARRAY_BUFFER;
  return writeBytes(new Uint8Array(buffer), length, writeLength(length, p + 1));
}

module.exports = { writeUint8Array, writeView, writeBuffer };
