// Ports of ferroport in messages of Node's: what stands for them under way, and how they are restored where the message
// arrives.
'use strict';

const native = require('../native/native');
const mailbox = require('../channel/mailbox');
const { original: threads, isHooked, postOn } = require('../node/threads');
const { Map, includes, keysOf, mapSet } = require('../language/intrinsics');
const { lazy } = require('../language/lazy');
const { hasSome } = require('../post/transfer-list');
const { isAnyPort } = require('../copies/own');
const { make } = require('../post/message-port');
const { forget, putInto, takeNotes } = require('./arrival');
const { cloneMoving } = require('./clone-moving');
const bridges = require('./bridge');
const note = require('./note');
const { isEverywhere } = require('./reach');

/** @typedef {ReturnType<typeof make>} Port */
/** @typedef {import('node:worker_threads').MessagePort} NodePort */

/**
 * How a port of Node's stands for one of ferroport.
 * `served`: this thread hands the port's messages on, over a bridge. Any receiver can use the port of Node's. The hook
 * makes a port of ferroport of it, for which this thread hands messages on all the same.
 * `carried`: the port of Node's is a carrier, in which the endpoint waits. Only the hook can take the endpoint out.
 * @typedef {'served' | 'carried'} Way
 */

/**
 * The side of a bridge to any thread, with the hook or without it.
 * @type {import('./bridge').Side}
 */
const anyone = {
  post(near, value, items) {
    if (!hasSome(items, isAnyPort)) return postOn(near, value, items);
    const message = messageForNode(value, items, wayToAnyone());
    postOn(near, message.value, message.items);
  },
  receive: receiveFromNode,
  hasClosed,
  take: (value) => value,
  isToBeLeft: true,
};

/**
 * Bridges a port to a new port of Node's.
 * @param {Port} port whose messages nobody else wants
 * @param {import('./bridge').Side} [side] where the port of Node's will be
 * @returns {NodePort} which is to be sent to its user; what was posted to the port before waits there
 */
function bridge(port, side = anyone) {
  const { port1: near, port2: far } = new threads.MessageChannel();
  bridges.connect(port, near, side);
  return far;
}

/**
 * Goes on with a bridge that another thread has left.
 * @param {import('./bridge').Succession} succession
 */
const takeOver = (succession) => bridges.takeOver(succession, anyone);

/**
 * The functions that make a port of Node's of one of ferroport. node-port.js is loaded only when it is needed, because
 * loading takes time, and much of the stack.
 * @type {Record<Way, () => (port: Port) => NodePort>}
 */
const packers = {
  served: () => bridge,
  carried: () => require('./node-port').carry,
};

/**
 * The best way to a receiver in an unknown thread.
 * @returns {Way}
 */
const wayToAnyone = () => (note.canBeSent && isEverywhere() ? 'carried' : 'served');

/**
 * Makes of a message one that Node can carry. Where the hook runs at the receiving end, the ports of ferroport arrive
 * as such.
 * @param {unknown} value
 * @param {any[]} items of the transfer list
 * @param {Way} way for the ports of ferroport
 * @returns {{ value: any, items: any[], packed: NodePort[] }} packed: the ports of Node's that stand for ports of
 *   ferroport
 * @throws the running Node's error for what is wrong with list or value; nothing has changed then
 */
function messageForNode(value, items, way) {
  /** @type {NodePort[]} */
  const packed = [];
  const pack = packers[way]();
  try {
    const clone = cloneMoving(value, items, (port) => {
      const made = pack(port);
      packed[packed.length] = made;
      return made;
    });
    // The note comes first in the list: Node writes the content of listed objects in order, and does not know a port
    // any more that it has taken.
    const listed = note.canBeSent ? [note.write({ [way]: packed })] : [];
    for (let i = 0; i < clone.items.length; i++) listed[listed.length] = clone.items[i];
    return { value: clone.value, items: listed, packed };
  } catch (error) {
    // The message is not sent, so nobody gets these ports.
    for (let i = 0; i < packed.length; i++) packed[i].close();
    throw error;
  }
}

/**
 * The functions that give the key of the endpoint behind a port of Node's. Nobody can use that port afterwards.
 * @type {Record<Way, (port: NodePort) => number>}
 */
const unpackers = {
  carried: (port) => require('./node-port').takeOut(port),

  served(port) {
    const { key, peerKey } = mailbox.createChannel();
    bridges.connect(make(peerKey), port, anyone);
    return key;
  },
};

/**
 * @param {Way} way
 * @param {NodePort} port
 * @returns {Port} of ferroport, in its place
 * @throws if nothing is in it that could be taken out
 */
const takeOut = (way, port) => make(unpackers[way](port));

/**
 * Restores the ports of ferroport that have come with the message that has just been read.
 * @returns {Map<unknown, object> | undefined} the ports of ferroport, by the ports of Node's that stand for them;
 *   undefined if there are none
 * @throws if one cannot be taken out
 */
function takeArrived() {
  const taken = takeNotes();
  if (taken.length === 0) return undefined;
  /** @type {Map<unknown, object>} */
  const arrived = new Map();
  for (let i = 0; i < taken.length; i++) {
    const ways = /** @type {Way[]} */ (keysOf(taken[i]));
    for (let j = 0; j < ways.length; j++) takeAllOut(ways[j], taken[i][ways[j]] ?? []);
  }
  return arrived;

  /**
   * @param {Way} way
   * @param {NodePort[]} ports
   */
  function takeAllOut(way, ports) {
    for (let i = 0; i < ports.length; i++) mapSet(arrived, ports[i], takeOut(way, ports[i]));
  }
}

/**
 * receiveMessageOnPort for ports of Node's.
 * @param {any} port of Node's, or something else
 * @returns {{ message: any } | undefined} undefined if no message is waiting; with the hook on, the ports of ferroport
 *   have been restored in the message
 * @throws what Node throws
 */
function receiveFromNode(port) {
  if (!isHooked()) return threads.receiveMessageOnPort(port);
  native.reserveDeepStack();
  // These notes belong to a message whose reading has failed.
  forget();
  const received = threads.receiveMessageOnPort(port);
  if (received === undefined) return received;
  const arrived = takeArrived();
  return arrived === undefined ? received : { message: putInto(received.message, arrived) };
}

/**
 * Whether a port of Node's has closed, also before its event: then Node refuses to send the port, for that reason rather than for being
 * listed twice.
 * @param {any} port
 * @returns {boolean}
 */
function hasClosed(port) {
  try {
    postOn(unused().port1, undefined, [port, port]);
  } catch (/** @type {any} */ { message }) {
    return typeof message === 'string' && includes(message, 'detached');
  }
  return false;
}

/** Over which nothing is ever sent. Two more handles for each question would stay until the event loop runs. */
const unused = lazy(() => new threads.MessageChannel());

module.exports = { bridge, hasClosed, takeOver, wayToAnyone, messageForNode, takeOut, takeArrived, receiveFromNode };
