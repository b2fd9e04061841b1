// Puts ferroport's exports in the places where programs find Node's.
'use strict';

const { syncBuiltinESMExports } = require('node:module');
const builtin = /** @type {any} */ (require('node:worker_threads'));
const { defineProperty } = require('../language/originals').statics;
const ours = require('../api/own-exports');
const { put } = require('./put');

/** Those exports of node:worker_threads that are globals, too. */
const GLOBALS = ['MessageChannel', 'MessagePort', 'BroadcastChannel'];

/** @param {Record<string, any>} ferroport its exports */
function handOut(ferroport) {
  // Exports that ferroport does not implement stay Node's.
  for (const name of Object.keys(builtin)) if (name in ours) replace(builtin, name, ferroport, put);
  for (const name of GLOBALS) replace(globalThis, name, ferroport, defineProperty);
}

/**
 * Puts an export in the place of a property. Exports that ferroport loads when they are first used are not loaded by
 * this.
 * @param {any} object
 * @param {string} name
 * @param {any} exported
 * @param {(object: any, name: string, descriptor: PropertyDescriptor) => void} define
 */
function replace(object, name, exported, define) {
  const there = Object.getOwnPropertyDescriptor(object, name);
  const own = Object.getOwnPropertyDescriptor(exported, name);
  if (there === undefined || (own?.get === undefined && exported[name] === object[name])) return;
  const { enumerable } = there;
  const holding = (/** @type {unknown} */ value) => ({ value, writable: true, enumerable, configurable: true });
  if (own?.get === undefined) {
    define(object, name, holding(exported[name]));
    return;
  }
  const become = (/** @type {unknown} */ value) => defineProperty(object, name, holding(value));
  const get = () => {
    const value = exported[name];
    become(value);
    return value;
  };
  define(object, name, { get, set: become, enumerable, configurable: true });
}

module.exports = { handOut, syncModules: syncBuiltinESMExports };
