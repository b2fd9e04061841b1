// Event names: EventTarget's are strings, EventEmitter's may also be symbols.
'use strict';

const { Map, mapGet, mapSet, mapSize } = require('../language/intrinsics');

/** @type {Map<symbol, string>} */
const strings = new Map();

/** @type {Map<string, symbol>} */
const symbols = new Map();

/**
 * The string under which a port keeps the listeners for an event.
 * @param {any} name
 * @returns {string}
 */
function toString(name) {
  if (typeof name !== 'symbol') return `${name}`;
  let string = mapGet(strings, name);
  if (string === undefined) {
    string = `${String(name)} ${mapSize(strings)}`;
    mapSet(strings, name, string);
    mapSet(symbols, string, name);
  }
  return string;
}

/**
 * The name as the program gave it.
 * @param {string} string
 * @returns {string | symbol}
 */
const toName = (string) => mapGet(symbols, string) ?? string;

module.exports = { toString, toName };
