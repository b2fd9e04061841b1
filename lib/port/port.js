// MessagePort: one end of a channel, as JavaScript holds it.
'use strict';

const native = require('../native/native');
const attached = require('../channel/attached');
const contexts = require('../runtime/context');
const mailbox = require('../channel/mailbox');
const stamp = require('../runtime/stamp');
const { nodeError, illegalInvocation } = require('../node/errors');
const { globals, methods, uncurry } = require('../language/originals');
const { MessagePortCloseEvent, PortMessageEvent, setPort } = require('./events');
const { PortTarget, emit, hasListeners } = require('./target');
const { cells, places } = require('../native/block');

const { KEY, OTHER_KEY } = places;

/** The port keeps the event loop alive. */
const REFED = 1;
/** close() has been called, or the peer has closed; 'close' comes next. */
const CLOSING = 2;

/**
 * The other ports of channels, by those that hold them.
 * @type {WeakMap<Port, Port>}
 */
const peers = new globals.WeakMap();

/** @type {(port: Port, peer: Port) => unknown} */
const setPeer = uncurry(methods.weakMapSet, peers);

/** @type {(port: Port) => boolean} */
const forgetPeer = uncurry(methods.weakMapDelete, peers);

/**
 * What is to be done when a port's endpoint leaves or closes; flow.js puts the function here when it is loaded.
 * @type {{ heard: ((key: number) => void) | null }}
 */
const departures = { heard: null };

/** Only this file may construct a port. */
const MAKE = Symbol('ferroport.make');

/**
 * @typedef {object} Internals what other files of lib may do with a port
 * @property {(value: any) => boolean} isPort whether it is a port of ours
 * @property {(port: Port) => boolean} isOpen whether it can be transferred: neither closing nor without endpoint
 * @property {(port: Port) => number} queuedOn how many messages wait on it; -1 if it has no endpoint
 * @property {(key: number) => Port} make a port for an attached endpoint
 * @property {() => [Port, Port]} makePair two ports of a channel that is made when one of them is used
 * @property {(port: Port) => number} keyOf of its endpoint, making the channel if need be; 0 if it has none
 * @property {(port: Port) => boolean} isFresh whether it is open, and nothing has happened on its channel, which is yet to be made
 * @property {(port: Port) => number} beginLeaving makes the channel of a fresh port that is about to leave: the key of its peer. If the
 *   port stays after all, `stay` is to be called
 * @property {(port: Port) => void} stay
 * @property {(port: Port, when: (finish: () => void) => void) => void} beginClosing an open port's endpoint closes
 *   when `finish` is called, and 'close' is emitted then
 * @property {(port: Port) => void} leave makes it a port without endpoint
 * @property {(port: Port) => boolean} isRefed
 * @property {(port: Port, refed: boolean) => void} setRef
 * @property {(port: Port) => void} keepPeer lets a port that the program refs by itself hold the other port of its channel, if nothing
 *   has happened on that: programs keep the process by such a port, and throw the other away
 * @property {(port: Port) => import('node:async_hooks').AsyncResource} contextOf in which its listeners are called
 * @property {(port: Port) => void} hold lets the thread hold the port, or no longer
 * @property {(port: Port) => boolean} isActive whether it is neither closing nor without endpoint
 */

/** @type {Internals} */
let internals;

/**
 * The port itself. Users see it as MessagePort, which post/message-port.js makes of it, with the methods.
 *
 * Its fields are few, because programs have many ports.
 */
class Port extends PortTarget {
  /**
   * The key of its endpoint in this thread's table (src/channel/table.rs), 0 if it has none: closed, or transferred. Before
   * anything has happened on the channel, the other port of it.
   * @type {number | Port}
   */
  #link = 0;
  #flags = 0;
  /**
   * The async context in which it was made, and in which its listeners are called.
   * @type {import('node:async_hooks').AsyncResource}
   */
  #context;

  /**
   * @param {symbol} [make]
   * @param {Port} [other] of the channel
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
        // A port that the thread does not hold is not told that its peer has closed.
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
        // It need not be watched until it is gone.
        port.#link = cells[KEY];
        attach(peer, peerKey);
        return peerKey;
      },

      stay: (port) => attached.watch(port, /** @type {number} */ (port.#link)),

      beginClosing(port, when) {
        if (!isActive(port)) return;
        const key = keyOf(port);
        attached.hold(port, key);
        when(() => {
          mailbox.closeEndpoint(key);
          leave(port);
          emitClose(port);
        });
        // Last: from here on it is certain to close.
        port.#flags |= CLOSING;
      },

      leave(port) {
        const key = keyOf(port);
        if ((port.#flags & REFED) !== 0) setRef(port, false);
        attached.release(key);
        forgetPeer(port);
        port.#link = 0;
        if (departures.heard !== null) departures.heard(key);
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
        if (port.#flags !== 0 || hasListeners(port)) attached.hold(port, key);
        else attached.release(key);
      },

      contextOf: (port) => port.#context,

      isActive: (port) => port.#link !== 0 && (port.#flags & CLOSING) === 0,
    };
  }
}

const { isPort, isOpen, queuedOn, make, makePair, keyOf, beginClosing, leave, isRefed, keepPeer, setRef, hold } =
  internals;
const { contextOf, isFresh, beginLeaving, stay, isActive } = internals;

/**
 * The key to send from: 0, for a port that does not send any more, makes the message be cloned and dropped.
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
 * Tells a port's listeners that it has closed, in the port's context: the last that happens there.
 * @param {Port} port
 */
function emitClose(port) {
  const context = contextOf(port);
  try {
    context.runInAsyncScope(dispatchClose, undefined, port);
  } finally {
    contexts.destroy(context);
  }
}

/**
 * By the method, as Node does.
 * @param {Port} port
 */
function dispatchClose(port) {
  const event = new MessagePortCloseEvent();
  setPort(event, port);
  try {
    port.dispatchEvent(event);
  } finally {
    setPort(event, null);
  }
}

/**
 * Hands a message to a port's listeners. To be called in the port's context.
 * @param {Port} port
 * @param {'message' | 'messageerror'} type
 * @param {unknown} value
 * @param {Port[]} ports that came with it
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
  isPort,
  isOpen,
  isActive,
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
