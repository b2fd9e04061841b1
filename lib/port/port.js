// MessagePort: one end of a channel, as JavaScript holds it.
'use strict';

const native = require('../native/native');
const attached = require('../channel/attached');
const contexts = require('../runtime/context');
const mailbox = require('../channel/mailbox');
const stamp = require('../runtime/stamp');
const { nodeError, illegalInvocation } = require('../node/errors');
const { globals, methods, uncurry } = require('../language/originals');
const { MessagePortCloseEvent, PortMessageEvent, giveReason, setPort } = require('./events');
const { CLOSED, REASONS } = require('./reasons');
const { PortTarget, emit, hasListeners } = require('./target');
const { cells, places } = require('../native/block');

const { KEY, OTHER_KEY } = places;

/** Flag: the port keeps the event loop alive. */
const REFED = 1;
/** Flag: close() has been called, or the peer has closed; 'close' is emitted next. */
const CLOSING = 2;
/** Flag: pull.js has the say over who gets the port's messages. */
const PULLED = 4;
/** Flag: somebody waits for a message, or for room to post one. */
const AWAITED = 8;

/**
 * The other ports of their channels, by the ports that hold them.
 * @type {WeakMap<Port, Port>}
 */
const peers = new globals.WeakMap();

/** @type {(port: Port, peer: Port) => unknown} */
const setPeer = uncurry(methods.weakMapSet, peers);

/** @type {(port: Port) => boolean} */
const forgetPeer = uncurry(methods.weakMapDelete, peers);

/**
 * What is to be done when a port's endpoint leaves or closes; flow.js and pull.js put functions here when they are loaded.
 * @type {{ heard: ((key: number) => void) | null, pulled: ((port: Port, key: number) => void) | null }}
 */
const departures = { heard: null, pulled: null };

/** Only this file may construct a port. */
const MAKE = Symbol('ferroport.make');

/**
 * @typedef {object} Internals what other files of lib may do with a port
 * @property {(value: any) => boolean} isPort whether a value is a port of this copy of ferroport
 * @property {(port: Port) => boolean} isOpen whether a port can be transferred: it is neither closing nor without endpoint
 * @property {(port: Port) => number} queuedOn how many messages wait on a port; -1 if the port has no endpoint
 * @property {(key: number) => Port} make a port for an attached endpoint
 * @property {() => [Port, Port]} makePair two ports of a channel that is made when one of them is used
 * @property {(port: Port) => number} keyOf the key of a port's endpoint, making the channel if need be; 0 if there is
 *   no endpoint
 * @property {(port: Port) => boolean} isFresh whether a port is open and its channel has not been made yet
 * @property {(port: Port) => number} beginLeaving makes the channel of a fresh port that is about to leave, and gives
 *   the peer's key. If the port does not leave after all, `stay` is to be called
 * @property {(port: Port) => void} stay
 * @property {(port: Port, when: (finish: () => void, key: number) => void, reason?: number) => void} beginClosing begins to close an
 *   open port: `when` gets `finish`, which closes the endpoint and emits 'close', and the endpoint's key. `reason`: why the other end of
 *   a link has closed, see reasons.js
 * @property {(port: Port) => void} leave takes a port's endpoint from the port
 * @property {(port: Port) => boolean} isRefed
 * @property {(port: Port, refed: boolean) => void} setRef
 * @property {(port: Port) => void} keepPeer lets a port that the program itself refs hold the other port of its channel, if
 *   the channel has not been made yet: programs keep the process running by such a port, and drop the other one
 * @property {(port: Port) => import('node:async_hooks').AsyncResource} contextOf the async context of a port's
 *   listeners
 * @property {(port: Port) => void} hold lets the thread hold a port while the port is ref'ed or has listeners
 * @property {(port: Port) => boolean} isActive whether a port is neither closing nor without endpoint
 * @property {(value: any) => boolean} isPulled whether a value is a port over whose messages pull.js has the say
 * @property {(port: Port, isPulled: boolean) => void} setPulled
 * @property {(port: Port, isAwaited: boolean) => void} setAwaited whether somebody waits at a port, who has to be told when it closes
 */

/** @type {Internals} */
let internals;

/**
 * The port itself. Programs see it as MessagePort: post/message-port.js adds the methods.
 *
 * It has few fields, because programs have many ports.
 */
class Port extends PortTarget {
  /**
   * The key of the port's endpoint in the table of this thread (src/channel/table.rs). 0 if there is none: the port has
   * closed or was transferred. Before the channel is made, the other port of the channel.
   * @type {number | Port}
   */
  #link = 0;
  #flags = 0;
  /**
   * The async context in which the port was made, and in which its listeners are called.
   * @type {import('node:async_hooks').AsyncResource}
   */
  #context;

  /**
   * @param {symbol} [make]
   * @param {Port} [other] the other port of the channel
   */
  constructor(make, other) {
    if (make !== MAKE) throw nodeError(TypeError, 'ERR_CONSTRUCT_CALL_INVALID', 'Constructor cannot be called');
    super();
    if (stamp.mark !== undefined) stamp.mark(this);
    this.#context =
      other === undefined ? contexts.capture(this, isRefed) : contexts.captureAgain(other.#context, this, isRefed);
  }

  static {
    /** @type {(port: Port, key: number) => void} */
    const attach = (port, key) => {
      port.#link = key;
      attached.watch(port, key);
    };

    internals = {
      isPort: (value) => typeof value === 'object' && value !== null && #link in value,
      isOpen(port) {
        if ((port.#flags & CLOSING) !== 0) return false;
        return typeof port.#link === 'object' || (port.#link !== 0 && queuedOn(port) >= 0);
      },

      queuedOn(port) {
        const link = port.#link;
        if (typeof link === 'object') return 0;
        if (link === 0) return -1;
        const queued = native.queued(link);
        // The peer has closed. The drain does not tell this to a port that the thread does not hold.
        if (queued < 0) leave(port);
        return queued;
      },

      make(key) {
        const port = new Port(MAKE);
        attach(port, key);
        return port;
      },

      makePair() {
        const one = new Port(MAKE);
        const other = new Port(MAKE, one);
        one.#link = other;
        other.#link = one;
        return [one, other];
      },

      keyOf(port) {
        const link = port.#link;
        if (typeof link === 'number') return link;
        const { key, peerKey } = mailbox.createChannel();
        attach(port, key);
        attach(link, peerKey);
        return key;
      },

      isFresh: (port) => typeof port.#link === 'object' && (port.#flags & CLOSING) === 0,

      beginLeaving(port) {
        const peer = /** @type {Port} */ (port.#link);
        native.createChannel();
        const peerKey = cells[OTHER_KEY];
        // A port that leaves need not be watched for its collection.
        port.#link = cells[KEY];
        attach(peer, peerKey);
        return peerKey;
      },

      stay: (port) => attached.watch(port, /** @type {number} */ (port.#link)),

      beginClosing(port, when, reason = 0) {
        if (!isActive(port)) return;
        const key = keyOf(port);
        attached.hold(port, key);
        when(() => {
          const isOfLink = mailbox.closeEndpoint(key);
          leave(port);
          emitClose(port, isOfLink && reason === 0 ? CLOSED : reason);
        }, key);
        // Set last: from here on the port is certain to close.
        port.#flags |= CLOSING;
      },

      leave(port) {
        const key = keyOf(port);
        if ((port.#flags & REFED) !== 0) setRef(port, false);
        attached.release(key);
        forgetPeer(port);
        port.#link = 0;
        port.#flags &= ~(PULLED | AWAITED);
        if (departures.heard !== null) departures.heard(key);
        if (departures.pulled !== null) departures.pulled(port, key);
      },

      isRefed: (port) => (port.#flags & REFED) !== 0,

      keepPeer(port) {
        if (typeof port.#link === 'object') setPeer(port, port.#link);
      },

      setRef(port, refed) {
        if (isRefed(port) === refed) return;
        mailbox.countRef(refed ? 1 : -1);
        port.#flags ^= REFED;
        if (keyOf(port) !== 0) hold(port);
      },

      hold(port) {
        const key = keyOf(port);
        if ((port.#flags & ~PULLED) !== 0 || hasListeners(port)) attached.hold(port, key);
        else attached.release(key);
      },

      contextOf: (port) => port.#context,

      isActive: (port) => port.#link !== 0 && (port.#flags & CLOSING) === 0,

      isPulled: (value) => #link in value && (value.#flags & PULLED) !== 0,

      setPulled(port, isPulled) {
        port.#flags = isPulled ? port.#flags | PULLED : port.#flags & ~PULLED;
      },

      setAwaited(port, isAwaited) {
        port.#flags = isAwaited ? port.#flags | AWAITED : port.#flags & ~AWAITED;
      },
    };
  }
}

const { isPort, isOpen, queuedOn, make, makePair, keyOf, beginClosing, leave, isRefed, keepPeer, setRef, hold } =
  internals;
const { contextOf, isFresh, beginLeaving, stay, isActive, isPulled, setPulled, setAwaited } = internals;

/**
 * The key to send from. A port that does not send any more has 0: its messages are cloned and dropped.
 * @param {Port} port
 */
function sendingKey(port) {
  return isActive(port) ? keyOf(port) : 0;
}

/** @param {unknown} value */
function check(value) {
  if (!isPort(value)) throw illegalInvocation();
}

/**
 * @param {any} value
 * @returns {any} the same, if it is a port
 * @throws as check
 */
function checked(value) {
  check(value);
  return value;
}

/**
 * Emits 'close' in the port's context, as the last thing that happens there.
 * @param {Port} port
 * @param {number} [reason] of a port of a link
 */
function emitClose(port, reason = 0) {
  const context = contextOf(port);
  try {
    context.runInAsyncScope(dispatchClose, undefined, port, reason);
  } finally {
    contexts.destroy(context);
  }
}

/**
 * By the public method, as Node does.
 * @param {Port} port
 * @param {number} reason
 */
function dispatchClose(port, reason) {
  const event = new MessagePortCloseEvent();
  if (reason !== 0) giveReason(event, REASONS[reason]);
  setPort(event, port);
  try {
    port.dispatchEvent(event);
  } finally {
    setPort(event, null);
  }
}

/**
 * Hands a message to a port's listeners. The port's async context must have been entered.
 * @param {Port} port
 * @param {'message' | 'messageerror'} type
 * @param {unknown} value
 * @param {Port[]} ports that have come with the message
 */
function emitMessage(port, type, value, ports) {
  emit(port, type, value, makeMessageEvent, ports);
}

/**
 * @param {'message' | 'messageerror'} type
 * @param {unknown} value
 * @param {Port[]} ports
 */
const makeMessageEvent = (type, value, ports) => new PortMessageEvent(type, value, ports);

module.exports = {
  Port,
  departures,
  check,
  checked,
  isPort,
  isOpen,
  isActive,
  isPulled,
  setPulled,
  setAwaited,
  isRefed,
  queuedOn,
  setRef,
  keepPeer,
  hold,
  make,
  makePair,
  keyOf,
  sendingKey,
  isFresh,
  beginLeaving,
  stay,
  beginClosing,
  leave,
  contextOf,
  emitClose,
  emitMessage,
};
