// Numbers the objects of the message being written, in the order in which their heads stand in it.
'use strict';

const { message, few, FEW } = require('../message/message');
const numbers = require('../message/numbers');
const { roomySet } = require('./roomy-sets');
const { written } = require('../shapes/shapes');
const { globals, isArray, setAdd, setDelete, setForEach, setSize } = require('../../language/intrinsics');

const { Int32Array } = globals;

/**
 * Looks up the number of an object, or gives it the next number.
 * @param {object} object
 * @returns {number} the object's number if the message has shown the object before; else -1
 */
function number(object) {
  const { once, many, count } = message;
  if (once !== null) {
    try {
      setAdd(once, object);
    } catch {
      // The Set is full, as V8's are with 2^24 entries. Or the stack is full, and then this throws as well.
      return numberIn(all(), object);
    }
    if (setSize(once) > count + message.fillers) {
      message.count = count + 1;
      return -1;
    }
    return /** @type {number} */ (numbers.get(all(), object));
  }
  if (many !== null) return numberIn(many, object);
  for (let i = 0; i < count; i++) if (few[i] === object) return i;
  if (count < FEW && (count !== HINTED || !isLikelyToExceed())) {
    few[count] = object;
    message.count = count + 1;
    return -1;
  }
  const set = roomySet(expected);
  const fillers = setSize(set);
  for (let i = 0; i < count; i++) {
    setAdd(set, few[i]);
    few[i] = null;
  }
  setAdd(set, object);
  message.fillers = fillers;
  message.once = set;
  message.count = count + 1;
  return -1;
}

/** At this many objects, messages of the same kind tell whether there will be more than FEW. If so, objects are looked up from here on. */
const HINTED = 16;

/**
 * This many kinds of messages are distinguished, by the shape that was written last by then and by whether the message is an array. Two
 * kinds may be taken for one.
 */
const KINDS = 128;

/** How many objects the last message of each kind had. */
const counts = new Int32Array(KINDS);

/** The kind of the message, and how many objects the message seems to have. A wrong guess costs only time. */
let kind = 0;
let expected = 0;

/** Whether the message is likely to have more than FEW objects. */
function isLikelyToExceed() {
  const root = few[0];
  const length = isArray(root) ? root.length : 0;
  kind = ((written.last.number << 1) | (length > 0 ? 1 : 0)) & (KINDS - 1);
  expected = counts[kind] === 0 ? length : counts[kind];
  return expected > FEW;
}

/**
 * As `number`, for a message whose numbers stand in a table.
 * @param {import('../message/numbers').ObjectNumbers} many the table
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

/** Takes back the last number, because somebody else will number the object. */
function unnumber(/** @type {object} */ object) {
  const { once, many } = message;
  message.count--;
  if (once !== null) setDelete(once, object);
  else if (many !== null) numbers.remove(many, object);
  else few[message.count] = null;
}

/** Gives out a number that nothing can refer to. */
function skip() {
  all();
  message.count++;
}

/**
 * Moves the numbers of all objects into a table, which is their only place from now on.
 * @returns {import('../message/numbers').ObjectNumbers} the table
 */
function all() {
  const { once, many, count } = message;
  if (many !== null) return many;
  const made = (message.many = new numbers.Numbers());
  if (once !== null) {
    let next = -message.fillers;
    setForEach(once, (/** @type {object} */ object) => {
      if (next >= 0) numbers.set(made, object, next);
      next++;
    });
    message.once = null;
  } else {
    for (let i = 0; i < count; i++) {
      numbers.set(made, /** @type {object} */ (few[i]), i);
      few[i] = null;
    }
  }
  return made;
}

/**
 * Goes on with the numbers after the complete codec.
 * @param {import('../message/session')} session in which the complete codec has given out numbers, from the same table
 */
function resume(session) {
  message.count = session.count;
}

/**
 * Lets the complete codec go on with the numbers.
 * @param {import('../message/session')} session that gets the table
 */
function lend(session) {
  session.seen = all();
  session.count = message.count;
}

/** Forgets the objects of a message that is complete. */
function forget() {
  const { once, many, count } = message;
  if (count > HINTED) counts[kind] = count;
  if (many === null && once === null) for (let i = 0; i < count; i++) few[i] = null;
  message.many = message.once = null;
  message.count = 0;
}

module.exports = { number, unnumber, skip, lend, resume, forget };
