// Ports that addons of somebody else take, and messages to such addons (docs/native-abi.md): bytes, ports and signals, and nothing that only
// V8 can move. Messages that leave the process are of the same kind, and have no signals.
'use strict';

const { types } = require('node:util');
const native = require('../native/native');
const { cells, places } = require('../native/block');
const mailbox = require('../channel/mailbox');
const marks = require('../node/marks');
const oracle = require('../runtime/oracle');
const ports = require('../port/port');
const closing = require('../runtime/closing');
const refusals = require('../objects/refusals');
const Session = require('../codec/message/session');
const { INDEX } = require('../codec/message/session');
const { blameSurely, tracedFrom } = require('../objects/culprit-path');
const { nodeError, dataCloneError } = require('../node/errors');
const { own } = require('../copies/own');
const { sendAlong } = require('../channel/signals');
const { isDetached } = require('../runtime/view');
const { sent } = require('./outcome');
const { checkTransferList } = require('./transfer-list');
const { Map, mapSet } = require('../language/intrinsics');

const { tags } = native;
const { LINKED } = native.limits;
const { BARS } = places;

/**
 * Hands a port's endpoint to another library.
 * @param {any} port
 * @returns {object} wrapped and tagged
 * @throws {DOMException} DataCloneError if the port could not be transferred
 * @throws {Error} ERR_FERROPORT_NATIVE if a message waits that only JavaScript can take; the port has not changed then
 */
function handOver(port) {
  if (!ports.isOpen(port)) throw dataCloneError('MessagePort in transfer list is already detached');
  if (marks.isUntransferable(port)) throw dataCloneError('Cannot transfer object of unsupported type.');
  native.reserveDeepStack();
  const key = ports.sendingKey(port);
  if (native.becomeNative([key], false) >= 0) throw boundMessage();
  const object = /** @type {object} */ (native.handOver(key));
  // The endpoint has left. What belonged to it here goes.
  mailbox.closeEndpoint(key);
  ports.leave(port);
  closing.afterTask(() => ports.emitClose(port));
  return object;
}

/**
 * Marks the channels of ports as ones that leave the process: from here on, `postMessage` refuses what cannot leave it, at both ends.
 * @param {any[]} list open ports
 * @throws {Error} ERR_FERROPORT_LINK if such a message waits for one of them; nothing has changed then
 */
function markAsLinked(list) {
  native.reserveDeepStack();
  const place = mark(list, true);
  if (place >= 0) throw boundForGood();
}

/**
 * @param {any[]} list ports
 * @param {boolean} leaves whether their messages leave the process
 * @returns {number} -1; or the place of the port for which a message waits that cannot go there, and nothing has changed
 */
function mark(list, leaves) {
  /** @type {number[]} */
  const keys = [];
  for (let i = 0; i < list.length; i++) keys[i] = ports.keyOf(list[i]);
  return native.becomeNative(keys, leaves);
}

function boundForGood() {
  return nodeError(
    Error,
    'ERR_FERROPORT_LINK',
    'The port cannot leave the process: a message waits for it that cannot, because it has shared memory, a transferred buffer, ' +
      'a signal or another object of the runtime. Receive that first',
  );
}

function boundMessage() {
  return nodeError(
    Error,
    'ERR_FERROPORT_NATIVE',
    'The port cannot be taken by a native thread: a message waits for it that only JavaScript can read, because it has shared memory, ' +
      'a transferred buffer or another object of the runtime. Receive that first',
  );
}

/**
 * Posts a message with a transfer list to a native thread, or out of the process: listed buffers arrive as bytes.
 * @param {any} port sending
 * @param {number} key of its endpoint
 * @param {unknown} value
 * @param {any[]} items of the transfer list
 * @param {Function} entrance the function that the program has called
 * @param {(error: unknown, session: Session) => unknown} located finds the culprit's place in the value
 * @returns {boolean | undefined} as postMessage
 * @throws the running Node's error for a fault in list or value, and for what only V8 can move; nothing has changed then
 */
function postToNative(port, key, value, items, entrance, located) {
  try {
    checkTransferList(port, items);
  } catch (error) {
    throw tracedFrom(error, entrance);
  }
  /** @type {ArrayBuffer[]} */
  const buffers = [];
  /** @type {any[]} */
  const moved = [];
  /** @type {Map<object, number>} */
  const map = new Map();
  const session = new Session(map);
  try {
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      if (types.isArrayBuffer(item)) {
        buffers[buffers.length] = item;
      } else if (ports.isPort(item) && !marks.isUntransferable(item)) {
        mapSet(map, item, tags.PORT + moved.length * INDEX);
        moved[moved.length] = item;
      } else {
        throw refusals.refusalToNative(item, native.bars(key) === LINKED);
      }
    }
    const outcome = native.postListed(key, value, session, () =>
      shipToNative(session, moved, cells[BARS] === LINKED, buffers),
    );
    for (let i = 0; i < moved.length; i++) {
      mailbox.closeEndpoint(ports.keyOf(moved[i]));
      ports.leave(moved[i]);
      own.tellClosed(moved[i]);
    }
    return sent(outcome, key);
  } catch (error) {
    throw located(error, session);
  }
}

/**
 * Checks and marks what goes along with a message to a native thread, or out of the process.
 * @param {Session} session in which the message was written
 * @param {any[]} moved the ports that go along
 * @param {boolean} leaves whether the message leaves the process
 * @param {ArrayBuffer[]} buffers are detached: their contents have been written down
 * @returns {(boolean | number)[]} what src/node/post.rs wants
 * @throws for what cannot go along; nothing has changed then
 */
function shipToNative(session, moved, leaves, buffers) {
  if (session.objects.length > 0) throw refusals.refusalToNative(session.objects[0], leaves);
  if (leaves && session.signals.length > 0) throw refusals.refusalToNative(session.signals[0], true);
  /** @type {(boolean | number)[]} */
  const shipped = [false];
  for (let i = 0; i < moved.length; i++) {
    if (!ports.isOpen(moved[i])) refusals.refusePort(moved[i], false);
    shipped[i + 1] = ports.keyOf(moved[i]);
  }
  const place = mark(moved, leaves);
  if (place >= 0) throw blameSurely(leaves ? boundForGood() : boundMessage(), moved[place]);
  detach(buffers);
  sendAlong(session.signals);
  return shipped;
}

/**
 * Detaches buffers whose contents have been written down.
 * @param {ArrayBuffer[]} buffers
 */
function detach(buffers) {
  /** @type {ArrayBuffer[]} */
  const left = [];
  // A getter may have detached some.
  for (let i = 0; i < buffers.length; i++) if (!isDetached(buffers[i])) left[left.length] = buffers[i];
  if (left.length > 0) oracle.discard(undefined, left);
}

module.exports = { handOver, markAsLinked, postToNative, shipToNative };
