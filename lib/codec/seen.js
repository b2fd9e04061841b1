// Numbers the objects of the message being written, in the order in which their heads stand in it.
'use strict';

const { message, few, FEW } = require('./message');
const { Map, globals, mapDelete, mapGet, mapSet, setAdd, setDelete, setForEach, setSize } = require('./intrinsics');

const { Set } = globals;

/**
 * @param {object} object
 * @returns {number} its number if the message has shown it before; else -1, and it has the next one
 */
function number(object) {
  const { once, many, count } = message;
  if (once !== null) {
    setAdd(once, object);
    if (setSize(once) > count) {
      message.count = count + 1;
      return -1;
    }
    return /** @type {number} */ (mapGet(all(), object));
  }
  if (many !== null) {
    const found = mapGet(many, object);
    if (found !== undefined) return found;
    mapSet(many, object, count);
    message.count = count + 1;
    return -1;
  }
  for (let i = 0; i < count; i++) if (few[i] === object) return i;
  if (count < FEW) {
    few[count] = object;
    message.count = count + 1;
    return -1;
  }
  const set = new Set();
  for (let i = 0; i < FEW; i++) {
    setAdd(set, few[i]);
    few[i] = null;
  }
  setAdd(set, object);
  message.once = set;
  message.count = count + 1;
  return -1;
}

/** Takes back the last number, of an object that somebody else numbers. */
function unnumber(/** @type {object} */ object) {
  const { once, many } = message;
  message.count--;
  if (once !== null) setDelete(once, object);
  else if (many !== null) mapDelete(many, object);
  else few[message.count] = null;
}

/** A number that nobody can refer to. */
function skip() {
  all();
  message.count++;
}

/** @returns {Map<object, number>} the numbers of all objects, from now on the only place for them */
function all() {
  const { once, many, count } = message;
  if (many !== null) return many;
  const numbers = (message.many = new Map());
  if (once !== null) {
    let next = 0;
    setForEach(once, (/** @type {object} */ object) => mapSet(numbers, object, next++));
    message.once = null;
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
  message.count = session.count;
}

/** @param {import('./session')} session that is to go on with the numbers */
function lend(session) {
  session.seen = all();
  session.count = message.count;
}

/** The message is complete. */
function forget() {
  const { once, many, count } = message;
  if (many === null && once === null) for (let i = 0; i < count; i++) few[i] = null;
  message.many = message.once = null;
  message.count = 0;
}

module.exports = { number, unnumber, skip, lend, resume, forget };
