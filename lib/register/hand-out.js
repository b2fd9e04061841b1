// Puts ferroport's exports where programs find Node's.
'use strict';

const { syncBuiltinESMExports } = require('node:module');
const builtin = /** @type {any} */ (require('node:worker_threads'));

/** Globals that are exports of node:worker_threads, too. */
const GLOBALS = ['MessageChannel', 'MessagePort', 'BroadcastChannel'];

/** @param {Record<string, any>} ferroport its exports */
function handOut(ferroport) {
  for (const name of Object.keys(builtin)) replace(builtin, name, ferroport[name]);
  for (const name of GLOBALS) replace(globalThis, name, ferroport[name]);
}

/**
 * @param {any} object
 * @param {string} name
 * @param {unknown} value
 */
function replace(object, name, value) {
  const descriptor = Object.getOwnPropertyDescriptor(object, name);
  if (descriptor === undefined || object[name] === value) return;
  Object.defineProperty(object, name, { value, writable: true, enumerable: descriptor.enumerable, configurable: true });
}

module.exports = { handOut, syncModules: syncBuiltinESMExports };
