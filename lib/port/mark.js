// High-water marks as programs give them and get them.
'use strict';

const { invalidArgType, outOfRange } = require('../node/errors');
const { floor } = require('../language/originals').statics;

/**
 * @typedef {object} Mark
 * @property {number} messages Infinity for any number
 * @property {number} bytes Infinity for any number
 */

/**
 * Reads what a program has given, each property once.
 * @param {string} name of the option or property, for errors
 * @param {any} given a number of messages; an object with `messages`, `bytes` or both; null or undefined for no mark
 * @returns {Mark}
 * @throws {TypeError} ERR_INVALID_ARG_TYPE
 * @throws {RangeError} ERR_OUT_OF_RANGE
 */
function readMark(name, given) {
  if (given === null || given === undefined) return { messages: Infinity, bytes: Infinity };
  if (typeof given === 'number') return { messages: limit(name, given), bytes: Infinity };
  if (typeof given !== 'object') throw invalidArgType(name, EXPECTED, given);
  const { messages, bytes } = given;
  if (messages === undefined && bytes === undefined) throw invalidArgType(name, EXPECTED, given);
  return { messages: limit(`${name}.messages`, messages), bytes: limit(`${name}.bytes`, bytes) };
}

const EXPECTED = 'of type number or an object with "messages" or "bytes"';

/**
 * @param {string} name
 * @param {any} value undefined for no limit
 * @returns {number}
 */
function limit(name, value) {
  if (value === undefined) return Infinity;
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  if (!(value >= 0)) throw outOfRange(name, '>= 0', value);
  if (floor(value) !== value) throw outOfRange(name, 'an integer', value);
  return value;
}

/**
 * A mark as programs get it.
 * @param {Mark} mark
 * @returns {{ messages?: number, bytes?: number } | null} null if there is none
 */
function showMark({ messages, bytes }) {
  if (messages === Infinity) return bytes === Infinity ? null : { bytes };
  return bytes === Infinity ? { messages } : { messages, bytes };
}

module.exports = { readMark, showMark };
