// The language's own classes and functions as they were when ferroport was loaded: programs may patch them afterwards.
// This file only notes them, which is quick. intrinsics.js makes functions of them, and is loaded when it is needed.
'use strict';

const { Buffer } = require('node:buffer');
const { isDeepStrictEqual, types } = require('node:util');
const nodeGlobals = require('./node-globals');
const { originalDate } = require('./original-date');

const { getOwnPropertyDescriptor, getPrototypeOf } = Object;

/** Both are missing while a startup snapshot is built; addon-search.js refuses that. */
const { SharedArrayBuffer = /** @type {any} */ (class {}), Atomics = /** @type {any} */ ({}) } = globalThis;

/** `process` of this context, and of Node's own. Programs that simulate a browser remove it from the globals. */
const { process } = globalThis;
const { process: nodeProcess } = nodeGlobals;

const globals = {
  AggregateError,
  Array,
  ArrayBuffer,
  BigInt,
  BigInt64Array,
  BigUint64Array,
  Boolean,
  Buffer,
  DataView,
  Date: originalDate(),
  Error,
  EvalError,
  FinalizationRegistry,
  Float32Array,
  Float64Array,
  Function,
  Int8Array,
  Int16Array,
  Int32Array,
  Map,
  Number,
  Object,
  Promise,
  RangeError,
  ReferenceError,
  RegExp,
  Set,
  SharedArrayBuffer,
  String,
  SyntaxError,
  TypeError,
  URIError,
  Uint8Array,
  Uint8ClampedArray,
  Uint16Array,
  Uint32Array,
  WeakMap,
  WeakRef,
  WeakSet,
  /** Not every runtime has this one. */
  Float16Array: /** @type {any} */ (globalThis).Float16Array,
};

const statics = {
  ...{ apply: Reflect.apply, construct: Reflect.construct, ownKeys: Reflect.ownKeys },
  ...{ defineProperty: Object.defineProperty, entries: Object.entries, hasOwn: Object.hasOwn, keysOf: Object.keys },
  ...{ getOwnPropertyDescriptor, getOwnPropertyNames: Object.getOwnPropertyNames },
  ...{ getPrototypeOf, setPrototypeOf: Object.setPrototypeOf },
  ...{ getOwnPropertySymbols: Object.getOwnPropertySymbols, create: Object.create, is: Object.is },
  ...{ deleteProperty: Reflect.deleteProperty, setProperty: Reflect.set, valuesOf: Object.values },
  ...{ floor: Math.floor, isFrozen: Object.isFrozen, freeze: Object.freeze },
  ...{ isArray: Array.isArray, isView: ArrayBuffer.isView, fromCharCode: String.fromCharCode },
  ...{ stringify: JSON.stringify, captureStackTrace: Error.captureStackTrace, nanoseconds: process.hrtime.bigint },
  ...{ assign: Object.assign, now: globals.Date.now, symbolFor: Symbol.for },
  ...{ load: Atomics.load, store: Atomics.store },
  allocUnsafeSlow: Buffer.allocUnsafeSlow,
  /** undefined on Node 20 */
  isRawJSON: /** @type {((value: any) => boolean) | undefined} */ (/** @type {any} */ (JSON).isRawJSON),
};

/** Methods. Their users make functions of them whose first argument is `this`. */
const methods = {
  arrayConcat: Array.prototype.concat,
  arraySlice: Array.prototype.slice,
  arraySplice: Array.prototype.splice,
  /** Every Node has this since version 20; not every runtime has it. */
  arrayWith: /** @type {any} */ (Array.prototype).with,
  bigIntValue: BigInt.prototype.valueOf,
  booleanValue: Boolean.prototype.valueOf,
  bufferResize: /** @type {any} */ (ArrayBuffer.prototype).resize,
  /** undefined on Node 20 */
  bufferTransfer: /** @type {any} */ (ArrayBuffer.prototype).transfer,
  bytesSet: Uint8Array.prototype.set,
  bytesSlice: Uint8Array.prototype.slice,
  charCodeAt: String.prototype.charCodeAt,
  classOf: Object.prototype.toString,
  dateValue: globals.Date.prototype.getTime,
  endsWith: String.prototype.endsWith,
  errorText: Error.prototype.toString,
  functionCall: Function.prototype.call,
  includes: String.prototype.includes,
  mapClear: Map.prototype.clear,
  mapDelete: Map.prototype.delete,
  mapForEach: Map.prototype.forEach,
  mapGet: Map.prototype.get,
  mapHas: Map.prototype.has,
  mapSet: Map.prototype.set,
  numberText: Number.prototype.toString,
  numberValue: Number.prototype.valueOf,
  promiseReject: Promise.reject,
  promiseResolve: Promise.resolve,
  promiseThen: Promise.prototype.then,
  regExpExec: RegExp.prototype.exec,
  registryRegister: FinalizationRegistry.prototype.register,
  setAdd: Set.prototype.add,
  setClear: Set.prototype.clear,
  setDelete: Set.prototype.delete,
  setForEach: Set.prototype.forEach,
  /** undefined on Node 20 */
  setUnion: /** @type {any} */ (Set.prototype).union,
  sourceTextOf: Function.prototype.toString,
  startsWith: String.prototype.startsWith,
  stringIndexOf: String.prototype.indexOf,
  stringLastIndexOf: String.prototype.lastIndexOf,
  stringSlice: String.prototype.slice,
  stringValue: String.prototype.valueOf,
  toWellFormed: /** @type {any} */ (String.prototype).toWellFormed,
  weakMapDelete: WeakMap.prototype.delete,
  weakMapGet: WeakMap.prototype.get,
  weakMapHas: WeakMap.prototype.has,
  weakMapSet: WeakMap.prototype.set,
  weakRefDeref: WeakRef.prototype.deref,
  weakSetAdd: WeakSet.prototype.add,
  weakSetDelete: WeakSet.prototype.delete,
  weakSetHas: WeakSet.prototype.has,
};

/** @type {Record<string, { prototype: object, names: (string | symbol)[] }>} */
const READ = {
  ArrayBuffer: { prototype: ArrayBuffer.prototype, names: ['byteLength', 'maxByteLength', 'resizable'] },
  DataView: { prototype: DataView.prototype, names: ['buffer', 'byteLength', 'byteOffset'] },
  RegExp: {
    prototype: RegExp.prototype,
    names: [
      ...['source', 'hasIndices', 'global', 'ignoreCase', 'multiline'],
      ...['dotAll', 'unicode', 'unicodeSets', 'sticky'],
    ],
  },
  Map: { prototype: Map.prototype, names: ['size'] },
  Set: { prototype: Set.prototype, names: ['size'] },
  SharedArrayBuffer: { prototype: SharedArrayBuffer.prototype, names: ['byteLength', 'growable'] },
  Symbol: { prototype: Symbol.prototype, names: ['description'] },
  TypedArray: {
    prototype: getPrototypeOf(Uint8Array.prototype),
    names: ['buffer', 'byteLength', 'byteOffset', Symbol.toStringTag],
  },
};

/**
 * Getters, by the name of their class and their own; undefined where this runtime has no such getter.
 * @type {Record<string, Record<string | symbol, (() => any) | undefined>>}
 */
const getters = {};
for (const [className, { prototype, names }] of Object.entries(READ)) {
  getters[className] = {};
  for (const name of names) getters[className][name] = getOwnPropertyDescriptor(prototype, name)?.get;
}

/**
 * Makes of a method or getter a function whose first argument is its `this`. With a second argument, `this` is fixed to
 * that one.
 */
const uncurry = Function.prototype.bind.bind(Function.prototype.call);

/**
 * Whether a value is an object to the language, functions included (ECMAScript, 6.1.7).
 * @param {any} value
 */
const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

/**
 * Whether a list has an item. Calls nothing that programs may patch.
 * @param {readonly unknown[]} list
 * @param {unknown} item
 */
function isAmong(list, item) {
  for (let i = 0; i < list.length; i++) if (list[i] === item) return true;
  return false;
}

const { isProxy } = types;

/**
 * Whether an object inherits from a prototype. Unlike `instanceof`, this asks neither a proxy among the prototypes nor
 * `Symbol.hasInstance`.
 * @param {any} value
 * @param {object} prototype
 */
function inherits(value, prototype) {
  if (!isObject(value) || isProxy(value)) return false;
  for (let link = getPrototypeOf(value); link !== null; link = getPrototypeOf(link)) {
    if (link === prototype) return true;
    if (isProxy(link)) return false;
  }
  return false;
}

/**
 * Whether a proxy stands among the prototypes of an object. Looking up a property that the object does not have runs
 * code of the program's then.
 * @param {object} object
 */
function isBeforeProxy(object) {
  for (let link = getPrototypeOf(object); link !== null; link = getPrototypeOf(link)) if (isProxy(link)) return true;
  return false;
}

const descriptionOf = uncurry(/** @type {any} */ (getters.Symbol.description));

/**
 * An object's own symbol with a given description.
 * @param {object} object
 * @param {string} description
 * @returns {symbol | undefined}
 */
function symbolOf(object, description) {
  const all = statics.getOwnPropertySymbols(object);
  for (let i = 0; i < all.length; i++) if (descriptionOf(all[i]) === description) return all[i];
  return undefined;
}

module.exports = {
  process,
  nodeProcess,
  globals,
  statics,
  methods,
  getters,
  types: { ...types },
  isDeepStrictEqual,
  uncurry,
  isObject,
  isAmong,
  inherits,
  isBeforeProxy,
  descriptionOf,
  symbolOf,
};
