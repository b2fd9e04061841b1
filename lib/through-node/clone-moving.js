// Clones a value in this thread, moving what is listed.
'use strict';

const native = require('../native/native');
const { startsWith, stringSlice } = require('../language/intrinsics');
const { keyOf } = require('../port/port');
const { makePair } = require('../post/message-port');
const { receiveWith } = require('../delivery/receive');

/** @typedef {ReturnType<typeof makePair>[0]} Port */

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
  const { 0: port, 1: peer } = makePair();
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
