// What the hook puts on objects that all contexts of a thread share, and how it is taken off again.
'use strict';

const builtin = /** @type {any} */ (require('node:worker_threads'));
const { statics } = require('../language/originals');
const nodeGlobals = require('../language/node-globals');

const { defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf } = statics;

/** Under which a hook whose context may end, one of node:vm, leaves the function that takes it off. */
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
 * Whether the hook that is there belongs to another context of node:vm. Test runners make one for each file, and the next file's
 * comes when the last one's has ended.
 */
const isOfOtherContext = () =>
  builtin[RELEASE] !== undefined && getPrototypeOf(builtin[RELEASE]) !== getPrototypeOf(release);

/** Takes the hook of another context off. */
function releaseOther() {
  if (isOfOtherContext()) builtin[RELEASE]();
}

/** To be called when the hook is put on: whether it may be taken off, because this is not Node's own context. */
function letRelease() {
  if (nodeGlobals !== globalThis) put(builtin, RELEASE, { value: release });
}

module.exports = { put, isOfOtherContext, releaseOther, letRelease };
