// Node's own classes of events, signals and DOM exceptions, as Node's ports use them. Programs replace the globals,
// with those of a simulated browser for example, before or after they load ferroport.
'use strict';

const { lazy } = require('../language/lazy');
const nodeGlobals = require('../language/node-globals');
const { MessagePort } = require('./threads').original;
const { statics, symbolOf } = require('../language/originals');

const { apply, getPrototypeOf, hasOwn } = statics;

/**
 * The symbol of the method with which Node's targets make an event of (value, type). Other runtimes have no such
 * method; their globals are used.
 */
const kCreateEvent = symbolOf(MessagePort.prototype, 'kCreateEvent');

/** The prototype of all of Node's targets. */
const targets = kCreateEvent === undefined ? undefined : findTargets();

/** @returns {any} */
function findTargets() {
  let link = MessagePort.prototype;
  while (!hasOwn(link, 'dispatchEvent')) link = getPrototypeOf(link);
  return link;
}

/**
 * The event that Node makes for a value.
 * @param {any} maker the prototype of targets, or that of ports
 * @param {unknown} value
 * @param {string} type
 * @returns {any}
 */
const makeEvent = (maker, value, type) => apply(maker[/** @type {symbol} */ (kCreateEvent)], {}, [value, type]);

/**
 * @param {any} maker
 * @param {string} type
 * @returns {any} the class of the events that `maker` makes
 */
const classOfEvents = (maker, type) => getPrototypeOf(makeEvent(maker, undefined, type)).constructor;

/** @type {typeof globalThis.EventTarget} */
const EventTarget = targets?.constructor ?? nodeGlobals.EventTarget;

/** @type {typeof globalThis.CustomEvent} */
const CustomEvent = targets === undefined ? nodeGlobals.CustomEvent : classOfEvents(targets, 'event');

/** @type {typeof globalThis.Event} */
const Event = targets === undefined ? nodeGlobals.Event : getPrototypeOf(CustomEvent);

/** Late, because Node loads this class with all of fetch. */
const messageEvent = lazy(() => {
  return kCreateEvent === undefined ? nodeGlobals.MessageEvent : classOfEvents(MessagePort.prototype, 'message');
});

/** The class of the error that Node throws for text that is not Base64. */
const domException = lazy(() => {
  if (kCreateEvent === undefined) return nodeGlobals.DOMException;
  try {
    require('node:buffer').atob('?');
  } catch (/** @type {any} */ error) {
    if (error.name === 'InvalidCharacterError') return getPrototypeOf(error).constructor;
  }
  return undefined;
});

/** @type {() => typeof globalThis.AbortController} */
const abortController = lazy(() => {
  const { transferableAbortController } = require('node:util');
  if (kCreateEvent === undefined || transferableAbortController === undefined) return nodeGlobals.AbortController;
  return /** @type {any} */ (getPrototypeOf(transferableAbortController()).constructor);
});

/**
 * The event, without ports, that Node's ports make: an object of Node's own class.
 * @type {(value: unknown, type: 'message' | 'messageerror') => MessageEvent}
 */
const makeMessageEvent = (value, type) => makeEvent(MessagePort.prototype, value, type);

const abortSignal = lazy(() => {
  const AbortController = abortController();
  const { signal } = new AbortController();
  return /** @type {any} */ (getPrototypeOf(signal).constructor);
});

module.exports = {
  kCreateEvent,
  makeMessageEvent,
  EventTarget,
  CustomEvent,
  Event,
  get MessageEvent() {
    return messageEvent();
  },
  /** The global class while there is too little stack to find Node's. */
  get DOMException() {
    return domException() ?? nodeGlobals.DOMException;
  },
  get AbortController() {
    return abortController();
  },
  get AbortSignal() {
    return abortSignal();
  },
};
