// Node's own exports of node:worker_threads, also where the hook has replaced them by ferroport's classes.
'use strict';

const { statics, uncurry } = require('../language/originals');

const { defineProperty, getOwnPropertyDescriptor, ownKeys, symbolFor } = statics;

const builtin = /** @type {any} */ (require('node:worker_threads'));

/** The hook, of this copy of ferroport or of another, leaves Node's own exports under this symbol. */
const ORIGINAL = symbolFor('ferroport.original');

/** The hook leaves the method of Node's ports that it has patched under this symbol. */
const POST = symbolFor('ferroport.postMessage');

/**
 * Node's exports in an object of this copy's own. An object that another copy has left may belong to a context of
 * node:vm that has ended, and would hold that context.
 * @type {typeof import('node:worker_threads')}
 */
const original = copyOf(builtin[ORIGINAL] ?? builtin);

const postMessage = builtin[POST] ?? original.MessagePort.prototype.postMessage;

/**
 * Copies the exports of node:worker_threads. `locks` stays an accessor, because Node loads its value when somebody asks
 * for it, or for its descriptor.
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
 * An accessor for `locks`, which becomes Node's value when it is asked. Node's built-in module is asked, where the hook
 * leaves `locks` alone; the exports of another copy would hold that copy.
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
 * To be called before the hook replaces any of Node's exports and methods.
 * @param {(object: any, key: symbol, descriptor: PropertyDescriptor) => void} put
 */
function keepOriginal(put) {
  put(builtin, ORIGINAL, { value: original });
  put(builtin, POST, { value: postMessage });
}

module.exports = { original, postOn, isHooked, keepOriginal };
