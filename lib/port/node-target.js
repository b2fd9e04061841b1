// What Node's EventTarget offers to Node's own classes that extend it, such as ports. It tells them of their listeners,
// and gives listeners in EventEmitter's style values instead of events. Programs that wrap EventTarget's methods see a
// port that uses it as they see the built-in's. Other runtimes offer nothing of the kind; telling-target.js does it
// there.
'use strict';

const { statics, symbolOf } = require('../language/originals');
const { original } = require('../node/threads');

const { Event, EventTarget } = require('../node/classes');
const { create, getOwnPropertySymbols, getPrototypeOf, symbolFor } = statics;

/**
 * The option of addEventListener by which Node's `on` marks its listeners. Found by a look at the options that `on`
 * passes.
 */
function findNodeStyle() {
  /** @type {symbol | undefined} */
  let found;
  const addEventListener = {
    /** @type {(type: string, listener: unknown, options: any) => void} */
    value(type, listener, options) {
      found = getOwnPropertySymbols(options ?? {})[0];
    },
  };
  try {
    create(getPrototypeOf(original.MessagePort.prototype), { addEventListener }).on('message', () => {});
  } catch (error) {
    // On this runtime, ports have no such method.
    if (!(error instanceof TypeError)) throw error;
  }
  return found;
}

/** The property that stopImmediatePropagation sets on an event. */
function findStop() {
  const event = new Event('message');
  event.stopImmediatePropagation();
  return symbolOf(event, 'kStop');
}

const newListener = symbolOf(EventTarget.prototype, 'kNewListener');
const removeListener = symbolOf(EventTarget.prototype, 'kRemoveListener');
const nodeStyle = newListener === undefined ? undefined : findNodeStyle();
const stop = nodeStyle === undefined ? undefined : findStop();

/** @type {((value: unknown, type: string, event: Event) => void) | undefined} */
const hybrid = /** @type {any} */ (EventTarget.prototype)[symbolFor('nodejs.internal.kHybridDispatch')];

const isComplete =
  newListener !== undefined &&
  removeListener !== undefined &&
  nodeStyle !== undefined &&
  stop !== undefined &&
  typeof hybrid === 'function';

module.exports = {
  /** The symbol of the method by which EventTarget tells a target of an added listener: (size, type, listener, once, capture, passive). */
  kNewListener: isComplete ? newListener : Symbol('ferroport.newListener'),
  /** The symbol of the method by which EventTarget tells a target of a removed listener: (size, type, listener, capture). */
  kRemoveListener: isComplete ? removeListener : Symbol('ferroport.removeListener'),
  /** The option of addEventListener that makes a listener get values. */
  kNodeStyle: isComplete ? nodeStyle : Symbol('ferroport.nodeStyle'),
  /** The property of an event that is true once its immediate propagation has been stopped. */
  kStop: stop,
  /** Calls the listeners of a type with an event, those in EventEmitter's style with the value; undefined where Node has no such function. */
  hybridDispatch: isComplete ? hybrid : undefined,
};
