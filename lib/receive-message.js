// receiveMessageOnPort: a port's next message, at once.
'use strict';

const { original: threads, isHooked } = require('./node-threads');
const native = require('./native');
const feeds = require('./feeds');
const broadcast = require('./members');
const closing = require('./closing');
const mailbox = require('./mailbox');
const { beginClosing, isPort, keyOf } = require('./message-port');
const { akinOf } = require('./other-copies');

/** @type {typeof import('./delivery') | undefined} */
let delivery;

const loadDelivery = () => (delivery ??= require('./delivery'));

/**
 * @param {any} port ours, or that of another copy of ferroport, or Node's; or a BroadcastChannel
 * @returns {{ message: any } | undefined} undefined if no message is waiting
 * @throws {TypeError} ERR_INVALID_ARG_TYPE if it is no port; ERR_FERROPORT_TWO_COPIES; what went wrong when the message was read
 */
function receiveMessageOnPort(port) {
  if (broadcast.isMember(port)) {
    const key = broadcast.keyOf(port);
    // One that has closed is none to Node.
    return key === 0 ? threads.receiveMessageOnPort(/** @type {any} */ ({})) : loadDelivery().receive(key);
  }
  if (!isPort(port)) {
    const other = akinOf(port);
    return other === undefined ? receiveFromNode(port) : other.receive(port);
  }
  const key = keyOf(port);
  if (key === 0) return undefined;
  for (;;) {
    const received = (delivery ?? loadDelivery()).receive(key);
    if (received !== undefined) return received;
    const hasEnded = mailbox.hasEnded();
    if (feeds.fetch(key)) continue;
    // From now on it counts as closed, as Node's does: not only when the next drain hears it.
    if (hasEnded) beginClosing(port, closing.soon);
    return undefined;
  }
}

/** @param {any} port of Node's, or something else */
function receiveFromNode(port) {
  if (!isHooked()) return threads.receiveMessageOnPort(port);
  const { forget, takeArrived, putInto } = require('./through-node/arrival');
  native.reserveDeepStack();
  // What the notes of a message said whose reading has failed concerns no other.
  forget();
  const received = threads.receiveMessageOnPort(port);
  if (received === undefined) return received;
  const arrived = takeArrived();
  return arrived === undefined ? received : { message: putInto(received.message, arrived) };
}

module.exports = receiveMessageOnPort;
