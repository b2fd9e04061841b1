// Notes: what ferroport tells the hook at the receiving end of a message of Node's. Nobody else sees them.
//
// A note is a transferable AbortSignal that stands in the transfer list and not in the value. Every receiver makes the
// signal and drops it. Where the hook runs, it sees each signal that is made. The content of the note is the signal's
// reason, which the signal keeps when a thread without the hook sends it on.
'use strict';

const util = require('node:util');

/** @typedef {import('node:worker_threads').MessagePort} NodePort */
/** @typedef {Partial<Record<import('./packing').Way, NodePort[]>>} Note the ports of Node's in the message, by what they are */

const { filename } = require('../here');
const { statics, symbolOf } = require('../language/originals');
const { AbortSignal } = require('../node/classes');

const { apply } = statics;

/**
 * The name of the content. It tells copies of ferroport apart, because another copy cannot take out what this one has
 * packed.
 */
const NAME = `ferroport ${filename ?? 'in a bundle'}`;

/** The symbol of the method with which Node fills in a signal that has arrived. */
const kDeserialize = symbolOf(AbortSignal.prototype, 'messaging_deserialize_symbol');

/** Whether this runtime can send notes. */
const canBeSent = kDeserialize !== undefined && util.transferableAbortController !== undefined;

/**
 * @param {Note} note
 * @returns {AbortSignal} to be put in the message's transfer list, beside the ports in the note
 */
function write(note) {
  const controller = util.transferableAbortController();
  controller.abort({ [NAME]: note });
  return controller.signal;
}

/**
 * Reads the notes that arrive from now on.
 * @param {(note: Note) => void} read is called before anybody can see the message
 * @param {(object: any, key: symbol, descriptor: PropertyDescriptor) => void} put defines a property of an object that
 *   all contexts share
 */
function onNote(read, put) {
  if (!canBeSent) return;
  const prototype = /** @type {any} */ (AbortSignal.prototype);
  const key = /** @type {symbol} */ (kDeserialize);
  const original = prototype[key];
  const value = {
    /** @param {{ reason?: any }} data */
    [key](data) {
      const note = data.reason?.[NAME];
      if (note === undefined) return apply(original, this, [data]);
      apply(original, this, [{ ...data, reason: undefined }]);
      read(note);
    },
  }[key];
  put(prototype, key, { value, writable: true });
}

module.exports = { canBeSent, write, onNote };
