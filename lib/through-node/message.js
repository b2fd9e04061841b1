// A message that Node's messaging is to carry, and in which ports of ferroport stand.
'use strict';

const native = require('../native');
const delivery = require('../delivery');
const ports = require('../message-port');
const note = require('./note');
const { startsWith, stringSlice } = require('../codec/intrinsics');
const { packerFor } = require('./packing');

/** @typedef {ReturnType<typeof ports.make>} Port */
/** @typedef {import('./packing').Way} Way */

/** What ferroport says of where a culprit stands begins with its place in the pair below. */
const PLACE = '[0]';

/**
 * Clones a value, moving what is listed, and puts something else in the place of each port of ferroport.
 * @param {unknown} value
 * @param {any[]} items of the transfer list
 * @param {(port: Port) => any} replace what to put in the place of a port, which has the endpoint of one that is listed
 * @returns {{ value: any, items: any[] }} nobody else has what they hold; the items are in the value if they were
 * @throws the running Node's error for what is wrong with list or value; nothing has changed then
 */
function cloneMoving(value, items, replace) {
  native.reserveDeepStack();
  const { 0: port, 1: peer } = ports.makePair();
  try {
    port.postMessage([value, items], items);
    const { message } = /** @type {{ message: any }} */ (delivery.receiveWith(ports.keyOf(peer), replace));
    return { value: message[0], items: message[1] };
  } catch (/** @type {any} */ error) {
    const path = error?.path;
    if (typeof path === 'string' && startsWith(path, PLACE)) error.path = stringSlice(path, PLACE.length);
    throw error;
  } finally {
    port.close();
  }
}

/**
 * Makes of a message one that Node can carry. Where the hook runs at the receiving end, ports of ferroport arrive as such.
 * @param {unknown} value
 * @param {any[]} items of the transfer list
 * @param {Way} way of its ports of ferroport
 * @returns {{ value: any, items: any[], packed: import('./packing').NodePort[] }} packed: what its ports have become
 * @throws the running Node's error for what is wrong with list or value; nothing has changed then
 */
function messageForNode(value, items, way) {
  /** @type {import('./packing').NodePort[]} */
  const packed = [];
  const pack = packerFor(way);
  try {
    const clone = cloneMoving(value, items, (port) => {
      const made = pack(port);
      packed[packed.length] = made;
      return made;
    });
    // First: Node writes what the items hold as it takes them, in order, and does not know a port any more that it has taken.
    const listed = note.canBeSent ? [note.write({ [way]: packed })] : [];
    for (let i = 0; i < clone.items.length; i++) listed[listed.length] = clone.items[i];
    return { value: clone.value, items: listed, packed };
  } catch (error) {
    // Those that nobody gets.
    for (let i = 0; i < packed.length; i++) packed[i].close();
    throw error;
  }
}

module.exports = { cloneMoving, messageForNode };
