// MessagePort: one end of a channel, as JavaScript holds it.
'use strict';

const { inspect } = require('node:util');
const native = require('./native');
const attached = require('./attached');
const closing = require('./closing');
const mailbox = require('./mailbox');
const { nodeError, illegalInvocation } = require('./errors');
const { MessagePortCloseEvent, PortMessageEvent } = require('./port-events');
const { PortTarget, emit, dispatch, kWanted, kListened, kMakeEvent } = require('./port-target');
const Session = require('./codec/session');

const { outcomes } = native;

/** Its endpoint does not exist yet: nothing has happened on the channel. */
const FRESH = 0;
/** Its endpoint is attached to this thread. */
const OPEN = 1;
/** As OPEN, but close() has been called, or the peer has closed; 'close' comes next. */
const CLOSING = 2;
/** It has no endpoint: closed, or transferred. */
const GONE = 3;

/** Only `make` may construct. */
const MAKE = Symbol('ferroport.make');

/**
 * The port itself. Not exported as it is: `new MessagePort` must throw what the built-in throws, see below.
 */
class Port extends PortTarget {
  /** @type {number} */
  #state = FRESH;
  /** Its endpoint in this thread's table (src/channel/table.rs), while OPEN or CLOSING. */
  #key = 0;
  /** The other port of the channel, while both are FRESH. Later only the endpoints know of one another. */
  /** @type {Port | null} */
  #peer = null;
  #refed = false;

  /** @param {symbol} [make] */
  constructor(make) {
    if (make !== MAKE) throw nodeError(TypeError, 'ERR_CONSTRUCT_CALL_INVALID', 'Constructor cannot be called');
    super();
  }

  // --- MessagePort (HTML standard, 9.2.4; Node.js, worker_threads) ---

  /** @type {(value?: any, transfer?: any) => any} */
  postMessage() {
    check(this);
    if (arguments.length === 0) {
      throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'Not enough arguments to MessagePort.postMessage');
    }
    const [value, transfer] = arguments;
    if (transfer !== undefined && transfer !== null) {
      const list = transferListOf(transfer);
      if (list.length > 0) return postWithTransfer(this, value, list);
    }
    if (this.#state === FRESH) connect(this);
    const key = this.#state === OPEN ? this.#key : 0;
    const session = typeof value === 'object' && value !== null ? new Session(null) : undefined;
    return sent(native.post(key, value, session));
  }

  start() {
    check(this);
    if (this.#state === FRESH) connect(this);
    if (this.#state === OPEN) native.start(this.#key);
  }

  /** @type {(callback?: any) => void} */
  close(callback) {
    check(this);
    if (typeof callback === 'function') this.once('close', callback);
    if (this.#state === FRESH) connect(this);
    if (this.#state !== OPEN) return;
    closing.stop(this, this.#key);
    beginClosing(this, closing.later);
  }

  ref() {
    check(this);
    if (this.#state === FRESH) connect(this);
    if (this.#state === OPEN) setRef(this, true);
  }

  unref() {
    check(this);
    if (this.#state !== GONE) setRef(this, false);
  }

  hasRef() {
    check(this);
    return this.#refed;
  }

  [inspect.custom](/** @type {number} */ depth, /** @type {import('node:util').InspectOptionsStylized} */ options) {
    if (!isPort(this)) return this;
    if (depth < 0) return options.stylize('[MessagePort [EventTarget]]', 'special');
    const queued = this.#state === FRESH ? 0 : queuedOn(this);
    const shown = this.#state === GONE ? { active: false } : { active: true, refed: this.#refed, queued };
    return `MessagePort [EventTarget] ${inspect(shown, { ...options, depth: 0 })}`;
  }

  // --- for PortTarget ---

  [kWanted](/** @type {boolean} */ wanted) {
    setRef(this, wanted);
    if (this.#state !== OPEN) return;
    if (wanted) native.start(this.#key);
    else native.stop(this.#key);
  }

  [kListened](/** @type {boolean} */ listened) {
    if (listened && this.#state === FRESH) connect(this);
    hold(this);
  }

  /** @type {(type: string, value: unknown) => Event} */
  [kMakeEvent](type, value) {
    if (type === 'message' || type === 'messageerror') return new PortMessageEvent(type, value, []);
    return super[kMakeEvent](type, value);
  }

  // --- what other files of lib may do with a port ---

  static {
    internals = {
      isPort: (value) => typeof value === 'object' && value !== null && #state in value,
      isOpen: (port) => port.#state === FRESH || (port.#state === OPEN && queuedOn(port) >= 0),

      queuedOn(port) {
        const queued = native.queued(port.#key);
        // A port that the thread does not hold is not told that its peer has closed.
        if (queued < 0) leave(port);
        return queued;
      },

      make(key) {
        const port = new Port(MAKE);
        if (key === 0) return port;
        port.#state = OPEN;
        port.#key = key;
        attached.watch(port, key);
        return port;
      },

      makePair() {
        const one = new Port(MAKE);
        const other = new Port(MAKE);
        one.#peer = other;
        other.#peer = one;
        return [one, other];
      },

      connect(port) {
        const peer = /** @type {Port} */ (port.#peer);
        const [key, peerKey] = mailbox.createChannel();
        open(port, key);
        open(peer, peerKey);
      },

      keyOf: (port) => port.#key,

      beginClosing(port, when) {
        if (port.#state !== OPEN) return;
        port.#state = CLOSING;
        hold(port);
        when(() => {
          native.close(port.#key);
          leave(port);
          emitClose(port);
        });
      },

      leave(port) {
        port.#state = GONE;
        const key = port.#key;
        port.#key = 0;
        if (port.#refed) setRef(port, false);
        attached.release(port, key);
      },

      setRef(port, refed) {
        if (port.#refed === refed) return;
        if (refed && port.#state !== OPEN) return;
        port.#refed = refed;
        mailbox.countRef(refed ? 1 : -1);
        hold(port);
      },

      hold(port) {
        if (port.#state !== OPEN && port.#state !== CLOSING) return;
        const wanted = port.#refed || port.#state === CLOSING || port.eventNames().length > 0;
        if (wanted) attached.hold(port, port.#key);
        else attached.release(port, port.#key);
      },
    };

    /**
     * @param {Port} port
     * @param {number} key
     */
    const open = (port, key) => {
      port.#state = OPEN;
      port.#key = key;
      port.#peer = null;
      attached.watch(port, key);
    };
  }
}

/**
 * @typedef {object} Internals
 * @property {(value: any) => boolean} isPort whether it is a port of ours
 * @property {(port: Port) => boolean} isOpen whether it can be transferred
 * @property {(port: Port) => number} queuedOn how many messages wait on a port that is not FRESH; -1: it has no endpoint
 * @property {(key: number) => Port} make a port for an attached endpoint
 * @property {() => [Port, Port]} makePair two FRESH ports
 * @property {(port: Port) => void} connect makes the channel of a FRESH port
 * @property {(port: Port) => number} keyOf
 * @property {(port: Port, when: (finish: () => void) => void) => void} beginClosing an OPEN port's endpoint closes
 *   when `finish` is called, and 'close' is emitted then
 * @property {(port: Port) => void} leave makes it a port without endpoint
 * @property {(port: Port, refed: boolean) => void} setRef
 * @property {(port: Port) => void} hold lets the thread hold the port, or no longer
 */

/** @type {Internals} */
var internals;

const { isPort, isOpen, queuedOn, make, makePair, connect, keyOf, beginClosing, leave, setRef, hold } = internals;

/** @param {unknown} value */
function check(value) {
  if (!isPort(value)) throw illegalInvocation();
}

/**
 * What postMessage returns, like the built-in's.
 * @param {number} outcome
 */
function sent(outcome) {
  if (outcome === outcomes.NOTHING) return undefined;
  if (outcome === outcomes.POSTED_TO_ITSELF) {
    process.emitWarning('The target port was posted to itself, and the communication channel was lost');
  }
  return true;
}

/** @param {Port} port */
function emitClose(port) {
  const event = new MessagePortCloseEvent();
  dispatch(port, event, event);
}

/**
 * Hands a message to a port's listeners.
 * @param {Port} port
 * @param {'message' | 'messageerror'} type
 * @param {unknown} value
 * @param {Port[]} ports that came with it
 */
function emitMessage(port, type, value, ports) {
  emit(port, type, value, () => new PortMessageEvent(type, value, ports));
}

/**
 * The class as users see it. A function, because calling a class without `new` cannot throw an error with a code.
 */
function MessagePort() {
  throw nodeError(TypeError, 'ERR_CONSTRUCT_CALL_INVALID', 'Constructor cannot be called');
}
Object.setPrototypeOf(MessagePort, EventTarget);
MessagePort.prototype = Port.prototype;
Object.defineProperty(MessagePort, 'prototype', { writable: false });
Object.defineProperty(Port.prototype, 'constructor', { value: MessagePort });
Object.defineProperty(Port.prototype, Symbol.toStringTag, { value: 'MessagePort', configurable: true });

// The built-in's methods are enumerable.
for (const prototype of [PortTarget.prototype, Port.prototype]) {
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (name !== 'constructor') Object.defineProperty(prototype, name, { enumerable: true });
  }
}

module.exports = {
  MessagePort,
  isPort,
  isOpen,
  make,
  makePair,
  connect,
  keyOf,
  beginClosing,
  leave,
  sent,
  emitClose,
  emitMessage,
};

// It uses the above.
const { transferListOf, postWithTransfer } = require('./transfer');
