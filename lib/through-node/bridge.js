// A port that does what a port of ferroport does, for receivers that know no such: one of Node's, or one that uses another addon.
'use strict';

const { types } = require('node:util');
const native = require('../native');
const delivery = require('../delivery');
const { MessageChannel, MessagePort: NodePort, receiveMessageOnPort } = require('../node-threads').original;
const { keyOf } = require('../message-port');
const { isAnyPort } = require('../this-copy');
const { bringsPorts } = require('../transfer-list');
const { objectsIn } = require('./walk');

/** @typedef {ReturnType<typeof import('../message-port').make>} Port */

/**
 * Connects a port with a new one of Node's.
 * @param {Port} port whose messages nobody else wants
 * @returns {import('node:worker_threads').MessagePort} to be sent to where it is used
 */
function bridge(port) {
  const { port1: near, port2: far } = new MessageChannel();
  connect(port, near);
  return far;
}

/**
 * Moves a port's endpoint out of it and connects it with a port of another copy of ferroport.
 * @param {Port} port open, or about to close
 * @param {any} near a port of the other copy, whose messages nobody else wants
 */
function serve(port, near) {
  const moved = /** @type {Port} */ (require('./message').cloneMoving(port, [port], (each) => each).value);
  // What waits is there at once, as if it had come along.
  for (let waiting = native.queued(keyOf(moved)); waiting > 0; waiting--) {
    try {
      handOn(near, delivery.receive(keyOf(moved))?.message);
    } catch (error) {
      warn(error);
    }
  }
  connect(moved, near);
}

/**
 * Lets this thread hand messages on between two ports, both ways, until one of them closes or the thread ends. That does not
 * keep it running.
 * @param {Port} port whose messages nobody else wants
 * @param {any} near as well: a port of Node's, or of another copy of ferroport
 */
function connect(port, near) {
  port.on('message', (/** @type {unknown} */ value) => handOn(near, value));
  near.on('message', (/** @type {unknown} */ value) => handOn(port, value));
  for (const each of [port, near]) each.on('messageerror', warn);
  port.once('close', () => near.close());
  near.once('close', () => port.close());
  port.unref();
  near.unref();
}

/**
 * Hands on the next message that waits, now.
 * @param {import('node:worker_threads').MessagePort} near connected with
 * @param {Port} port this one
 * @returns {boolean} whether there was one
 */
function fetchFrom(near, port) {
  native.reserveDeepStack();
  const received = receiveMessageOnPort(near);
  if (received === undefined) return false;
  handOn(port, received.message);
  return true;
}

/**
 * @param {any} port
 * @param {unknown} value that has just arrived: nobody else has what is in it
 */
function handOn(port, value) {
  try {
    port.postMessage(value, transferablesIn(value));
  } catch (error) {
    warn(error);
  }
}

/** @param {unknown} error */
function warn(error) {
  process.emitWarning(`A message could not be handed on between ferroport and Node: ${error}`);
}

/**
 * What in an arrived value moves on with it.
 * @param {unknown} value
 * @returns {any[]}
 */
const transferablesIn = (value) => [...objectsIn(value, isTransferable)].filter(isTransferable);

/** @param {any} object */
function isTransferable(object) {
  return isAnyPort(object) || object instanceof NodePort || types.isArrayBuffer(object) || bringsPorts(object);
}

module.exports = { bridge, serve, connect, fetchFrom };
