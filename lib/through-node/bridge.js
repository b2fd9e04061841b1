// A port of Node's that does what a port of ferroport does, for receivers that know no other.
'use strict';

const { types } = require('node:util');
const { MessageChannel, MessagePort: NodePort } = require('../node-threads').original;
const { isPort } = require('../message-port');
const { bringsPorts } = require('../transfer-list');

/** @typedef {ReturnType<typeof import('../message-port').make>} Port */

/**
 * Connects a port with a new one of Node's. This thread hands the messages on, both ways, until one of the two closes or
 * the thread ends; that does not keep it running.
 * @param {Port} port whose messages nobody else wants
 * @returns {import('node:worker_threads').MessagePort} to be sent to where it is used
 */
function bridge(port) {
  const { port1: near, port2: far } = new MessageChannel();
  port.on('message', (/** @type {unknown} */ value) => handOn(near, value));
  near.on('message', (value) => handOn(port, value));
  port.once('close', () => near.close());
  near.once('close', () => port.close());
  port.unref();
  near.unref();
  return far;
}

/**
 * @param {any} port
 * @param {unknown} value that has just arrived: nobody else has what is in it
 */
function handOn(port, value) {
  try {
    port.postMessage(value, transferablesIn(value));
  } catch (error) {
    process.emitWarning(`A message could not be handed on between ferroport and Node: ${error}`);
  }
}

/**
 * What in an arrived value moves on with it.
 * @param {unknown} value
 * @returns {any[]}
 */
function transferablesIn(value) {
  /** @type {any[]} */
  const found = [];
  /** @type {Set<unknown>} */
  const seen = new Set();
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if (ArrayBuffer.isView(next)) waiting.push(next.buffer);
    else if (isTransferable(next)) found.push(next);
    else if (types.isMap(next)) waiting.push(...next.keys(), ...next.values());
    else if (types.isSet(next)) waiting.push(...next);
    else waiting.push(...Object.values(next), /** @type {any} */ (next).cause);
  }
  return found;
}

/** @param {any} object */
function isTransferable(object) {
  return (
    isPort(object) ||
    object instanceof NodePort ||
    types.isArrayBuffer(object) ||
    object.constructor?.name === 'FileHandle' ||
    bringsPorts(object)
  );
}

module.exports = { bridge };
