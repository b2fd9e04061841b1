// The events that ports dispatch.
'use strict';

const { inherits, statics } = require('../language/originals');
const { lazy } = require('../language/lazy');
const { isRefusal } = require('../node/errors');
const { withName } = require('../node/named');
const { hybridDispatch } = require('./node-target');

const classes = require('../node/classes');

const { defineProperty, deleteProperty, freeze, getOwnPropertyDescriptor, isFrozen, setPrototypeOf } = statics;
const { Event, EventTarget } = classes;

/** Event.AT_TARGET */
const AT_TARGET = 2;

/**
 * An event that knows on which port it is being dispatched. By itself, an event of Node 20 does not tell that to the second
 * listener any more.
 */
class PortEvent extends Event {
  /** @type {object | null} */
  #port = null;

  /** @param {string} type */
  constructor(type) {
    super(type);
  }

  get currentTarget() {
    return /** @type {any} */ (this.#port ?? super.currentTarget);
  }

  get eventPhase() {
    return this.#port === null ? super.eventPhase : AT_TARGET;
  }

  /**
   * @param {object} event of whatever class
   * @param {object | null} port on which it is being dispatched from now on
   */
  static setPort(event, port) {
    if (#port in event) event.#port = port;
  }
}

/** Like the built-in's event of this name. */
class MessagePortCloseEvent extends PortEvent {
  constructor() {
    super('close');
  }
}
withName('MessagePortCloseEvent', MessagePortCloseEvent);

/**
 * Says why a port of a link has closed. Other events have no such property.
 * @param {MessagePortCloseEvent} event
 * @param {string | undefined} reason
 */
function giveReason(event, reason) {
  const property = { __proto__: null, value: reason, enumerable: true, configurable: true };
  defineProperty(event, 'reason', /** @type {any} */ (property));
}

/**
 * A MessageEvent (HTML standard, 9.1) that takes ports of ferroport and keeps `undefined`.
 *
 * Objects of this class are MessageEvents by their prototype chain, and constructed as plain Events. The global class's
 * constructor takes only native ports, turns undefined into null, and is several times slower.
 *
 * The chain is made with the first event. Later versions of Node load the global class with all of fetch. That takes
 * several times as long as loading the rest of ferroport, and fails while a script of the user's is about to declare a
 * MessagePort.
 */
class PortMessageEvent extends PortEvent {
  #data;
  #ports;

  /**
   * @param {'message' | 'messageerror'} type
   * @param {unknown} data
   * @param {object[]} ports
   */
  constructor(type, data, ports) {
    super(type);
    if (!isMessageEvent) becomeMessageEvent();
    if (extendsAnother) return /** @type {any} */ (madeByNode(type, data, ports));
    this.#data = data;
    this.#ports = freezesPorts ? freeze(ports) : ports;
  }

  get data() {
    return this.#data;
  }

  get ports() {
    return this.#ports;
  }

  get origin() {
    return '';
  }

  get lastEventId() {
    return '';
  }

  get source() {
    return null;
  }
}

let isMessageEvent = false;

/**
 * Whether Node's MessageEvent extends an Event that a program has put in the global one's place. Node makes its class
 * when it is first needed, from whatever `Event` is then.
 */
let extendsAnother = false;

/** Whether the running Node freezes an event's ports, as the standard wants. Node 20 does not. */
let freezesPorts = false;

/**
 * @param {'message' | 'messageerror'} type
 * @param {unknown} data
 * @param {object[]} ports
 */
function madeByNode(type, data, ports) {
  const event = classes.makeMessageEvent(data, type);
  defineProperty(event, 'ports', { value: freezesPorts ? freeze(ports) : ports, configurable: true });
  if (data === undefined) defineProperty(event, 'data', { value: data, configurable: true });
  return event;
}

function becomeMessageEvent() {
  freezesPorts = isFrozen(new classes.MessageEvent('message', { ports: [] }).ports);
  const { prototype } = PortMessageEvent;
  /** @param {string} name */
  const ofPortEvent = (name) => /** @type {PropertyDescriptor} */ (getOwnPropertyDescriptor(PortEvent.prototype, name));
  defineProperty(prototype, 'currentTarget', ofPortEvent('currentTarget'));
  defineProperty(prototype, 'eventPhase', ofPortEvent('eventPhase'));
  setPrototypeOf(prototype, classes.MessageEvent.prototype);
  // Without its own, `event.constructor` is the inherited one, MessageEvent.
  deleteProperty(prototype, 'constructor');
  extendsAnother = !inherits(prototype, Event.prototype);
  // Set last: if this function is ended in the middle, everything is done again.
  isMessageEvent = true;
}

/**
 * Whether an event may tell its target before it is dispatched. Deno refuses to dispatch an event that does, and needs
 * no such help. Node is not asked, because programs that wrap EventTarget's methods would see it.
 */
const maySayWhere = lazy(() => {
  if (hybridDispatch !== undefined) return true;
  const target = new EventTarget();
  target.addEventListener('close', () => {});
  const event = new PortEvent('close');
  PortEvent.setPort(event, target);
  try {
    return target.dispatchEvent(event);
  } catch (error) {
    // Any other error is that of a full stack: this file is loaded again then.
    if (!isRefusal(error)) throw error;
    return false;
  }
});

/** @type {typeof PortEvent.setPort} */
function setPort(event, port) {
  if (maySayWhere()) PortEvent.setPort(event, port);
}

module.exports = { MessagePortCloseEvent, PortMessageEvent, giveReason, setPort };
