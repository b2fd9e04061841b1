// The globals of Node's own context. In a context of node:vm, other things may stand under their names, or nothing: a
// test runner's fake timers, the events of a simulated browser.
'use strict';

const isNodes = Object.getPrototypeOf(require('node:util')) === Object.prototype;

/** @type {typeof globalThis} */
const nodeGlobals = isNodes ? globalThis : require('node:vm').runInThisContext('globalThis');

module.exports = nodeGlobals;
