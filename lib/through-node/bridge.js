// Bridges: a port of Node's, or of a copy of ferroport with another addon, that does what a port of ferroport does. Its
// receiver can use no port of this copy.
//
//   port ═══ endpoint of the bridge ──── near ═══ far      `port` is the program's, and `far` what the receiver gets
//
// What is posted on `port` in the bridge's thread crosses the bridge at once, and what has come to `near` is there for
// `receiveMessageOnPort(port)`. Both hold also while the event loop stands still. If `port` is in another thread, the
// event loop hands its messages on, and the messages that still wait when the bridge's thread ends are handed on then.
// The bridge moves to the thread of `port` after that.
'use strict';

const { types } = require('node:util');
const native = require('../native/native');
const bridged = require('../channel/bridged');
const { original } = require('../node/threads');
const { Map, errorText, isObject, mapDelete, mapForEach, mapSet } = require('../language/intrinsics');
const { process } = require('../language/originals');
const { keyOf } = require('../port/port');
const { showAs } = require('../port/shown');
const { akinOf } = require('../copies/others');
const { isAnyPort } = require('../copies/own');
const { bringsPorts } = require('../post/transfer-list');
const { makePair } = require('../post/message-port');
const { receive } = require('../delivery/receive');
const { cloneMoving } = require('./clone-moving');
const { findIn } = require('./walk');

const { MessagePort: NodePort, isMainThread } = original;

/** @typedef {ReturnType<typeof import('../post/message-port').make>} Port */
/** @typedef {import('node:worker_threads').MessagePort} NodePort */

/**
 * The other side of a bridge: how `near` is used.
 * @typedef {object} Side
 * @property {(near: any, value: unknown, items: any[]) => void} post posts a value that nobody else has, with the list
 *   of what moves with it
 * @property {(near: any) => { message: any } | undefined} receive takes the next message that waits there
 * @property {(near: any) => boolean} hasClosed whether `near` has closed, as far as can be seen before its event; to be asked when
 *   nothing waits there
 * @property {(value: unknown) => unknown} take makes of an arrived value, which nobody else has, what is posted to the
 *   program
 * @property {boolean} isToBeLeft whether the bridge moves to another thread when this one ends
 */

/** @type {(near: any) => import('../copies/others').Copy} */
const ofItsCopy = (near) => /** @type {any} */ (akinOf(near));

/**
 * The side of a port of another copy of ferroport in this thread.
 * @type {Side}
 */
const otherCopy = {
  post: (near, value, items) => near.postMessage(value, items),
  receive: (near) => ofItsCopy(near).receive(near),
  hasClosed: (near) => !ofItsCopy(near).isOpen(near),
  take: (value) => value,
  isToBeLeft: false,
};

/** @typedef {{ port: Port, near: any, side: Side }} Bridge */

/**
 * The bridges of this thread, by the key of the endpoint whose messages they hand on.
 * @type {Map<number, Bridge>}
 */
const bridges = new Map();

/** How many bridges there are. */
let count = 0;

/**
 * Moves a port's endpoint out of the port and connects it with a port of another copy of ferroport. Waiting messages
 * are there at once, as if they had come along.
 * @param {Port} port open, or about to close
 * @param {any} near a port of the other copy, whose messages nobody else wants
 */
function serve(port, near) {
  const made = connect(cloneMoving(port, [port], (each) => each).value, near, otherCopy);
  const key = keyOf(made.port);
  // The other copy looks from its side, so what is to be fetched waits at this side, and is handed on there.
  ofItsCopy(near).bridge(near, {
    fetch() {
      native.reserveDeepStack();
      return handOnNext(key, made);
    },
    handOn() {
      while (fetch(made));
    },
    closeEnded() {
      require('../port/block').closeClosed();
      if (native.queued(key) <= 0 && native.whereabouts(key) === 'closed') near.close();
    },
  });
}

/**
 * Makes a bridge: this thread hands messages on between two ports, both ways, until one of them closes or the thread
 * ends. A bridge does not keep the thread running.
 * @param {Port} port whose messages nobody else wants
 * @param {any} near a port of Node's, or of another copy of ferroport, whose messages nobody else wants
 * @param {Side} side
 * @returns {Bridge}
 */
function connect(port, near, side) {
  const key = keyOf(port);
  showAs(port, null);
  /** @type {Bridge} */
  const made = { port, near, side };
  native.serve(key);
  handOnWaiting(key, made);
  port.on('message', (/** @type {unknown} */ value) => leave(made, value));
  near.on('message', (/** @type {unknown} */ value) => enter(made, value));
  port.on('messageerror', warn);
  near.on('messageerror', warn);
  bridged.add(key, {
    fetch: () => fetch(made),
    handOn: () => handOn(key, made),
    closeEnded: () => closeEnded(made),
  });
  mapSet(bridges, key, made);
  if (count++ === 0) process.on('exit', finish);
  port.once('close', () => near.close());
  near.once('close', () => {
    bridged.remove(key);
    if (mapDelete(bridges, key) && --count === 0) process.off('exit', finish);
    port.close();
  });
  port.unref();
  near.unref();
  return made;
}

/**
 * Hands on what has just been posted on the program's port.
 * @param {number} key of the endpoint of a bridge
 * @param {Bridge} over
 */
function handOn(key, over) {
  native.reserveDeepStack();
  handOnWaiting(key, over);
}

/**
 * @param {number} key of the endpoint of a bridge
 * @param {Bridge} over
 */
function handOnWaiting(key, over) {
  for (let waiting = native.queued(key); waiting > 0; waiting--) handOnNext(key, over);
}

/**
 * @param {number} key of the endpoint of a bridge
 * @param {Bridge} over
 * @returns {boolean} whether a message waited
 */
function handOnNext(key, over) {
  if (native.queued(key) <= 0) return false;
  try {
    const received = receive(key);
    if (received !== undefined) leave(over, received.message);
  } catch (error) {
    warn(error);
  }
  return true;
}

/**
 * Fetches the next message that waits at the other side.
 * @param {Bridge} over
 * @returns {boolean} whether there was one
 */
function fetch(over) {
  native.reserveDeepStack();
  const received = over.side.receive(over.near);
  if (received === undefined) return false;
  enter(over, received.message);
  return true;
}

/**
 * Closes the bridge if nothing more can come over it.
 * @param {Bridge} over
 */
function closeEnded({ port, near, side }) {
  native.reserveDeepStack();
  if (side.hasClosed(near)) port.close();
}

/**
 * To be called when the thread ends: hands on what still waits, and leaves the bridges to the threads of their ports.
 */
function finish() {
  mapForEach(bridges, (/** @type {Bridge} */ over, /** @type {number} */ key) => {
    handOnWaiting(key, over);
    try {
      while (fetch(over));
      if (!isMainThread && over.side.isToBeLeft && native.peerKey(key) === 0) handOver(over);
    } catch (error) {
      warn(error);
    }
  });
}

/**
 * The message that the thread of the program's port gets when it is to go on with a bridge.
 * @typedef {object} Succession
 * @property {NodePort} near
 * @property {Port} outside a port on which the endpoint of the bridge comes. The endpoint itself sends this message, so
 *   it cannot be in it
 */

/**
 * Leaves a bridge to the thread in which the program's port is, or will be.
 * @param {Bridge} over
 */
function handOver({ port, near }) {
  const { 0: inside, 1: outside } = makePair();
  showAs(inside, null);
  require('../post/transfer').postWithTransfer(port, { near, outside }, [near, outside], handOver, true);
  inside.postMessage(port, [port]);
}

/**
 * Goes on with a bridge that another thread has left.
 * @param {Succession} succession
 * @param {Side} side
 */
function takeOver({ near, outside }, side) {
  /** @type {Port | undefined} */
  let port;
  const begin = (/** @type {Port} */ come) => {
    port = come;
    outside.close();
    try {
      connect(port, near, side);
    } catch (error) {
      warn(error);
    }
  };
  showAs(outside, null);
  const received = receive(keyOf(outside)) ?? awaited(outside);
  if (received !== undefined) return begin(received.message);
  outside.once('message', begin);
  outside.once('close', () => {
    if (port === undefined) near.close();
  });
  outside.unref();
}

/** The thread that leaves a bridge does so in two steps; in milliseconds, how long the other one waits for the second. */
const HANDING_OVER = 1000;

/**
 * What comes next on a port. This thread may be blocked until messages come over the bridge, so it cannot wait in the event loop.
 * @param {Port} outside
 * @returns {{ message: any } | undefined} undefined if it does not come soon
 */
function awaited(outside) {
  const { receiveSync } = require('../delivery/receive-sync');
  try {
    return { message: receiveSync(outside, { timeout: HANDING_OVER }) };
  } catch {
    return undefined;
  }
}

/**
 * @param {Bridge} over
 * @param {unknown} value that the program has posted; nobody else has what is in it
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
 * @param {unknown} value that has come from the other side; nobody else has what is in it
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
 * What moves on with an arrived value.
 * @param {unknown} value
 * @returns {any[]}
 */
const transferablesIn = (value) => findIn(value, isTransferable);

/** @param {any} object */
function isTransferable(object) {
  return isAnyPort(object) || object instanceof NodePort || types.isArrayBuffer(object) || bringsPorts(object);
}

module.exports = { serve, connect, takeOver };
