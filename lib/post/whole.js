// Values that move as they stand: they hold the one buffer of the transfer list, and little besides.
'use strict';

const { tags } = require('../native/native');
const oracle = require('../runtime/oracle');
const { isPooled } = require('../objects/pool');
const { viewOver } = require('../objects/revive');
const { bufferOf, maxByteLengthOf, viewParts } = require('../runtime/view');
const { tagOf } = require('../codec/visit/visit');
const {
  Object,
  bufferTransfer,
  getOwnPropertyDescriptor,
  getOwnPropertySymbols,
  getPrototypeOf,
  isView,
  keysOf,
  types,
} = require('../language/intrinsics');
const { isPort } = require('../port/port');

const { prototype } = Object;

/** Objects with more properties than these are written and read faster by ferroport's own codec. */
const MOST_PROPERTIES = 8;

/**
 * Whether V8 may clone a value as it stands, because the same would arrive as from ferroport's codec. Such a value is a primitive, the
 * buffer, a view over the buffer, or a plain object that holds these and has no accessors. Runs no code of the program's.
 * @param {any} value
 * @param {ArrayBuffer} buffer the one item of the transfer list
 */
function isWhole(value, buffer) {
  return isLeaf(value, buffer) || isFlat(value, buffer);
}

/**
 * Whether a value is a primitive that can be cloned, the buffer, or a view over it.
 * @param {any} value
 * @param {ArrayBuffer} buffer
 */
function isLeaf(value, buffer) {
  if (value === buffer || value === null) return true;
  if (typeof value !== 'object') return typeof value !== 'symbol' && typeof value !== 'function';
  return isView(value) && bufferOf(value) === buffer && !isPooled(value, buffer);
}

/**
 * Whether a value is a small plain object of leaves.
 * @param {object} value
 * @param {ArrayBuffer} buffer
 */
function isFlat(value, buffer) {
  // Objects that hold other values in internal slots are excluded. V8 treats all others as ferroport does.
  if (types.isProxy(value) || getPrototypeOf(value) !== prototype || isPort(value)) return false;
  if (types.isMap(value) || types.isSet(value) || types.isNativeError(value)) return false;
  const names = keysOf(value);
  if (names.length > MOST_PROPERTIES) return false;
  for (let i = 0; i < names.length; i++) {
    const property = /** @type {PropertyDescriptor} */ (getOwnPropertyDescriptor(value, names[i]));
    if (property.get !== undefined || property.set !== undefined || !isLeaf(property.value, buffer)) return false;
  }
  return true;
}

/**
 * Moves a whole value within this thread. V8 need not write the value and read it again.
 * @param {any} value that is whole
 * @param {ArrayBuffer} buffer is detached afterwards
 * @returns {{ value: any, buffer: ArrayBuffer } | undefined} the value that arrives, with its buffer; undefined if V8 must clone
 *   the value after all. Nothing is detached then
 * @throws if the buffer may not be transferred
 */
function moveHere(value, buffer) {
  if (value === buffer) {
    const moved = move(buffer);
    return { value: moved, buffer: moved };
  }
  // Only V8 knows whether a view over a resizable buffer follows the buffer's length.
  if (typeof value === 'object' && value !== null && maxByteLengthOf(buffer) !== undefined) return undefined;
  if (isView(value)) {
    const parts = /** @type {number[]} */ (viewParts(value));
    const moved = move(buffer);
    return { value: viewOver(parts[0], moved, parts[1], parts[2]), buffer: moved };
  }
  if (typeof value === 'object' && value !== null) return moveObject(value, buffer);
  return { value, buffer: move(buffer) };
}

/**
 * As `moveHere`, for a plain object.
 * @param {any} value flat
 * @param {ArrayBuffer} buffer
 */
function moveObject(value, buffer) {
  // V8 recognises objects of the runtime's by more than their prototypes. Such objects have symbols for keys, or no properties.
  const names = keysOf(value);
  if (names.length === 0 || getOwnPropertySymbols(value).length > 0 || tagOf(value) !== tags.OBJECT) return undefined;
  const copy = { ...value };
  /** @type {any[]} */
  const views = [];
  for (let i = 0; i < names.length; i++) {
    const part = copy[names[i]];
    if (!isView(part)) continue;
    // A view that stands in two places must stay one view.
    for (let seen = 1; seen < views.length; seen += 3) if (views[seen] === part) return undefined;
    const { length } = views;
    views[length] = names[i];
    views[length + 1] = part;
    views[length + 2] = viewParts(part);
  }
  const moved = move(buffer);
  for (let i = 0; i < names.length; i++) if (copy[names[i]] === buffer) copy[names[i]] = moved;
  for (let i = 0; i < views.length; i += 3) {
    // Programs may have patched the iterator, and nothing may fail here: the buffer has been moved.
    const parts = views[i + 2];
    copy[views[i]] = viewOver(parts[0], moved, parts[1], parts[2]);
  }
  return { value: copy, buffer: moved };
}

/**
 * Moves the memory of a buffer into a new buffer. The old buffer is detached.
 * @param {ArrayBuffer} buffer
 * @returns {ArrayBuffer} the new buffer
 * @throws if the buffer may not be transferred
 */
function move(buffer) {
  if (oracle.isRefusedForMark(buffer)) throw new TypeError('The buffer is marked as untransferable');
  return bufferTransfer === undefined ? oracle.move(buffer) : bufferTransfer(buffer);
}

module.exports = { isWhole, moveHere };
