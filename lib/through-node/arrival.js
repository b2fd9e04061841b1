// Ports of Node's in the message that Node is reading which stand for ports of ferroport, and what takes their places.
'use strict';

const { MessagePort: NodePort } = require('../node-threads').original;
const { EventTarget } = require('../node-classes');
const {
  Map,
  hasOwn,
  isView,
  keysOf,
  mapClear,
  mapForEach,
  mapGet,
  mapSet,
  setAdd,
  setClear,
  setForEach,
  types,
} = require('../codec/intrinsics');
const { queueMicrotask } = require('../ticks');

/** @typedef {import('node:worker_threads').MessagePort} NodePort */
/** @typedef {import('./note').Note} Note */

/** What the notes in the message have said. @type {Note[]} */
let notes = [];

/** @param {Note} note that has been read with the message */
function announce(note) {
  // Who reads a message takes what it says at once. If nobody knows, the ports stay Node's.
  if (notes.length === 0) queueMicrotask(forget);
  notes[notes.length] = note;
}

const forget = () => void (notes = []);

/** Whether ports of ferroport have come with the message that has just been read. */
const hasArrived = () => notes.length > 0;

/**
 * The ports of ferroport that have come with the message that has just been read.
 * @returns {Map<unknown, object> | undefined} by the ports of Node's in their places; undefined if there are none
 * @throws if one cannot be taken out
 */
function takeArrived() {
  if (notes.length === 0) return undefined;
  const taken = notes;
  forget();
  const { takeOut } = require('./unpacking');
  /** @type {Map<unknown, object>} */
  const arrived = new Map();
  for (let i = 0; i < taken.length; i++) {
    const ways = /** @type {import('./packing').Way[]} */ (keysOf(taken[i]));
    for (let j = 0; j < ways.length; j++) takeAllOut(ways[j], taken[i][ways[j]] ?? []);
  }
  return arrived;

  /**
   * @param {import('./packing').Way} way
   * @param {NodePort[]} ports
   */
  function takeAllOut(way, ports) {
    for (let i = 0; i < ports.length; i++) mapSet(arrived, ports[i], takeOut(way, ports[i]));
  }
}

/**
 * Puts what has arrived into a value that has just been read: nobody else has seen it.
 * @param {unknown} value
 * @param {Map<unknown, object>} arrived by what stands in its place
 * @returns {any} the value, or what has arrived if that is all of it
 */
function putInto(value, arrived) {
  const { walk } = require('./walk');
  walk(value, (object) => {
    replaceIn(object, arrived);
    return !(object instanceof NodePort || object instanceof EventTarget);
  });
  return mapGet(arrived, value) ?? value;
}

/**
 * @param {any} object
 * @param {Map<unknown, object>} arrived
 */
function replaceIn(object, arrived) {
  const put = (/** @type {unknown} */ inner) => mapGet(arrived, inner) ?? inner;
  if (types.isMap(object)) {
    /** @type {unknown[]} */
    const keys = [];
    /** @type {unknown[]} */
    const values = [];
    mapForEach(object, (/** @type {unknown} */ value, /** @type {unknown} */ key) => {
      keys[keys.length] = put(key);
      values[values.length] = put(value);
    });
    mapClear(object);
    for (let i = 0; i < keys.length; i++) mapSet(object, keys[i], values[i]);
  } else if (types.isSet(object)) {
    /** @type {unknown[]} */
    const items = [];
    setForEach(object, (/** @type {unknown} */ item) => void (items[items.length] = put(item)));
    setClear(object);
    for (let i = 0; i < items.length; i++) setAdd(object, items[i]);
  } else if (!isView(object)) {
    const keys = keysOf(object);
    for (let i = 0; i < keys.length; i++) replaceAt(object, keys[i], arrived);
    // That of an error is not enumerable.
    if (hasOwn(object, 'cause')) replaceAt(object, 'cause', arrived);
  }
}

/**
 * @param {any} object
 * @param {string} key of its own
 * @param {Map<unknown, object>} arrived
 */
function replaceAt(object, key, arrived) {
  const there = mapGet(arrived, object[key]);
  if (there !== undefined) object[key] = there;
}

module.exports = { announce, forget, hasArrived, takeArrived, putInto };
