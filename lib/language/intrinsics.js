// The language's own functions as they were when ferroport was loaded, to be called whatever programs have patched since.
'use strict';

const {
  globals,
  statics,
  methods,
  getters,
  types,
  isDeepStrictEqual,
  uncurry: bind,
  isObject,
  inherits,
  isBeforeProxy,
  descriptionOf,
} = require('./originals');

const { Array, Object, Map, Set, WeakMap, WeakSet, Uint8Array } = globals;
const { keysOf, setPrototypeOf } = statics;

/**
 * Makes of a method a function whose first argument is the method's `this`.
 * @type {<This, Arguments extends any[], Result>(method: (this: This, ...rest: Arguments) => Result) =>
 *   (self: any, ...rest: Arguments) => Result}
 */
const uncurry = /** @type {any} */ (bind);

/**
 * Makes of a class's getter a function whose argument is the getter's `this`. The getter reads an internal slot, which
 * own properties cannot hide.
 * @param {string} className
 * @param {string | symbol} name one that originals.js has noted
 * @returns {(self: any) => any} a function that gives undefined where this runtime has no such getter
 */
const slot = (className, name) => {
  const get = getters[className][name];
  return get === undefined ? () => undefined : uncurry(get);
};

const slice = uncurry(methods.arraySlice);
const concat = uncurry(methods.arrayConcat);

/**
 * @template T
 * @param {number} length
 * @param {T} value
 * @returns {T[]} an array of `length` elements. They are defined, not assigned, because arrays may inherit setters
 */
function filled(length, value) {
  let list = [value];
  while (list.length < length) list = concat(list, list);
  return slice(list, 0, length);
}

/**
 * @param {Record<string, number>} numbers by names of classes
 * @returns {any[]} the language's classes, at the indices that the numbers say
 */
function classesBy(numbers) {
  const classes = /** @type {any[]} */ (setPrototypeOf([], null));
  const names = keysOf(numbers);
  for (let i = 0; i < names.length; i++) classes[numbers[names[i]]] = /** @type {any} */ (globals)[names[i]];
  return classes;
}

module.exports = {
  ...statics,
  uncurry,
  globals,
  classesBy,
  filled,
  slot,
  isObject,
  inherits,
  isBeforeProxy,
  Object,
  Map,
  Set,
  WeakMap,
  WeakSet,
  Uint8Array,
  types,
  isDeepStrictEqual,
  Array,
  arraySlice: slice,
  /** undefined where the language has none */
  arrayWith: /** @type {((array: unknown[], index: number, value: unknown) => unknown[]) | undefined} */ (
    methods.arrayWith === undefined ? undefined : uncurry(methods.arrayWith)
  ),
  errorText: uncurry(methods.errorText),
  mapClear: uncurry(methods.mapClear),
  mapGet: uncurry(methods.mapGet),
  mapSet: uncurry(methods.mapSet),
  mapDelete: uncurry(methods.mapDelete),
  mapHas: uncurry(methods.mapHas),
  mapSize: slot('Map', 'size'),
  mapForEach: uncurry(methods.mapForEach),
  setAdd: uncurry(methods.setAdd),
  setClear: uncurry(methods.setClear),
  setDelete: uncurry(methods.setDelete),
  setSize: slot('Set', 'size'),
  setForEach: uncurry(methods.setForEach),
  /** undefined on Node 20 */
  setUnion: /** @type {((set: Set<any>, other: object) => Set<any>) | undefined} */ (
    methods.setUnion === undefined ? undefined : uncurry(methods.setUnion)
  ),
  descriptionOf,
  stringIndexOf: uncurry(methods.stringIndexOf),
  toWellFormed: /** @type {(text: string) => string} */ (uncurry(methods.toWellFormed)),
  stringSlice: uncurry(methods.stringSlice),
  weakMapGet: uncurry(methods.weakMapGet),
  weakMapHas: uncurry(methods.weakMapHas),
  weakMapSet: uncurry(methods.weakMapSet),
  weakRefDeref: uncurry(methods.weakRefDeref),
  weakSetHas: uncurry(methods.weakSetHas),
  weakSetAdd: uncurry(methods.weakSetAdd),
  registryRegister: uncurry(methods.registryRegister),
  /** undefined on Node 20 */
  bufferTransfer: /** @type {((buffer: ArrayBuffer) => ArrayBuffer) | undefined} */ (
    methods.bufferTransfer === undefined ? undefined : uncurry(methods.bufferTransfer)
  ),
  bufferResize: uncurry(methods.bufferResize),
  bytesSet: uncurry(methods.bytesSet),
  bytesSlice: uncurry(methods.bytesSlice),
  charCodeAt: uncurry(methods.charCodeAt),
  classOf: uncurry(methods.classOf),
  regExpExec: uncurry(methods.regExpExec),
  dateValue: uncurry(methods.dateValue),
  numberValue: uncurry(methods.numberValue),
  stringValue: uncurry(methods.stringValue),
  booleanValue: uncurry(methods.booleanValue),
  bigIntValue: uncurry(methods.bigIntValue),
  sourceTextOf: uncurry(methods.sourceTextOf),
  endsWith: uncurry(methods.endsWith),
  startsWith: uncurry(methods.startsWith),
  includes: uncurry(methods.includes),

  /**
   * An array that inherits nothing: appending to it calls no setter that somebody may have put on a prototype.
   * @returns {unknown[]}
   */
  bareList: () => setPrototypeOf([], null),
};
