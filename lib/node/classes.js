// Node's own classes of events, signals and DOM exceptions, as its own ports know them. Programs put others in the place of the
// globals: a simulated browser's, before they load ferroport or later.
'use strict';

const nodeGlobals = require('../language/node-globals');
const { MessagePort } = require('./threads').original;
const { statics, symbolOf } = require('../language/originals');

const { apply, getPrototypeOf, hasOwn } = statics;

/** Node's, of the method of targets that makes an event of (value, type). Other runtimes have none: there the globals are asked. */
const kCreateEvent = symbolOf(MessagePort.prototype, 'kCreateEvent');

/** The prototype of all targets. */
const targets = kCreateEvent === undefined ? undefined : findTargets();

/** @returns {any} */
function findTargets() {
  let link = MessagePort.prototype;
  while (!hasOwn(link, 'dispatchEvent')) link = getPrototypeOf(link);
  return link;
}

/**
 * The event that Node makes of a value.
 * @param {any} maker the prototype of targets, or that of ports
 * @param {unknown} value
 * @param {string} type
 * @returns {any}
 */
const makeEvent = (maker, value, type) => apply(maker[/** @type {symbol} */ (kCreateEvent)], {}, [value, type]);

/**
 * @param {any} maker
 * @param {string} type
 * @returns {any} the class of the events that it makes
 */
const classOfEvents = (maker, type) => getPrototypeOf(makeEvent(maker, undefined, type)).constructor;

/** @type {typeof globalThis.EventTarget} */
const EventTarget = targets?.constructor ?? nodeGlobals.EventTarget;

/** @type {typeof globalThis.CustomEvent} */
const CustomEvent = targets === undefined ? nodeGlobals.CustomEvent : classOfEvents(targets, 'event');

/** @type {typeof globalThis.Event} */
const Event = targets === undefined ? nodeGlobals.Event : getPrototypeOf(CustomEvent);

/** @type {typeof globalThis.MessageEvent | undefined} */
let messageEvent;

/** Node loads it with all of fetch. */
function findMessageEvent() {
  return kCreateEvent === undefined ? nodeGlobals.MessageEvent : classOfEvents(MessagePort.prototype, 'message');
}

/** @type {typeof globalThis.DOMException | undefined} */
let domException;

/** The class of what Node throws of the text, which is not Base64. */
function findDOMException() {
  if (kCreateEvent === undefined) return nodeGlobals.DOMException;
  try {
    require('node:buffer').atob('?');
  } catch (/** @type {any} */ error) {
    if (error.name === 'InvalidCharacterError') return getPrototypeOf(error).constructor;
  }
  return undefined;
}

/** @type {typeof globalThis.AbortController | undefined} */
let abortController;

function findAbortController() {
  const { transferableAbortController } = require('node:util');
  if (kCreateEvent === undefined || transferableAbortController === undefined) return nodeGlobals.AbortController;
  return /** @type {any} */ (getPrototypeOf(transferableAbortController()).constructor);
}

/**
 * The event of Node's own class that its ports make, without ports.
 * @type {(value: unknown, type: 'message' | 'messageerror') => MessageEvent}
 */
const makeMessageEvent = (value, type) => makeEvent(MessagePort.prototype, value, type);

/** @type {typeof globalThis.AbortSignal | undefined} */
let abortSignal;

function findAbortSignal() {
  const { signal } = new (abortController ??= findAbortController())();
  return /** @type {any} */ (getPrototypeOf(signal).constructor);
}

module.exports = {
  kCreateEvent,
  makeMessageEvent,
  EventTarget,
  CustomEvent,
  Event,
  get MessageEvent() {
    return (messageEvent ??= findMessageEvent());
  },
  /** The global one as long as there is no room on the stack to find out. */
  get DOMException() {
    return (domException ??= findDOMException()) ?? nodeGlobals.DOMException;
  },
  get AbortController() {
    return (abortController ??= findAbortController());
  },
  get AbortSignal() {
    return (abortSignal ??= findAbortSignal());
  },
};
