// BroadcastChannel: posts to all other channels of its name, in all threads of the process.
'use strict';

const events = require('node:events');
const { inspect } = require('node:util');
const threads = require('../node/threads').original;
const native = require('../native/native');
const attached = require('../channel/attached');
const closing = require('../runtime/closing');
const contexts = require('../runtime/context');
const mailbox = require('../channel/mailbox');
const members = require('../channel/members');
const { lazy } = require('../language/lazy');
const { isObject, statics } = require('../language/originals');
const { Map, mapGet, mapSet } = require('../language/intrinsics');
const { nodeError } = require('../node/errors');
const classes = require('../node/classes');
const { isSignal } = require('../channel/signals');
const { hybridDispatch } = require('../port/node-target');
const { throwLater } = require('../port/dispatch');
const { eventHandler } = require('../port/event-handler');
const { PortMessageEvent, setPort } = require('../port/events');
const { tagAsNode } = require('../node/string-tag');
const { post } = require('../post/post');

const { cells, places } = require('../native/block');
const { KEY } = places;
const { EventTarget } = classes;
const { apply, assign, defineProperty, deleteProperty, getOwnPropertyDescriptor } = statics;

/** @typedef {'message' | 'messageerror'} MessageType */

const loadGateway = lazy(() => require('./gateway'));

/** @typedef {import('../port/event-handler').EventHandler} EventHandler */

/** The channel itself (HTML standard, 9.5; Node.js, worker_threads: BroadcastChannel). */
class BroadcastChannel extends EventTarget {
  #name = '';
  /** The key of the member's endpoint in the table of this thread; 0 once the channel is closed. */
  #key = 0;
  /** The async context in which the channel was made; its listeners are called in there. */
  #context = contexts.capture(this, isRefed);
  /** Whether the channel keeps the event loop alive. */
  #isRefed = false;
  /**
   * The listeners of the on… attributes that have been assigned.
   * @type {Map<MessageType, EventHandler> | null}
   */
  #attributes = null;

  /** @param {any} name anything that can be a string */
  constructor(name) {
    if (arguments.length === 0) throw missing('name');
    super();
    this.#name = `${name}`;
    native.reserveStack();
    this.#key = loadGateway().join(this.#name);
    attached.watch(this, this.#key);
    this.#setRef(true);
  }

  get name() {
    if (!isMember(this)) return foreign(this, 'name');
    return this.#name;
  }

  close() {
    if (!isMember(this)) return foreign(this, 'close');
    if (this.#key === 0) return;
    native.reserveStack();
    const key = this.#key;
    this.#setRef(false);
    this.#key = 0;
    attached.release(key);
    mailbox.closeEndpoint(key);
    const context = this.#context;
    closing.afterTask(() => contexts.destroy(context));
  }

  /** @param {any} message */
  postMessage(message) {
    if (!isMember(this)) return foreign(this, 'postMessage', arguments);
    if (arguments.length === 0) throw missing('message');
    if (this.#key === 0) throw new classes.DOMException('BroadcastChannel is closed.', 'InvalidStateError');
    post(route, undefined, this.#key, message, postMessage);
  }

  ref() {
    if (!isMember(this)) return foreign(this, 'ref');
    native.reserveStack();
    if (this.#key !== 0) this.#setRef(true);
    return this;
  }

  unref() {
    if (!isMember(this)) return foreign(this, 'unref');
    native.reserveStack();
    this.#setRef(false);
    return this;
  }

  get onmessage() {
    return isMember(this) ? this.#attribute('message') : foreignAttribute(this, 'onmessage', 'get');
  }

  set onmessage(handler) {
    if (isMember(this)) this.#setAttribute('message', handler);
    else foreignAttribute(this, 'onmessage', 'set', handler);
  }

  get onmessageerror() {
    return isMember(this) ? this.#attribute('messageerror') : foreignAttribute(this, 'onmessageerror', 'get');
  }

  set onmessageerror(handler) {
    if (isMember(this)) this.#setAttribute('messageerror', handler);
    else foreignAttribute(this, 'onmessageerror', 'set', handler);
  }

  /** @type {(type: any, listener: any, options?: any) => void} */
  addEventListener(type, listener, options = undefined) {
    native.reserveStack();
    const taken = hybridDispatch === undefined ? withPlainSignal(options) : options;
    apply(super.addEventListener, this, arguments.length < 3 ? arguments : [type, listener, taken]);
    if (isMember(this)) this.#hold();
  }

  /** @type {(type: any, listener: any, options?: any) => void} */
  removeEventListener(type, listener, options = undefined) {
    native.reserveStack();
    apply(super.removeEventListener, this, arguments.length < 3 ? arguments : [type, listener, options]);
    if (isMember(this)) this.#hold();
  }

  [inspect.custom](/** @type {number} */ depth, /** @type {import('node:util').InspectOptionsStylized} */ options) {
    if (!isMember(this)) return foreign(this, inspect.custom, arguments);
    if (depth < 0) return 'BroadcastChannel';
    const inner = { ...options, depth: options.depth == null ? null : options.depth - 1 };
    return `BroadcastChannel ${inspect({ name: this.#name, active: this.#key !== 0 }, inner)}`;
  }

  /** @param {boolean} refed */
  #setRef(refed) {
    if (this.#isRefed === refed) return;
    mailbox.countRef(refed ? 1 : -1);
    this.#isRefed = refed;
    this.#hold();
  }

  /** The thread holds the channel while it is ref'ed or has listeners. Otherwise only the program does. */
  #hold() {
    if (this.#key === 0) return;
    if (this.#isRefed || this.#isListened('message') || this.#isListened('messageerror')) {
      attached.hold(this, this.#key);
    } else {
      attached.release(this.#key);
    }
  }

  /**
   * @param {MessageType} type
   * @returns {EventHandler | undefined}
   */
  #attributeOf(type) {
    return this.#attributes === null ? undefined : mapGet(this.#attributes, type);
  }

  /** @param {MessageType} type */
  #isListened(type) {
    const attribute = this.#attributeOf(type);
    const isIdle = attribute !== undefined && typeof attribute.handler !== 'function';
    return events.getEventListeners(this, type).length > (isIdle ? 1 : 0);
  }

  /** @param {MessageType} type */
  #attribute(type) {
    return this.#attributeOf(type)?.handler ?? null;
  }

  /**
   * @param {MessageType} type
   * @param {any} handler
   */
  #setAttribute(type, handler) {
    const assigned = isObject(handler) || keepsAnything() ? handler : null;
    const there = this.#attributeOf(type);
    if (there !== undefined) {
      there.handler = assigned;
    } else {
      const run = eventHandler(assigned);
      this.addEventListener(type, run);
      mapSet((this.#attributes ??= new Map()), type, run);
    }
    this.#hold();
  }

  /** @type {(value: any) => value is BroadcastChannel} */
  static isMember(value) {
    return typeof value === 'object' && value !== null && #key in value;
  }

  /** @type {(member: BroadcastChannel) => import('node:async_hooks').AsyncResource} */
  static contextOf(member) {
    return member.#context;
  }

  /** @type {(member: BroadcastChannel) => boolean} */
  static isRefed(member) {
    return member.#isRefed;
  }

  /** @type {(member: BroadcastChannel) => number} the key of its endpoint, 0 if it is closed */
  static keyOf(member) {
    return member.#key;
  }
}

const { isMember, contextOf, isRefed, keyOf } = BroadcastChannel;

/** The function whose frame begins the stack of errors, whatever programs put in the method's place later. */
const { postMessage } = BroadcastChannel.prototype;

/**
 * Parcels go over the gateway.
 * @type {import('../post/post').Route<undefined>}
 */
const route = {
  isToOne: false,
  sendWritten(key) {
    cells[KEY] = key;
    native.broadcast();
  },
  sendBeside(_, key, session) {
    native.broadcastBeside(key, (number) => loadGateway().sendAhead(key, session, number));
  },
  sendValue(_, key, value, session) {
    native.broadcastValue(
      key,
      value,
      session,
      session === undefined ? undefined : (number) => loadGateway().sendAhead(key, session, number),
    );
  },
};

/**
 * Hands a message to a channel's listeners.
 * @param {BroadcastChannel} member
 * @param {MessageType} type
 * @param {unknown} value
 */
function emitMessage(member, type, value) {
  const event = new PortMessageEvent(type, value, []);
  setPort(event, member);
  try {
    member.dispatchEvent(event);
  } catch (error) {
    // A program's own dispatchEvent has thrown.
    throwLater(error);
  } finally {
    setPort(event, null);
  }
}

/**
 * The options of addEventListener, with a signal that every runtime's EventTarget takes. Node's own takes any.
 * @param {any} options
 */
function withPlainSignal(options) {
  const signal = isObject(options) ? options.signal : undefined;
  return isSignal(signal) ? assign({}, options, { signal: signal.toAbortSignal() }) : options;
}

/** @param {string} argument */
function missing(argument) {
  return nodeError(TypeError, 'ERR_MISSING_ARGS', `The "${argument}" argument must be specified`);
}

/** Whether the running Node keeps an assigned handler that is no object. Up to Node 24 it does. */
const keepsAnything = lazy(() => {
  const { signal } = new classes.AbortController();
  // The signal's own method hides that of EventTarget, which programs may have wrapped.
  defineProperty(signal, 'addEventListener', { value: () => {} });
  /** @type {any} */ (signal).onabort = 1;
  return /** @type {any} */ (signal).onabort === 1;
});

/**
 * Calls the built-in's method or getter on something that is no channel of ferroport's, so that Node throws its own
 * error.
 * @param {any} receiver
 * @param {string | symbol} name
 * @param {ArrayLike<any>} args
 */
function foreign(receiver, name, args = []) {
  const { get, value } = /** @type {any} */ (getOwnPropertyDescriptor(threads.BroadcastChannel.prototype, name));
  return apply(get ?? value, receiver, args);
}

/**
 * @param {any} receiver
 * @param {'onmessage' | 'onmessageerror'} name
 * @param {'get' | 'set'} kind
 * @param {any[]} args
 */
function foreignAttribute(receiver, name, kind, ...args) {
  const property = /** @type {any} */ (getOwnPropertyDescriptor(threads.BroadcastChannel.prototype, name));
  return apply(property[kind], receiver, args);
}

// The built-in has these as enumerable properties.
const SHOWN = [
  'name',
  'close',
  'postMessage',
  'onmessage',
  'onmessageerror',
  'addEventListener',
  'removeEventListener',
];
for (let i = 0; i < SHOWN.length; i++) defineProperty(BroadcastChannel.prototype, SHOWN[i], { enumerable: true });
tagAsNode(BroadcastChannel.prototype, 'BroadcastChannel');
const INTERNAL = ['isMember', 'contextOf', 'isRefed', 'keyOf'];
for (let i = 0; i < INTERNAL.length; i++) deleteProperty(BroadcastChannel, INTERNAL[i]);

assign(members, { isMember, contextOf, isRefed, keyOf, emitMessage });

module.exports = { BroadcastChannel };
