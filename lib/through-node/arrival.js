// Replaces ports of Node's that stand for ports of ferroport, in the message that Node is reading.
'use strict';

const { MessagePort: NodePort } = require('../node/threads').original;
const { EventTarget } = require('../node/classes');
const {
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
} = require('../language/intrinsics');
const { queueMicrotask } = require('../runtime/ticks');

/** @typedef {import('node:worker_threads').MessagePort} NodePort */
/** @typedef {import('./note').Note} Note */

/** The notes that have come with the message. @type {Note[]} */
let notes = [];

/** @param {Note} note that has been read with the message */
function announce(note) {
  // Whoever reads the message takes its notes at once. If nobody does, the ports stay Node's, and the notes are
  // forgotten.
  if (notes.length === 0) queueMicrotask(forget);
  notes[notes.length] = note;
}

const forget = () => void (notes = []);

/** Whether ports of ferroport have come with the message that has just been read. */
const hasArrived = () => notes.length > 0;

/** @returns {Note[]} what the notes in the message that has just been read have said; forgotten */
function takeNotes() {
  const taken = notes;
  forget();
  return taken;
}

/**
 * Puts arrived ports into a value that has just been read: nobody else has a reference to it.
 * @param {unknown} value
 * @param {Map<unknown, object>} arrived the ports of ferroport, by the ports of Node's that stand for them
 * @returns {any} the value; the arrived port, if the value is only that
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
    // The `cause` of an error is not enumerable.
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

module.exports = { announce, forget, hasArrived, takeNotes, putInto };
