// Values beside those that most people send, one row each: rare sizes, rare types, rare shapes.
'use strict';

const { bytes, mixedText, random, smallObject, text } = require('./payloads');

const list = (/** @type {number} */ length, /** @type {(index: number) => any} */ make) =>
  Array.from({ length }, (_, index) => make(index));

/** @type {(length: number, prefix: string, make: (index: number) => any) => object} */
const fields = (length, prefix, make) =>
  Object.fromEntries(list(length, (index) => [`${prefix}${index}`, make(index)]));

/** @param {number} levels */
const chain = (levels) => {
  let node = null;
  for (let i = 0; i < levels; i++) node = { next: node };
  return node;
};

const sparse = () => {
  const array = new Array(10_000);
  for (let i = 0; i < array.length; i += 1000) array[i] = i;
  return array;
};

const halfEmpty = () => {
  const array = list(1000, (i) => i);
  for (let i = 1; i < array.length; i += 2) delete array[i];
  return array;
};

const cycle = () => {
  /** @type {any} */
  const node = { name: 'self' };
  return Object.assign(node, { self: node });
};

const dictionary = () => {
  const object = /** @type {Record<string, number>} */ (fields(20, 'key', (i) => i));
  delete object.key3;
  return object;
};

class Point {
  x = 1.5;
  y = -2;
}

let made = 0;
/** @param {number} shapes after which the keys come again */
const nextShape = (shapes) => ({ id: 1, [`key${made++ % shapes}`]: 2, name: 'thing' });

const messages = ['started', 'stopped', 'failed'];
/** A string put together when it is sent, as most strings in programs are. */
const freshText = () => `${messages[made % 3]} after ${made++} ms`;

const shared = { x: 1, y: 2 };

const withGetter = () => ({
  get x() {
    return 1;
  },
});

const mapOfMaps = () => new Map(list(10, (i) => [i, new Map(list(10, (j) => [j, `${i} ${j}`]))]));

const views = () => {
  const { buffer } = bytes(1024);
  return list(10, (i) => new Uint8Array(buffer, i * 100, 100));
};

/** @type {import('./payloads').Payload[]} */
const ODD_PAYLOADS = [
  { name: 'undefined', make: () => undefined, count: 20_000 },
  { name: 'null', make: () => null, count: 20_000 },
  { name: 'boolean', make: () => true, count: 20_000 },
  { name: 'double', make: () => 1.5, count: 20_000 },
  { name: 'BigInt of 64 bits', make: () => 2n ** 64n - 1n, count: 20_000 },
  { name: 'BigInt of 8,192 bits', make: () => 2n ** 8192n - 1n, count: 5_000 },
  { name: 'empty string', make: () => '', count: 20_000 },
  ...[17, 20, 21, 33].map((length) => ({ name: `string of ${length}`, make: () => text(length), count: 20_000 })),
  { name: 'string of 10 two-byte characters', make: () => mixedText(10), count: 20_000 },
  { name: 'string of 200 two-byte characters', make: () => mixedText(200), count: 20_000 },
  { name: 'string of 16 KiB', make: () => text(2 ** 14), count: 1_000 },
  { name: 'string of 1 MiB, two-byte', make: () => mixedText(2 ** 20), count: 20 },
  { name: 'strings just put together', make: freshText, count: 10_000, isFresh: true },
  { name: 'empty object', make: () => ({}), count: 20_000 },
  { name: 'empty array', make: () => [], count: 20_000 },
  { name: 'array of 3 small integers', make: () => [1, 2, 3], count: 20_000 },
  { name: 'array of 1,000 small integers', make: () => list(1000, (i) => i), count: 1_000 },
  { name: 'array of 1,000 strings', make: () => list(1000, (i) => `item ${i}`), count: 200 },
  { name: 'array of 100 arrays of 10', make: () => list(100, () => list(10, (i) => i)), count: 500 },
  { name: 'array of 100 Dates', make: () => list(100, (i) => new Date(1.7e12 + i)), count: 500 },
  { name: 'array of mixed types', make: () => [1, 'two', 3.5, null, true, { x: 1 }, [2], undefined], count: 10_000 },
  { name: 'array with every second element missing', make: () => halfEmpty(), count: 500 },
  { name: 'sparse array, 10 of 10,000', make: sparse, count: 2_000 },
  { name: 'array with a named property', make: () => Object.assign([1, 2, 3], { index: 0 }), count: 5_000 },
  { name: 'object of 20 string fields', make: () => fields(20, 'field', (i) => `value ${i}`), count: 5_000 },
  {
    name: 'object of undefined and null',
    make: () => ({ a: undefined, b: null, c: undefined, d: null }),
    count: 10_000,
  },
  { name: 'object with index keys', make: () => ({ 1: 'a', 5: 'b', 100: 'c' }), count: 10_000 },
  { name: 'object of 1,000 keys', make: () => fields(1000, 'key', (i) => i), count: 100 },
  { name: 'object that has lost a key', make: dictionary, count: 5_000 },
  { name: '10,000 different shapes', make: () => nextShape(10_000), count: 10_000, isFresh: true },
  { name: 'ever new keys', make: () => nextShape(Infinity), count: 10_000, isFresh: true },
  { name: 'small objects, each another one', make: smallObject, count: 10_000, isFresh: true },
  { name: 'instance of a class', make: () => new Point(), count: 10_000 },
  { name: 'object without a prototype', make: () => Object.assign(Object.create(null), { x: 1, y: 2 }), count: 10_000 },
  { name: 'frozen object', make: () => Object.freeze(smallObject()), count: 10_000 },
  { name: 'object with a getter', make: withGetter, count: 10_000 },
  { name: 'object that contains itself', make: cycle, count: 10_000 },
  { name: 'object referenced 100 times', make: () => list(100, () => shared), count: 1_000 },
  { name: 'chain of 150 levels', make: () => chain(150), count: 500 },
  { name: 'chain of 1,000 levels', make: () => chain(1000), count: 50 },
  { name: 'Map of 10,000 entries', make: () => new Map(list(10_000, (i) => [`key ${i}`, i])), count: 10 },
  { name: 'Map of 10 Maps of 10', make: mapOfMaps, count: 500 },
  { name: 'Set of 1,000 integers', make: () => new Set(list(1000, (i) => i)), count: 200 },
  { name: 'Date', make: () => new Date(1.7e12), count: 10_000 },
  { name: 'RegExp', make: () => /^a(b+)c$/giu, count: 5_000 },
  { name: 'Error', make: () => new RangeError('out of range'), count: 2_000 },
  { name: 'boxed number', make: () => Object(42), count: 10_000 },
  { name: 'ArrayBuffer of 1 KiB, copied', make: () => bytes(1024).buffer, count: 10_000 },
  { name: 'Uint8Array of 64 bytes', make: () => bytes(64), count: 10_000 },
  { name: 'Uint8Array of 64 KiB', make: () => bytes(2 ** 16), count: 500 },
  { name: 'Float64Array of 1,000', make: () => Float64Array.from({ length: 1000 }, random), count: 5_000 },
  { name: 'DataView of 64 bytes', make: () => new DataView(bytes(64).buffer), count: 10_000 },
  { name: 'pooled Buffer of 100 bytes', make: () => Buffer.from(text(100)), count: 10_000 },
  { name: '10 views of one buffer', make: views, count: 2_000 },
  { name: 'SharedArrayBuffer', make: () => ({ id: 1, memory: new SharedArrayBuffer(1024) }), count: 2_000 },
];

module.exports = { ODD_PAYLOADS };
