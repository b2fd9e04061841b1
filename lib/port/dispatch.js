// Calls listeners, with an event or with the value for which the event stands.
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
 * The event being dispatched and its value for listeners in EventEmitter's style; null while nothing is dispatched.
 * `had`: listeners that got the value before the event was made.
 * @type {{ event: Event, value: unknown, had: readonly unknown[] } | null}
 */
let emission = null;

/** @type {unknown[]} */
const NONE = [];

/**
 * The changes that wait for the end of the outermost dispatch.
 * @type {(() => void)[]}
 */
let waiting = [];

/**
 * What a listener in EventEmitter's style gets for an event: the value for which the event stands, or the event itself.
 * @param {Event} event
 */
function valueOf(event) {
  return emission !== null && emission.event === event ? emission.value : event;
}

/**
 * Whether a listener in EventEmitter's style got the value before the event was made.
 * @param {unknown} listener
 * @param {Event} event
 */
function hasHad(listener, event) {
  return emission !== null && emission.event === event && isAmong(emission.had, listener);
}

/**
 * The event that `emit` makes for listeners in EventTarget's style.
 * @param {string} type
 * @param {unknown} value
 */
function makeEvent(type, value) {
  if (type === 'message' || type === 'messageerror') return new PortMessageEvent(type, value, []);
  return new CustomEvent(type, { detail: value });
}

/**
 * Dispatches a real event. Listeners in EventEmitter's style get `value` instead of it.
 * @param {EventTarget} target
 * @param {string} type of the event, which may be of a class that a program has written
 * @param {Event} event
 * @param {unknown} value
 * @param {readonly unknown[]} [had] listeners that have got the value and are not called again; used where Node's
 *   hybrid dispatch is missing
 */
function dispatch(target, type, event, value, had = NONE) {
  const outer = emission;
  try {
    emission = { event, value, had };
    setPort(event, target);
    if (hybridDispatch === undefined) apply(dispatchEvent, target, [event]);
    else apply(hybridDispatch, target, [value, type, event]);
  } finally {
    // First in here, because a call may fail for want of stack.
    emission = outer;
    setPort(event, null);
    if (outer === null && waiting.length > 0) runWaiting();
  }
}

/**
 * The type under which `dispatchThrough` registers its listener. Targets ignore this type where EventTarget tells them
 * of it.
 */
const THROUGH = 'ferroport: the rest of a dispatch';

/**
 * Dispatches an event to a single function. To the function, the event is as any event during its dispatch. Needs
 * Node's hybrid dispatch.
 * @param {EventTarget} target
 * @param {Event} event
 * @param {() => void} run hands the event to the listeners that are to get it
 */
function dispatchThrough(target, event, run) {
  const outer = emission;
  // `once`, because another `dispatchThrough` that begins meanwhile must call its own listener only.
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
 * Makes a change that a dispatch under way must not see: after the outermost dispatch, or at once if there is none.
 * @param {() => void} change
 */
function afterDispatch(change) {
  if (emission === null) {
    change();
    return;
  }
  // If a script is ended in the middle of a dispatch, that dispatch seems to go on for ever. In a task of its own no
  // dispatch goes on, except where a listener runs the event loop.
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
 * Node registers an async function for an object. What the object throws is therefore thrown only after the microtasks
 * that are queued by then.
 * @param {any} listener with handleEvent
 * @param {unknown} value
 */
async function callObject(listener, value) {
  if (listener.handleEvent) await apply(listener.handleEvent, listener, [value]);
}

/**
 * Calls a listener as Node's EventTarget does. What the listener throws, or its promise rejects with, is thrown from a
 * tick.
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
 * Throws from a tick, as Node does. It uses whatever stands in the place of `process.nextTick`: a fake clock's tick
 * throws when the program lets it run.
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
