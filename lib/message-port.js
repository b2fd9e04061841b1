// MessagePort: one end of a channel, as JavaScript holds it.
'use strict';

const { inspect } = require('node:util');
const native = require('./native');
const attached = require('./attached');
const closing = require('./closing');
const contexts = require('./context');
const { COPY, identity } = require('./copy-card');
const lane = require('./lane');
const mailbox = require('./mailbox');
const stamp = require('./stamp');
const { tagAsNode } = require('./string-tag');
const { nodeError, illegalInvocation } = require('./errors');
const { globals, isObject, methods, process, statics, uncurry } = require('./codec/originals');
const { EventTarget } = require('./node-classes');
const { withName } = require('./named');
const { MessagePortCloseEvent, PortMessageEvent, setPort } = require('./port-events');
const { PortTarget, emit, hasListeners, kWanted, kListened } = require('./port-target');
const { REFUSED } = require('./codec/refused');
const Session = require('./codec/session');
const { cells, places } = require('./codec/block');

const {
  assign,
  create,
  defineProperty,
  deleteProperty,
  freeze,
  getOwnPropertyDescriptor,
  getOwnPropertyNames,
  keysOf,
  setPrototypeOf,
} = statics;
const { KEY, OTHER_KEY } = places;
const { CLOSED, MESSAGE, NOTHING, POSTED_TO_ITSELF, SERVED } = native.outcomes;

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

/** @type {typeof import('./transfer') | undefined} */
let transfers;

/** Loaded when first needed, as not every program needs it. */
const loadTransfers = () => (transfers ??= require('./transfer'));

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
 */

/** @type {Internals} */
let internals;

/**
 * Whether a port is neither closing nor without endpoint.
 * @type {(port: Port) => boolean}
 */
let isActive;

/**
 * The port itself. Not exported as it is: `new MessagePort` must throw what the built-in throws, see below.
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

  // --- MessagePort (HTML standard, 9.2.4; Node.js, worker_threads) ---

  /** @type {(value?: any, transfer?: any) => any} */
  postMessage(value, transfer) {
    check(this);
    if (arguments.length === 0) {
      throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'Not enough arguments to MessagePort.postMessage');
    }
    if (transfer !== undefined && transfer !== null) {
      const { transferListOf, postWithTransfer } = loadTransfers();
      const list = transferListOf(transfer);
      if (list.length > 0) return postWithTransfer(this, value, list);
    }
    const key = sendingKey(this);
    /** @type {any} */
    let session;
    let outcome;
    try {
      session = lane.write(value);
      if (session === null) {
        outcome = lane.send(key);
      } else if (session === undefined) {
        session = isObject(value) ? new Session(null) : undefined;
        outcome = postWhole(this, key, value, session);
      } else {
        outcome = loadTransfers().sendWritten(this, key, session);
      }
    } catch (error) {
      throw loadTransfers().refusal(error, value, session, [], postMessage);
    }
    // The message is on its way: nothing may be called any more that could fail.
    if (outcome === MESSAGE) return true;
    if (outcome !== REFUSED) return sent(outcome, key);
    // Not thrown above, where it would be caught: each throw costs.
    throw loadTransfers().refusal(session.error, value, session, [], postMessage);
  }

  start() {
    check(this);
    if (isActive(this)) native.start(keyOf(this));
  }

  /** @type {(callback?: any) => void} */
  close(callback) {
    check(this);
    if (typeof callback === 'function') this.once('close', callback);
    if (!isOpen(this)) return;
    native.reserveStack();
    beginClosing(this, closing.later);
    closing.stop(this, keyOf(this));
  }

  ref() {
    check(this);
    const isAsked = !isReserved;
    reserve();
    // As Node's handles, also while it is closing.
    if (queuedOn(this) < 0) return;
    if (isAsked) keepPeer(this);
    setRef(this, true);
  }

  unref() {
    check(this);
    reserve();
    setRef(this, false);
  }

  hasRef() {
    check(this);
    return isRefed(this);
  }

  [inspect.custom]() {
    if (!isPort(this)) return this;
    const queued = queuedOn(this);
    const shown = queued < 0 ? { active: false } : { active: true, refed: isRefed(this), queued };
    const own = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (this));
    const all = /** @type {Record<string, unknown>} */ (assign(create(Port.prototype), shown));
    const names = keysOf(own);
    for (let i = 0; i < names.length; i++) all[names[i]] = own[names[i]];
    return all;
  }

  // --- for PortTarget ---

  [kWanted](/** @type {boolean} */ wanted) {
    // By the methods, as Node's ports do: who wraps them sees it.
    isReserved = true;
    if (wanted) this.ref();
    // Of one that its own listener has closed, the batch goes on.
    if (isOpen(this) || closing.isDelivering(this)) {
      if (wanted) native.start(keyOf(this));
      else native.stop(keyOf(this));
    }
    if (!wanted) this.unref();
    isReserved = false;
  }

  [kListened]() {
    if (isOpen(this)) hold(this);
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
    };
    isActive = (port) => port.#link !== 0 && (port.#flags & CLOSING) === 0;
  }
}

const { isPort, isOpen, queuedOn, make, makePair, keyOf, beginClosing, leave, isRefed, keepPeer, setRef, hold } =
  internals;
const { contextOf, isFresh, beginLeaving, stay } = internals;

/**
 * The key to send from: 0, for a port that does not send any more, makes the message be cloned and dropped.
 * @param {Port} port
 */
function sendingKey(port) {
  return isActive(port) ? keyOf(port) : 0;
}

/** Whether what is being done has reserved the stack for its steps, `ref` and `unref` among them. */
let isReserved = false;

/** Reserves the stack for an operation, unless that is part of one. Once: what has left the sign here was ended in the middle. */
function reserve() {
  if (!isReserved) native.reserveStack();
  isReserved = false;
}

/** @param {unknown} value */
function check(value) {
  if (!isPort(value)) throw illegalInvocation();
}

/**
 * Posts a value by the complete codec.
 * @param {Port} port
 * @param {number} key of its endpoint
 * @param {unknown} value
 * @param {Session | undefined} session undefined for a primitive
 * @returns {number} an outcome
 */
function postWhole(port, key, value, session) {
  if (session === undefined) return native.post(key, value, undefined, undefined);
  return native.post(key, value, session, (number) => loadTransfers().load(port, key, session, number));
}

/**
 * What postMessage returns, like the built-in's: false if the peer has closed, and the port still has what it sent before.
 * @param {number} outcome
 * @param {number} key of the sending endpoint
 */
function sent(outcome, key) {
  if (outcome === NOTHING) return undefined;
  if (outcome === CLOSED) return false;
  if (outcome === POSTED_TO_ITSELF) {
    process.emitWarning('The target port was posted to itself, and the communication channel was lost');
  } else if (outcome === SERVED) {
    try {
      require('./through-node/bridge').handOnTo(key);
    } catch {
      // The stack is full. The event loop hands the message on.
    }
  }
  return true;
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

/**
 * The class as users see it. A function, because calling a class without `new` cannot throw an error with a code.
 */
function MessagePort() {
  throw nodeError(TypeError, 'ERR_CONSTRUCT_CALL_INVALID', 'Constructor cannot be called');
}
withName('MessagePort', MessagePort);
setPrototypeOf(MessagePort, EventTarget);
defineProperty(MessagePort, 'prototype', { value: Port.prototype, writable: false });
defineProperty(Port.prototype, 'constructor', { value: MessagePort });
defineProperty(Port.prototype.postMessage, 'length', { value: 0 });
defineProperty(Port.prototype, COPY, {
  value: freeze({ ...identity, isPort, open: () => require('./this-copy').own }),
});
tagAsNode(Port.prototype, 'MessagePort');

// The built-in has them there, so that is where programs look that wrap them.
const ATTRIBUTES = ['onmessage', 'onmessageerror', 'onclose'];
for (let i = 0; i < ATTRIBUTES.length; i++) {
  const accessor = getOwnPropertyDescriptor(PortTarget.prototype, ATTRIBUTES[i]);
  defineProperty(Port.prototype, ATTRIBUTES[i], /** @type {PropertyDescriptor} */ (accessor));
  deleteProperty(PortTarget.prototype, ATTRIBUTES[i]);
}

// The built-in's methods are enumerable.
letEnumerate(PortTarget.prototype);
letEnumerate(Port.prototype);

/** @param {object} prototype */
function letEnumerate(prototype) {
  const names = getOwnPropertyNames(prototype);
  for (let i = 0; i < names.length; i++) {
    if (names[i] !== 'constructor') defineProperty(prototype, names[i], { enumerable: true });
  }
}

/** As programs call it, whatever they put in its place later. */
const { postMessage } = Port.prototype;

module.exports = {
  MessagePort,
  postMessage,
  isPort,
  isOpen,
  isRefed,
  make,
  makePair,
  keyOf,
  sendingKey,
  isFresh,
  beginLeaving,
  stay,
  beginClosing,
  leave,
  sent,
  contextOf,
  emitClose,
  emitMessage,
};

/**
 * Packs a port into a fresh port of Node's: see lib/node-port.js, which is loaded when it is needed, as other files are
 * that not every program needs: loading takes time.
 * @param {any} port
 */
MessagePort.toNode = function toNode(port) {
  return require('./node-port').toNode(port);
};

/**
 * Takes out the port that `toNode` packed: see lib/node-port.js.
 * @param {any} nodePort
 */
MessagePort.fromNode = function fromNode(nodePort) {
  return require('./node-port').fromNode(nodePort);
};
