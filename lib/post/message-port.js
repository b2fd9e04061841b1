// MessagePort as programs see it: the port of port/ with its methods. The class is assembled here because postMessage needs
// rooms above port/.
'use strict';

const { COPY, identity } = require('../copies/card');
const { EventTarget } = require('../node/classes');
const { nodeError } = require('../node/errors');
const { withName } = require('../node/named');
const { letReplace } = require('../node/replaceable');
const { tagAsNode } = require('../node/string-tag');
const { statics } = require('../language/originals');
const upward = require('../runtime/upward');
const methods = require('../port/methods');
const { Port, isPort, make, makePair } = require('../port/port');
const { PortTarget } = require('../port/target');
const blockingMethods = require('./blocking-methods');
const postMessage = require('./post-message');
const flowMethods = require('./flow-methods');
const nativeMethods = require('./native-methods');
const pullMethods = require('./pull-methods');

const {
  defineProperty,
  deleteProperty,
  freeze,
  getOwnPropertyDescriptor,
  getOwnPropertyNames,
  ownKeys,
  setPrototypeOf,
} = statics;

/**
 * The class. It is a function, because a class that is called without `new` cannot throw an error with a code.
 */
function MessagePort() {
  throw nodeError(TypeError, 'ERR_CONSTRUCT_CALL_INVALID', 'Constructor cannot be called');
}
withName('MessagePort', MessagePort);
setPrototypeOf(MessagePort, EventTarget);
defineProperty(MessagePort, 'prototype', { value: Port.prototype, writable: false });

defineProperty(Port.prototype, 'constructor', { value: MessagePort });
// The methods stand in the built-in's order.
provide({ postMessage });
provide(methods);
provide(flowMethods);
provide(blockingMethods);
provide(pullMethods);
provide(nativeMethods);
defineProperty(postMessage, 'length', { value: 0 });
defineProperty(Port.prototype, COPY, {
  value: freeze({ ...identity, isPort, open: () => require('../copies/own').own }),
});
tagAsNode(Port.prototype, 'MessagePort');

// The built-in has these properties on MessagePort.prototype, and programs that wrap them look for them there.
const ATTRIBUTES = ['onmessage', 'onmessageerror', 'onclose', 'ondrain'];
for (let i = 0; i < ATTRIBUTES.length; i++) {
  const accessor = getOwnPropertyDescriptor(PortTarget.prototype, ATTRIBUTES[i]);
  defineProperty(Port.prototype, ATTRIBUTES[i], /** @type {PropertyDescriptor} */ (accessor));
  deleteProperty(PortTarget.prototype, ATTRIBUTES[i]);
}

// The built-in's methods are enumerable.
letEnumerate(PortTarget.prototype);
letEnumerate(Port.prototype);
letReplace(Port.prototype, ['bufferedAmount', 'bufferedMessages', 'ready', 'readable', 'writable']);
// To read one of these makes a stream and bounds a queue, which whoever goes over all properties of a port does not mean.
const STREAMS = ['readable', 'writable'];
for (let i = 0; i < STREAMS.length; i++) defineProperty(Port.prototype, STREAMS[i], { enumerable: false });

/**
 * Gives the class methods.
 * @param {Record<string | symbol, any>} given
 */
function provide(given) {
  const keys = ownKeys(given);
  for (let i = 0; i < keys.length; i++) {
    const { value, get, set } = /** @type {PropertyDescriptor} */ (getOwnPropertyDescriptor(given, keys[i]));
    const property = get === undefined ? { value, writable: true } : { get, set };
    defineProperty(Port.prototype, keys[i], { ...property, enumerable: false, configurable: true });
  }
}

/**
 * Makes all properties of a prototype enumerable, except the constructor.
 * @param {object} prototype
 */
function letEnumerate(prototype) {
  const names = getOwnPropertyNames(prototype);
  for (let i = 0; i < names.length; i++) {
    if (names[i] !== 'constructor') defineProperty(prototype, names[i], { enumerable: true });
  }
}

/**
 * Packs a port into a new port of Node's: see through-node/node-port.js.
 * @param {any} port
 */
MessagePort.toNode = function toNode(port) {
  return upward.toNode(port);
};

/**
 * Takes out the port that `toNode` has packed: see through-node/node-port.js.
 * @param {any} nodePort
 */
MessagePort.fromNode = function fromNode(nodePort) {
  return upward.fromNode(nodePort);
};

/** @typedef {InstanceType<typeof Port> & typeof methods & typeof flowMethods & typeof blockingMethods & typeof pullMethods & { postMessage: typeof postMessage }} Assembled a port with its methods, as `make` and `makePair` give it */

module.exports = {
  MessagePort,
  make: /** @type {(key: number) => Assembled} */ (make),
  makePair: /** @type {() => [Assembled, Assembled]} */ (makePair),
};
