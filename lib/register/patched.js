// Node's functions that take transfer lists, so that they take ports of ferroport, too.
'use strict';

const { MessagePort: NodePort } = require('../node-threads').original;
const oracle = require('../oracle');
const { isPort, isOpen } = require('../message-port');
const { transferListOf } = require('../transfer-list');
const { messageForNode } = require('../through-node/message');
const { forWhomever, forStranger } = require('../through-node/stand-ins');
const { takeArrived } = require('../through-node/arrived');

/** @type {any} */
const prototype = NodePort.prototype;

/** Node's, of the methods that dispatch a message and make its event. */
const kHybridDispatch = Symbol.for('nodejs.internal.kHybridDispatch');
const kCreateEvent = Object.getOwnPropertySymbols(prototype).find(({ description }) => description === 'kCreateEvent');

/**
 * Puts a function in the place of another, of which it has name, length and flags.
 * @param {any} object
 * @param {string | symbol} key
 * @param {(original: Function) => Function} wrap
 */
function patch(object, key, wrap) {
  const descriptor = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(object, key));
  const original = object[key];
  const patched = wrap(original);
  for (const name of ['name', 'length']) {
    Object.defineProperty(patched, name, { value: original[name], configurable: true });
  }
  const { enumerable, configurable } = descriptor;
  Object.defineProperty(object, key, { value: patched, writable: true, enumerable, configurable });
}

function patchAll() {
  patch(prototype, 'postMessage', withPorts);
  patch(globalThis, 'structuredClone', cloningPorts);
  if (kCreateEvent !== undefined) define(prototype, kHybridDispatch, withArrivals(prototype[kHybridDispatch]));
}

/**
 * postMessage of Node's ports. Node itself posts with it, too.
 * @param {Function} original
 */
function withPorts(original) {
  /**
   * @this {any}
   * @param {any} value
   * @param {any} transfer
   */
  return function (value, transfer) {
    if (isPort(value)) refuseUnlisted(value, transfer);
    if (transfer === undefined || transfer === null || !(this instanceof NodePort)) {
      return Reflect.apply(original, this, arguments);
    }
    const items = transferListOf(transfer);
    if (!items.some(isPort)) return Reflect.apply(original, this, [value, items]);
    // Node's error, before anything is moved.
    if (items.includes(this)) return Reflect.apply(original, this, [undefined, [this]]);
    const message = messageForNode(value, items, isFirstOfWorker(value) ? forStranger : forWhomever());
    return Reflect.apply(original, this, [message.value, message.items]);
  };
}

/**
 * A port that is the whole message and not listed. Where it stands deeper, Node takes note by itself: see index.js.
 * @param {any} port
 * @param {any} transfer
 */
function refuseUnlisted(port, transfer) {
  if (transfer === undefined || transfer === null) oracle.refusePort(port, isOpen(port));
}

/**
 * Whether this is the message with which a Worker of Node's begins, before anything could be loaded in it.
 * @param {any} value
 */
const isFirstOfWorker = (value) =>
  Object.getOwnPropertyDescriptor(Object(value), 'publicPort')?.value instanceof NodePort && 'workerData' in value;

/** @param {Function} original */
function cloningPorts(original) {
  /**
   * @param {any} value
   * @param {any} options
   */
  return function structuredClone(value, options) {
    const transfer = typeof options === 'object' && options !== null ? options.transfer : undefined;
    if (typeof transfer?.[Symbol.iterator] !== 'function') {
      if (isPort(value)) oracle.refusePort(value, isOpen(value));
      return Reflect.apply(original, undefined, arguments);
    }
    const items = [...transfer];
    if (!isPort(value) && !items.some(isPort)) return original(value, { transfer: items });
    return messageForNode(value, items, (port) => port).value;
  };
}

/**
 * What Node calls with each message. The event that it makes, if a listener wants one, gets the ports that have arrived
 * in the place of those in which they came.
 * @param {Function} original
 */
function withArrivals(original) {
  /** @this {any} */
  return function () {
    const arrived = takeArrived();
    if (arrived.size === 0) return Reflect.apply(original, this, arguments);
    const create = this[/** @type {symbol} */ (kCreateEvent)];
    define(this, /** @type {symbol} */ (kCreateEvent), (/** @type {any[]} */ ...values) => {
      const event = Reflect.apply(create, this, values);
      define(event, 'ports', Object.freeze(event.ports.map((/** @type {object} */ port) => arrived.get(port) ?? port)));
      return event;
    });
    try {
      return Reflect.apply(original, this, arguments);
    } finally {
      Reflect.deleteProperty(this, /** @type {symbol} */ (kCreateEvent));
    }
  };
}

/**
 * @param {object} object
 * @param {string | symbol} key
 * @param {unknown} value
 */
function define(object, key, value) {
  Object.defineProperty(object, key, { value, writable: true, configurable: true });
}

module.exports = { patchAll };
