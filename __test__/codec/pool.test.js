'use strict';

// Buffers cut from Node's pools send their own bytes only; those that programs cut themselves share as they did.

const test = require('ava');
const threads = require('node:worker_threads');
const ferroport = require('../..');

const { deserialize, serialize } = ferroport;

function through(value, list) {
  const { port1, port2 } = new ferroport.MessageChannel();
  port1.postMessage(value, list);
  const { message } = ferroport.receiveMessageOnPort(port2);
  port1.close();
  return message;
}

const pooled = (text) => {
  const buffer = Buffer.from(text);
  return buffer.buffer.byteLength > buffer.byteLength ? buffer : pooled(text);
};

test('what else is in the pool does not travel', (t) => {
  for (let round = 0; round < 500; round++) {
    const secret = pooled(`secret ${round}`);
    const sent = pooled('x');
    t.is(sent.buffer, pooled('y').buffer.byteLength ? sent.buffer : undefined);
    for (const arrived of [through(sent), deserialize(serialize(sent))]) {
      t.is(Object.getPrototypeOf(arrived), Uint8Array.prototype);
      t.deepEqual([arrived.byteOffset, arrived.length, arrived.buffer.byteLength], [0, 1, 1]);
    }
    t.false(Buffer.from(serialize({ sent })).includes('secret'));
    t.is(secret.toString(), `secret ${round}`);
  }
});

test('two Buffers of one pool arrive with a buffer each, one Buffer twice as one', (t) => {
  let [one, other] = [pooled('one'), pooled('other')];
  while (one.buffer !== other.buffer) [one, other] = [pooled('one'), pooled('other')];
  for (const clone of [through, (value) => deserialize(serialize(value))]) {
    const arrived = clone([one, other, one, { after: {} }, one.buffer === other.buffer]);
    t.is(Buffer.from(arrived[0]).toString(), 'one');
    t.is(Buffer.from(arrived[1]).toString(), 'other');
    t.not(arrived[0].buffer, arrived[1].buffer);
    t.is(arrived[2], arrived[0]);
    const again = clone([one, arrived, arrived, one]);
    t.is(again[1], again[2]);
    t.is(again[0], again[3]);
  }
});

test('empty Buffers, slices and subclasses of pooled Buffers send their own bytes', (t) => {
  const whole = pooled('0123456789');
  class Sub extends Buffer {}
  const values = [whole.subarray(2, 5), whole.subarray(0, 0), Object.setPrototypeOf(pooled('sub'), Sub.prototype)];
  const arrived = through(values);
  t.deepEqual(
    arrived.map((bytes) => Buffer.from(bytes).toString()),
    ['234', '', 'sub'],
  );
  for (const bytes of arrived) t.is(bytes.buffer.byteLength, bytes.length);
});

test('Buffers over one ArrayBuffer of the program’s keep sharing', (t) => {
  const buffer = new ArrayBuffer(32);
  const [one, other] = [Buffer.from(buffer, 0, 8), Buffer.from(buffer, 4, 8)];
  const arrived = through([one, other, buffer]);
  t.is(arrived[0].buffer, arrived[2]);
  t.is(arrived[1].buffer, arrived[2]);
  t.deepEqual([arrived[1].byteOffset, arrived[1].length, arrived[2].byteLength], [4, 8, 32]);
});

test('Buffers over an ArrayBuffer that the program has marked untransferable keep sharing', (t) => {
  const buffer = new ArrayBuffer(32);
  ferroport.markAsUntransferable(buffer);
  const arrived = through([Buffer.from(buffer, 0, 8), Buffer.from(buffer, 4, 8)]);
  t.is(arrived[0].buffer, arrived[1].buffer);
  t.is(arrived[0].buffer.byteLength, 32);
});

test('other views of the pool, made by hand, show it all, as with the built-in', (t) => {
  const { buffer, byteOffset } = pooled('by hand');
  const view = new Uint8Array(buffer, byteOffset, 7);
  const arrived = through(view);
  t.deepEqual([arrived.byteOffset, arrived.buffer.byteLength], [byteOffset, buffer.byteLength]);
});

test('large Buffers arrive whole, and those with more memory than they show as the built-in sends them', (t) => {
  for (const size of [4096, 10_000, 100_000, 3_000_000]) {
    const sent = Buffer.alloc(size, 'x');
    const arrived = through(sent);
    t.is(arrived.length, size);
    t.is(Buffer.compare(sent, arrived), 0);
  }
  const { port1, port2 } = new threads.MessageChannel();
  const part = Buffer.alloc(100_000).subarray(10, 20);
  port1.postMessage(part);
  const expected = threads.receiveMessageOnPort(port2).message;
  port1.close();
  t.deepEqual(
    [through(part).byteOffset, through(part).buffer.byteLength],
    [expected.byteOffset, expected.buffer.byteLength],
  );
});
