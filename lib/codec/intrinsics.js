// The language's own functions as they were when ferroport was loaded: programs may patch them afterwards.
'use strict';

const { Array, Object, Map, WeakMap, WeakSet, Uint8Array } = globalThis;
const { types } = require('node:util');

/**
 * A method as a function of its `this`.
 * @type {<This, Arguments extends any[], Result>(method: (this: This, ...rest: Arguments) => Result) =>
 *   (self: any, ...rest: Arguments) => Result}
 */
const uncurry = /** @type {any} */ (Function.prototype.bind.bind(Function.prototype.call));

/**
 * A getter as a function of its `this`: it reads an internal slot, out of reach of own properties.
 * @param {object} prototype that has the getter, now
 * @param {string | symbol} name
 * @returns {(self: any) => any} gives undefined where this runtime has no such getter
 */
const getter = (prototype, name) => {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  return get === undefined ? () => undefined : uncurry(get);
};

/**
 * Whether a value is an object to the language, functions included (ECMAScript, 6.1.7).
 * @param {any} value
 */
const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

const { apply, construct, ownKeys } = Reflect;
const { defineProperty, entries, hasOwn } = Object;
const { getOwnPropertyDescriptor, getOwnPropertyNames, getPrototypeOf, setPrototypeOf } = Object;

module.exports = {
  uncurry,
  getter,
  isObject,
  apply,
  construct,
  ownKeys,
  defineProperty,
  entries,
  getOwnPropertyDescriptor,
  getOwnPropertyNames,
  getPrototypeOf,
  hasOwn,
  setPrototypeOf,
  keysOf: Object.keys,
  classOf: uncurry(Object.prototype.toString),
  isArray: Array.isArray,
  isView: ArrayBuffer.isView,
  Object,
  Map,
  WeakMap,
  WeakSet,
  Uint8Array,
  types: { ...types },
  Array,
  arraySlice: uncurry(Array.prototype.slice),
  mapGet: uncurry(Map.prototype.get),
  mapSet: uncurry(Map.prototype.set),
  mapDelete: uncurry(Map.prototype.delete),
  mapHas: uncurry(Map.prototype.has),
  mapSize: getter(Map.prototype, 'size'),
  mapForEach: uncurry(Map.prototype.forEach),
  setAdd: uncurry(Set.prototype.add),
  setDelete: uncurry(Set.prototype.delete),
  setSize: getter(Set.prototype, 'size'),
  setForEach: uncurry(Set.prototype.forEach),
  weakMapGet: uncurry(WeakMap.prototype.get),
  weakMapSet: uncurry(WeakMap.prototype.set),
  weakSetHas: uncurry(WeakSet.prototype.has),
  weakSetAdd: uncurry(WeakSet.prototype.add),
  registryRegister: uncurry(FinalizationRegistry.prototype.register),
  /** undefined on Node 20 */
  bufferTransfer: /** @type {((buffer: ArrayBuffer) => ArrayBuffer) | undefined} */ (
    'transfer' in ArrayBuffer.prototype ? uncurry(/** @type {any} */ (ArrayBuffer.prototype).transfer) : undefined
  ),
  bufferResize: uncurry(/** @type {any} */ (ArrayBuffer.prototype).resize),
  bytesSet: uncurry(Uint8Array.prototype.set),
  bytesSlice: uncurry(Uint8Array.prototype.slice),
  charCodeAt: uncurry(String.prototype.charCodeAt),
  regExpExec: uncurry(RegExp.prototype.exec),
  dateValue: uncurry(Date.prototype.getTime),
  sourceTextOf: uncurry(Function.prototype.toString),
  endsWith: uncurry(String.prototype.endsWith),
  startsWith: uncurry(String.prototype.startsWith),
  includes: uncurry(String.prototype.includes),

  /**
   * An array that inherits nothing: appending to it asks no setter that somebody may have put on a prototype.
   * @returns {unknown[]}
   */
  bareList: () => setPrototypeOf([], null),
};
