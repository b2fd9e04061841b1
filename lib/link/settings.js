// The options of links as programs give them.
'use strict';

const { invalidArgType, outOfRange } = require('../node/errors');
const { floor, isObject } = require('../language/intrinsics');
const { readMark } = require('../port/mark');

/** @typedef {import('./session').Settings} Settings */

const MEBIBYTE = 1024 * 1024;

const DEFAULTS = {
  maxMessage: 64 * MEBIBYTE,
  messages: 1024,
  bytes: MEBIBYTE,
  heartbeat: 2000,
  deadAfter: 10_000,
};

/** How many lines the other side may have opened at a time. */
const MAX_LINES = 65_536;

/** The longest time of a timer. */
const LONGEST = 2 ** 31 - 1;

/** The longest message: its bytes stand in one piece of memory. */
const LARGEST = 2 ** 32;

/**
 * @param {string} name
 * @param {any} value undefined for the default
 * @param {number} otherwise
 * @param {number} most
 * @returns {number} a whole number from 1 on
 * @throws {TypeError} ERR_INVALID_ARG_TYPE
 * @throws {RangeError} ERR_OUT_OF_RANGE
 */
function whole(name, value, otherwise, most) {
  if (value === undefined) return otherwise;
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  if (!(value >= 1 && value <= most) || floor(value) !== value) {
    throw outOfRange(name, `an integer >= 1 && <= ${most}`, value);
  }
  return value;
}

/**
 * @param {any} given undefined for the default
 * @returns {{ messages: number, bytes: number }} both bounded: what is not said is the default
 */
function readWindow(given) {
  const mark = given === undefined ? { messages: Infinity, bytes: Infinity } : readMark('options.window', given);
  const messages = mark.messages === Infinity ? DEFAULTS.messages : mark.messages;
  const bytes = mark.bytes === Infinity ? DEFAULTS.bytes : mark.bytes;
  return {
    messages: whole('options.window.messages', messages, 0, LARGEST),
    bytes: whole('options.window.bytes', bytes, 0, LARGEST),
  };
}

/**
 * Reads each option once.
 * @param {any} options
 * @returns {Settings}
 * @throws {TypeError} ERR_INVALID_ARG_TYPE
 * @throws {RangeError} ERR_OUT_OF_RANGE
 */
function readSettings(options) {
  if (options !== undefined && options !== null && !isObject(options)) {
    throw invalidArgType('options', 'of type object', options);
  }
  const { maxMessage: largest, window: given, heartbeat: every, deadAfter: after } = options ?? {};
  const maxMessage = whole('options.maxMessage', largest, DEFAULTS.maxMessage, LARGEST);
  const window = readWindow(given);
  const heartbeat = whole('options.heartbeat', every, DEFAULTS.heartbeat, LONGEST);
  const deadAfter = whole('options.deadAfter', after, DEFAULTS.deadAfter, LONGEST);
  if (after !== undefined && every !== undefined && deadAfter < heartbeat) {
    throw outOfRange('options.deadAfter', '>= options.heartbeat', deadAfter);
  }
  return {
    maxMessage,
    window,
    heartbeat,
    deadAfter,
    maxLines: MAX_LINES,
    // Two of the largest messages go at a time, with all their ports.
    underWay: 2 * maxMessage + 4 * MEBIBYTE,
    // The silence of a side whose thread may just be busy is no sign of death, unless the program has said how long it waits.
    isPatient: after === undefined,
    answersAlways: true,
  };
}

module.exports = { readSettings };
