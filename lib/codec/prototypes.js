// Tells objects that are plain to structured clone, whatever their class, from those with insides of the runtime's.
'use strict';

const oracle = require('../oracle');
const { blame } = require('../culprit-path');

const { getPrototypeOf, getOwnPropertyDescriptor, getOwnPropertySymbols } = Object;

/**
 * Prototypes whose objects are plain.
 * @type {WeakSet<object>}
 */
const plain = new WeakSet([Object.prototype]);

/**
 * Whether an object that is no language builtin (a Map, an error …) is plain: to be sent as its own enumerable properties.
 *
 * Classes that programs define make plain objects. What has a class of the runtime among its own is shown to Node.
 * @param {object} object
 * @returns {boolean} false for a host object, one whose insides are the runtime's (a Blob, a key)
 * @throws the running Node's error, if it does not clone such objects
 */
function isPlain(object) {
  const prototype = getPrototypeOf(object);
  if (prototype === null || plain.has(prototype)) return true;
  let ofRuntime = false;
  for (let link = prototype; link !== null && link !== Object.prototype; link = getPrototypeOf(link)) {
    if (isCloneable(link)) return false;
    // Both host objects and plain ones can have such a prototype.
    if (isNative(link)) return arrivesPlain(object);
    ofRuntime ||= isGlobalPrototype(link);
  }
  if (ofRuntime && !arrivesPlain(object)) return false;
  plain.add(prototype);
  return true;
}

/**
 * Whether it has the methods that Node's messaging calls on host objects that are written in JavaScript.
 * @param {object} prototype
 */
function isCloneable(prototype) {
  return getOwnPropertySymbols(prototype).some((symbol) => symbol.description?.startsWith('messaging_'));
}

/** @param {object} prototype */
function isNative(prototype) {
  const constructor = constructorOf(prototype);
  // Those of iterators have no constructor and a tag.
  if (constructor === undefined) return getOwnPropertyDescriptor(prototype, Symbol.toStringTag) !== undefined;
  if (!Function.prototype.toString.call(constructor).endsWith('{ [native code] }')) return false;
  // Another realm's Object.
  return !(getPrototypeOf(prototype) === null && constructor.name === 'Object');
}

/** @param {object} prototype */
function isGlobalPrototype(prototype) {
  const constructor = constructorOf(prototype);
  return constructor !== undefined && /** @type {any} */ (globalThis)[constructor.name] === constructor;
}

/**
 * @param {object} prototype
 * @returns {Function | undefined}
 */
function constructorOf(prototype) {
  const constructor = getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof constructor === 'function' ? constructor : undefined;
}

/** @param {object} object */
function arrivesPlain(object) {
  let arrived;
  try {
    arrived = oracle.clone(object);
  } catch (error) {
    throw blame(error, object);
  }
  return typeof arrived === 'object' && arrived !== null && getPrototypeOf(arrived) === Object.prototype;
}

module.exports = { isPlain };
