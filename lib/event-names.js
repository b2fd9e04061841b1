// Event names: EventTarget's are strings, EventEmitter's may be symbols as well.
'use strict';

/** @type {Map<symbol, string>} */
const strings = new Map();

/** @type {Map<string, symbol>} */
const symbols = new Map();

/**
 * The string under which listeners for an event are kept.
 * @param {any} name
 * @returns {string}
 */
function toString(name) {
  if (typeof name !== 'symbol') return `${name}`;
  let string = strings.get(name);
  if (string === undefined) {
    string = `${String(name)} ${strings.size}`;
    strings.set(name, string);
    symbols.set(string, name);
  }
  return string;
}

/**
 * The name as it was given.
 * @param {string} string
 * @returns {string | symbol}
 */
const toName = (string) => symbols.get(string) ?? string;

module.exports = { toString, toName };
