'use strict';

// Values from other contexts of the same thread: they are what their slots say, and arrive in the receiver's realm.

const test = require('ava');
const threads = require('node:worker_threads');
const vm = require('node:vm');
const ferroport = require('../..');
const { arrivalOf } = require('../support/arrival');

const context = vm.createContext({});

const EXPRESSIONS = [
  ...[
    '({ a: 1 })',
    '[1, , { b: 2 }]',
    'Object.create(null)',
    'new (class A { a = 1 })()',
    'Object.create({ inherited: 1 })',
  ],
  ...[
    'new Map([[{}, new Set([1])]])',
    'new Date(5)',
    '/a/gi',
    'Object(1)',
    'Object("s")',
    'Object(false)',
    'Object(1n)',
  ],
  ...[
    'Object.assign(new TypeError("m", { cause: [1] }), { stack: "s" })',
    'Object.assign(new Error("m"), { stack: "s", name: "RangeError" })',
  ],
  ...['new ArrayBuffer(3)', 'Uint8Array.of(1, 2)', 'new DataView(new ArrayBuffer(8), 2)', 'BigInt64Array.of(1n)'],
  ...['new ArrayBuffer(3, { maxByteLength: 9 })', 'new Uint8Array(new ArrayBuffer(3, { maxByteLength: 9 }))'],
  ...[
    '() => {}',
    'Symbol("s")',
    'new WeakMap()',
    'new WeakRef({})',
    'new Proxy({}, {})',
    'Promise.resolve()',
    '[].values()',
  ],
  ...[
    '(function* () {})()',
    '(function () { return arguments })()',
    'new Intl.NumberFormat()',
    'new Intl.Segmenter().segment("x")',
  ],
  ...['globalThis', 'Math', 'JSON', 'Object.prototype', 'Array.prototype', 'Error.prototype', 'Map.prototype'],
  ...['[[], {}].map((value) => [value, value])', '(() => { const a = {}; a.a = a; return a; })()'],
];

for (const expression of EXPRESSIONS) {
  test(`${expression} of another realm is what it is to the built-in`, (t) => {
    const make = () => vm.runInContext(expression, context);
    t.deepEqual(arrivalOf(ferroport, make()), arrivalOf(threads, make()));
  });
}

test('the sandbox object of a context is what it is to the built-in', (t) => {
  const make = () => vm.createContext({ a: [1], b: { c: 1 } });
  t.deepEqual(arrivalOf(ferroport, make()), arrivalOf(threads, make()));
});
