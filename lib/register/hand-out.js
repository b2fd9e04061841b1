// Puts ferroport's exports where programs find Node's.
'use strict';

const { syncBuiltinESMExports } = require('node:module');
const builtin = /** @type {any} */ (require('node:worker_threads'));
const { defineProperty } = require('../codec/originals').statics;

/** Globals that are exports of node:worker_threads, too. */
const GLOBALS = ['MessageChannel', 'MessagePort', 'BroadcastChannel'];

/** @param {Record<string, any>} ferroport its exports */
function handOut(ferroport) {
  for (const name of Object.keys(builtin)) replace(builtin, name, ferroport);
  for (const name of GLOBALS) replace(globalThis, name, ferroport);
}

/**
 * Puts an export in the place of a property. What ferroport loads when it is first asked for is not asked for here.
 * @param {any} object
 * @param {string} name
 * @param {any} exported
 */
function replace(object, name, exported) {
  const there = Object.getOwnPropertyDescriptor(object, name);
  const own = Object.getOwnPropertyDescriptor(exported, name);
  if (there === undefined || (own?.get === undefined && exported[name] === object[name])) return;
  const become = (/** @type {unknown} */ value) =>
    defineProperty(object, name, { value, writable: true, enumerable: there.enumerable, configurable: true });
  if (own?.get === undefined) {
    become(exported[name]);
    return;
  }
  const get = () => {
    const value = exported[name];
    become(value);
    return value;
  };
  defineProperty(object, name, { get, set: become, enumerable: there.enumerable, configurable: true });
}

module.exports = { handOut, syncModules: syncBuiltinESMExports };
