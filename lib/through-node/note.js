// What ferroport tells the hook at the receiving end, beside a message of Node's, unseen by anybody else.
//
// The note is a transferable AbortSignal that is listed and stands nowhere in the value: every receiver makes it again and
// drops it, and where the hook runs, it sees each that is made. What it says is the signal's reason, which a signal keeps
// when a thread without the hook hands it on.
'use strict';

const util = require('node:util');

/** @typedef {import('node:worker_threads').MessagePort} NodePort */
/** @typedef {Partial<Record<import('./packing').Way, NodePort[]>>} Note the ports of Node's in the message, by what they are */

const { filename } = require('../here');
const { statics, symbolOf } = require('../language/originals');
const { AbortSignal } = require('../node/classes');

const { apply } = statics;

/** Another copy of ferroport cannot take out what this one has packed. */
const NAME = `ferroport ${filename ?? 'in a bundle'}`;

/** Node's, of the method that fills a signal in where it arrives. */
const kDeserialize = symbolOf(AbortSignal.prototype, 'messaging_deserialize_symbol');

/** Whether this runtime has what notes are made of. */
const canBeSent = kDeserialize !== undefined && util.transferableAbortController !== undefined;

/**
 * @param {Note} note
 * @returns {AbortSignal} to be listed in the message, beside the ports in the note
 */
function write(note) {
  const controller = util.transferableAbortController();
  controller.abort({ [NAME]: note });
  return controller.signal;
}

/**
 * Reads the notes that arrive from here on.
 * @param {(note: Note) => void} read called before anybody can see the message
 * @param {(object: any, key: symbol, descriptor: PropertyDescriptor) => void} put
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
