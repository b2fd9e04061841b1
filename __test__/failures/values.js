'use strict';

// What the operations post: one of each kind that the codecs treat in a way of its own.

const crypto = require('node:crypto');
const { BlockList } = require('node:net');

class Instance {
  constructor(n) {
    this.n = n;
    this.inner = { list: [n] };
  }
  get method() {
    return () => {};
  }
}

const repeat = (length, make) => Array.from({ length }, (_, index) => make(index));

function deep(levels, n) {
  let value = { n };
  for (let level = 0; level < levels; level++) value = level % 2 ? [value, level] : { level, value };
  return value;
}

function blockList(n) {
  const list = new BlockList();
  list.addAddress(`10.0.0.${n % 250}`);
  return list;
}

const secret = crypto.createSecretKey(Buffer.from('a key of sixteen'));

function withCause(n) {
  const error = new TypeError(`outer ${n}`, { cause: new Error('inner') });
  return error;
}

/**
 * @typedef {object} Kind
 * @property {string} name
 * @property {(n: number) => any} make the same for the same number, except for what nobody can make twice
 * @property {(n: number) => any} [expected] what arrives, if that is something else
 * @property {(value: any) => any} [view] what can be compared of it
 * @property {boolean} [isRefused] it cannot be cloned
 * @property {boolean} [isShared] several receivers, or bytes, cannot have it
 * @property {boolean} [isLarge] to write, read and compare it takes long
 * @property {boolean} [isHost] it is one of the objects that bytes cannot hold
 */

/** @type {Kind[]} */
const all = [
  { name: 'a number', make: (n) => n + 0.5 },
  { name: 'a short string', make: (n) => `short ${n}` },
  { name: 'a short string of wide characters', make: (n) => `łódź ${n}` },
  { name: 'a long string', make: (n) => `${n} ${'long text '.repeat(9_000)}`, isLarge: true },
  { name: 'a long string of wide characters', make: (n) => `${n} ${'długi tekst '.repeat(6_000)}`, isLarge: true },
  { name: 'a small object', make: (n) => ({ id: n, name: 'small', ok: true, at: { x: 1, y: n } }) },
  {
    name: 'records',
    make: (n) => repeat(20, (i) => ({ id: n + i, name: `record ${i}`, tags: ['a', 'b'], score: i / 3 })),
  },
  {
    name: 'records that fill more than the block',
    make: (n) => repeat(1500, (i) => ({ id: n + i, name: `record ${i}`, more: [i, 'x', null] })),
    isLarge: true,
  },
  { name: 'strings and long strings', make: (n) => ['secret'.repeat(900), { n, text: 'also secret'.repeat(400) }] },
  { name: 'nested arrays', make: (n) => [[n, [1, [2, [3, ['four', [5.5]]]]]], [], [[[]]]] },
  { name: 'an object of 230 levels', make: (n) => deep(230, n), isLarge: true },
  { name: 'new keys', make: (n) => ({ [`new ${n}`]: 1, [`newer ${n}`]: { [`newest ${n}`]: 2 } }) },
  {
    name: 'a Map and a Set',
    make: (n) =>
      new Map([
        [n, new Set([1, { a: n }])],
        [{ key: 1 }, new Map([['in', [n]]])],
      ]),
  },
  { name: 'a Date', make: (n) => [new Date(n), { when: new Date(n + 1) }] },
  { name: 'a RegExp', make: (n) => ({ re: /a[b-d]+$/giu, n }) },
  { name: 'an error with a cause', make: withCause },
  {
    name: 'an instance of a class',
    make: (n) => [new Instance(n), new Instance(n + 1)],
    expected: (n) => [{ ...new Instance(n) }, { ...new Instance(n + 1) }],
  },
  {
    name: 'an object without prototype',
    make: (n) => Object.assign(Object.create(null), { n, inner: { n } }),
    expected: (n) => ({ n, inner: { n } }),
  },
  { name: 'a sparse array', make: (n) => Object.assign([n, , 2, , , 'five'], { beside: n }) },
  { name: 'big integers', make: (n) => [BigInt(n), -(2n ** 64n), 7n ** 99n, [2n ** 300n]] },
  { name: 'boxed primitives', make: (n) => [Object(n), Object(`s${n}`), Object(true), Object(5n)] },
  {
    name: 'typed arrays',
    make: (n) => [
      new Float64Array([n, 1.5]),
      new Int16Array(40).fill(n),
      new DataView(new ArrayBuffer(9), 1),
      new BigInt64Array(2),
    ],
  },
  {
    name: 'views of one buffer',
    make: (n) => {
      const b = new Uint8Array(64).fill(n).buffer;
      return [new Uint8Array(b, 8, 8), new Uint16Array(b), b];
    },
  },
  { name: 'numbers', make: (n) => [repeat(300, (i) => i + n), repeat(300, (i) => i / 7)] },
  { name: '64 KiB', make: (n) => ({ bytes: new Uint8Array(65_536).fill(n) }), isLarge: true },
  { name: '2 MiB', make: (n) => new Uint8Array(1 << 21).fill(n), isLarge: true },
  {
    name: 'shared references',
    make: (n) => {
      const o = { n };
      return [o, { o }, [o], new Map([[o, o]])];
    },
  },
  {
    name: 'a cycle',
    make: (n) => {
      const o = { n, list: [] };
      o.list.push(o, { o });
      return o;
    },
  },
  {
    name: 'a SharedArrayBuffer',
    make: (n) => ({ n, shared: new SharedArrayBuffer(16), view: new Int32Array(new SharedArrayBuffer(8)) }),
    isShared: true,
  },
  {
    name: 'a SharedArrayBuffer after much',
    make: (n) => ({ text: 'x'.repeat(70_000), list: repeat(50, (i) => ({ i })), shared: new SharedArrayBuffer(16), n }),
    isShared: true,
    isLarge: true,
  },
  { name: 'a key', make: (n) => ({ n, secret }), isShared: true, isHost: true },
  {
    name: 'a BlockList',
    make: (n) => [blockList(n), { n }],
    view: (message) => [message?.[0]?.rules, message?.[1]],
    isShared: true,
    isHost: true,
  },
  {
    name: 'a BlockList alone',
    make: (n) => blockList(n),
    view: (message) => message?.rules,
    isShared: true,
    isHost: true,
  },
  {
    name: 'a function deep inside',
    make: (n) => ({ text: 'secret'.repeat(9_000), a: [{ b: { n, c: [1, () => {}] } }] }),
    isRefused: true,
  },
  {
    name: 'a symbol after a SharedArrayBuffer',
    make: (n) => [new SharedArrayBuffer(8), { n, s: Symbol('s') }],
    isRefused: true,
  },
  { name: 'a Proxy', make: (n) => ({ n, p: new Proxy({ n }, {}) }), isRefused: true },
  { name: 'a WeakMap in a Map', make: (n) => new Map([[n, { weak: new WeakMap() }]]), isRefused: true },
];

const kinds = all.map((kind) => {
  const { make, view = (value) => value } = kind;
  return { view, expected: (/** @type {number} */ n) => view(make(n)), ...kind };
});

module.exports = { kinds, deep, blockList };
