'use strict';

// The rows of the structured-clone table, each with its edge values: what arrives, to the last property flag.

const { same } = require('../support/scenario');
const { mix, row } = require('../support/rows');

row('undefined, null and booleans', () => [undefined, null, true, false]);

row('numbers', () => [
  ...[0, -0, 1, -1, NaN, Infinity, -Infinity, 0.1, -0.5, 1e21, 5e-324, 1.7976931348623157e308],
  ...[
    2 ** 23 - 1,
    2 ** 23,
    -(2 ** 23),
    -(2 ** 23) - 1,
    2 ** 29,
    2 ** 30,
    -(2 ** 30),
    -(2 ** 30) - 1,
    2 ** 31 - 1,
    2 ** 31,
  ],
  ...[-(2 ** 31), -(2 ** 31) - 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), Number.EPSILON],
]);

row('strings', () => [
  ...[
    '',
    'a',
    'abc',
    'abcd',
    'naïve',
    'ÿ',
    'Ā',
    '日本',
    '😀',
    '\0',
    'a\0b',
    '\ud800',
    'a\udfff',
    '\udc00\ud800',
    '\ufeff',
  ],
  ...['x'.repeat(255), 'ÿ'.repeat(1025), '日'.repeat(1025), `${'a'.repeat(1024)}😀`, 'a'.repeat(100).slice(3, 60)],
]);

same('long strings', ({ log, trip }) => {
  for (const unit of ['a', 'é', '日', '\ud83d']) {
    const text = unit.repeat(300_000);
    log(trip(text) === text, trip({ text }).text === text);
  }
});

row('bigints', () => [
  ...[0n, 1n, -1n, 2n ** 31n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 64n, -(2n ** 64n), -(2n ** 63n)],
  ...[2n ** 128n - 1n, -(2n ** 1000n), 3n ** 4000n],
]);

row('primitive objects', () => [
  ...[false, true, 0, -0, NaN, 1.5, '', 'abc', '日\ud800', 0n, -(2n ** 70n)].map(Object),
  mix(Object('abc'), { extra: 1 }),
  mix(Object(1), { extra: 1 }),
]);

row('primitive objects with other prototypes', () => [
  Object.setPrototypeOf(Object('abc'), null),
  Object.setPrototypeOf(Object(1), Array.prototype),
  new (class Text extends String {})('sub'),
  new (class Count extends Number {})(4),
]);

row('dates', () => [
  ...[0, -0, 1, -1, 8.64e15, -8.64e15, 8.64e15 + 1, NaN, 1.9, 1_700_000_000_000].map((time) => new Date(time)),
  mix(new Date(0), { extra: 1 }),
  Object.setPrototypeOf(new Date(5), null),
  new (class Day extends Date {})(6),
]);

row('regular expressions', () => [
  ...[
    /a/,
    /a/dgimsuy,
    /(?<name>x)\/y/,
    new RegExp(''),
    new RegExp('\n'),
    /日本/u,
    /[\u{1F600}]/u,
    /\ud83d/,
    new RegExp('/'),
  ],
  ...[
    /[\p{L}--[a-z]]/v,
    mix(/x/, { extra: 1 }),
    Object.setPrototypeOf(/x/g, null),
    new (class Rule extends RegExp {})('y', 'i'),
  ],
]);

same('a regular expression’s lastIndex starts again', ({ log, trip }) => {
  const pattern = /a/g;
  pattern.test('aa');
  log(pattern.lastIndex, trip(pattern).lastIndex, trip(Object.assign(/x/v, { lastIndex: 5 })));
});

row('plain objects', () => [
  ...[{}, { a: 1 }, { a: { b: { c: null } } }, { '': 1 }, { 'a b': 1, 日本: 2, '\ud800': 3 }],
  { b: 1, a: 2, 10: 3, 2: 4, '01': 5, '-1': 6, 4294967294: 7, 4294967295: 8, 4294967296: 9 },
  JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "toString": 3, "hasOwnProperty": 4}'),
  { ['__proto__']: null, then: 1, length: 2, name: 3 },
  Object.fromEntries(Array.from({ length: 1100 }, (_, index) => [`key${index}`, index])),
  { undefined, null: null },
  { toJSON: 1, valueOf: 2 },
]);

row('symbols and hidden properties are dropped', () => [
  { a: 1, [Symbol('s')]: 2, [Symbol.toStringTag]: 'Odd', [Symbol.iterator]: 3 },
  Object.defineProperty({ a: 1 }, 'hidden', { value: () => {}, enumerable: false }),
  Object.defineProperty({ a: 1 }, 'readonly', { value: 2, enumerable: true }),
  Object.freeze({ a: Object.freeze([1]) }),
  Object.seal({ a: 1 }),
  Object.preventExtensions({ a: 1 }),
]);

row('class instances and other prototypes', () => {
  class Base {
    a = 1;
    #private = 2;
    get computed() {
      return this.#private;
    }
    method() {}
  }
  class Derived extends Base {
    b = 3;
  }
  return [
    ...[
      new Base(),
      new Derived(),
      Object.create(null),
      mix(Object.create(null), { a: 1 }),
      Object.create({ inherited: 1 }),
    ],
    ...[mix(Object.create(new Map()), { a: 1 }), Object.setPrototypeOf({ a: 1 }, Array.prototype)],
    ...[
      Object.prototype,
      Array.prototype,
      Map.prototype,
      Date.prototype,
      Error.prototype,
      Boolean.prototype,
      Math,
      JSON,
    ],
    ...[new (require('node:events'))(), new EventTarget(), new Event('x'), globalThis.Atomics, Reflect],
  ];
});

row('arrays', () => [
  ...[
    [],
    [1, 2, 3],
    [[], [[]]],
    [,],
    [1, , 3],
    [, ,],
    [undefined, null],
    new Array(5),
    Array.from({ length: 2000 }, (_, i) => i),
  ],
  ...[[1.5, -0, NaN], [1, 'a', null, {}], ['a', 'b'], [true, false], [2 ** 31, -(2 ** 31) - 1], [1, 2.5], [10n]],
  mix([1, 2], { extra: 'x', '-1': 'y', '01': 'z', 4294967295: 'beyond' }),
  mix([], { extra: [1] }),
  mix(new Array(3), { extra: 1 }),
  Object.assign([], { 5: 'five' }),
  Object.defineProperty([1, 2, 3], 1, { enumerable: false }),
  Object.freeze([1, [2]]),
  Object.setPrototypeOf([1], null),
  Object.setPrototypeOf([1, 2], Object.prototype),
  new (class List extends Array {})(1, 2, 3),
]);

same('sparse arrays of great length', ({ log, trip }) => {
  const sparse = [];
  sparse[4294967294] = 'last';
  sparse[1000000] = 'middle';
  for (const value of [sparse, new Array(4294967295), Object.assign(new Array(50_000_000), { 7: 1 })]) {
    const arrived = trip(value);
    log(arrived.length, Object.entries(arrived));
  }
});

row('arrays and prototypes with elements', () => {
  const child = Object.setPrototypeOf([, 2], mix(Object.create(Array.prototype), { 0: 'inherited' }));
  return [child, [child]];
});

row('maps', () => [
  ...[
    new Map(),
    new Map([[1, 2]]),
    new Map([
      [NaN, -0],
      [-0, NaN],
      ['a', undefined],
      [undefined, null],
    ]),
  ],
  ...[
    new Map([
      [{}, []],
      [[], {}],
    ]),
    new Map([[new Map(), new Set()]]),
    mix(new Map([[1, 2]]), { extra: 1 }),
  ],
  Object.setPrototypeOf(new Map([[1, 2]]), Object.prototype),
  Object.setPrototypeOf(new Map([[1, 2]]), null),
  new (class Table extends Map {})([[1, 2]]),
]);

row('sets', () => [
  ...[new Set(), new Set([1, 'a', NaN, -0, null, undefined]), new Set([{}, []]), new Set([new Set([1])])],
  ...[
    mix(new Set([1]), { extra: 1 }),
    Object.setPrototypeOf(new Set([1]), Map.prototype),
    new (class Bag extends Set {})([1]),
  ],
]);

same('overridden methods of maps, sets, dates and errors are not called', ({ log, trip }) => {
  const never = () => log('called');
  const odd = (object) => mix(object, { [Symbol.iterator]: never, entries: undefined, forEach: undefined });
  class Odd extends Map {
    entries() {
      never();
    }
    [Symbol.iterator]() {
      never();
    }
  }
  log(trip(new Odd([[1, 2]])));
  log(trip(odd(new Set([1]))));
  class Late extends Date {
    getTime() {
      never();
    }
    valueOf() {
      never();
    }
    toJSON() {
      never();
    }
  }
  log(trip(new Late(5)), trip({ toJSON: undefined, [Symbol.toPrimitive]: 1 }));
});
