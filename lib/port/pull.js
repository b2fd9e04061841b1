// Messages that are asked for one by one, and ports whose listeners get none for a while.
//
// Whoever asks is a *taker*. A message goes to the taker that has asked first; listeners get it if nobody has asked. While a port is
// not receptive its messages stay in Rust's queue, where senders see them.
'use strict';

const native = require('../native/native');
const closing = require('../runtime/closing');
const { setImmediate } = require('../runtime/ticks');
const upward = require('../runtime/upward');
const {
  globals,
  mapDelete,
  mapGet,
  mapHas,
  mapSet,
  uncurry,
  weakMapGet,
  weakMapSet,
  Map,
  WeakMap,
} = require('../language/intrinsics');
const { methods } = require('../language/originals');
const mailbox = require('../channel/mailbox');
const { departures, hold, isActive, isRefed, keyOf, setAwaited, setPulled, setRef } = require('./port');
const { hasListenersFor } = require('./target');

/** @typedef {ReturnType<typeof import('./port').make>} Port */

/**
 * What asks for messages.
 * @typedef {object} Receiver
 * @property {(taker: Taker, value: unknown) => void} receive a message has come for the taker
 * @property {(taker: Taker, error: unknown) => void} fail a message has come that cannot be read
 * @property {(taker: Taker) => void} end no message will come, because the port has closed or has left the thread
 */

/**
 * One message that was asked for and has not come yet.
 * @typedef {object} Taker
 * @property {Receiver} receiver
 * @property {(value?: any) => void} resolve
 * @property {(error: unknown) => void} reject
 * @property {Taker | null} next who has asked after this one
 */

/**
 * A message that was taken from the queue when somebody wanted it, and that nobody wanted any more when it had been read.
 * @typedef {object} Kept
 * @property {'message' | 'messageerror'} type
 * @property {unknown} value
 * @property {Port[]} ports that have come with the message
 * @property {string | undefined} context for subscribers to messages
 * @property {boolean} isTold whether subscribers have heard of the message
 */

/**
 * What ends a stream.
 * @typedef {object} Order
 * @property {'end' | 'abort' | 'cancel'} stream
 * @property {unknown} reason of an abort, or of cancelling
 */

/**
 * The streams over a port, as this file knows them.
 * @typedef {object} Streams
 * @property {() => void} end the port has closed, or has left the thread
 * @property {(order: Order) => void} obey
 * @property {() => void} refused the other end may have let know that nothing more is read there
 */

/**
 * After so many messages that were taken at once, the event loop gets a turn: the next one comes with a drain.
 */
const { LEAST_BUDGET: TURN } = native.limits;

let left = TURN;

/** @type {(reference: WeakRef<any>) => any} */
const weakRefDeref = uncurry(methods.weakRefDeref);

class Pull {
  /** @type {Taker | null} */
  first = null;
  /** Of the takers, if there are any. @type {Taker | null} */
  last = null;
  /** Whether listeners get nothing for now. */
  isPaused = false;
  /** How many iterators and streams may ask. */
  uses = 0;
  /** Whether somebody waits: a taker, or a stream for room. */
  isAwaited = false;
  /** Whether a stream waits for room at the other end. */
  isWriting = false;
  /** Whether drains deliver the port's messages; undefined if somebody else has had the say. @type {boolean | undefined} */
  isReceptive = undefined;
  /** Whether the port is ref'ed because somebody waits, and for no other reason. */
  hasRef = false;
  /** Whether the program has unref'ed the port, so that nobody who waits refs it. */
  isUnrefed = false;
  /** Whether who waits may ref the port. Something else keeps the thread running for that of a Worker. */
  mayRef = true;
  /** What goes to whoever wants a message next, ahead of everything in the queue. Nobody stands in line meanwhile. @type {Kept[] | null} */
  kept = null;
  /** Whether listeners will get the first of the kept messages. */
  isKeptDue = false;
  /** @type {Streams | null} */
  streams = null;
  /** Whether there are listeners for messages. Another function for a port whose messages are emitted elsewhere. */
  isListened = () => hasListenersFor(this.port, 'message');

  /** @param {Port} port */
  constructor(port) {
    this.port = port;
  }

  /**
   * Hands a message to the first taker. There is one.
   * @param {'message' | 'messageerror'} type
   * @param {unknown} value
   */
  hand(type, value) {
    const taker = /** @type {Taker} */ (this.first);
    this.first = taker.next;
    if (type === 'message') taker.receiver.receive(taker, value);
    else taker.receiver.fail(taker, value);
  }

  /** @param {Kept} message */
  keep(message) {
    const kept = (this.kept ??= []);
    kept[kept.length] = message;
  }

  /** Whether listeners get the next message, if nobody asks for it. */
  hasListeners() {
    return !this.isPaused && this.isListened();
  }
}

/** @type {WeakMap<Port, Pull>} */
const pulls = new WeakMap();

/**
 * @param {Port} port
 * @returns {Pull}
 */
function pullOf(port) {
  let pull = weakMapGet(pulls, port);
  if (pull === undefined) weakMapSet(pulls, port, (pull = new Pull(port)));
  return pull;
}

/**
 * To be called whenever something has changed that says who gets the port's messages, or what keeps the thread running.
 * @param {Pull} pull
 */
function update(pull) {
  const { port } = pull;
  if (!isActive(port)) return;
  pull.isAwaited = pull.first !== null || pull.isWriting;
  // Ends a batch that is being delivered to listeners only: what is left of it is taken anew.
  setReceptive(pull, pull.kept === null && (pull.first !== null || pull.hasListeners()));
  const isInUse = pull.isPaused || pull.isAwaited || pull.uses > 0 || pull.kept !== null;
  setPulled(port, isInUse);
  if (!isInUse) pull.isReceptive = undefined;
  setAwaited(port, pull.isAwaited);
  if (pull.isAwaited) {
    if (pull.mayRef && !pull.isUnrefed && !isRefed(port)) {
      setRef(port, true);
      pull.hasRef = true;
    }
  } else if (pull.hasRef) {
    pull.hasRef = false;
    setRef(port, false);
  }
  hold(port);
  if (pull.kept !== null && pull.hasListeners()) announceKept(pull);
}

/**
 * Lets listeners have the first of the kept messages, in a turn of the event loop, as they have others.
 * @param {Pull} pull
 */
function announceKept(pull) {
  if (pull.isKeptDue) return;
  pull.isKeptDue = true;
  setImmediate(() => {
    pull.isKeptDue = false;
    if (isActive(pull.port) && pull.hasListeners()) upward.deliverKept(pull.port);
  });
}

/**
 * @param {Pull} pull
 * @param {boolean} isReceptive
 */
function setReceptive(pull, isReceptive) {
  if (pull.isReceptive === isReceptive) return;
  pull.isReceptive = isReceptive;
  const key = keyOf(pull.port);
  if (isReceptive) native.start(key);
  else native.stop(key);
}

/**
 * The port's listeners for messages have changed, or somebody has called its `start`.
 * @param {Port} port
 */
function listenersChanged(port) {
  const pull = pullOf(port);
  pull.isReceptive = undefined;
  update(pull);
}

/**
 * The program has called the port's `ref` or `unref`, or the first listener `ref`.
 * @param {Port} port
 * @param {boolean} isRef
 */
function refChanged(port, isRef) {
  const pull = pullOf(port);
  pull.hasRef = false;
  pull.isUnrefed = !isRef;
}

/**
 * @param {Pull} pull
 * @param {1 | -1} change an iterator or a stream has begun, or ended
 */
function changeUses(pull, change) {
  // Whoever begins wants the thread to run while it waits, as the first listener does.
  if (pull.uses === 0 && change === 1) pull.isUnrefed = false;
  pull.uses += change;
  // Before anything is asked for, messages go on to listeners, and wait if there are none.
  update(pull);
}

/**
 * Takes the next message at once, if one waits and it is time to.
 * @param {Pull} pull
 * @returns {{ message: any, isOrder?: boolean } | undefined} `isOrder`: an order for a stream has come, and no message
 * @throws what went wrong when the message was read; the message is gone then
 */
function takeNow(pull) {
  const { port } = pull;
  if (pull.kept !== null) return upward.receive(port, true);
  // In the middle of a batch the next message is in the block. The drain brings it.
  if (pull.first !== null || closing.isDelivering(port)) return undefined;
  if (left === 0) {
    // By now the event loop has had its turn, or has it before the drain comes.
    left = TURN;
    return undefined;
  }
  left--;
  return upward.receive(port, true);
}

/**
 * Takes the first of the messages that are kept.
 * @param {Port} port
 * @returns {Kept | undefined} undefined if there are none
 */
function takeKept(port) {
  const pull = pullOf(port);
  const { kept } = pull;
  if (kept === null) return undefined;
  pull.kept = null;
  for (let i = 1; i < kept.length; i++) pull.keep(kept[i]);
  update(pull);
  return kept[0];
}

/**
 * Keeps a message that `takeNow` has given to who has meanwhile been ended, by a subscriber to messages or a hook of async_hooks.
 * @param {Pull} pull
 * @param {unknown} value
 */
function giveBack(pull, value) {
  pull.keep({ type: 'message', value, ports: [], context: undefined, isTold: true });
  update(pull);
}

/**
 * Asks for the next message that comes.
 * @param {Pull} pull
 * @param {Taker} taker
 */
function stand(pull, taker) {
  if (pull.first === null) pull.first = taker;
  else /** @type {Taker} */ (pull.last).next = taker;
  pull.last = taker;
  if (!pull.isAwaited || pull.isReceptive !== true) update(pull);
}

/**
 * Forgets what a receiver has asked for.
 * @param {Pull} pull
 * @param {Receiver} receiver
 * @returns {Taker[]} its takers
 */
function withdraw(pull, receiver) {
  const gone = [];
  let taker = pull.first;
  pull.first = pull.last = null;
  while (taker !== null) {
    const { next } = taker;
    taker.next = null;
    if (taker.receiver === receiver) {
      gone[gone.length] = taker;
    } else if (pull.last === null) {
      pull.first = pull.last = taker;
    } else {
      /** @type {Taker} */ (pull.last).next = taker;
      pull.last = taker;
    }
    taker = next;
  }
  return gone;
}

/**
 * Whether somebody is there for the next message of a port, taker or listener. If nobody is, the port's messages wait from here on.
 * @param {Pull} pull
 */
function isWanted(pull) {
  if (pull.kept === null && (pull.first !== null || pull.hasListeners())) return true;
  rest(pull);
  return false;
}

/**
 * To be called when what has come was delivered.
 * @param {Pull} pull
 */
function rest(pull) {
  if (pull.first !== null) return;
  if (isActive(pull.port)) update(pull);
  // The port has closed itself: what is left of the batch has no taker.
  else if (keyOf(pull.port) !== 0 && !pull.isListened()) native.stop(keyOf(pull.port));
}

/**
 * @param {Port} port
 * @param {boolean} isPaused whether its listeners get nothing from here on
 */
function setPaused(port, isPaused) {
  const pull = pullOf(port);
  if (pull.isPaused === isPaused) return;
  pull.isPaused = isPaused;
  pull.isReceptive = undefined;
  update(pull);
}

/** @param {Port} port */
const isPaused = (port) => weakMapGet(pulls, port)?.isPaused === true;

/**
 * Ends everything that asks for messages of a port: it has closed, or leaves the thread.
 * @param {Port} port
 * @param {number} key that it had
 */
function end(port, key) {
  mapDelete(known, key);
  const pull = weakMapGet(pulls, port);
  if (pull === undefined) return;
  let taker = pull.first;
  pull.first = pull.last = null;
  pull.isAwaited = pull.isWriting = pull.hasRef = false;
  for (; taker !== null; taker = taker.next) taker.receiver.end(taker);
  if (pull.streams !== null) pull.streams.end();
}

departures.pulled = end;

/**
 * What is known of the streams over a port.
 * @typedef {object} Known
 * @property {WeakRef<Streams> | undefined} streams held by the program and by the port, so that both can be collected
 * @property {Order | undefined} order that came before anybody asked for the streams
 */

/**
 * By the keys of ports: a port that nobody holds is found by its key only.
 * @type {Map<number, Known>}
 */
const known = new Map();

const byKey = {
  /**
   * @param {number} key
   * @param {Streams} streams
   * @returns {Order | undefined} the order that came before
   */
  addStreams(key, streams) {
    const order = mapGet(known, key)?.order;
    mapSet(known, key, { streams: new globals.WeakRef(streams), order });
    return order;
  },

  /**
   * @param {number} key
   * @returns {Streams | undefined}
   */
  streamsAt: (key) => {
    const streams = mapGet(known, key)?.streams;
    return streams === undefined ? undefined : weakRefDeref(streams);
  },

  /**
   * @param {number} key
   * @param {Order} order
   */
  noteOrder(key, order) {
    if (!mapHas(known, key)) mapSet(known, key, { streams: undefined, order });
  },
};

/**
 * Ends the streams over a port whose endpoint has closed. Nobody else tells it to a port that the thread does not hold.
 * @param {number} key
 */
function forget(key) {
  const streams = byKey.streamsAt(key);
  mapDelete(known, key);
  if (streams !== undefined) streams.end();
}

mailbox.endings.heard = forget;

module.exports = {
  byKey,
  giveBack,
  isPaused,
  isWanted,
  listenersChanged,
  pullOf,
  refChanged,
  rest,
  setPaused,
  stand,
  takeKept,
  takeNow,
  update,
  changeUses,
  withdraw,
};
