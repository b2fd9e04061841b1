// The globals of Node's own context. In another one, of node:vm, there may be other things under their names: a test runner's fake
// timers, the events of a simulated browser, or nothing.
'use strict';

const isNodes = Object.getPrototypeOf(require('node:util')) === Object.prototype;

/** @type {typeof globalThis} */
const nodeGlobals = isNodes ? globalThis : require('node:vm').runInThisContext('globalThis');

module.exports = nodeGlobals;
