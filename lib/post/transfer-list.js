// The second argument of postMessage: the objects that it lists, and whether they may be transferred.
'use strict';

const { types } = require('node:util');
const oracle = require('../runtime/oracle');
const marks = require('../node/marks');
const { nodeError } = require('../node/errors');
const classes = require('../node/classes');
const {
  Map,
  apply,
  bareList,
  descriptionOf,
  getOwnPropertySymbols,
  getPrototypeOf,
  inherits,
  isArray,
  isObject,
  mapHas,
  mapSet,
} = require('../language/intrinsics');
const { isDetached } = require('../runtime/view');
const ports = require('../port/port');
const { akinOf } = require('../copies/others');
const { ownerOf } = require('../copies/own');

const { iterator: iteratorSymbol } = Symbol;

/** The arguments of a call without any. */
const NOTHING = bareList();

/** Duplicates in a list of up to so many items are found by comparing the items with one another. */
const SHORT = 16;

/**
 * The items of postMessage's second argument (Node.js: an iterable, or options with `transfer`).
 * @param {any} argument neither undefined nor null
 * @returns {any[]}
 * @throws {TypeError} ERR_INVALID_ARG_TYPE; what the iterator throws
 */
function transferListOf(argument) {
  if (typeof argument === 'object' || typeof argument === 'function') {
    const list = itemsOf(argument);
    if (list !== undefined) return list;
    const { transfer } = argument;
    if (transfer === undefined) return [];
    if (isObject(transfer)) {
      const items = itemsOf(transfer);
      if (items !== undefined) return items;
    }
    throw notIterable('options.transfer');
  }
  throw notIterable('transferList');
}

/**
 * @param {any} iterable
 * @returns {any[] | undefined} undefined if it is not iterable
 */
function itemsOf(iterable) {
  // Node does not ask an array for its iterator.
  if (isArray(iterable) && !types.isProxy(iterable)) return elementsOf(iterable);
  const method = iterable[iteratorSymbol];
  if (typeof method !== 'function') return undefined;
  const iterator = apply(method, iterable, NOTHING);
  if (typeof iterator !== 'object' || iterator === null) return undefined;
  const { next } = iterator;
  if (typeof next !== 'function') return undefined;
  const items = [];
  for (;;) {
    const step = apply(next, iterator, NOTHING);
    if (typeof step !== 'object' || step === null) return undefined;
    if (step.done) return items;
    items[items.length] = step.value;
  }
}

/** @param {any[]} array */
function elementsOf(array) {
  const { length } = array;
  const items = [];
  for (let index = 0; index < length; index++) items[index] = array[index];
  return items;
}

/**
 * Whether a condition holds for at least one item of a list.
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => boolean} isSo
 */
function hasSome(items, isSo) {
  for (let i = 0; i < items.length; i++) if (isSo(items[i])) return true;
  return false;
}

/** @param {string} name */
function notIterable(name) {
  return nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', `Optional ${name} argument must be an iterable`);
}

/**
 * Checks a transfer list as the running Node does. Detaches nothing.
 * @param {ReturnType<typeof ports.make>} port sending
 * @param {any[]} items
 * @throws the running Node's error for the first item that is wrong; ERR_FERROPORT_TWO_COPIES
 */
function checkTransferList(port, items) {
  const isUnique = hasNoDuplicates(items);
  if (isUnique && !hasSome(items, (item) => !isUsual(port, item))) return;
  // A usual item is right, unless it is a buffer that V8 refuses (see `refusedBuffer`). So the first wrong item is a
  // buffer or an unusual one.
  const unsure = isUnique ? unsureOf(port, items) : items;
  const stand = oracle.standIns(unsure, (item) => {
    const owner = ownerOf(item);
    if (owner === undefined) return undefined;
    if (item === port) return 'source';
    if (!owner.isOpen(item)) return 'closed';
    return isMarked(owner, item) ? 'marked' : 'open';
  });
  try {
    oracle.checkTransferList(stand.items);
  } finally {
    stand.done();
  }
}

/**
 * @param {ReturnType<typeof ports.make>} port sending
 * @param {any[]} items
 */
function unsureOf(port, items) {
  const unsure = [];
  for (let i = 0; i < items.length; i++) {
    if (types.isArrayBuffer(items[i]) || !isUsual(port, items[i])) unsure[unsure.length] = items[i];
  }
  return unsure;
}

/** @param {any[]} items */
function hasNoDuplicates(items) {
  if (items.length > SHORT) return areAllNew(items);
  for (let i = 1; i < items.length; i++) {
    for (let j = 0; j < i; j++) if (items[i] === items[j]) return false;
  }
  return true;
}

/** @param {any[]} items */
function areAllNew(items) {
  const seen = new Map();
  for (let i = 0; i < items.length; i++) {
    if (mapHas(seen, items[i])) return false;
    mapSet(seen, items[i], true);
  }
  return true;
}

/**
 * Finds the buffer that V8 has refused after `checkTransferList` has left buffers to V8: one that belongs to a
 * WebAssembly.Memory.
 * @param {any[]} items
 * @returns {unknown} the running Node's error; undefined if nothing is wrong
 */
function refusedBuffer(items) {
  try {
    // A getter may have detached a buffer since the list was checked.
    for (let i = 0; i < items.length; i++) {
      if (types.isArrayBuffer(items[i]) && !isDetached(items[i])) oracle.checkTransferList([items[i]]);
    }
  } catch (error) {
    return error;
  }
  return undefined;
}

/**
 * Whether an item is of a usual kind and nothing wrong can be seen of it.
 * @param {ReturnType<typeof ports.make>} port sending
 * @param {any} item
 */
function isUsual(port, item) {
  if (ports.isPort(item)) return item !== port && ports.isOpen(item) && !marks.isUntransferable(item);
  if (types.isArrayBuffer(item)) return !isDetached(item) && !oracle.isRefusedForMark(item);
  const copy = akinOf(item);
  if (copy !== undefined) return copy.isOpen(item) && !isMarked(copy, item);
  return bringsPorts(item) && (!inherits(item, classes.AbortSignal.prototype) || oracle.isListable(item));
}

/**
 * Whether a port is marked untransferable, by its own copy of ferroport or by this one.
 * @param {import('../copies/others').Copy} owner
 * @param {any} port
 */
const isMarked = (owner, port) => owner.isUntransferable(port) || marks.isUntransferable(port);

/**
 * Whether an item is a host object, written in JavaScript, that may bring ports along which it makes itself: a stream,
 * an AbortSignal, a FileHandle.
 * @param {any} item
 */
function bringsPorts(item) {
  for (let link = item; typeof link === 'object' && link !== null; link = getPrototypeOf(link)) {
    if (types.isProxy(link)) return false;
    const symbols = getOwnPropertySymbols(link);
    for (let i = 0; i < symbols.length; i++) {
      if (descriptionOf(symbols[i]) === 'messaging_transfer_list_symbol') return true;
    }
  }
  return false;
}

module.exports = { transferListOf, itemsOf, hasSome, checkTransferList, isMarked, refusedBuffer, bringsPorts };
