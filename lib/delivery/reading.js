// The reading of a message with which something has come: ports, a parcel.
'use strict';

const native = require('../native/native');
const context = require('../runtime/context');
const { make } = require('../post/message-port');

/** @typedef {ReturnType<typeof make>} Port */

/** @type {any[]} */
const NO_PORTS = [];

/**
 * The reading of a message that something has come with. Made by who begins to read it, so that nothing is left of one that
 * was ended in the middle.
 * @typedef {object} Reading
 * @property {(port: Port) => any} standFor what stands in the message for a port that has come with it
 * @property {boolean} isDrained the drain reads it, in whatever context the ticks before it have left: where one has thrown, in
 *   its own
 * @property {number} from the key of the endpoint that has received it
 * @property {any[]} arrivals the ports that have come with it
 * @property {any[]} listed its native ports among them, at their places in the transfer list
 * @property {number[]} keys of the endpoints that sidecars have come with
 * @property {boolean} isOrder whether it is for ferroport itself
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
 * Reads the message that has been taken or received, with which something has come.
 * @param {Reading} begun
 * @throws what went wrong; the endpoints that have come with it have closed then
 */
function readAttached(begun) {
  // A hook of async_hooks may receive a message while another is being read; or the thread was terminated then.
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
  // A port sees the stores of who receives it; nobody has asked for this one.
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
  // Not by its iterator, which programs may have patched.
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
