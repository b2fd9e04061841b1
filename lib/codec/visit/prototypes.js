// Tells objects that are plain to structured clone, whatever their class, from those with insides of the runtime's.
'use strict';

const { inspect } = require('node:util');
const native = require('../../native/native');
const oracle = require('../../runtime/oracle');
const { isForWantOfRoom } = require('../../node/errors');
const { COPY } = require('../../copies/card');
const { refuseUnlisted } = require('../../copies/others');
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
 * Classes whose objects are told by their slots (visit.js) before anybody asks here: what else inherits from them is plain.
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
 * Prototypes of plain objects that programs have defined.
 * @type {WeakSet<object>}
 */
const learnt = new WeakSet();

const ObjectPrototype = globals.Object.prototype;

/**
 * Whether an object stands for a text that JSON is to contain as it is (`JSON.rawJSON`). Nothing of these changes: they are
 * frozen, without prototype.
 * @type {(object: object) => boolean}
 */
const isRawText = isRawJSON ?? (() => false);

/**
 * Whether an object that is no language builtin (a Map, an error …) is plain: to be sent as its own enumerable properties.
 *
 * Classes that programs define make plain objects. What has a class of the runtime among its own is shown to Node, and so is
 * what has nothing of its own to send: programs may have given another prototype to an object whose insides are the engine's.
 * Runs no code of the program's, but what Node runs to clone what it is shown.
 * @param {object} object
 * @returns {boolean} false for a host object, one whose insides are the runtime's (a Blob, a key)
 * @throws the running Node's error, if it does not clone such objects
 */
function isPlain(object) {
  const prototype = getPrototypeOf(object);
  if (prototype === ObjectPrototype) return true;
  if (isGlobalObject(object)) return arrivesPlain(object);
  if (prototype === null || weakSetHas(plain, prototype)) return keysOf(object).length > 0 || arrivesPlain(object);
  let ofRuntime = false;
  let showsItself = false;
  for (let link = prototype; link !== null && !weakSetHas(plain, link); link = getPrototypeOf(link)) {
    // Not to be asked: its traps are the program's. What it stands before is not looked at; it can change, too.
    if (types.isProxy(link)) return keysOf(object).length > 0 || arrivesPlain(object);
    if (hasOwn(link, COPY)) refuseUnlisted(object);
    if (isCloneable(link)) return false;
    // Both host objects and plain ones can have such a prototype.
    if (isNativePrototype(link)) return arrivesPlain(object);
    ofRuntime ||= isGlobalPrototype(link);
    showsItself ||= hasOwn(link, inspect.custom);
  }
  // Nothing else tells some of Node's classes from a program's.
  if (showsItself && hasInsides(object)) return false;
  if (ofRuntime && !arrivesPlain(object)) return false;
  // In this order: who is plain is not asked about again.
  weakSetAdd(learnt, prototype);
  weakSetAdd(plain, prototype);
  return keysOf(object).length > 0 || arrivesPlain(object);
}

/**
 * Whether it is the global object of a context, which the engine refuses. A simulated browser's window is one: it has the prototype of a
 * program's class.
 * @param {object} object
 */
const isGlobalObject = (object) =>
  hasOwn(object, 'globalThis') && getOwnPropertyDescriptor(object, 'globalThis')?.value === object;

/**
 * Whether a prototype is that of a program's class whose objects have been found to be plain, or there is none.
 * @param {object | null} prototype
 */
const isLearnt = (prototype) => prototype === null || weakSetHas(learnt, prototype);

/**
 * Whether it has what a runtime's messaging looks for on host objects that are written in JavaScript: the methods that Node
 * calls, or Deno's brand.
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
    // A bound function is no class; another realm's Object is as good as ours.
    const isClass = getOwnPropertyDescriptor(constructor, 'prototype')?.value === prototype;
    if (isClass && getPrototypeOf(prototype) !== null) return true;
  }
  if (constructor !== undefined) return false;
  // Iterators have no class, but native methods.
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
 * Whether an error is a host object all the same, as a DOMException is where it has a stack.
 * @param {object} error
 */
function isHostError(error) {
  for (let link = getPrototypeOf(error); link !== null && !weakSetHas(plain, link); link = getPrototypeOf(link)) {
    if (types.isProxy(link)) return false;
    // Deno's DOMExceptions bear its brand themselves.
    if (isCloneable(link) || (isGlobalPrototype(link) && isCloneable(error))) return true;
  }
  return false;
}

/**
 * Whether the engine holds an object to be a host's. It asks the host then, before it reads any property.
 * @param {object} object
 */
function hasInsides(object) {
  // Not loaded before it is needed: loading takes long.
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
    // The engine may not have come to the question.
    if (isForWantOfRoom(thrown)) throw thrown;
    return thrown === yes;
  }
}

/** @param {object} object */
function arrivesPlain(object) {
  let arrived;
  try {
    arrived = oracle.clone(object);
  } catch (error) {
    throw require('../../objects/culprit-path').blame(error, object);
  }
  // Of Node's realm, which need not be this one.
  return typeof arrived === 'object' && arrived !== null && getPrototypeOf(arrived) === getPrototypeOf(native);
}

module.exports = { isPlain, isLearnt, isHostError, isRawText };
