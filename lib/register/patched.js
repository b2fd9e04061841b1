// Makes Node's functions that have transfer lists take ports of ferroport.
'use strict';

const { MessagePort: NodePort } = require('../node/threads').original;
const { leaveOut } = require('../through-node/reach');
const { put } = require('./put');
const native = require('../native/native');
const { kCreateEvent } = require('../node/classes');
const { lazy } = require('../language/lazy');
// intrinsics.js is not used, because it is loaded only with the complete codec.
const { inherits, isObject, methods, statics, uncurry } = require('../language/originals');
const firstMessage = require('../through-node/first-message');
const { hasArrived, putInto } = require('../through-node/arrival');

const { apply, defineProperty, deleteProperty, freeze, getOwnPropertyDescriptor, hasOwn } = statics;
const mapGet = uncurry(methods.mapGet);

/** What the patched functions need when one of them is called. Many programs call none. */
const load = lazy(() => {
  const { isAnyPort, refuseUnlisted } = require('../copies/own');
  const { hasSome, transferListOf, itemsOf } = require('../post/transfer-list');
  const { cloneMoving } = require('../through-node/clone-moving');
  const { messageForNode, wayToAnyone } = require('../through-node/packing');
  return { hasSome, isAnyPort, refuseUnlisted, transferListOf, itemsOf, cloneMoving, messageForNode, wayToAnyone };
});

/** @type {any} */
const prototype = NodePort.prototype;

/** The symbol of the method with which Node's targets dispatch a message. */
const kHybridDispatch = Symbol.for('nodejs.internal.kHybridDispatch');

/**
 * Replaces a method. The new one has the length and the flags of the old one.
 * @param {any} object
 * @param {string | symbol} key
 * @param {(original: Function) => Function} wrap
 * @param {typeof put} [define]
 */
function patch(object, key, wrap, define = put) {
  const descriptor = /** @type {PropertyDescriptor} */ (getOwnPropertyDescriptor(object, key));
  const original = object[key];
  const patched = wrap(original);
  defineProperty(patched, 'length', { value: original.length, configurable: true });
  const { enumerable, configurable } = descriptor;
  define(object, key, { value: patched, writable: true, enumerable, configurable });
}

function patchAll() {
  patch(prototype, 'postMessage', withPorts);
  if (hasOwn(globalThis, 'structuredClone')) {
    patch(globalThis, 'structuredClone', cloningPorts, defineProperty);
  }
  if (kCreateEvent !== undefined) {
    put(prototype, kHybridDispatch, { value: withArrivals(prototype[kHybridDispatch]), writable: true });
  }
}

/**
 * The postMessage of Node's ports. Node itself calls it, too.
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
      const { hasSome, isAnyPort, refuseUnlisted, transferListOf, messageForNode, wayToAnyone } = load();
      const hasList = transfer !== undefined && transfer !== null;
      // A port deeper in the value Node refuses by itself, because of a mark: see index.js.
      if (!hasList) refuseUnlisted(value);
      if (!hasList || !inherits(this, NodePort.prototype)) {
        return apply(original, this, arguments);
      }
      const items = transferListOf(transfer);
      const isFirst = firstMessage.isFirstMessage(value);
      if (isFirst && firstMessage.isOfNodeWorker(value)) leaveOut();
      if (!hasSome(items, isAnyPort)) return apply(original, this, [value, items]);
      // Node throws its own error for this before anything is moved.
      if (hasSome(items, (item) => item === this)) return apply(original, this, [undefined, [this]]);
      native.reserveDeepStack();
      const message = messageForNode(value, items, isFirst ? 'served' : wayToAnyone());
      if (isFirst) firstMessage.noteServed(message.value, message.packed);
      return apply(original, this, [message.value, message.items]);
    },
  }.postMessage;
}

/** @param {Function} original */
function cloningPorts(original) {
  return {
    /**
     * @param {any} value
     * @param {any} options
     */
    structuredClone(value, options) {
      const { hasSome, isAnyPort, refuseUnlisted, itemsOf, cloneMoving } = load();
      const transfer = isObject(options) ? options.transfer : undefined;
      const items = isObject(transfer) ? itemsOf(transfer) : undefined;
      if (items === undefined) {
        refuseUnlisted(value);
        // `transfer` has been read once, as Node reads it without the hook.
        return apply(original, undefined, isObject(options) ? [value, { transfer }] : arguments);
      }
      if (isAnyPort(value) || hasSome(items, isAnyPort)) return cloneMoving(value, items, (port) => port).value;
      return original(value, { transfer: items });
    },
  }.structuredClone;
}

/**
 * Node calls this method with each message of its ports. Ports of ferroport take their places in the message. They are
 * in the ports of the event as well, if a listener wants an event.
 * @param {Function} original
 */
function withArrivals(original) {
  return {
    /**
     * @this {any}
     * @param {any} data
     * @param {string} type
     */
    [kHybridDispatch](data, type) {
      /** @type {Map<unknown, object> | undefined} */
      let arrived;
      try {
        if (hasArrived()) {
          native.reserveDeepStack();
          arrived = require('../through-node/packing').takeArrived();
        }
      } catch (error) {
        return apply(original, this, [error, 'messageerror', undefined]);
      }
      if (arrived === undefined) return apply(original, this, arguments);
      const create = this[/** @type {symbol} */ (kCreateEvent)];
      const there = arrived;
      // Node calls this method with these arguments.
      const createEvent = (/** @type {unknown} */ value, /** @type {unknown} */ name) => {
        const event = apply(create, this, [value, name]);
        const ports = [];
        for (let i = 0; i < event.ports.length; i++) ports[i] = mapGet(there, event.ports[i]) ?? event.ports[i];
        define(event, 'ports', freeze(ports));
        return event;
      };
      define(this, /** @type {symbol} */ (kCreateEvent), createEvent);
      try {
        return apply(original, this, [putInto(data, arrived), type, undefined]);
      } finally {
        deleteProperty(this, /** @type {symbol} */ (kCreateEvent));
      }
    },
  }[kHybridDispatch];
}

/**
 * @param {object} object
 * @param {string | symbol} key
 * @param {unknown} value
 */
function define(object, key, value) {
  defineProperty(object, key, { value, writable: true, configurable: true });
}

module.exports = { patchAll };
