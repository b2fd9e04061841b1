// Numbers the objects of the message being written, in the order in which their heads stand in it.
'use strict';

const { message, few, FEW } = require('../message/message');
const numbers = require('../message/numbers');
const { globals, setAdd, setDelete, setForEach, setSize } = require('../../language/intrinsics');

const { Set } = globals;

/**
 * @param {object} object
 * @returns {number} its number if the message has shown it before; else -1, and it has the next one
 */
function number(object) {
  const { once, many, count } = message;
  if (once !== null) {
    try {
      setAdd(once, object);
    } catch {
      // It is full, as V8's are with 2^24; or the stack is, and then this throws, too.
      return numberIn(all(), object);
    }
    if (setSize(once) > count) {
      message.count = count + 1;
      return -1;
    }
    return /** @type {number} */ (numbers.get(all(), object));
  }
  if (many !== null) return numberIn(many, object);
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

/**
 * @param {import('../message/numbers').ObjectNumbers} many
 * @param {object} object
 */
function numberIn(many, object) {
  const { count } = message;
  const found = numbers.get(many, object);
  if (found !== undefined) return found;
  numbers.set(many, object, count);
  message.count = count + 1;
  return -1;
}

/** Takes back the last number, of an object that somebody else numbers. */
function unnumber(/** @type {object} */ object) {
  const { once, many } = message;
  message.count--;
  if (once !== null) setDelete(once, object);
  else if (many !== null) numbers.remove(many, object);
  else few[message.count] = null;
}

/** A number that nobody can refer to. */
function skip() {
  all();
  message.count++;
}

/** @returns {import('../message/numbers').ObjectNumbers} the numbers of all objects, from now on the only place for them */
function all() {
  const { once, many, count } = message;
  if (many !== null) return many;
  const made = (message.many = new numbers.Numbers());
  if (once !== null) {
    let next = 0;
    setForEach(once, (/** @type {object} */ object) => numbers.set(made, object, next++));
    message.once = null;
  } else {
    for (let i = 0; i < count; i++) {
      numbers.set(made, /** @type {object} */ (few[i]), i);
      few[i] = null;
    }
  }
  return made;
}

/** @param {import('../message/session')} session that has numbered objects meanwhile, in the same map */
function resume(session) {
  message.count = session.count;
}

/** @param {import('../message/session')} session that is to go on with the numbers */
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
