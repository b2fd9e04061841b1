// What Node itself exports as node:worker_threads, also where the hook has put ferroport's classes in its place.
'use strict';

const { statics, uncurry } = require('../language/originals');

const { defineProperty, getOwnPropertyDescriptor, ownKeys, symbolFor } = statics;

const builtin = /** @type {any} */ (require('node:worker_threads'));

/** Under which the hook, of this copy of ferroport or of another, leaves Node's own exports. */
const ORIGINAL = symbolFor('ferroport.original');

/** … and the method of Node's ports that it has patched. */
const POST = symbolFor('ferroport.postMessage');

/**
 * A copy of this copy's own: what another has left there may be of a context of node:vm that has ended, and would hold that.
 * @type {typeof import('node:worker_threads')}
 */
const original = copyOf(builtin[ORIGINAL] ?? builtin);

const postMessage = builtin[POST] ?? original.MessagePort.prototype.postMessage;

/**
 * The exports of node:worker_threads as they are. Node loads what `locks` is when somebody asks for it, or for its descriptor.
 * @param {any} exported
 */
function copyOf(exported) {
  /** @type {any} */
  const copy = {};
  const keys = ownKeys(exported);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const descriptor = key === 'locks' ? ofLocks() : getOwnPropertyDescriptor(exported, key);
    defineProperty(copy, key, /** @type {PropertyDescriptor} */ (descriptor));
  }
  return copy;
}

/**
 * An accessor that becomes what Node has there when it is asked. The hook leaves that property alone; and the exports of another copy
 * would hold that copy.
 * @returns {PropertyDescriptor}
 */
function ofLocks() {
  return {
    get() {
      const descriptor = /** @type {PropertyDescriptor} */ (getOwnPropertyDescriptor(builtin, 'locks'));
      defineProperty(this, 'locks', descriptor);
      return builtin.locks;
    },
    enumerable: true,
    configurable: true,
  };
}

/**
 * Posts on a port of Node's, whatever programs have patched since.
 * @type {(port: import('node:worker_threads').MessagePort, value: unknown, transferList: unknown[]) => void}
 */
const postOn = /** @type {any} */ (uncurry(postMessage));

/** Whether the hook has been put on `node:worker_threads` in this thread. */
const isHooked = () => ORIGINAL in builtin;

/**
 * To be called before anything is put in the place of Node's exports and methods.
 * @param {(object: any, key: symbol, descriptor: PropertyDescriptor) => void} put
 */
function keepOriginal(put) {
  put(builtin, ORIGINAL, { value: original });
  put(builtin, POST, { value: postMessage });
}

module.exports = { original, postOn, isHooked, keepOriginal };
