// moveMessagePortToContext: Node's, for ports of ferroport, too.
'use strict';

const native = require('../native/native');
const { MessageChannel, moveMessagePortToContext: node } = require('../node/threads').original;
const { akinOf } = require('../copies/others');
const { own } = require('../copies/own');

/**
 * Moves a port into a context of node:vm (Node.js, worker_threads). The port is unusable afterwards, as if transferred.
 *
 * Objects of another context come from the engine, so that what is returned for a port of ferroport is one of Node's,
 * which this thread serves. In the context's ports, ports of ferroport may be sent; out of them come ports of ferroport.
 * @param {any} port of ferroport, or Node's
 * @param {any} context made by vm.createContext
 * @returns {any} a port whose prototype, and whose messages, are of that context; no EventTarget: it has `onmessage`
 * @throws Node's errors, ERR_FERROPORT_TWO_COPIES; the port is as it was then
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
 * Throws what Node throws.
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
