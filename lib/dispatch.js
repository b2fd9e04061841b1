// Calls listeners, with events or with the values that events stand for.
'use strict';

const { PortMessageEvent, setPort } = require('./port-events');

const { dispatchEvent } = EventTarget.prototype;
const { CustomEvent } = globalThis;

/** @type {(listener: Function, self: unknown, value: unknown) => any} */
const invoke = Function.prototype.call.bind(Function.prototype.call);

/**
 * What an event stands for to listeners in EventEmitter's style, while it is dispatched.
 * @type {{ event: Event, value: unknown } | null}
 */
let emission = null;

/**
 * What listeners in EventEmitter's style get for an event: the value it stands for, else the event itself.
 * @param {Event} event
 */
function valueOf(event) {
  return emission !== null && emission.event === event ? emission.value : event;
}

/**
 * The event that `emit` makes for EventTarget's listeners.
 * @param {string} type
 * @param {unknown} value
 */
function makeEvent(type, value) {
  if (type === 'message' || type === 'messageerror') return new PortMessageEvent(type, value, []);
  return new CustomEvent(type, { detail: value });
}

/**
 * Dispatches a real event, which stands for `value` to listeners in EventEmitter's style.
 * @param {EventTarget} target
 * @param {Event} event
 * @param {unknown} value
 */
function dispatch(target, event, value) {
  const outer = emission;
  emission = { event, value };
  setPort(event, target);
  try {
    Reflect.apply(dispatchEvent, target, [event]);
  } finally {
    setPort(event, null);
    emission = outer;
  }
}

/**
 * @param {any} listener a function, or an object with handleEvent
 * @param {EventTarget | undefined} target `this` of a function
 * @param {unknown} value
 */
function call(listener, target, value) {
  if (typeof listener === 'function') return invoke(listener, target, value);
  const { handleEvent } = listener;
  if (handleEvent) return Reflect.apply(handleEvent, listener, [value]);
}

/**
 * Calls a listener as Node's EventTarget does: what it throws, or what its promise rejects with, is thrown from a tick.
 * @param {any} listener
 * @param {EventTarget} target
 * @param {unknown} value
 */
function callSafely(listener, target, value) {
  try {
    const result = call(listener, target, value);
    if (result === undefined || result === null) return;
    const { then } = result;
    if (typeof then === 'function') Reflect.apply(then, result, [undefined, throwLater]);
  } catch (error) {
    throwLater(error);
  }
}

/** @param {unknown} error */
function throwLater(error) {
  process.nextTick(() => {
    throw error;
  });
}

module.exports = { call, callSafely, dispatch, makeEvent, throwLater, valueOf };
