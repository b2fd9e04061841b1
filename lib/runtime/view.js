// What a typed array or DataView shows: its buffer, its place and its length there.
'use strict';

const { viewKinds } = require('../native/native');
const { Uint8Array, slot, types } = require('../language/intrinsics');

const typedArray = {
  class: slot('TypedArray', Symbol.toStringTag),
  offset: slot('TypedArray', 'byteOffset'),
  length: slot('TypedArray', 'byteLength'),
  buffer: slot('TypedArray', 'buffer'),
};

const dataView = {
  class: () => 'DataView',
  offset: slot('DataView', 'byteOffset'),
  length: slot('DataView', 'byteLength'),
  buffer: slot('DataView', 'buffer'),
};

const isResizableBuffer = slot('ArrayBuffer', 'resizable');
const isGrowable = slot('SharedArrayBuffer', 'growable');
const maxByteLength = slot('ArrayBuffer', 'maxByteLength');
const byteLength = slot('ArrayBuffer', 'byteLength');
const sharedByteLength = slot('SharedArrayBuffer', 'byteLength');

/**
 * Whether the length of a buffer can change.
 * @param {ArrayBufferLike} buffer
 */
const isResizable = (buffer) => (types.isSharedArrayBuffer(buffer) ? isGrowable(buffer) : isResizableBuffer(buffer));

/**
 * @param {ArrayBufferLike} buffer
 * @returns {number} bytes
 */
const sizeOf = (buffer) => (types.isSharedArrayBuffer(buffer) ? sharedByteLength : byteLength)(buffer);

/** No element has more bytes. So a view that ends further from its buffer's end does not follow the buffer's length. */
const LARGEST_ELEMENT = 8;

/** @param {ArrayBufferView} view */
const slotsOf = (view) => (types.isDataView(view) ? dataView : typedArray);

/**
 * @param {ArrayBufferView} view
 * @returns {ArrayBufferLike}
 */
const bufferOf = (view) => slotsOf(view).buffer(view);

/**
 * @param {ArrayBufferView} view not misplaced
 * @returns {number} bytes
 */
const lengthOf = (view) => slotsOf(view).length(view);

/**
 * @param {ArrayBufferView} view not misplaced
 * @returns {number} bytes
 */
const offsetOf = (view) => slotsOf(view).offset(view);

/**
 * @param {ArrayBuffer} buffer
 * @returns {number | undefined} maxByteLength of a resizable one
 */
const maxByteLengthOf = (buffer) => (isResizable(buffer) ? maxByteLength(buffer) : undefined);

/** @param {ArrayBufferLike} buffer */
function isDetached(buffer) {
  if (sizeOf(buffer) > 0) return false;
  try {
    return lengthOf(new Uint8Array(buffer)) > 0;
  } catch {
    return true;
  }
}

/**
 * @param {ArrayBufferView} view not misplaced
 * @returns {unknown[]} class, byteOffset, byteLength (undefined: it follows its buffer's), buffer
 */
function viewParts(view) {
  const slots = slotsOf(view);
  const buffer = slots.buffer(view);
  const offset = slots.offset(view);
  const length = slots.length(view);
  const tracks = isResizable(buffer) && offset + length + LARGEST_ELEMENT > sizeOf(buffer) && tracksLength(view);
  return [viewKinds[slots.class(view)], offset, tracks ? undefined : length, buffer];
}

/**
 * Whether a view's length follows its buffer's. Only V8 knows, and writes the answer as the last byte of its own
 * format.
 * @param {ArrayBufferView} view
 */
function tracksLength(view) {
  // Loaded when first needed, because loading takes a tenth of the time that ferroport takes to load.
  const { Serializer } = require('node:v8');
  const serializer = new Serializer();
  /** @type {any} */ (serializer)._getSharedArrayBufferId = () => 0;
  serializer.writeValue(view);
  const bytes = serializer.releaseBuffer();
  return (bytes[lengthOf(bytes) - 1] & 1) === 1;
}

module.exports = {
  typedArray,
  byteLength,
  isResizableBuffer,
  viewParts,
  bufferOf,
  lengthOf,
  offsetOf,
  sizeOf,
  maxByteLengthOf,
  isDetached,
  isResizable,
};
