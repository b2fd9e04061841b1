'use strict';

// Property names that are more than names: `__proto__`, indices, lone surrogates, very long ones, very many.

const test = require('ava');
const v8 = require('node:v8');
const { deserialize, serialize, MessageChannel, receiveMessageOnPort } = require('../..');

const KEYS = [
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'valueOf',
    'hasOwnProperty',
    'then',
    'length',
    'name',
    'get',
  ],
  ...[
    '',
    ' ',
    '\0',
    'a\0b',
    '\n',
    '"',
    "'",
    '`',
    '\\',
    '\u2028',
    '${x}',
    '*/',
    'é',
    'ÿ',
    'Ā',
    '日本',
    '😀',
    '\ud800',
    '\udc00a',
  ],
  ...['0', '1', '00', '01', '-0', '-1', '+1', '1.0', '1.5', '1e3', 'NaN', 'Infinity', ' 1', '1 ', '0x1'],
  ...[
    '2147483647',
    '2147483648',
    '4294967293',
    '4294967294',
    '4294967295',
    '4294967296',
    '9007199254740991',
    '9007199254740993',
  ],
  ...['true', 'null', 'undefined', 'x'.repeat(100_000), '長'.repeat(100_000)],
];

const define = (object, key, value) =>
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });

function through(value) {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(value);
  const { message } = receiveMessageOnPort(port2);
  port1.close();
  return message;
}

for (const [kind, make] of Object.entries({ objects: () => ({}), arrays: () => [1, 2] })) {
  test(`every key of ${kind} arrives as itself, in its place, alone and among all`, (t) => {
    const all = make();
    for (const key of KEYS.filter((key) => kind === 'objects' || key !== 'length')) {
      // An array of 2^32 - 1 elements: later than all others, below.
      if (kind === 'arrays' && /^(2147|42949672)/.test(key)) continue;
      define(all, key, { key });
      const one = define(make(), key, { key });
      for (const clone of [deserialize(serialize(one)), through(one)]) {
        const expected = v8.deserialize(v8.serialize(one));
        t.deepEqual(Object.keys(clone), Object.keys(expected));
        t.is(Object.getPrototypeOf(clone), Object.getPrototypeOf(one));
        t.deepEqual(Object.getOwnPropertyDescriptor(clone, key), Object.getOwnPropertyDescriptor(one, key));
        if (kind === 'arrays') t.is(clone.length, one.length);
      }
    }
    for (const clone of [deserialize(serialize(all)), through(all)]) {
      t.deepEqual(Object.keys(clone), Object.keys(all));
      for (const key of Object.keys(all)) {
        t.deepEqual(Object.getOwnPropertyDescriptor(clone, key).value, { key: all[key].key });
      }
    }
  });
}

test('indices at the end of an array’s range arrive', (t) => {
  for (const index of [2147483647, 2147483648, 4294967293, 4294967294]) {
    const array = [0];
    array[index] = 'far';
    define(array, '4294967295', 'no index');
    const arrived = deserialize(serialize(array));
    t.is(arrived.length, index + 1);
    t.deepEqual(Object.entries(arrived), [
      ['0', 0],
      [String(index), 'far'],
      ['4294967295', 'no index'],
    ]);
  }
});

test('nothing that arrives has changed a prototype', (t) => {
  const hostile = JSON.parse(
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":{"__proto__":[]}}',
  );
  const arrived = deserialize(serialize([hostile, define([], '__proto__', { polluted: 1 })]));
  t.is({}.polluted, undefined);
  t.is([].polluted, undefined);
  t.is(arrived[0].polluted, undefined);
  t.deepEqual(Object.getOwnPropertyDescriptor(arrived[0], '__proto__').value, { polluted: 1 });
  t.is(Object.getPrototypeOf(arrived[0]), Object.prototype);
  t.is(Object.getPrototypeOf(arrived[0].a), Object.prototype);
  t.is(Object.getPrototypeOf(arrived[1]), Array.prototype);
});

test('a key that appears twice in bytes of another’s making is one property, the later', (t) => {
  const bytes = serialize({ a: 1, b: 2 });
  const at = Buffer.from(bytes).indexOf('b');
  bytes[at] = 'a'.charCodeAt(0);
  t.deepEqual(deserialize(bytes), { a: 2 });
});
