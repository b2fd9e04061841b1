// Ports of Node's in contexts of node:vm that stand for ports of ferroport in this thread. No note can go there,
// because only objects that the engine makes arrive in a context.
'use strict';

const { Script } = require('node:vm');
const { MessagePort: NodePort, MessageChannel, moveMessagePortToContext: node } = require('../node/threads').original;
const { postOn } = require('../node/threads');
const native = require('../native/native');
const { dataCloneError, isRefusal } = require('../node/errors');
const {
  Map,
  WeakSet,
  apply,
  defineProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  isObject,
  mapSet,
  weakSetAdd,
  weakSetHas,
} = require('../language/intrinsics');
const { isAnyPort } = require('../copies/own');
const { hasSome, transferListOf } = require('../post/transfer-list');
const { isAmong } = require('../language/originals');
const { make } = require('../post/message-port');
const mailbox = require('../channel/mailbox');
const { putInto } = require('./arrival');
const { connect } = require('./bridge');
const { cloneMoving } = require('./clone-moving');
const { bridge, hasClosed, receiveFromNode } = require('./packing');
const { findIn } = require('./walk');

/** @type {import('./bridge').Side} */
const context = {
  post(near, value, items) {
    const moved = hasSome(items, isAnyPort) ? cloneMoving(value, items, toContext) : { value, items };
    postOn(near, moved.value, moved.items);
  },

  receive: receiveFromNode,
  hasClosed,
  isToBeLeft: false,

  // A program outside of contexts gets ports of ferroport.
  take(value) {
    const there = findIn(value, isNodePort);
    if (there.length === 0) return value;
    const arrived = new Map();
    for (let i = 0; i < there.length; i++) mapSet(arrived, there[i], fromContext(there[i]));
    return putInto(value, arrived);
  },
};

/** @param {unknown} object */
const isNodePort = (object) => object instanceof NodePort;

/** @param {ReturnType<typeof make>} port */
const toContext = (port) => bridge(port, context);

/** @param {any} port of Node's */
function fromContext(port) {
  const { key, peerKey } = mailbox.createChannel();
  connect(make(peerKey), port, context);
  return make(key);
}

/**
 * Moves a port into a context.
 * @param {any} port open, of ferroport
 * @param {object} where the context
 * @returns {any} Node's port there
 */
function move(port, where) {
  const moved = node(cloneMoving(port, [port], toContext).value, /** @type {any} */ (where));
  letPost(getPrototypeOf(moved), where);
  return moved;
}

/** The prototypes of ports, in their contexts, whose postMessage has been patched to take ports of ferroport. */
const patched = new WeakSet();

/** Evaluated in a context, so that the method belongs to that context. */
const METHOD = new Script('(send) => ({ postMessage() { return send(this, arguments); } }).postMessage', {
  filename: 'ferroport',
});

/**
 * Lets the ports of a context take ports of ferroport in their transfer lists.
 * @param {any} prototype of theirs
 * @param {any} where the context
 */
function letPost(prototype, where) {
  if (weakSetHas(patched, prototype)) return;
  const { postMessage } = prototype;
  const post = (/** @type {any} */ port, /** @type {ArrayLike<any>} */ args) => apply(postMessage, port, args);
  const value = METHOD.runInContext(where)((/** @type {any} */ port, /** @type {ArrayLike<any>} */ args) => {
    try {
      return send(post, port, args);
    } catch (error) {
      throw isRefusal(error) ? ofContext(where, /** @type {DOMException} */ (error)) : error;
    }
  });
  defineProperty(prototype, 'postMessage', { ...getOwnPropertyDescriptor(prototype, 'postMessage'), value });
  weakSetAdd(patched, prototype);
}

/**
 * @param {(port: any, args: ArrayLike<any>) => any} post Node's, in the context
 * @param {any} port
 * @param {ArrayLike<any>} args
 * @throws errors of the context's realm for what Node refuses; errors of this realm for what ferroport refuses
 */
function send(post, port, args) {
  const { 0: value, 1: transfer } = args;
  if (!isObject(transfer)) return isAnyPort(value) ? refuseUnlisted(post, port, []) : post(port, args);
  /** @type {any[]} */
  let items;
  try {
    items = transferListOf(transfer);
  } catch (/** @type {any} */ error) {
    if (error instanceof TypeError && /** @type {any} */ (error).code === 'ERR_INVALID_ARG_TYPE') {
      return post(port, args);
    }
    throw error;
  }
  if (!hasSome(items, isAnyPort)) {
    return isAnyPort(value) ? refuseUnlisted(post, port, items) : post(port, [value, items]);
  }
  if (isAmong(items, port)) return post(port, [undefined, [port]]);
  native.reserveDeepStack();
  const moved = cloneMoving(value, items, toContext);
  return post(port, [moved.value, moved.items]);
}

/**
 * Throws Node's error for a port that stands in a message and not in its transfer list.
 * @param {(port: any, args: ArrayLike<any>) => any} post
 * @param {any} port
 * @param {any[]} items of the list
 */
function refuseUnlisted(post, port, items) {
  const { port1 } = new MessageChannel();
  try {
    return post(port, [port1, items]);
  } finally {
    port1.close();
  }
}

/**
 * @param {any} where a context
 * @param {DOMException} error
 * @returns {Error} the same error, of the context's realm
 */
function ofContext(where, error) {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  const port = node(port1, where);
  try {
    port.postMessage(() => {});
  } catch (/** @type {any} */ refused) {
    return new refused.constructor(error.message, error.name);
  } finally {
    port.close();
  }
  return dataCloneError(error.message);
}

module.exports = { move };
