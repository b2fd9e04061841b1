'use strict';

// Queues of kept values: order, memory, and whole values that wait in them.

const test = require('ava');
const { MessageChannel, receiveMessageOnPort } = require('../..');
const { fifoOf, push, peek, drop, itemsOf } = require('../../lib/channel/fifo');

test('what is put in comes out in its order, however many wait', (t) => {
  const fifo = fifoOf(0);
  let [next, oldest] = [1, 0];
  // Now more are put in than taken out, now fewer.
  for (let round = 0; round < 200; round++) {
    for (let n = 0; n < (round * 37) % 101; n++) push(fifo, next++);
    for (let n = 0; n < (round * 53) % 97 && oldest < next; n++) {
      t.is(peek(fifo), oldest++);
      drop(fifo);
    }
    t.deepEqual(
      itemsOf(fifo),
      Array.from({ length: next - oldest }, (_, index) => oldest + index),
    );
  }
});

test('what has been taken out is not kept, and its places are used again', (t) => {
  const fifo = fifoOf({});
  for (let n = 0; n < 100_000; n++) {
    push(fifo, {});
    drop(fifo);
  }
  t.true(fifo.items.length < 3_000);
  t.is(fifo.items.filter((item) => item !== undefined).length, 1);
  drop(fifo);
  t.is(peek(fifo), undefined);
  t.deepEqual(itemsOf(fifo), []);
});

test('moved buffers that wait in a thread by the thousand arrive in order, some of them where the port has gone', (t) => {
  const { port1, port2 } = new MessageChannel();
  const bytesOf = (n) => new Uint32Array([n, n * 7]);
  for (let n = 0; n < 5_000; n++) {
    const bytes = bytesOf(n);
    port1.postMessage(bytes, [bytes.buffer]);
    t.is(bytes.length, 0);
  }
  const carrier = new MessageChannel();
  let port = port2;
  for (let n = 0; n < 5_000; n++) {
    if (n % 1_500 === 1_499) {
      carrier.port1.postMessage(port, [port]);
      port = receiveMessageOnPort(carrier.port2).message;
    }
    t.deepEqual(receiveMessageOnPort(port).message, bytesOf(n));
  }
  t.is(receiveMessageOnPort(port), undefined);
  for (const each of [port1, carrier.port1]) each.close();
});

test('moved buffers that wait stay whole where Node refuses at the last moment to move something else', (t) => {
  const { port1, port2 } = new MessageChannel();
  const carrier = new MessageChannel();
  const locked = new ReadableStream();
  locked.getReader();
  for (let n = 0; n < 3; n++) {
    const bytes = Uint8Array.of(n);
    port1.postMessage(bytes, [bytes.buffer]);
    for (const list of [
      [port2, locked],
      [locked, port2],
      [port1, locked, port2],
    ]) {
      t.throws(() => carrier.port1.postMessage(1, list), { any: true, name: 'DataCloneError' });
    }
  }
  for (let n = 0; n < 3; n++) t.deepEqual(receiveMessageOnPort(port2), { message: Uint8Array.of(n) });
  t.is(receiveMessageOnPort(port2), undefined);
  for (const each of [port1, carrier.port1]) each.close();
});
