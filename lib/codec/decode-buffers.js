// Reads ArrayBuffers and the views over them.
'use strict';

const native = require('../native');
const { revive } = require('./revive');
const { cells, incoming, places } = require('./block');
const { bufferOf, offsetOf } = require('./view');
const { NEVER, at, foreign, read, readLength, remember, rememberAt, reserve } = require('./reader');
const { Uint8Array, bytesSlice, classesBy } = require('./intrinsics');

const { longBytes, viewKinds } = native;
const { VIEW } = native.tags;
const { Uint8Array: UINT8 } = viewKinds;
const { bytes } = incoming;
const { OFFSET, LENGTH } = places;

/** @param {number} size in bytes, of a buffer */
const words4 = (size) => (size + ((4 - (size % 4)) % 4)) / 4;

/** From so many bytes on, a copy is made by the constructor: it does not clear the memory before, as `slice` does. */
const UNCLEARED = 6000;

/** What the words being read are in, and from which byte on. */
const block = bufferOf(bytes);
const first = offsetOf(bytes);

/**
 * The bytes that come next.
 * @param {number} size
 * @returns {Uint8Array} the whole of a buffer of its own
 */
function readBytes(size) {
  const offset = at.p * 4;
  const end = at.p + words4(size);
  at.p = end;
  if (at.soft === NEVER || end <= at.shown) {
    if (size < UNCLEARED) return bytesSlice(bytes, offset, offset + size);
    return new Uint8Array(new Uint8Array(block, first + offset, size));
  }
  cells[OFFSET] = at.base + offset;
  cells[LENGTH] = size;
  return new Uint8Array(longBytes());
}

/** @param {number} kind */
function readWholeView(kind) {
  const size = readLength();
  const content = readBytes(size);
  if (kind === UINT8 && at.objects === null) return content;
  const buffer = bufferOf(content);
  const view = revive(VIEW, kind, buffer, 0, elements(kind, size));
  remember(view);
  remember(buffer);
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

/** Sizes of elements by kind of view. */
const elementSizes = classesBy(viewKinds);
for (let kind = 0; kind < elementSizes.length; kind++) elementSizes[kind] = elementSizes[kind]?.BYTES_PER_ELEMENT ?? 1;

/**
 * @param {number} kind
 * @param {number} size in bytes
 */
const elements = (kind, size) => size / elementSizes[kind];

function readBuffer() {
  return remember(bufferOf(readBytes(readLength())));
}

module.exports = { readBuffer, readView, readWholeView };
