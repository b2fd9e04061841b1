// Ports of Node's in the message that Node is reading which stand for ports of ferroport, and what takes their places.
'use strict';

const { MessagePort: NodePort } = require('../node-threads').original;
const { EventTarget } = require('../node-classes');
const { queueMicrotask } = require('../ticks');

/** @typedef {import('node:worker_threads').MessagePort} NodePort */
/** @typedef {import('./note').Note} Note */

/** What the notes in the message have said. @type {Note[]} */
let notes = [];

/** @param {Note} note that has been read with the message */
function announce(note) {
  // Who reads a message takes what it says at once. If nobody knows, the ports stay Node's.
  if (notes.length === 0) queueMicrotask(forget);
  notes.push(note);
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
  for (const [way, ports] of taken.flatMap(Object.entries)) {
    for (const port of ports) arrived.set(port, takeOut(way, port));
  }
  return arrived;
}

/**
 * Puts what has arrived into a value that has just been read: nobody else has seen it.
 * @param {unknown} value
 * @param {Map<unknown, object>} arrived by what stands in its place
 * @returns {any} the value, or what has arrived if that is all of it
 */
function putInto(value, arrived) {
  const { objectsIn } = require('./walk');
  const isLeaf = (/** @type {object} */ object) => object instanceof NodePort || object instanceof EventTarget;
  for (const object of objectsIn(value, isLeaf)) replaceIn(object, arrived);
  return arrived.get(value) ?? value;
}

/**
 * @param {any} object
 * @param {Map<unknown, object>} arrived
 */
function replaceIn(object, arrived) {
  const put = (/** @type {unknown} */ inner) => arrived.get(inner) ?? inner;
  if (object instanceof Map) {
    refill(object, [...object], ([key, value]) => object.set(put(key), put(value)));
  } else if (object instanceof Set) {
    refill(object, [...object], (value) => object.add(put(value)));
  } else if (!ArrayBuffer.isView(object)) {
    // `cause` of an error is not enumerable.
    for (const key of [...Object.keys(object), 'cause']) {
      const there = Object.hasOwn(object, key) ? arrived.get(object[key]) : undefined;
      if (there !== undefined) object[key] = there;
    }
  }
}

/**
 * @template T
 * @param {{ clear(): void }} collection
 * @param {T[]} entries
 * @param {(entry: T) => void} add
 */
function refill(collection, entries, add) {
  collection.clear();
  entries.forEach(add);
}

module.exports = { announce, forget, hasArrived, takeArrived, putInto };
