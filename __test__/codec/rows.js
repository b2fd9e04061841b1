'use strict';

// One value, or a few, for every row of the clone table: what `serialize` takes.

class Point {
  #hidden = 1;
  x = 1;
  get y() {
    return this.#hidden;
  }
}

const stacked = (error, stack = 'a stack') => Object.assign(error, { stack });

const cycle = () => {
  const map = new Map();
  const list = [map, new Set([map])];
  map.set(list, { list, map });
  return list;
};

const shared = () => {
  const buffer = new ArrayBuffer(16, { maxByteLength: 32 });
  return [new Uint8Array(buffer), new DataView(buffer, 2, 4), buffer, new Int16Array(buffer, 4), buffer];
};

/** Values by name, made anew for each use. */
const rows = {
  undefined: () => undefined,
  null: () => null,
  booleans: () => [true, false],
  numbers: () => [0, -0, 1, -1, 2 ** 23, -(2 ** 23) - 1, 2 ** 31, 2 ** 53, 0.1, 5e-324, NaN, Infinity, -Infinity],
  strings: () => ['', 'a', 'é', 'Ā', '\ud800', 'x\udfffy', '\0', 'l'.repeat(1e5), '長'.repeat(1e5)],
  BigInts: () => [0n, 1n, -1n, 2n ** 63n, -(2n ** 64n), 7n ** 1000n, -(2n ** 4096n)],
  'boxed primitives': () => [false, true, -0, 1.5, '', 'text', -(3n ** 99n)].map(Object),
  dates: () => [0, -0, 1.5, NaN, 8.64e15].map((time) => new Date(time)),
  regexps: () =>
    [/a/, /[/]\n/dgimsuy, /(?<n>é)/v, new RegExp('')].map((regexp) => Object.assign(regexp, { lastIndex: 3 })),
  'plain objects': () => ({ b: 1, a: 2, 7: 'seven', '-1': 'minus one', '': 'empty', nested: { deeper: {} } }),
  'properties that are not sent': () => Object.defineProperty({ [Symbol('s')]: 1, a: 1 }, 'hidden', { value: 1 }),
  accessors: () => ({
    get computed() {
      return { once: true };
    },
  }),
  'own __proto__': () => JSON.parse('{"__proto__":{"x":1},"a":1}'),
  'class instances': () => [new Point(), Object.create(null), Object.create({ inherited: 1 })],
  arrays: () => [[], [1, 2, 3], [0.5, 1], ['a', {}], [undefined, null], Array(5), [1, , 3], Array(5000)],
  'arrays with keys': () => Object.assign([1, , 3], { extra: 1, '-1': 2, 4294967295: 3 }),
  'sparse arrays': () => {
    const array = [];
    array[4294967294] = 'last';
    array[9] = 'first';
    return array;
  },
  maps: () =>
    new Map([
      [1, 'one'],
      [NaN, {}],
      ['k', new Map([[{}, []]])],
    ]),
  sets: () => new Set([1, 'a', NaN, -0, {}, new Set()]),
  errors: () => [
    ...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((Type) =>
      stacked(new Type('m')),
    ),
    stacked(Object.assign(new Error('m'), { name: 'TypeError' })),
    stacked(Object.assign(new Error('m'), { name: 'Other', extra: 1 })),
    stacked(new AggregateError([1], 'm')),
    stacked(new Error('m', { cause: { deep: [1] } })),
    stacked(new Error()),
  ],
  'array buffers': () => [new ArrayBuffer(0), Uint8Array.of(1, 2, 3).buffer, new ArrayBuffer(2, { maxByteLength: 9 })],
  views: () =>
    ['Int8', 'Uint8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float16', 'Float32', 'Float64']
      .map((name) => globalThis[`${name}Array`])
      .filter(Boolean)
      .flatMap((Type) => [Type.of(1, 2, 3), new Type(new ArrayBuffer(64), 8, 3), new Type(0)]),
  'BigInt views and DataViews': () => [
    BigInt64Array.of(-1n),
    BigUint64Array.of(1n),
    new DataView(new ArrayBuffer(9), 3, 5),
  ],
  'views that share': shared,
  'length-tracking views of half an element': () => {
    const view = new Float32Array(new ArrayBuffer(12, { maxByteLength: 64 }), 4);
    new Uint8Array(view.buffer).fill(7);
    view.buffer.resize(10);
    return view;
  },
  'length-tracking views': () => new Float32Array(new ArrayBuffer(12, { maxByteLength: 64 }), 4),
  cycles: cycle,
};

module.exports = { rows };
