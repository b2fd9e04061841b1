// Tells objects that are plain to structured clone, whatever their class, from those with insides of the runtime's.
'use strict';

const oracle = require('../oracle');

const { getPrototypeOf, getOwnPropertyDescriptor, getOwnPropertySymbols } = Object;

/**
 * What has been found out: true for a prototype whose objects are plain, false for one of a host object.
 * @type {WeakMap<object, boolean>}
 */
const known = new WeakMap([[Object.prototype, true]]);

/**
 * Whether an object that is no language builtin (a Map, an error …) is plain: to be sent as its own enumerable properties.
 * @param {object} object
 * @returns {boolean} false for a host object, one whose insides are the runtime's (a Blob, a key)
 * @throws the running Node's error, if it does not clone such objects
 */
function isPlain(object) {
  const prototype = getPrototypeOf(object);
  if (prototype === null) return true;
  const found = known.get(prototype);
  if (found !== undefined) return found;
  const plain = learn(object, prototype);
  known.set(prototype, plain);
  return plain;
}

/**
 * A class that programs define makes plain objects. One of the runtime's may not, nor what is derived from it.
 * @param {object} object
 * @param {object} prototype its
 */
function learn(object, prototype) {
  for (let link = prototype; link !== null && link !== Object.prototype; link = getPrototypeOf(link)) {
    if (isHostPrototype(link)) return false;
    // A class of the runtime without clone methods: plain on some versions of Node (a URL), refused on others.
    if (isGlobalPrototype(link)) return arrivesPlain(object);
  }
  return true;
}

/**
 * Host classes are either native, or written in JavaScript with the methods that Node's messaging calls.
 * @param {object} prototype
 */
function isHostPrototype(prototype) {
  if (getOwnPropertySymbols(prototype).some((symbol) => symbol.description?.startsWith('messaging_'))) return true;
  const constructor = constructorOf(prototype);
  if (constructor === undefined || !Function.prototype.toString.call(constructor).endsWith('{ [native code] }')) return false;
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
  const arrived = oracle.clone(object);
  return typeof arrived === 'object' && arrived !== null && getPrototypeOf(arrived) === Object.prototype;
}

module.exports = { isPlain };
