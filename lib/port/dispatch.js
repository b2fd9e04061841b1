// Calls listeners, with events or with the values that events stand for.
'use strict';

const native = require('../native/native');
const { setImmediate } = require('../runtime/ticks');
const { isAmong, methods, nodeProcess, statics, uncurry } = require('../language/originals');
const { CustomEvent, EventTarget } = require('../node/classes');
const { hybridDispatch } = require('./node-target');
const { PortMessageEvent, setPort } = require('./events');

const { addEventListener, dispatchEvent, removeEventListener } = EventTarget.prototype;
const { apply } = statics;

/** @type {(listener: Function, self: unknown, value: unknown) => any} */
const invoke = uncurry(methods.functionCall);

/**
 * What an event stands for to listeners in EventEmitter's style, while it is dispatched.
 * @type {{ event: Event, value: unknown, had: readonly unknown[] } | null}
 */
let emission = null;

/** @type {unknown[]} */
const NONE = [];

/**
 * What waits for the end of the outermost dispatch.
 * @type {(() => void)[]}
 */
let waiting = [];

/**
 * What listeners in EventEmitter's style get for an event: the value it stands for, else the event itself.
 * @param {Event} event
 */
function valueOf(event) {
  return emission !== null && emission.event === event ? emission.value : event;
}

/**
 * Whether a listener in EventEmitter's style was handed the value before an event was made of it.
 * @param {unknown} listener
 * @param {Event} event
 */
function hasHad(listener, event) {
  return emission !== null && emission.event === event && isAmong(emission.had, listener);
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
 * @param {string} type of the event, which may be of a class that a program has written
 * @param {Event} event
 * @param {unknown} value
 * @param {readonly unknown[]} [had] listeners that have got the value and are not to get it again, where Node's hybrid dispatch is not
 */
function dispatch(target, type, event, value, had = NONE) {
  const outer = emission;
  try {
    emission = { event, value, had };
    setPort(event, target);
    if (hybridDispatch === undefined) apply(dispatchEvent, target, [event]);
    else apply(hybridDispatch, target, [value, type, event]);
  } finally {
    // First, because calls may fail here.
    emission = outer;
    setPort(event, null);
    if (outer === null && waiting.length > 0) runWaiting();
  }
}

/** The type for which the listener of `dispatchThrough` is registered. Targets that are told of it pass over it. */
const THROUGH = 'ferroport: the rest of a dispatch';

/**
 * Dispatches an event to nobody but a function, with all that an event is while it is being dispatched. Where Node's hybrid dispatch
 * is.
 * @param {EventTarget} target
 * @param {Event} event
 * @param {() => void} run which hands it to those who are to get it
 */
function dispatchThrough(target, event, run) {
  const outer = emission;
  // Once: another that begins while it runs is for its own listener only.
  apply(addEventListener, target, [THROUGH, run, { once: true }]);
  try {
    emission = { event, value: undefined, had: NONE };
    setPort(event, target);
    apply(/** @type {Function} */ (hybridDispatch), target, [undefined, THROUGH, event]);
  } finally {
    emission = outer;
    setPort(event, null);
    apply(removeEventListener, target, [THROUGH, run]);
    if (outer === null && waiting.length > 0) runWaiting();
  }
}

function runWaiting() {
  native.reserveStack();
  const all = waiting;
  waiting = [];
  for (let i = 0; i < all.length; i++) all[i]();
}

/**
 * Makes a change that a dispatch which is going on must not see; at once, if there is none.
 * @param {() => void} change
 */
function afterDispatch(change) {
  if (emission === null) {
    change();
    return;
  }
  // A dispatch in a script that was ended seems to go on for ever. In a task of its own there is none, but in an event loop that a
  // listener runs.
  setImmediate(endDispatch);
  waiting[waiting.length] = change;
}

function endDispatch() {
  if (waiting.length === 0) return;
  const { isRunning } = require('../language/running');
  if (isRunning(dispatch) || isRunning(dispatchThrough)) return;
  emission = null;
  runWaiting();
}

/**
 * @param {any} listener a function, or an object with handleEvent
 * @param {EventTarget | undefined} target `this` of a function
 * @param {unknown} value
 */
function call(listener, target, value) {
  if (typeof listener === 'function') return invoke(listener, target, value);
  const { handleEvent } = listener;
  if (handleEvent) return apply(handleEvent, listener, [value]);
}

/**
 * What Node registers for an object: so what it throws is thrown after the microtasks that wait by then.
 * @param {any} listener with handleEvent
 * @param {unknown} value
 */
async function callObject(listener, value) {
  if (listener.handleEvent) await apply(listener.handleEvent, listener, [value]);
}

/**
 * Calls a listener as Node's EventTarget does: what it throws, or what its promise rejects with, is thrown from a tick.
 * @param {any} listener
 * @param {EventTarget} target
 * @param {unknown} value
 */
function callSafely(listener, target, value) {
  try {
    const result = typeof listener === 'function' ? invoke(listener, target, value) : callObject(listener, value);
    if (result === undefined || result === null) return;
    const { then } = result;
    if (typeof then === 'function') apply(then, result, [undefined, throwLater]);
  } catch (error) {
    throwLater(error);
  }
}

/**
 * As Node does, with whatever stands in the place of `process.nextTick`: that of a fake clock throws when the program lets it run.
 * @param {unknown} error
 */
function throwLater(error) {
  nodeProcess.nextTick(() => {
    throw error;
  });
}

module.exports = {
  THROUGH,
  afterDispatch,
  call,
  callSafely,
  dispatch,
  dispatchThrough,
  hasHad,
  makeEvent,
  throwLater,
  valueOf,
};
