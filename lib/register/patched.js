// Node's functions that take transfer lists, so that they take ports of ferroport, too.
'use strict';

const { MessagePort: NodePort } = require('../node-threads').original;
const { leaveOut } = require('./reach');
const oracle = require('../oracle');
const { isPort, isOpen } = require('../message-port');
const { transferListOf, itemsOf } = require('../transfer-list');
const { cloneMoving, messageForNode } = require('../through-node/message');
const { wayToAnyone } = require('../through-node/packing');
const firstMessage = require('../through-node/first-message');
const hollow = require('../through-node/hollow');

/** @type {any} */
const prototype = NodePort.prototype;

/** @type {(port: any) => any} */
const itself = (port) => port;

/** Whether a value is being cloned by `harmless`. What that posts by Node's ports on the way goes as it is. */
let isCloning = false;

/**
 * Sees to it that Node does not crash over a hollow port in a value. Nobody can tell what an accessor will give: where there are
 * some, ferroport clones first.
 * @param {unknown} value
 * @param {any[]} items of the transfer list
 * @returns {ReturnType<typeof cloneMoving> | undefined} what to give to Node, if not these
 * @throws the running Node's error for a hollow port
 */
function harmless(value, items) {
  if (!hollow.refuseIn(value) || isCloning) return undefined;
  isCloning = true;
  try {
    return cloneMoving(value, items, itself);
  } finally {
    isCloning = false;
  }
}

/**
 * Puts a method in the place of another, of which it has length and flags.
 * @param {any} object
 * @param {string | symbol} key
 * @param {(original: Function) => Function} wrap
 */
function patch(object, key, wrap) {
  const descriptor = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(object, key));
  const original = object[key];
  const patched = wrap(original);
  Object.defineProperty(patched, 'length', { value: original.length, configurable: true });
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
  return {
    /**
     * @this {any}
     * @param {any} value
     * @param {any} transfer
     */
    postMessage(value, transfer) {
      if (isPort(value)) refuseUnlisted(value, transfer);
      if (transfer === undefined || transfer === null || !(this instanceof NodePort)) {
        const clone = harmless(value, []);
        return Reflect.apply(original, this, clone === undefined ? arguments : [clone.value]);
      }
      const items = transferListOf(transfer);
      const isFirst = firstMessage.isOne(value);
      if (isFirst && firstMessage.isOfNodeWorker(value)) leaveOut();
      if (!items.some(isPort)) {
        const clone = harmless(value, items) ?? { value, items };
        return Reflect.apply(original, this, [clone.value, clone.items]);
      }
      // Node's error, before anything is moved.
      if (items.includes(this)) return Reflect.apply(original, this, [undefined, [this]]);
      const message = messageForNode(value, items, isFirst ? 'served' : wayToAnyone());
      if (isFirst) firstMessage.note(message.value, message.packed);
      return Reflect.apply(original, this, [message.value, message.items]);
    },
  }.postMessage;
}

/**
 * A port that is the whole message and not listed. Where it stands deeper, Node takes note by itself: see index.js.
 * @param {any} port
 * @param {any} transfer
 */
function refuseUnlisted(port, transfer) {
  if (transfer === undefined || transfer === null) oracle.refusePort(port, isOpen(port));
}

/** @param {any} value */
const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

/** @param {Function} original */
function cloningPorts(original) {
  return {
    /**
     * @param {any} value
     * @param {any} options
     */
    structuredClone(value, options) {
      const transfer = isObject(options) ? options.transfer : undefined;
      const items = isObject(transfer) ? itemsOf(transfer) : undefined;
      if (items === undefined) {
        if (isPort(value)) oracle.refusePort(value, isOpen(value));
        const clone = harmless(value, []);
        if (clone !== undefined) return clone.value;
        // Read once, as without the hook.
        return Reflect.apply(original, undefined, isObject(options) ? [value, { transfer }] : arguments);
      }
      if (isPort(value) || items.some(isPort)) return cloneMoving(value, items, itself).value;
      const clone = harmless(value, items);
      return clone === undefined ? original(value, { transfer: items }) : clone.value;
    },
  }.structuredClone;
}

module.exports = { patchAll };
