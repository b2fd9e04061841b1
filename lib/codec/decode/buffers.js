// Reads ArrayBuffers and the views over them.
'use strict';

const native = require('../../native/native');
const { revive } = require('../../objects/revive');
const { cells, incoming, places } = require('../../native/block');
const { bufferOf, byteLength, offsetOf } = require('../../runtime/view');
const { NEVER, at, foreign, read, readLength, remember, rememberAt, reserve } = require('./reader');
const {
  Uint8Array,
  allocUnsafeSlow,
  bytesSlice,
  classesBy,
  getPrototypeOf,
  globals,
} = require('../../language/intrinsics');

const { fillBytes, longBytes, viewKinds } = native;
const { VIEW } = native.tags;
const { DataView: DATA_VIEW, Uint8Array: UINT8 } = viewKinds;
const { bytes } = incoming;
const { OFFSET, LENGTH } = places;

/**
 * How many words hold so many bytes.
 * @param {number} size in bytes
 */
const words4 = (size) => (size + ((4 - (size % 4)) % 4)) / 4;

/** From this number of bytes on, the constructor makes the copy, because `slice` would clear the memory first. */
const UNCLEARED = 2048;

/** Up to this number of bytes, the memory is made by Node without clearing. More are left to Rust, which can say that no memory is left. */
const MOST_UNCLEARED = 1 << 24;

/** The buffer that the words being read stand in, and the byte at which they begin. */
const block = bufferOf(bytes);
const first = offsetOf(bytes);

/** Whether the buffers that Node makes belong to the context in which this file runs. */
const isOfNode = getPrototypeOf(bufferOf(allocUnsafeSlow(1))) === globals.ArrayBuffer.prototype;

/**
 * Reads the bytes that come next.
 * @param {number} size
 * @returns {Uint8Array} a view over the whole of a new buffer
 */
function readBytes(size) {
  const offset = at.p * 4;
  const end = at.p + words4(size);
  at.p = end;
  if (at.soft === NEVER || end <= at.shown) {
    if (size < UNCLEARED) return bytesSlice(bytes, offset, offset + size);
    return new Uint8Array(new Uint8Array(block, first + offset, size));
  }
  const made = uncleared(size);
  cells[OFFSET] = at.base + offset;
  cells[LENGTH] = size;
  if (made === null) return new Uint8Array(longBytes());
  fillBytes(made);
  return made;
}

/**
 * Makes memory that is not cleared.
 * @param {number} size in bytes
 * @returns {Uint8Array | null} a view over the whole of a new buffer; null if Rust should make the buffer
 */
function uncleared(size) {
  if (!isOfNode || size >= MOST_UNCLEARED) return null;
  const buffer = bufferOf(allocUnsafeSlow(size));
  return byteLength(buffer) === size ? new Uint8Array(/** @type {ArrayBuffer} */ (buffer)) : null;
}

/** @param {number} kind */
function readWholeView(kind) {
  const size = readLength();
  if (kind === UINT8) {
    const content = readBytes(size);
    if (at.objects !== null) rememberWhole(content);
    return content;
  }
  const view = readElements(kind, size) ?? revive(VIEW, kind, bufferOf(readBytes(size)), 0, elements(kind, size));
  if (at.objects !== null) rememberWhole(view);
  return view;
}

/**
 * Remembers a view, and then its buffer, which comes after the view in the order of objects.
 * @param {any} view
 */
function rememberWhole(view) {
  remember(view);
  remember(bufferOf(view));
}

/**
 * A typed array of the bytes that come next, copied in one step from a typed array of its kind.
 * @param {number} kind
 * @param {number} size in bytes
 * @returns {object | null} null if the block does not hold all the bytes, or if they begin where no array of the kind can begin
 */
function readElements(kind, size) {
  const offset = first + at.p * 4;
  const end = at.p + words4(size);
  if (kind === DATA_VIEW || size === 0 || (at.soft !== NEVER && end > at.shown)) return null;
  if (offset % elementSizes[kind] !== 0) return null;
  const View = viewClasses[kind];
  if (View === undefined) return null;
  const view = new View(new View(block, offset, elements(kind, size)));
  at.p = end;
  return view;
}

/** @param {number} kind */
function readView(kind) {
  if (kind > 0xff) return foreign();
  const place = reserve();
  const offset = readLength();
  const size = readLength();
  const buffer = read();
  const view = revive(VIEW, kind, buffer, offset, elements(kind, size));
  return rememberAt(place, view);
}

/** Classes of views by kind. */
const viewClasses = classesBy(viewKinds);

/** Sizes of their elements, in bytes. */
const elementSizes = classesBy(viewKinds);
for (let kind = 0; kind < elementSizes.length; kind++) elementSizes[kind] = elementSizes[kind]?.BYTES_PER_ELEMENT ?? 1;

/**
 * How many elements a view has.
 * @param {number} kind
 * @param {number} size in bytes
 */
const elements = (kind, size) => size / elementSizes[kind];

function readBuffer() {
  return remember(bufferOf(readBytes(readLength())));
}

module.exports = { readBuffer, readView, readWholeView };
