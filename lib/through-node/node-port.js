// MessagePort.toNode and fromNode: put a port of ferroport into a port of Node's, which can go wherever Node's ports
// can, and take it out again.
'use strict';

const { original: threads, postOn } = require('../node/threads');
const { inherits, mapDelete, mapForEach, mapGet, mapSet, mapSize } = require('../language/intrinsics');
const { process } = require('../language/originals');
const native = require('../native/native');
const marks = require('../node/marks');
const oracle = require('../runtime/oracle');
const closing = require('../runtime/closing');
const { nodeError, dataCloneError, isRefusal } = require('../node/errors');
const { park, claim } = require('../port/parking');
const ports = require('../port/port');
const { make } = require('../post/message-port');
const { cloneMoving } = require('./clone-moving');
const { identity } = require('../copies/card');
const { akinOf, twoCopies } = require('../copies/others');

/** @typedef {import('node:worker_threads').MessagePort} NodePort */

/** The message that waits in a carrier has the token as this property. */
const TOKEN = 'ferroport.port';

/**
 * Carriers that were made in this thread and have not been seen leaving it, with their tokens.
 * @type {Map<NodePort, string>}
 */
const here = new Map();

/**
 * Packs a port into a new port of Node's, the carrier. The port is unusable afterwards, as if transferred.
 *
 * If the carrier closes before it is read, the packed port closes.
 * @param {any} port of ferroport, neither closed nor transferred
 * @returns {NodePort} which is only to be sent, and given to `fromNode`
 * @throws {TypeError} ERR_INVALID_ARG_TYPE, ERR_FERROPORT_TWO_COPIES
 * @throws {DOMException} DataCloneError as for a transfer list that names the port
 */
function toNode(port) {
  if (!ports.isPort(port)) return toNodeElsewhere(port);
  if (!ports.isOpen(port)) throw dataCloneError('MessagePort in transfer list is already detached');
  if (marks.isUntransferable(port)) throw dataCloneError('Cannot transfer object of unsupported type.');
  native.reserveDeepStack();
  return carry(port);
}

/**
 * As `toNode`, for something that is no port of this copy of ferroport.
 * @param {any} port
 */
function toNodeElsewhere(port) {
  const owner = akinOf(port);
  if (owner === undefined) throw notAPort('port');
  if (owner.library === identity.library || !owner.isOpen(port) || owner.isUntransferable(port)) {
    return owner.toNode(port);
  }
  native.reserveDeepStack();
  return carry(cloneMoving(port, [port], (each) => each).value);
}

/**
 * As `toNode`, for a port that may leave, with enough stack reserved.
 * @param {ReturnType<typeof ports.make>} port
 * @returns {NodePort}
 */
function carry(port) {
  const { port1: carrier, port2: watch } = new threads.MessageChannel();
  let token = '';
  watch.on('close', () => native.revoke(token));
  // This event comes when the carrier has closed, which closes `watch` next, or when the carrier has been sent
  // elsewhere.
  carrier.on('close', () => left(carrier));
  if (mapSize(here) === 0) process.on('exit', entrustGone);
  // From here on no code of the program's is called, so the port is in exactly one place.
  const parked = park(port);
  token = parked.token;
  mapSet(here, carrier, token);
  postOn(watch, { [TOKEN]: token, companion: parked.companion, by: identity }, parked.transferList);
  closing.afterTask(() => ports.emitClose(port));
  return carrier;
}

/**
 * Takes out the port that `toNode` has packed.
 * @param {any} nodePort the carrier; closed afterwards
 * @returns {ReturnType<typeof ports.make>} with its queue, neither started nor ref'ed
 * @throws {TypeError} ERR_INVALID_ARG_TYPE; ERR_FERROPORT_TWO_COPIES; ERR_INVALID_ARG_VALUE if no port waits in the
 *   carrier. If another message waited there first, the error has it as `received`, in the form of
 *   receiveMessageOnPort: Node offers no way to look at a message without taking it
 */
function fromNode(nodePort) {
  native.reserveDeepStack();
  return make(takeOut(nodePort));
}

/**
 * As `fromNode`, with enough stack reserved.
 * @param {any} nodePort
 * @returns {number} the key of the endpoint, which is attached to this thread now
 */
function takeOut(nodePort) {
  if (!inherits(nodePort, threads.MessagePort.prototype)) throw notAPort('nodePort');
  // A port with listeners is no carrier, and its messages are for the listeners. Not every runtime tells.
  if (/** @type {any} */ (nodePort).listenerCount?.('message') > 0) throw noCarrier(undefined);
  const received = threads.receiveMessageOnPort(nodePort);
  const token = received?.message?.[TOKEN];
  const by = token === undefined ? undefined : received?.message.by;
  if (by !== undefined && by.library !== identity.library) throw withReceived(twoCopies(by), received);
  const key = typeof token === 'string' ? claim(token, received?.message.companion) : 0;
  if (key === 0) throw noCarrier(received);
  nodePort.close();
  return key;
}

/** @param {NodePort} carrier that has closed, or is in another thread or a message */
function left(carrier) {
  const token = mapGet(here, carrier);
  // It has never carried anything.
  if (token === undefined) return;
  native.entrust(token);
  mapDelete(here, carrier);
  if (mapSize(here) === 0) process.off('exit', entrustGone);
}

/**
 * To be called when the thread ends: carriers that were sent in the last turn of the event loop have not emitted
 * 'close' yet.
 */
function entrustGone() {
  /** @type {NodePort[]} */
  const carriers = [];
  mapForEach(here, (/** @type {unknown} */ _, /** @type {NodePort} */ carrier) => {
    carriers[carriers.length] = carrier;
  });
  for (let i = 0; i < carriers.length; i++) {
    try {
      oracle.checkTransferList([carriers[i]]);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      left(carriers[i]);
    }
  }
}

/** @param {string} name */
function notAPort(name) {
  return nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', `The "${name}" argument must be a MessagePort instance`);
}

/** @param {{ message: any } | undefined} received */
function noCarrier(received) {
  const message = 'The "nodePort" argument must be a port in which a port of ferroport waits';
  const error = nodeError(TypeError, 'ERR_INVALID_ARG_VALUE', message);
  return received === undefined ? error : withReceived(error, received);
}

/**
 * @param {any} error
 * @param {unknown} received
 */
function withReceived(error, received) {
  error.received = received;
  return error;
}

module.exports = { toNode, carry, fromNode, takeOut };
