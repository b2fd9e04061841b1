'use strict';

// Views over resizable buffers, that follow them or have lost them; properties that pretend to be slots.

const test = require('ava');
const threads = require('node:worker_threads');
const ferroport = require('../..');
const { alike } = require('../support/alike');
const { describe, thrown } = require('../support/describe');

const through = (api, value, list) => {
  const { port1, port2 } = new api.MessageChannel();
  try {
    port1.postMessage(value, list);
    return api.receiveMessageOnPort(port2).message;
  } finally {
    port1.close();
  }
};

const outcome = (api, value) => {
  try {
    return describe(through(api, value));
  } catch (error) {
    return thrown(error);
  }
};

const names = ['Int8', 'Uint8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float16', 'Float32', 'Float64'];
const TYPES = [...names, 'BigInt64', 'BigUint64'].map((name) => globalThis[`${name}Array`]).filter(Boolean);
TYPES.push(DataView);

for (const Type of TYPES) {
  test(`${Type.name}s of every placement arrive, or are refused, as with the built-in, after every resize`, (t) => {
    const size = Type.BYTES_PER_ELEMENT ?? 1;
    for (const offset of [0, size, 4 * size]) {
      for (const length of [undefined, 0, 1, 4]) {
        for (const after of [
          0,
          1,
          size,
          4 * size - 1,
          4 * size,
          4 * size + 1,
          5 * size,
          8 * size,
          12 * size,
          12 * size + 1,
          20 * size,
        ]) {
          const make = () => {
            const buffer = new ArrayBuffer(8 * size, { maxByteLength: 24 * size });
            const view = new Type(buffer, offset, length);
            new Uint8Array(buffer).forEach((_, i, bytes) => (bytes[i] = i + 1));
            buffer.resize(after);
            return [view, buffer, view];
          };
          alike(t, outcome(ferroport, make()), outcome(threads, make()), `${offset} ${length} ${after}`);
        }
      }
    }
  });
}

test('a length-tracking view goes on tracking, and so does one of half an element', (t) => {
  for (const before of [16, 13, 9]) {
    const sent = new Float64Array(new ArrayBuffer(16, { maxByteLength: 64 }), 8);
    new Uint8Array(sent.buffer).fill(9);
    sent.buffer.resize(before);
    const arrived = through(ferroport, sent);
    t.is(arrived.buffer.byteLength, before);
    t.true(new Uint8Array(arrived.buffer).every((byte) => byte === 9));
    arrived.buffer.resize(64);
    t.is(arrived.length, 7);
  }
});

test('own properties and prototypes of buffers and views decide nothing', (t) => {
  const disguise = (object) =>
    Object.defineProperties(object, {
      buffer: { value: new ArrayBuffer(99) },
      byteLength: { value: 7 },
      byteOffset: { value: 3 },
      length: { value: 1000 },
      maxByteLength: { value: 5 },
      resizable: { value: true },
      constructor: { value: Array },
      [Symbol.toStringTag]: { value: 'DataView' },
    });
  const values = [
    () => disguise(new ArrayBuffer(0)),
    () => disguise(new ArrayBuffer(4, { maxByteLength: 8 })),
    () => disguise(Uint16Array.of(1, 2, 3)),
    () => disguise(new DataView(new ArrayBuffer(4), 1)),
    () => new Uint8Array(disguise(new ArrayBuffer(3))),
    () => Object.setPrototypeOf(Uint8Array.of(1, 2), Float64Array.prototype),
    () => Object.setPrototypeOf(Uint8Array.of(1, 2), null),
    () => Object.setPrototypeOf(new ArrayBuffer(3), Uint8Array.prototype),
    () => Object.setPrototypeOf(Buffer.from('pooled'), null).length,
  ];
  for (const make of values) alike(t, outcome(ferroport, make()), outcome(threads, make()));
});

test('a buffer and its views are one buffer on arrival, whichever comes first, listed or not', (t) => {
  const make = () => {
    const buffer = Uint8Array.from({ length: 16 }, (_, i) => i).buffer;
    return [
      new Uint8Array(buffer),
      new Uint16Array(buffer, 2, 3),
      buffer,
      new DataView(buffer),
      new Uint8Array(buffer, 16),
    ];
  };
  for (const order of [
    [0, 1, 2, 3, 4],
    [2, 0, 1, 3, 4],
    [1, 0, 4, 3, 2],
    [3, 4, 2, 1, 0],
    [4, 2, 0, 3, 1],
  ]) {
    for (const list of [() => [], (values) => [values[2]]]) {
      const values = make();
      const arrived = through(
        ferroport,
        order.map((i) => values[i]),
        list(values),
      );
      const buffers = new Set(arrived.map((one) => (ArrayBuffer.isView(one) ? one.buffer : one)));
      t.is(buffers.size, 1);
      t.deepEqual(
        [...new Uint8Array([...buffers][0])],
        Array.from({ length: 16 }, (_, i) => i),
      );
    }
  }
});
