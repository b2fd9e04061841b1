// What streams are without Node around them: descriptors, and what was read already.
'use strict';

const net = require('node:net');
const { isNode } = require('../runtime/ticks');
const { inherits } = require('../language/originals');
const { close, descriptorOf, duplicate } = require('./pump');

/**
 * Whether a stream is nothing but a descriptor, which another thread can have.
 * @param {any} stream
 */
function isDescriptor(stream) {
  const isSocket = isNode && process.platform !== 'win32' && inherits(stream, net.Socket.prototype);
  // A TLS socket is one, too, and has to encrypt what goes.
  return isSocket && stream.encrypted !== true && (stream.connecting || descriptorOf(stream) !== undefined);
}

/**
 * @typedef {object} Bare what streams were
 * @property {number[]} descriptors duplicates: one to read and one to write, or one for both
 * @property {Uint8Array[]} first what was read already
 */

/**
 * @param {{ readable: any, writable: any }} streams
 * @returns {Bare | undefined} undefined if there are no descriptors; nothing has changed then
 */
function bareOf({ readable, writable }) {
  if (readable.destroyed || writable.destroyed) return undefined;
  /** @type {number[]} */
  const descriptors = [];
  try {
    descriptors[0] = duplicate(/** @type {number} */ (descriptorOf(readable)));
    if (writable !== readable) descriptors[1] = duplicate(/** @type {number} */ (descriptorOf(writable)));
  } catch {
    closeAll(descriptors);
    return undefined;
  }
  /** @type {Uint8Array[]} */
  const first = [];
  readable._handle.readStop();
  for (let chunk = readable.read(); chunk !== null; chunk = readable.read()) first[first.length] = chunk;
  return { descriptors, first };
}

/** @param {number[]} descriptors */
function closeAll(descriptors) {
  for (let i = 0; i < descriptors.length; i++) close(descriptors[i]);
}

module.exports = { bareOf, isDescriptor };
