// What Node itself exports as node:worker_threads, also where the hook has put ferroport's classes in its place.
'use strict';

const { uncurry } = require('./codec/originals');

const builtin = /** @type {any} */ (require('node:worker_threads'));

/** Under which the hook, of this copy of ferroport or of another, leaves Node's own exports. */
const ORIGINAL = Symbol.for('ferroport.original');

/** @type {typeof import('node:worker_threads')} */
const original = builtin[ORIGINAL] ?? copy();

/** What Node has, without asking for `locks`: Node loads that when it is asked for. */
function copy() {
  /** @type {any} */
  const made = {};
  for (const name of Object.keys(builtin)) if (name !== 'locks') made[name] = builtin[name];
  if ('locks' in builtin) {
    Object.defineProperty(made, 'locks', { get: () => builtin.locks, enumerable: true, configurable: true });
  }
  return made;
}

/**
 * Posts on a port of Node's, whatever programs have patched since.
 * @type {(port: import('node:worker_threads').MessagePort, value: unknown, transferList: unknown[]) => void}
 */
const postOn = /** @type {any} */ (uncurry(/** @type {any} */ (original.MessagePort.prototype.postMessage)));

/** Whether the hook has been put on `node:worker_threads` in this thread. */
const isHooked = () => ORIGINAL in builtin;

/** To be called before anything is put in the place of Node's exports. */
function keepOriginal() {
  Object.defineProperty(builtin, ORIGINAL, { value: original });
}

module.exports = { original, postOn, isHooked, keepOriginal };
