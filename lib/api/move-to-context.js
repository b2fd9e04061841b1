// moveMessagePortToContext: Node's, for ports of ferroport, too.
'use strict';

const native = require('../native/native');
const { MessageChannel, moveMessagePortToContext: node } = require('../node/threads').original;
const { akinOf } = require('../copies/others');
const { own } = require('../copies/own');

/**
 * Moves a port into a context of node:vm (Node.js, worker_threads). The port is unusable afterwards, as if transferred.
 *
 * Only the engine can make objects of another context. So a port of ferroport becomes a port of Node's there, which
 * this thread serves. That port takes ports of ferroport in its messages, and they arrive as such.
 * @param {any} port of ferroport, or Node's
 * @param {any} context made by vm.createContext
 * @returns {any} a port whose prototype, and whose messages, are of that context; no EventTarget: it has `onmessage`
 * @throws Node's errors, and ERR_FERROPORT_TWO_COPIES; the port has not changed then
 */
function moveMessagePortToContext(port, context) {
  const owner = own.isPort(port) ? own : akinOf(port);
  if (owner === undefined) return node(port, context);
  const { isContext } = require('node:vm');
  if (!owner.isOpen(port) || typeof context !== 'object' || context === null || !isContext(context)) {
    return refuse(owner.isOpen(port), context);
  }
  native.reserveDeepStack();
  return require('../through-node/contexts').move(port, context);
}

/**
 * Makes Node throw its own error, on a port of Node's that is open or closed as the given one is.
 * @param {boolean} isOpen whether the port is
 * @param {any} context
 */
function refuse(isOpen, context) {
  const { port1, port2 } = new MessageChannel();
  if (!isOpen) port1.close();
  try {
    return node(port1, context);
  } finally {
    port2.close();
  }
}

module.exports = moveMessagePortToContext;
