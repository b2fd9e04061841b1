// A port that does what a port of ferroport does, for receivers that know no such: one of Node's, or one that uses another addon.
//
//   port ═══ endpoint of the bridge ──── near ═══ far      `port` is the program's, and `far` what the receiver gets
//
// What is posted on `port` in the thread of the bridge leaves it at once, and what has come to `near` is there for
// `receiveMessageOnPort(port)`: both also while the event loop stands still. Where `port` is in another thread, the event loop
// hands its messages on, and what waits by then is handed on when the thread ends. The bridge moves to the thread of `port` then.
'use strict';

const { types } = require('node:util');
const native = require('../native');
const delivery = require('../delivery');
const feeds = require('../feeds');
const receiveMessageOnPort = require('../receive-message');
const { original, postOn } = require('../node-threads');
const { Map, errorText, isObject, mapDelete, mapForEach, mapGet, mapSet } = require('../codec/intrinsics');
const { process } = require('../codec/originals');
const { keyOf, makePair } = require('../message-port');
const { isAnyPort } = require('../this-copy');
const { bringsPorts, hasSome } = require('../transfer-list');
const { findIn } = require('./walk');

const { MessageChannel, MessagePort: NodePort, isMainThread } = original;

/** @typedef {ReturnType<typeof import('../message-port').make>} Port */
/** @typedef {import('node:worker_threads').MessagePort} NodePort */

/**
 * What lies at the other side of a bridge.
 * @typedef {object} Side
 * @property {(near: any, value: unknown, items: any[]) => void} post a value that nobody else has, and what in it moves with it
 * @property {(value: unknown) => unknown} take what has come from there: nobody else has it
 */

/**
 * Any thread, with the hook or without it.
 * @type {Side}
 */
const anyone = {
  post(near, value, items) {
    if (!hasSome(items, isAnyPort)) return postOn(near, value, items);
    const message = require('./message').messageForNode(value, items, require('./packing').wayToAnyone());
    postOn(near, message.value, message.items);
  },
  take: (value) => value,
};

/**
 * A port of another copy of ferroport in this thread.
 * @type {Side}
 */
const otherCopy = {
  post: (near, value, items) => near.postMessage(value, items),
  take: (value) => value,
};

/** @typedef {{ port: Port, near: any, side: Side }} Bridge */

/**
 * The bridges of this thread, by the key of the endpoint that they empty.
 * @type {Map<number, Bridge>}
 */
const bridges = new Map();

/** How many there are. */
let count = 0;

/**
 * Connects a port with a new one of Node's.
 * @param {Port} port whose messages nobody else wants
 * @param {Side} [side] where the port of Node's will be
 * @returns {NodePort} to be sent to where it is used; what has been posted to the port before waits there
 */
function bridge(port, side = anyone) {
  const { port1: near, port2: far } = new MessageChannel();
  connect(port, near, side);
  return far;
}

/**
 * Moves a port's endpoint out of it and connects it with a port of another copy of ferroport. What waits is there at once, as if
 * it had come along.
 * @param {Port} port open, or about to close
 * @param {any} near a port of the other copy, whose messages nobody else wants
 */
function serve(port, near) {
  connect(require('./message').cloneMoving(port, [port], (each) => each).value, near, otherCopy);
}

/**
 * Lets this thread hand messages on between two ports, both ways, until one of them closes or the thread ends. That does not
 * keep it running.
 * @param {Port} port whose messages nobody else wants
 * @param {any} near as well: a port of Node's, or of another copy of ferroport
 * @param {Side} [side]
 */
function connect(port, near, side = anyone) {
  const key = keyOf(port);
  /** @type {Bridge} */
  const made = { port, near, side };
  native.serve(key);
  handOnWaiting(key, made);
  port.on('message', (/** @type {unknown} */ value) => leave(made, value));
  near.on('message', (/** @type {unknown} */ value) => enter(made, value));
  port.on('messageerror', warn);
  near.on('messageerror', warn);
  feeds.add(key, () => fetch(made));
  mapSet(bridges, key, made);
  if (count++ === 0) process.on('exit', finish);
  port.once('close', () => near.close());
  near.once('close', () => {
    feeds.remove(key);
    if (mapDelete(bridges, key) && --count === 0) process.off('exit', finish);
    port.close();
  });
  port.unref();
  near.unref();
}

/**
 * Hands on what has just been posted, if there is a bridge in this thread that it is to cross.
 * @param {number} key of the endpoint that has sent it
 */
function handOnTo(key) {
  const peer = native.peerKey(key);
  const found = peer === 0 ? undefined : mapGet(bridges, peer);
  if (found === undefined) return;
  native.reserveDeepStack();
  handOnWaiting(peer, found);
}

/**
 * @param {number} key of the endpoint of a bridge
 * @param {Bridge} over
 */
function handOnWaiting(key, over) {
  for (let waiting = native.queued(key); waiting > 0; waiting--) {
    try {
      const received = delivery.receive(key);
      if (received !== undefined) leave(over, received.message);
    } catch (error) {
      warn(error);
    }
  }
}

/**
 * Fetches the next message that waits at the other side, now.
 * @param {Bridge} over
 * @returns {boolean} whether there was one
 */
function fetch(over) {
  native.reserveDeepStack();
  const received = receiveMessageOnPort(over.near);
  if (received === undefined) return false;
  enter(over, received.message);
  return true;
}

/** The thread ends: hands on what has not been yet, and leaves the rest to the threads of the ports. */
function finish() {
  mapForEach(bridges, (/** @type {Bridge} */ over, /** @type {number} */ key) => {
    handOnWaiting(key, over);
    try {
      while (fetch(over));
      if (!isMainThread && over.side === anyone && native.peerKey(key) === 0) handOver(over);
    } catch (error) {
      warn(error);
    }
  });
}

/**
 * What the thread of the other port gets, in the place of a message.
 * @typedef {object} Succession
 * @property {NodePort} near
 * @property {Port} outside on which the endpoint of the bridge comes: it could not send this if it had left before
 */

/**
 * Leaves a bridge to the thread in which the port is, or will be.
 * @param {Bridge} over
 */
function handOver({ port, near }) {
  const { 0: inside, 1: outside } = makePair();
  require('../transfer').postWithTransfer(port, { near, outside }, [near, outside], true);
  inside.postMessage(port, [port]);
}

/**
 * Goes on with a bridge that another thread has left.
 * @param {Succession} succession
 */
function takeOver({ near, outside }) {
  /** @type {Port | undefined} */
  let port;
  const begin = (/** @type {Port} */ come) => {
    port = come;
    outside.close();
    try {
      connect(port, near);
    } catch (error) {
      warn(error);
    }
  };
  const received = delivery.receive(keyOf(outside));
  if (received !== undefined) return begin(received.message);
  outside.once('message', begin);
  outside.once('close', () => {
    if (port === undefined) near.close();
  });
  outside.unref();
}

/**
 * @param {Bridge} over
 * @param {unknown} value that has been posted here: nobody else has what is in it
 */
function leave({ near, side }, value) {
  try {
    side.post(near, value, transferablesIn(value));
  } catch (error) {
    warn(error);
  }
}

/**
 * @param {Bridge} over
 * @param {unknown} value that has come from there: nobody else has what is in it
 */
function enter({ port, side }, value) {
  try {
    const taken = side.take(value);
    port.postMessage(taken, transferablesIn(taken));
  } catch (error) {
    warn(error);
  }
}

/** @param {unknown} error */
function warn(error) {
  process.emitWarning(
    `A message could not be handed on between ferroport and Node: ${isObject(error) ? errorText(error) : error}`,
  );
}

/**
 * What in an arrived value moves on with it.
 * @param {unknown} value
 * @returns {any[]}
 */
const transferablesIn = (value) => findIn(value, isTransferable);

/** @param {any} object */
function isTransferable(object) {
  return isAnyPort(object) || object instanceof NodePort || types.isArrayBuffer(object) || bringsPorts(object);
}

module.exports = { bridge, serve, connect, handOnTo, takeOver };
