'use strict';

// Objects whose insides are the engine's, one of each kind that the running Node has, made anew at each call.

const vm = require('node:vm');

/** Node 20 has none. */
const { DONT_CONTEXTIFY } = /** @type {any} */ (vm.constants);

/** The module `(module (func (export "f") (result anyref) struct.new 0 (i32.const 1)))`, the struct having one field. */
const structs = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 9, 2, 95, 1, 127, 0, 96, 0, 1, 110, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0],
  ...[10, 9, 1, 7, 0, 65, 1, 251, 0, 0, 11],
);
const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

const { DisposableStack, AsyncDisposableStack, Float16Array, Iterator, SuppressedError, Temporal } =
  /** @type {any} */ (globalThis);

/** An object made by a constructor that wants options which no two share. */
function intl(Class) {
  for (const options of [{}, { type: 'language' }, { style: 'short' }]) {
    try {
      return new Class('en', options);
    } catch {
      // It wants others.
    }
  }
  return undefined;
}

/** Classes of a namespace of the language, whatever it has on this Node. */
const classesOf = (namespace) =>
  Object.getOwnPropertyNames(namespace ?? {}).filter((name) => typeof namespace[name]?.prototype === 'object');

const temporal = {
  Instant: () => new Temporal.Instant(1n),
  PlainDate: () => new Temporal.PlainDate(2020, 1, 1),
  PlainTime: () => new Temporal.PlainTime(1),
  PlainDateTime: () => new Temporal.PlainDateTime(2020, 1, 1),
  PlainMonthDay: () => new Temporal.PlainMonthDay(1, 1),
  PlainYearMonth: () => new Temporal.PlainYearMonth(2020, 1),
  Duration: () => new Temporal.Duration(1),
  ZonedDateTime: () => new Temporal.ZonedDateTime(1n, 'UTC'),
};

const stacked = (error) => Object.assign(error, { stack: 'a stack' });

const args = (...given) =>
  (function () {
    return arguments;
  })(...given);

/** A wasm struct, where the engine has such. */
function struct() {
  const module = WebAssembly.validate(structs) ? new WebAssembly.Module(structs) : undefined;
  return module && new WebAssembly.Instance(module).exports.f();
}

/** Makers by name; one gives undefined for what this Node has not. */
const kinds = {
  rawJSON: () => JSON.rawJSON?.('1'),
  ...{ WeakRef: () => new WeakRef({}), WeakMap: () => new WeakMap(), WeakSet: () => new WeakSet() },
  ...{ FinalizationRegistry: () => new FinalizationRegistry(() => {}), Promise: () => Promise.resolve(1) },
  ...{ 'iterator of an array': () => [1].values(), 'iterator of a view': () => new Uint8Array(1).values() },
  ...{ 'iterator of a Map': () => new Map().values(), 'iterator of a Set': () => new Set().values() },
  ...{ 'iterator of a string': () => 'abc'[Symbol.iterator](), 'iterator of matches': () => 'abc'.matchAll(/b/g) },
  ...{ generator: () => (function* () {})(), 'async generator': () => (async function* () {})() },
  ...{ arguments: () => args(1), 'sloppy arguments': () => new Function('return arguments')() },
  ...{
    'Symbol object': () => Object(Symbol('s')),
    'Number object': () => Object(1),
    'String object': () => Object('s'),
  },
  ...{ 'Boolean object': () => Object(true), 'BigInt object': () => Object(1n) },
  ...Object.fromEntries(
    ['map', 'filter', 'take', 'drop', 'flatMap'].map((name) => [
      `Iterator.prototype.${name}`,
      () => [1].values()[name]?.(/take|drop/.test(name) ? 1 : (each) => [each]),
    ]),
  ),
  ...{ 'Iterator.from': () => Iterator?.from({ next() {} }), 'Iterator.concat': () => Iterator?.concat?.([1]) },
  ...Object.fromEntries(classesOf(Intl).map((name) => [`Intl.${name}`, () => intl(Intl[name])])),
  ...{ 'segments of a text': () => new Intl.Segmenter().segment('a b') },
  ...{ 'iterator of segments': () => new Intl.Segmenter().segment('a b')[Symbol.iterator]() },
  ...Object.fromEntries(classesOf(Temporal).map((name) => [`Temporal.${name}`, temporal[name]])),
  ...{ DisposableStack: () => DisposableStack && new DisposableStack() },
  ...{ AsyncDisposableStack: () => AsyncDisposableStack && new AsyncDisposableStack() },
  'error with a cause': () => stacked(new Error('m', { cause: { deep: 1 } })),
  ...{ AggregateError: () => stacked(new AggregateError([1], 'm')) },
  ...{ SuppressedError: () => SuppressedError && stacked(new SuppressedError(1, 2, 'm')) },
  ...{ 'WebAssembly.Module': () => new WebAssembly.Module(empty) },
  ...{ 'WebAssembly.Instance': () => new WebAssembly.Instance(new WebAssembly.Module(empty)) },
  ...{ 'exports of a module': () => new WebAssembly.Instance(new WebAssembly.Module(empty)).exports },
  ...{ 'WebAssembly.Memory': () => new WebAssembly.Memory({ initial: 0 }) },
  ...{ 'shared WebAssembly.Memory': () => new WebAssembly.Memory({ initial: 0, maximum: 1, shared: true }) },
  ...{ 'WebAssembly.Table': () => new WebAssembly.Table({ initial: 0, element: 'anyfunc' }) },
  ...{ 'WebAssembly.Global': () => new WebAssembly.Global({ value: 'i32' }, 1) },
  ...{ 'WebAssembly.Tag': () => new WebAssembly.Tag({ parameters: [] }) },
  ...{ 'WebAssembly.Exception': () => new WebAssembly.Exception(new WebAssembly.Tag({ parameters: [] }), []) },
  ...{ 'WebAssembly.Suspending': () => WebAssembly.Suspending && new WebAssembly.Suspending(() => {}) },
  'struct of a module': struct,
  'global object': () => vm.runInContext('globalThis', vm.createContext({})),
  'global object that nothing stands for': () => DONT_CONTEXTIFY && vm.createContext(DONT_CONTEXTIFY),
  ...{ SharedArrayBuffer: () => new SharedArrayBuffer(4), ArrayBuffer: () => new ArrayBuffer(4) },
  'growable SharedArrayBuffer': () => new SharedArrayBuffer(4, { maxByteLength: 8 }),
  'resizable ArrayBuffer': () => new ArrayBuffer(4, { maxByteLength: 8 }),
  ...{ Float16Array: () => Float16Array && new Float16Array(2), DataView: () => new DataView(new ArrayBuffer(2)) },
  ...{ Map: () => new Map([[1, 2]]), Set: () => new Set([1]), Date: () => new Date(1), RegExp: () => /a/g },
};

/** Prototypes of the language itself, of which some have insides. */
const prototypes = {
  ...Object.fromEntries(
    [
      ...['Object', 'Function', 'Array', 'Number', 'Boolean', 'String', 'Symbol', 'BigInt', 'Date', 'RegExp', 'Error'],
      ...['Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'FinalizationRegistry', 'Promise', 'ArrayBuffer', 'DataView'],
      ...['SharedArrayBuffer', 'Uint8Array', 'TypeError', 'AggregateError', 'Iterator', 'DisposableStack'],
    ].map((name) => [name, globalThis[name]?.prototype]),
  ),
  'iterators of arrays': Object.getPrototypeOf([].values()),
  'iterators of Maps': Object.getPrototypeOf(new Map().values()),
  'iterators of Sets': Object.getPrototypeOf(new Set().values()),
  'iterators of strings': Object.getPrototypeOf(''[Symbol.iterator]()),
  'typed arrays': Object.getPrototypeOf(Uint8Array.prototype),
  generators: Object.getPrototypeOf(function* () {}.prototype),
  ...{ Math, JSON, Reflect, Atomics, Intl, WebAssembly },
};

class Named {}

/** What programs do to an object: each gives undefined where the object does not allow it. */
const forms = {
  'as they are': (object) => object,
  'with properties': (object) => Reflect.isExtensible(object) && Object.assign(object, { a: 1, b: 2 }),
  'without prototype': (object) => Reflect.setPrototypeOf(object, null) && object,
  'as instances of a class': (object) => Reflect.setPrototypeOf(object, Named.prototype) && object,
};

module.exports = { Named, forms, kinds, prototypes };
