// Sidecars: native channels that travel with ours, for what only V8 can move between threads.
'use strict';

const { MessageChannel, receiveMessageOnPort } = require('node:worker_threads');
const native = require('./native');
const oracle = require('./oracle');

/** @typedef {import('node:worker_threads').MessagePort} NodePort */

/**
 * What a sidecar carries beside one message. An array, because V8 writes those quicker than objects.
 * @typedef {[number, Companions | undefined, unknown[] | undefined, unknown[]]} Parcel its number, larger than that of
 *   every parcel before it; the sidecars of the ports that the message moves, if any; the native ports of the transfer
 *   list at their places among ours, if any; the objects that the message refers to by their index
 */

/** @typedef {(NodePort | undefined)[]} Companions the sidecars of ports, in their order; undefined for those without */

/**
 * The sidecars of this thread's endpoints, by key. An endpoint has one as soon as something was sent that way on its
 * channel, or one of the two ends has left the thread in which the channel was made.
 * @type {Map<number, NodePort>}
 */
const sidecars = new Map();

/**
 * The sidecar of an endpoint; made, with its peer's, if there is none. The peer is in this thread then.
 * @param {number} key
 */
function of(key) {
  const found = sidecars.get(key);
  if (found !== undefined) return found;
  const { port1, port2 } = new MessageChannel();
  sidecars.set(key, port1);
  const peer = native.peerKey(key);
  // Where the peer has closed, nobody will unpack.
  if (peer === 0) port2.close();
  else sidecars.set(peer, port2);
  return port1;
}

/**
 * Sends a parcel ahead of the message that refers to it.
 * @param {number} key of the sending endpoint; 0: nobody will unpack, so it is serialized and dropped
 * @param {unknown[]} objects
 * @param {Companions} companions
 * @param {unknown[]} listed
 * @param {unknown[]} transferList
 * @returns {number} the parcel's number
 * @throws what V8 and Node find wrong with the contents; nothing has changed then
 */
function send(key, objects, companions, listed, transferList) {
  const number = native.nextParcel();
  /** @type {Parcel} */
  const parcel = [
    number,
    companions.length > 0 ? companions : undefined,
    listed.length > 0 ? listed : undefined,
    objects,
  ];
  if (key === 0) oracle.discard(parcel, transferList);
  else of(key).postMessage(parcel, /** @type {any} */ (transferList));
  return number;
}

/**
 * Takes the parcel that belongs to a message. Those before it belonged to messages that were dropped.
 * @param {number} key of the receiving endpoint
 * @param {number} number
 * @returns {Parcel}
 * @throws what went wrong when V8 read the parcel, which is gone then
 */
function take(key, number) {
  const sidecar = sidecars.get(key);
  for (;;) {
    const received = sidecar && receiveMessageOnPort(sidecar);
    if (received === undefined) throw new Error('The objects that belong to the message have not come with it');
    const parcel = /** @type {Parcel} */ (received.message);
    const [found, companions = []] = parcel;
    if (found === number) return parcel;
    for (const companion of companions) companion?.close();
  }
}

/**
 * Takes the sidecars of endpoints that are about to leave the thread, so that they can go along.
 * @param {number[]} keys
 * @returns {Companions} undefined where there need be none: both ends leave together, or the peer has closed
 */
function takeAlong(keys) {
  for (const key of keys) {
    const peer = native.peerKey(key);
    if (!sidecars.has(key) && peer !== 0 && !keys.includes(peer)) of(key);
  }
  return keys.map((key) => {
    const sidecar = sidecars.get(key);
    sidecars.delete(key);
    return sidecar !== undefined && canTravel(sidecar) ? sidecar : undefined;
  });
}

/**
 * A sidecar whose peer has closed, and which is empty, closes by itself and cannot be sent any more.
 * @param {NodePort} sidecar
 */
function canTravel(sidecar) {
  try {
    oracle.checkTransferList([sidecar]);
    return true;
  } catch {
    return false;
  }
}

/**
 * Gives an endpoint that has arrived its sidecar.
 * @param {number} key
 * @param {NodePort | undefined} sidecar
 */
function bring(key, sidecar) {
  if (sidecar === undefined) return;
  sidecar.unref();
  sidecars.set(key, sidecar);
}

/**
 * An endpoint has closed.
 * @param {number} key
 */
function close(key) {
  const sidecar = sidecars.get(key);
  if (sidecar === undefined) return;
  sidecars.delete(key);
  sidecar.close();
}

module.exports = { send, take, takeAlong, bring, close };
