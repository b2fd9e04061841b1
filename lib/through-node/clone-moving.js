// Clones a value in this thread, and moves the listed objects.
'use strict';

const native = require('../native/native');
const { startsWith, stringSlice } = require('../language/intrinsics');
const { keyOf } = require('../port/port');
const { showAs } = require('../port/shown');
const { makePair } = require('../post/message-port');
const { receiveWith } = require('../delivery/receive');

/** @typedef {ReturnType<typeof makePair>[0]} Port */

/**
 * The value is cloned as the first item of a pair. Ferroport's errors name this place first when they tell where a
 * culprit stands.
 */
const PLACE = '[0]';

/**
 * Clones a value, moves the listed objects, and replaces each port of ferroport.
 * @param {unknown} value
 * @param {any[]} items of the transfer list
 * @param {(port: Port) => any} replace makes what stands in the clone for a port; it gets a new port that has the
 *   listed one's endpoint
 * @returns {{ value: any, items: any[] }} the clone, and the moved objects, to which nobody else has a reference; an
 *   item is in the value if the listed one was
 * @throws the running Node's error for what is wrong with list or value; nothing has changed then
 */
function cloneMoving(value, items, replace) {
  native.reserveDeepStack();
  const { 0: port, 1: peer } = makePair();
  showAs(port, null);
  try {
    port.postMessage([value, items], items);
    const { message } = /** @type {{ message: any }} */ (receiveWith(keyOf(peer), replace));
    return { value: message[0], items: message[1] };
  } catch (/** @type {any} */ error) {
    const path = error?.path;
    if (typeof path === 'string' && startsWith(path, PLACE)) error.path = stringSlice(path, PLACE.length);
    throw error;
  } finally {
    port.close();
  }
}

module.exports = { cloneMoving };
