'use strict';

// serialize and deserialize, the portable form: round trips, what is taken and what is refused.

const test = require('ava');
const v8 = require('node:v8');
const { serialize, deserialize, MessageChannel } = require('../..');
const { alike } = require('../support/alike');
const { describe, thrown } = require('../support/describe');
const { rows } = require('./rows');
const { run } = require('./program');

for (const [name, make] of Object.entries(rows)) {
  test(`${name} come back from serialize as from structuredClone`, (t) => {
    alike(t, describe(deserialize(serialize(make()))), describe(structuredClone(make())));
  });
}

test('what one process has serialized another one reads', (t) => {
  const inputs = Object.values(rows).map((make) => Buffer.from(serialize(make())).toString('hex'));
  const { result, stderr } = run(
    ({ ferroport, require }, hexes) => {
      const { describe } = require('./__test__/support/describe');
      return hexes.map((hex) => describe(ferroport.deserialize(Buffer.from(hex, 'hex'))));
    },
    { input: inputs },
  );
  const expected = Object.values(rows).map((make) => describe(structuredClone(make())));
  t.deepEqual(result, JSON.parse(JSON.stringify(expected)), stderr);
});

test('serialize gives the same bytes for the same value, in the whole of a buffer of its own', (t) => {
  for (const make of Object.values(rows)) {
    const bytes = serialize(make());
    t.is(Object.getPrototypeOf(bytes), Uint8Array.prototype);
    t.is(bytes.byteLength, bytes.buffer.byteLength);
    alike(t, serialize(make()), bytes);
  }
});

test('deserialize takes bytes in any container, wherever they begin', (t) => {
  const bytes = serialize({ a: [1.5, 'text', 2n ** 70n, 'Ā'] });
  const expected = deserialize(bytes);
  for (let offset = 0; offset < 9; offset++) {
    const room = new Uint8Array(new ArrayBuffer(bytes.length + 16));
    room.set(bytes, offset);
    alike(t, deserialize(room.subarray(offset, offset + bytes.length)), expected);
    t.deepEqual(deserialize(new DataView(room.buffer, offset, bytes.length)), expected);
    t.deepEqual(deserialize(Buffer.from(room.buffer, offset, bytes.length)), expected);
  }
  t.deepEqual(deserialize(bytes.buffer), expected);
  t.deepEqual(deserialize(new Int32Array(bytes.buffer)), expected);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  t.deepEqual(deserialize(shared), expected);
  const resizable = new Uint8Array(new ArrayBuffer(bytes.length, { maxByteLength: 4096 }));
  resizable.set(bytes);
  t.deepEqual(deserialize(resizable), expected);
});

test('deserialize believes a view, not what has been put on it', (t) => {
  const bytes = serialize('true');
  Object.defineProperties(bytes, { buffer: { value: serialize('false').buffer }, byteLength: { value: 1 } });
  t.is(deserialize(bytes), 'true');
});

test('deserialize keeps nothing of the bytes', (t) => {
  const bytes = serialize(Uint8Array.of(1, 2, 3));
  const value = deserialize(bytes);
  bytes.fill(0xff);
  t.deepEqual([...value], [1, 2, 3]);
});

test('deserialize refuses what are no bytes', (t) => {
  for (const value of [undefined, null, 5, 'text', [], {}, new SharedArrayBuffer(8)]) {
    t.throws(() => deserialize(value), { instanceOf: TypeError, code: 'ERR_INVALID_ARG_TYPE' });
  }
});

test('deserialize refuses the bytes of node:v8', (t) => {
  const error = t.throws(() => deserialize(v8.serialize({ a: 1 })), { any: true });
  t.like(error, { name: 'DataCloneError', code: 25 });
  t.regex(error.message, /byte 0/);
});

test('serialize refuses what cannot leave the process', (t) => {
  const refused = {
    port: new MessageChannel().port1,
    sharedMemory: new SharedArrayBuffer(8),
    sharedView: new Uint8Array(new SharedArrayBuffer(8)),
    module: new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)),
  };
  for (const value of Object.values(refused)) {
    const { threw, message } = thrown(t.throws(() => serialize({ value }), { any: true }));
    const isPort = value === refused.port && process.version.startsWith('v20.');
    t.is(threw, isPort ? 'TypeError' : 'DOMException', message);
  }
});

test('serialize refuses as structuredClone does, and says where', (t) => {
  const view = new Uint8Array(8);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  const values = [() => {}, Symbol('s'), new WeakMap(), new Proxy({}, {}), view.buffer, view];
  values.push(Promise.resolve(), (function* () {})(), new Intl.Segmenter().segment('x'), [].values(), new WeakRef({}));
  for (const value of values) {
    const expected = thrown(t.throws(() => structuredClone(value), { any: true }));
    const error = t.throws(() => serialize({ list: [1, value] }), { any: true });
    t.deepEqual(thrown(error), expected);
    t.is(error.path, '.list[1]');
  }
});
