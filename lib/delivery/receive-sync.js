// receiveSync and receiveAnySync: the next message, for which the thread is blocked if none waits.
'use strict';

const bridged = require('../channel/bridged');
const { globals, methods, uncurry } = require('../language/originals');
const { block, closed, readLimits } = require('../port/block');
const { isActive, keyOf } = require('../port/port');
const { receiveOn } = require('./receive');

/** @typedef {ReturnType<typeof import('../port/port').make>} Port */

/**
 * Takes a port's next message. Messages that are taken so never reach listeners.
 * @param {Port} port
 * @param {any} options as readLimits takes them
 * @returns {any}
 * @throws what went wrong when the message was read; the message is gone then
 * @throws {Error} ERR_FERROPORT_CLOSED once the channel has ended and its last message was read
 * @throws as readLimits and block
 */
function receiveSync(port, options) {
  const limits = readLimits(options);
  for (;;) {
    const received = receiveOn(port);
    if (received !== undefined) return received.message;
    if (!isActive(port)) throw closed();
    const key = keyOf(port);
    block(key, false, limits, bridged.isFed(key));
  }
}

/** When each port was last served, counted in calls: who has waited for longest is first. @type {WeakMap<Port, number>} */
const served = new globals.WeakMap();

/** @type {(port: Port) => number | undefined} */
const servedAt = uncurry(methods.weakMapGet, served);

/** @type {(port: Port, count: number) => unknown} */
const setServed = uncurry(methods.weakMapSet, served);

let calls = 0;

/**
 * Takes the next message of one of several ports.
 * @param {Port[]} ports
 * @param {any} options as readLimits takes them
 * @returns {{ port: Port, message: any }} of the port that was served least recently, where several have messages
 * @throws as receiveSync; ERR_FERROPORT_CLOSED once all channels have ended
 */
function receiveAnySync(ports, options) {
  const limits = readLimits(options);
  const order = inOrder(ports);
  for (;;) {
    const keys = [];
    let isFed = false;
    for (let i = 0; i < order.length; i++) {
      const port = order[i];
      const received = receiveOn(port);
      if (received !== undefined) {
        setServed(port, ++calls);
        return { port, message: received.message };
      }
      if (!isActive(port)) continue;
      const key = keyOf(port);
      keys[keys.length] = key;
      isFed ||= bridged.isFed(key);
    }
    if (keys.length === 0) throw closed();
    block(keys, false, limits, isFed);
  }
}

/**
 * @param {Port[]} ports
 * @returns {Port[]} the same, the one that was served least recently first
 */
function inOrder(ports) {
  /** @type {Port[]} */
  const order = [];
  for (let i = 0; i < ports.length; i++) {
    const at = servedAt(ports[i]) ?? 0;
    /** @type {number} */
    let place = order.length;
    while (place > 0 && (servedAt(order[place - 1]) ?? 0) > at) {
      order[place] = order[place - 1];
      place--;
    }
    order[place] = ports[i];
  }
  return order;
}

module.exports = { receiveSync, receiveAnySync };
