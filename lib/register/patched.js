// Node's functions that take transfer lists, so that they take ports of ferroport, too.
'use strict';

const { MessagePort: NodePort } = require('../node-threads').original;
const oracle = require('../oracle');
const { isPort, isOpen } = require('../message-port');
const { transferListOf } = require('../transfer-list');
const { cloneMoving, messageForNode } = require('../through-node/message');
const { wayToAnyone } = require('../through-node/packing');
const firstMessage = require('../through-node/first-message');

/** @type {any} */
const prototype = NodePort.prototype;

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
    const isFirst = firstMessage.isOne(value);
    const message = messageForNode(value, items, isFirst ? 'served' : wayToAnyone());
    if (isFirst) firstMessage.note(message.value, message.packed);
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
    return cloneMoving(value, items, (port) => port).value;
  };
}

module.exports = { patchAll };
