// Ports of ferroport in messages of Node's: what stands for them on the way, and what is made of that where a message arrives.
'use strict';

const native = require('../native/native');
const mailbox = require('../channel/mailbox');
const { original: threads, isHooked, postOn } = require('../node/threads');
const { Map, keysOf, mapSet } = require('../language/intrinsics');
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
 * `served`: this thread hands the port's messages on. Any receiver can use what it gets; the hook makes a port of ferroport of
 * it, which this thread serves all the same.
 * `carried`: the port's endpoint waits inside. Only the hook can take it out.
 * @typedef {'served' | 'carried'} Way
 */

/**
 * Any thread, with the hook or without it.
 * @type {import('./bridge').Side}
 */
const anyone = {
  post(near, value, items) {
    if (!hasSome(items, isAnyPort)) return postOn(near, value, items);
    const message = messageForNode(value, items, wayToAnyone());
    postOn(near, message.value, message.items);
  },
  receive: receiveFromNode,
  take: (value) => value,
  isToBeLeft: true,
};

/**
 * Connects a port with a new one of Node's.
 * @param {Port} port whose messages nobody else wants
 * @param {import('./bridge').Side} [side] where the port of Node's will be
 * @returns {NodePort} to be sent to where it is used; what has been posted to the port before waits there
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
 * What makes a port of Node's of one of ferroport. node-port.js is loaded when it is asked for: to load takes time, and much of the stack.
 * @type {Record<Way, () => (port: Port) => NodePort>}
 */
const packers = {
  served: () => bridge,
  carried: () => require('./node-port').carry,
};

/**
 * The best way to a receiver that could be any thread.
 * @returns {Way}
 */
const wayToAnyone = () => (note.canBeSent && isEverywhere() ? 'carried' : 'served');

/**
 * Makes of a message one that Node can carry. Where the hook runs at the receiving end, ports of ferroport arrive as such.
 * @param {unknown} value
 * @param {any[]} items of the transfer list
 * @param {Way} way of its ports of ferroport
 * @returns {{ value: any, items: any[], packed: NodePort[] }} packed: what its ports have become
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

/**
 * The key of the endpoint that is to have the messages of a port of Node's; that port is of no use to others afterwards.
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
 * The ports of ferroport that have come with the message that has just been read.
 * @returns {Map<unknown, object> | undefined} by the ports of Node's in their places; undefined if there are none
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
 * @returns {{ message: any } | undefined} undefined if no message is waiting; with the hook, ports of ferroport have taken their places
 * @throws what Node throws
 */
function receiveFromNode(port) {
  if (!isHooked()) return threads.receiveMessageOnPort(port);
  native.reserveDeepStack();
  // What the notes of a message said whose reading has failed concerns no other.
  forget();
  const received = threads.receiveMessageOnPort(port);
  if (received === undefined) return received;
  const arrived = takeArrived();
  return arrived === undefined ? received : { message: putInto(received.message, arrived) };
}

module.exports = { bridge, takeOver, wayToAnyone, messageForNode, takeOut, takeArrived, receiveFromNode };
