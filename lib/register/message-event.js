// Makes the global MessageEvent take ports of ferroport as `source` and `ports`.
'use strict';

const { original } = require('../node/threads');
const { isRefusal } = require('../node/errors');
const classes = require('../node/classes');
const nodeGlobals = require('../language/node-globals');
// intrinsics.js is not used, because it is loaded only with the complete codec.
const { globals, isObject, methods, statics, uncurry } = require('../language/originals');
const { put } = require('./put');

const { apply, construct, create, defineProperty, deleteProperty, freeze, getOwnPropertyDescriptor, hasOwn, isFrozen } =
  statics;

/**
 * The `source` and `ports` of events that have ports of ferroport; in the event itself, Node keeps stand-ins.
 * @type {WeakMap<object, { source: unknown, ports: unknown[] }>}
 */
const made = new globals.WeakMap();

const weakMapGet = uncurry(methods.weakMapGet);
const weakMapSet = uncurry(methods.weakMapSet);

/**
 * A port that Node's class takes, which stands in for ports of ferroport. It is a port of Node's, if Node loaded the
 * class before the hook came. Otherwise the class has found ferroport's class in the place of Node's; it refuses ports
 * of Node's then.
 * @type {object | undefined}
 */
let standIn;

/** @param {any} NodeMessageEvent */
function findStandIn(NodeMessageEvent) {
  const { port1 } = new original.MessageChannel();
  try {
    new NodeMessageEvent('message', { source: port1 });
    return port1;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return require('../port/port').makePair()[0];
  }
}

/**
 * Puts the class in its place when a program first asks for the global. Node loads all of fetch with the class, even
 * where only the property is looked at.
 */
function handOutMessageEvent() {
  if (!hasOwn(globalThis, 'MessageEvent')) return;
  const isNodes = globalThis === nodeGlobals && classes.kCreateEvent !== undefined;
  // The program has put another environment's events there.
  if (isNodes && globalThis.Event !== classes.Event) return;
  const here = isNodes ? undefined : globalThis.MessageEvent;
  const become = (/** @type {unknown} */ value) =>
    defineProperty(globalThis, 'MessageEvent', { value, writable: true, enumerable: false, configurable: true });
  const get = () => {
    const MessageEvent = takingPorts(here ?? classes.MessageEvent);
    become(MessageEvent);
    return MessageEvent;
  };
  // Defining the property anew in its place would make V8 look at the old value.
  deleteProperty(globalThis, 'MessageEvent');
  defineProperty(globalThis, 'MessageEvent', { get, set: become, enumerable: false, configurable: true });
}

/**
 * @param {any} NodeMessageEvent
 * @returns {any} a class that programs cannot tell from Node's, except that it takes ports of ferroport
 */
function takingPorts(NodeMessageEvent) {
  const { prototype } = NodeMessageEvent;
  const names = /** @type {const} */ (['source', 'ports']);
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const descriptor = /** @type {any} */ (getOwnPropertyDescriptor(prototype, name));
    const accessor = {
      /** @returns {unknown} */
      get [name]() {
        const own = weakMapGet(made, this);
        return own === undefined ? apply(descriptor.get, this, []) : own[name];
      },
    };
    const { get } = /** @type {PropertyDescriptor} */ (getOwnPropertyDescriptor(accessor, name));
    defineProperty(/** @type {Function} */ (get), 'name', { value: descriptor.get.name, configurable: true });
    put(prototype, name, { ...descriptor, get });
  }
  const MessageEvent = new Proxy(NodeMessageEvent, { construct: make });
  put(prototype, 'constructor', {
    value: MessageEvent,
    writable: true,
    enumerable: false,
    configurable: true,
  });
  return MessageEvent;
}

/**
 * @param {any} NodeMessageEvent
 * @param {any[]} args
 * @param {Function} newTarget
 * @throws Node's errors
 */
function make(NodeMessageEvent, args, newTarget) {
  const init = args[1];
  if (!isObject(init)) return construct(NodeMessageEvent, args, newTarget);
  const { itemsOf } = require('../post/transfer-list');
  // Read once, as Node reads them without the hook.
  const { source, ports } = init;
  const items = isObject(ports) ? itemsOf(ports) : undefined;
  const there = (standIn ??= findStandIn(NodeMessageEvent));
  const accepted = (/** @type {unknown} */ value) => (isPort(value) ? there : value);
  let hasPorts = isPort(source);
  /** @type {any[] | undefined} */
  let stands;
  if (items !== undefined) {
    stands = [];
    for (let i = 0; i < items.length; i++) {
      stands[i] = accepted(items[i]);
      hasPorts ||= isPort(items[i]);
    }
  }
  const event = construct(
    NodeMessageEvent,
    [args[0], create(init, { source: { value: accepted(source) }, ports: { value: stands ?? ports } })],
    newTarget,
  );
  if (hasPorts) {
    const own = items === undefined ? event.ports : isFrozen(event.ports) ? freeze(items) : items;
    weakMapSet(made, event, { source: source ?? null, ports: own });
  }
  return event;
}

/**
 * Whether a value is a port, of ferroport or of Node.
 * @param {any} value
 */
const isPort = (value) =>
  typeof value === 'object' &&
  value !== null &&
  (value instanceof original.MessagePort || require('../copies/own').isAnyPort(value));

module.exports = { handOutMessageEvent };
