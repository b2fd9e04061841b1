// Puts the hook's properties on objects that all contexts of a thread share, and takes them off again.
'use strict';

const builtin = /** @type {any} */ (require('node:worker_threads'));
const { statics } = require('../language/originals');
const nodeGlobals = require('../language/node-globals');

const { defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf } = statics;

/** A hook whose context may end, one of node:vm, leaves the function that takes it off under this symbol. */
const RELEASE = Symbol.for('ferroport.release');

/** @type {[object: any, key: string | symbol, there: PropertyDescriptor | undefined][]} */
let replaced = [];

/**
 * Defines a property of an object that all contexts share.
 * @param {any} object
 * @param {string | symbol} key
 * @param {PropertyDescriptor} descriptor
 */
function put(object, key, descriptor) {
  const there = getOwnPropertyDescriptor(object, key);
  defineProperty(object, key, { ...descriptor, configurable: true });
  replaced[replaced.length] = [object, key, there];
}

function release() {
  const all = replaced;
  replaced = [];
  for (let i = all.length - 1; i >= 0; i--) {
    const { 0: object, 1: key, 2: there } = all[i];
    if (there === undefined) deleteProperty(object, key);
    else defineProperty(object, key, there);
  }
}

/**
 * Whether the hook that is there belongs to another context of node:vm. Test runners make a context for each file, and
 * make the next one when the last has ended.
 */
const isOfOtherContext = () =>
  builtin[RELEASE] !== undefined && getPrototypeOf(builtin[RELEASE]) !== getPrototypeOf(release);

/** Takes the hook of another context off. */
function releaseOther() {
  if (isOfOtherContext()) builtin[RELEASE]();
}

/** To be called when the hook is put on. The hook may be taken off again if this is not Node's own context. */
function letRelease() {
  if (nodeGlobals !== globalThis) put(builtin, RELEASE, { value: release });
}

module.exports = { put, isOfOtherContext, releaseOther, letRelease };
