// The ports of ferroport that have arrived with the message that Node is reading.
'use strict';

/** @typedef {ReturnType<typeof import('../message-port').make>} Port */

/**
 * By the native ports in which they came, which Node shows to the event's listeners.
 * @type {Map<object, Port>}
 */
let arrived = new Map();

/**
 * @param {object} carrier
 * @param {Port} port
 */
function noteArrived(carrier, port) {
  arrived.set(carrier, port);
  // Node delivers a message as soon as it is read. After receiveMessageOnPort nobody else asks.
  if (arrived.size === 1) queueMicrotask(takeArrived);
}

function takeArrived() {
  const taken = arrived;
  if (taken.size > 0) arrived = new Map();
  return taken;
}

module.exports = { noteArrived, takeArrived };
