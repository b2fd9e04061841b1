// Numbers the objects of the message being written, in the order in which their heads stand in it.
'use strict';

const { Map, mapDelete, mapGet, mapSet } = require('./intrinsics');

/** So many objects are looked through; more are looked up. */
const FEW = 8;

/** @type {(object | null)[]} */
const few = new Array(FEW).fill(null);

/** @type {Map<object, number> | null} */
let many = null;

/** How many numbers have been given out. */
let count = 0;

/**
 * @param {object} object
 * @returns {number} its number if the message has shown it before; else -1, and it has the next one
 */
function number(object) {
  if (many !== null) {
    const found = mapGet(many, object);
    if (found !== undefined) return found;
    mapSet(many, object, count++);
    return -1;
  }
  for (let i = 0; i < count; i++) if (few[i] === object) return i;
  if (count < FEW) few[count++] = object;
  else mapSet(all(), object, count++);
  return -1;
}

/** Takes back the last number, of an object that somebody else numbers. */
function unnumber(/** @type {object} */ object) {
  count--;
  if (many !== null) mapDelete(many, object);
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
  many = new Map();
  for (let i = 0; i < count; i++) {
    mapSet(many, few[i], i);
    few[i] = null;
  }
  return many;
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

/** The message is complete. */
function forget() {
  if (many === null) for (let i = 0; i < count; i++) few[i] = null;
  many = null;
  count = 0;
}

module.exports = { number, unnumber, skip, lend, resume, forget };
