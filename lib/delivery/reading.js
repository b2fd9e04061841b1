// Reads messages with which ports or a parcel have come.
'use strict';

const native = require('../native/native');
const context = require('../runtime/context');
const { make } = require('../post/message-port');

/** @typedef {ReturnType<typeof make>} Port */

/** @type {any[]} */
const NO_PORTS = [];

/**
 * What is known of one message while it is read. The function that reads the message makes it, so that nothing is left
 * of a reading that was ended in the middle.
 * @typedef {object} Reading
 * @property {(port: Port) => any} standFor what stands in the message for a port that has come with it
 * @property {boolean} isDrained whether the drain reads the message; the current async context is then whatever the
 *   ticks before have left, or, after an error, the drain's own
 * @property {number} from the key of the endpoint that has received the message
 * @property {any[]} arrivals the ports that have come with the message, as listeners get them
 * @property {any[]} listed the transfer list, if it has native ports: these, and the indices of ferroport's ports at
 *   their places
 * @property {number[]} keys of the endpoints that have come with the message
 * @property {boolean} isOrder whether the message is for ferroport itself
 */

/** @type {Reading | null} */
let reading = null;

/**
 * @param {Reading['standFor']} standFor
 * @param {boolean} isDrained
 * @param {number} from
 * @returns {Reading}
 */
const newReading = (standFor, isDrained, from) => ({
  standFor,
  isDrained,
  from,
  arrivals: NO_PORTS,
  listed: NO_PORTS,
  keys: NO_PORTS,
  isOrder: false,
});

/** @type {Reading['standFor']} */
const itself = (port) => port;

/**
 * Reads the message that was taken or received last, with which ports or a parcel have come.
 * @param {Reading} begun
 * @throws what went wrong; the endpoints that have come with it have closed then
 */
function readAttached(begun) {
  // A reading is under way if a hook of async_hooks receives a message, or if the thread was terminated in the middle
  // of one.
  const outer = reading;
  if (outer !== null) closeSidecars(outer);
  reading = begun;
  try {
    return native.read();
  } catch (error) {
    closeSidecars(begun);
    throw error;
  } finally {
    reading = outer;
  }
}

/**
 * Closes what has come along with endpoints that have closed.
 * @param {Reading} begun
 */
function closeSidecars({ keys }) {
  for (let i = 0; i < keys.length; i++) if (native.queued(keys[i]) < 0) require('../channel/sidecar').close(keys[i]);
}

/**
 * The ports for endpoints that have come with a message. Called while the message is read.
 * @param {number[]} keys
 */
function adopt(keys) {
  const begun = /** @type {Reading} */ (reading);
  if (keys.length > 0) {
    begun.keys = keys;
    require('../channel/sidecar').arrive(keys, begun.from);
  }
  const makeAll = () => {
    const all = [];
    for (let i = 0; i < keys.length; i++) all[i] = begun.standFor(make(keys[i]));
    return all;
  };
  // A port that is made while a message is received has the stores of the receiving code. In a drain nobody has asked
  // for the message.
  const made = begun.isDrained ? context.runOutside(makeAll) : makeAll();
  const { listed } = begun;
  if (listed.length === 0) {
    begun.arrivals = made;
    return made;
  }
  /** @type {any[]} */
  const arrivals = (begun.arrivals = []);
  for (let i = 0; i < listed.length; i++) {
    const each = listed[i];
    arrivals[i] = typeof each === 'number' ? made[each] : each;
  }
  return made;
}

/**
 * Takes the parcel that has come beside a message. Called while the message is read, before `adopt`.
 * @param {number} key of the receiving endpoint
 * @param {number} number of the parcel
 * @param {number[] | undefined} keys of the endpoints in the message
 * @returns {unknown[]} the objects in it
 */
function unpack(key, number, keys = []) {
  const sidecar = require('../channel/sidecar');
  // By index, because programs may have patched the iterator of arrays.
  const parcel = sidecar.take(key, number);
  const { 1: companions, 2: ports = NO_PORTS, 3: objects, 4: isOrder = false } = parcel;
  const begun = /** @type {Reading} */ (reading);
  begun.keys = keys;
  begun.listed = ports;
  begun.isOrder = isOrder;
  for (let i = 0; i < keys.length; i++) sidecar.bring(keys[i], companions?.[i]);
  if (keys.length === 0) adopt(keys);
  return objects;
}

module.exports = { NO_PORTS, itself, newReading, readAttached, adopt, unpack };
