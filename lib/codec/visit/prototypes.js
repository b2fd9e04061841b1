// Tells objects that are plain to structured clone, whatever their class, from host objects.
'use strict';

const { inspect } = require('node:util');
const native = require('../../native/native');
const oracle = require('../../runtime/oracle');
const { isForWantOfRoom } = require('../../node/errors');
const { COPY } = require('../../copies/card');
const { refuseUnlisted } = require('../../copies/others');
const { SIGNALS, isController } = require('../../channel/signals');
const plain = require('../../runtime/plain');
const {
  Uint8Array,
  WeakSet,
  descriptionOf,
  endsWith,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  globals,
  hasOwn,
  isRawJSON,
  keysOf,
  ownKeys,
  sourceTextOf,
  startsWith,
  types,
  weakSetAdd,
  weakSetHas,
} = require('../../language/intrinsics');

/**
 * Classes whose objects visit.js recognises by their slots. Any other object that inherits from one of them is plain.
 * @type {(keyof typeof globals)[]}
 */
const TOLD_BY_SLOTS = [
  'Object',
  'Array',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'Promise',
  'Date',
  'RegExp',
  'Boolean',
  'Number',
  'String',
  'BigInt',
  'Function',
  'Error',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'AggregateError',
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Uint8Array',
];

for (let i = 0; i < TOLD_BY_SLOTS.length; i++) weakSetAdd(plain, globals[TOLD_BY_SLOTS[i]].prototype);
weakSetAdd(plain, getPrototypeOf(Uint8Array.prototype));

/**
 * Prototypes that programs have defined and whose objects have been found to be plain.
 * @type {WeakSet<object>}
 */
const learnt = new WeakSet();

const ObjectPrototype = globals.Object.prototype;

/**
 * Whether an object stands for text that JSON contains as it is (`JSON.rawJSON`). These objects are frozen and have no
 * prototype, so the answer never changes.
 * @type {(object: object) => boolean}
 */
const isRawText = isRawJSON ?? (() => false);

/**
 * Whether an object is plain: sent as its own enumerable properties. To be asked only of objects that are no builtins of the
 * language (a Map, an error …).
 *
 * Classes that programs define make plain objects. Two kinds of objects are shown to Node before they count as plain:
 * those that have a class of the runtime among their own, and those without properties to send. A program may have
 * given another prototype to an object whose insides are the engine's. Code of the program runs only where Node itself
 * runs it, to clone the object.
 * @param {object} object
 * @returns {boolean} false for a host object: one whose insides are the runtime's (a Blob, a key)
 * @throws the running Node's error, if Node does not clone the object
 */
function isPlain(object) {
  const prototype = getPrototypeOf(object);
  if (prototype === ObjectPrototype) return true;
  if (isGlobalObject(object)) return arrivesPlain(object);
  if (prototype === null || weakSetHas(plain, prototype)) return keysOf(object).length > 0 || arrivesPlain(object);
  let ofRuntime = false;
  let showsItself = false;
  for (let link = prototype; link !== null && !weakSetHas(plain, link); link = getPrototypeOf(link)) {
    // Traps of a proxy are the program's code, so the proxy is not asked. What stands behind it is unknown, and can
    // change.
    if (types.isProxy(link)) return keysOf(object).length > 0 || arrivesPlain(object);
    if (hasOwn(link, COPY)) refuseUnlisted(object);
    if (hasOwn(link, SIGNALS)) return refuseController(object);
    if (isCloneable(link)) return false;
    // Host objects and plain ones can both have such a prototype.
    if (isNativePrototype(link)) return arrivesPlain(object);
    ofRuntime ||= isGlobalPrototype(link);
    showsItself ||= hasOwn(link, inspect.custom);
  }
  // Nothing else tells some of Node's classes from a program's.
  if (showsItself && hasInsides(object)) return false;
  if (ofRuntime && !arrivesPlain(object)) return false;
  // `plain` comes last, because objects with a prototype in there are not asked about again.
  weakSetAdd(learnt, prototype);
  weakSetAdd(plain, prototype);
  return keysOf(object).length > 0 || arrivesPlain(object);
}

/**
 * Whether an object is the global object of a context, which the engine refuses to clone. The window of a simulated
 * browser is one, though its prototype is that of a program's class.
 * @param {object} object
 */
const isGlobalObject = (object) =>
  hasOwn(object, 'globalThis') && getOwnPropertyDescriptor(object, 'globalThis')?.value === object;

/**
 * Whether objects with this prototype are known to be plain: it is that of a program's class, or null.
 * @param {object | null} prototype
 */
const isLearnt = (prototype) => prototype === null || weakSetHas(learnt, prototype);

/**
 * Whether an object has what a runtime looks for on host objects written in JavaScript: the methods that Node's
 * messaging calls, or Deno's brand.
 * @param {object} object a prototype, or the object itself
 */
function isCloneable(object) {
  const keys = ownKeys(object);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (typeof key !== 'symbol') continue;
    const description = descriptionOf(key) ?? '';
    if (startsWith(description, 'messaging_') || description === 'Deno.core.hostObject') return true;
  }
  return false;
}

/** @param {object} prototype */
function isNativePrototype(prototype) {
  const constructor = constructorOf(prototype);
  if (constructor !== undefined && isNative(constructor)) {
    // A bound function is no class. The class may be of another realm.
    const isClass = getOwnPropertyDescriptor(constructor, 'prototype')?.value === prototype;
    if (isClass && getPrototypeOf(prototype) !== null) return true;
  }
  if (constructor !== undefined) return false;
  // Iterators have no class but native methods.
  const keys = ownKeys(prototype);
  for (let i = 0; i < keys.length; i++) {
    if (isNative(getOwnPropertyDescriptor(prototype, keys[i])?.value)) return true;
  }
  return false;
}

/** @param {unknown} value */
function isNative(value) {
  return typeof value === 'function' && !types.isProxy(value) && endsWith(sourceTextOf(value), '{ [native code] }');
}

/** @param {object} prototype */
function isGlobalPrototype(prototype) {
  const constructor = constructorOf(prototype);
  if (constructor === undefined || types.isProxy(constructor)) return false;
  const name = getOwnPropertyDescriptor(constructor, 'name')?.value;
  return typeof name === 'string' && hasOwn(globalThis, name) && /** @type {any} */ (globalThis)[name] === constructor;
}

/**
 * @param {object} prototype
 * @returns {Function | undefined}
 */
function constructorOf(prototype) {
  const constructor = getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof constructor === 'function' ? constructor : undefined;
}

/**
 * Whether an error is a host object, as a DOMException is where it has a stack.
 * @param {object} error
 */
function isHostError(error) {
  for (let link = getPrototypeOf(error); link !== null && !weakSetHas(plain, link); link = getPrototypeOf(link)) {
    if (types.isProxy(link)) return false;
    // In Deno, a DOMException has the brand itself.
    if (isCloneable(link) || (isGlobalPrototype(link) && isCloneable(error))) return true;
  }
  return false;
}

/**
 * Whether the engine takes an object for a host object. It asks its host then, before it reads any property.
 * @param {object} object
 */
function hasInsides(object) {
  // Loaded when first needed, because loading takes long.
  const { Serializer } = require('node:v8');
  const serializer = /** @type {any} */ (new Serializer());
  const yes = {};
  serializer._writeHostObject = (/** @type {unknown} */ host) => {
    if (host === object) throw yes;
  };
  try {
    serializer.writeValue(object);
    return false;
  } catch (thrown) {
    // The stack was full before the engine came to ask.
    if (isForWantOfRoom(thrown)) throw thrown;
    return thrown === yes;
  }
}

/**
 * Throws for the controller of a signal: only signals can be sent. For any other object with a prototype of ferroport's signals
 * this says that it is no plain one.
 * @param {object} object
 * @returns {false}
 */
function refuseController(object) {
  if (isController(object)) require('../../objects/refusals').refuseController(object);
  return false;
}

/** @param {object} object */
function arrivesPlain(object) {
  let arrived;
  try {
    arrived = oracle.clone(object);
  } catch (error) {
    throw require('../../objects/culprit-path').blame(error, object);
  }
  // The clone is of Node's realm, which need not be this one.
  return typeof arrived === 'object' && arrived !== null && getPrototypeOf(arrived) === getPrototypeOf(native);
}

module.exports = { isPlain, isLearnt, isHostError, isRawText };
