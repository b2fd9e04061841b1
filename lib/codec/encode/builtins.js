// Writes Maps, Sets, regular expressions and errors.
'use strict';

const { tags } = require('../../native/native');
const { errorOf, regExpOf } = require('../../objects/parts');
const { flush, writeHead } = require('./writer');
const { message, contents, forgetContents } = require('../message/message');
const { LIMIT, out } = require('../../native/block');
const { mapForEach, setForEach } = require('../../language/intrinsics');

const { INT, MAP, SET } = tags;
const { ERROR, ERROR_HAS_CAUSE, ERROR_HAS_MESSAGE, ERROR_HAS_STACK, REGEXP } = tags;
const { words } = out;

/** @typedef {(value: any, p: number) => number} Write writes any value at a place and returns the next place */

const addEntry = (/** @type {unknown} */ value, /** @type {unknown} */ key) => {
  contents[message.contentCount++] = key;
  contents[message.contentCount++] = value;
};
const addValue = (/** @type {unknown} */ value) => {
  contents[message.contentCount++] = value;
};

/**
 * @param {Map<unknown, unknown>} map
 * @param {number} p
 * @param {Write} write
 */
function writeMap(map, p, write) {
  const from = message.contentCount;
  mapForEach(map, addEntry);
  return writeContents(from, writeHead(MAP, (message.contentCount - from) / 2, p), write);
}

/**
 * @param {Set<unknown>} set
 * @param {number} p
 * @param {Write} write
 */
function writeSet(set, p, write) {
  const from = message.contentCount;
  setForEach(set, addValue);
  return writeContents(from, writeHead(SET, message.contentCount - from, p), write);
}

/**
 * Writes the contents that stand in the list from `from` on, and removes them from the list.
 * @param {number} from
 * @param {number} p
 * @param {Write} write
 */
function writeContents(from, p, write) {
  const to = message.contentCount;
  for (let i = from; i < to; i++) {
    const v = contents[i];
    if (typeof v === 'number' && v === (v << 8) >> 8 && p < LIMIT && (v !== 0 || 1 / v > 0)) {
      words[p++] = INT | (v << 8);
    } else p = write(v, p);
  }
  forgetContents(from);
  return p;
}

/**
 * @param {RegExp} o
 * @param {number} p
 * @param {Write} write
 */
function writeRegExp(o, p, write) {
  const { source, flags } = regExpOf(o);
  words[p] = REGEXP;
  return write(flags, write(source, p + 1));
}

/**
 * @param {Error} o
 * @param {number} p
 * @param {Write} write
 */
function writeError(o, p, write) {
  const parts = /** @type {any[]} */ (errorOf(o));
  const kind = parts[0];
  const message = parts[1];
  const stack = parts[2];
  const hasCause = parts.length > 3;
  if (p > LIMIT) p = flush(p);
  const present =
    (message === undefined ? 0 : ERROR_HAS_MESSAGE) |
    (stack === undefined ? 0 : ERROR_HAS_STACK) |
    (hasCause ? ERROR_HAS_CAUSE : 0);
  words[p++] = ERROR | ((kind | present) << 8);
  if (message !== undefined) p = write(message, p);
  if (stack !== undefined) p = write(stack, p);
  return hasCause ? write(parts[3], p) : p;
}

module.exports = { writeMap, writeSet, writeRegExp, writeError };
