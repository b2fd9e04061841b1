// Numbers the objects of the message being written, in the order in which their heads stand in it.
'use strict';

const { Map, mapDelete, mapGet, mapSet, setAdd, setDelete, setForEach, setSize } = require('./intrinsics');

const { Set } = globalThis;

/** So many objects are looked through; more are looked up. */
const FEW = 16;

/** @type {(object | null)[]} */
const few = new Array(FEW).fill(null);

/**
 * Many objects of which none has come again, in order: a Set says with one look whether an object is new.
 * @type {Set<object> | null}
 */
let once = null;

/**
 * The numbers of many objects.
 * @type {Map<object, number> | null}
 */
let many = null;

/** How many numbers have been given out. */
let count = 0;

/**
 * @param {object} object
 * @returns {number} its number if the message has shown it before; else -1, and it has the next one
 */
function number(object) {
  if (once !== null) {
    setAdd(once, object);
    if (setSize(once) > count) {
      count++;
      return -1;
    }
    return /** @type {number} */ (mapGet(all(), object));
  }
  if (many !== null) {
    const found = mapGet(many, object);
    if (found !== undefined) return found;
    mapSet(many, object, count++);
    return -1;
  }
  for (let i = 0; i < count; i++) if (few[i] === object) return i;
  if (count < FEW) {
    few[count++] = object;
    return -1;
  }
  once = new Set();
  for (let i = 0; i < FEW; i++) {
    setAdd(once, few[i]);
    few[i] = null;
  }
  setAdd(once, object);
  count++;
  return -1;
}

/** Takes back the last number, of an object that somebody else numbers. */
function unnumber(/** @type {object} */ object) {
  count--;
  if (once !== null) setDelete(once, object);
  else if (many !== null) mapDelete(many, object);
  else few[count] = null;
}

/** A number that nobody can refer to. */
function skip() {
  all();
  count++;
}

/** @returns {Map<object, number>} the numbers of all objects, from now on the only place for them */
function all() {
  if (many !== null) return many;
  const numbers = (many = new Map());
  if (once !== null) {
    let next = 0;
    setForEach(once, (/** @type {object} */ object) => mapSet(numbers, object, next++));
    once = null;
  } else {
    for (let i = 0; i < count; i++) {
      mapSet(numbers, few[i], i);
      few[i] = null;
    }
  }
  return numbers;
}

/** @param {import('./session')} session that has numbered objects meanwhile, in the same map */
function resume(session) {
  count = session.count;
}

/** @param {import('./session')} session that is to go on with the numbers */
function lend(session) {
  session.seen = all();
  session.count = count;
}

/** How many numbers have been given out. */
const total = () => count;

/** The message is complete. */
function forget() {
  if (many === null && once === null) for (let i = 0; i < count; i++) few[i] = null;
  many = once = null;
  count = 0;
}

module.exports = { number, unnumber, skip, total, lend, resume, forget };
