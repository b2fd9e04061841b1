'use strict';

// Transfer lists: what moves, what is refused, and that nothing has changed then.

const assert = require('node:assert');
const threads = require('node:worker_threads');
const { message, refuses, sent, thrownBy, turn } = require('./support');

/** @param {any} buffer */
const isDetached = (buffer) => buffer.byteLength === 0 && thrownBy(() => new Uint8Array(buffer)) instanceof TypeError;

const filled = (size) => {
  const array = new Uint8Array(size);
  for (let i = 0; i < size; i += 97) array[i] = i;
  return array;
};

module.exports = {
  'a buffer moves: what is sent is detached, its bytes have arrived'(lib) {
    for (const size of [1, 1000, 1 << 20]) {
      const { buffer } = filled(size);
      const arrived = sent(lib, buffer, [buffer]);
      assert.ok(isDetached(buffer));
      assert.deepStrictEqual(new Uint8Array(arrived), filled(size));
    }
  },

  'a buffer moves within a value, beside other values, and under a view'(lib) {
    const array = filled(5000);
    const view = array.subarray(1000, 2000);
    const arrived = sent(lib, { view, list: [{ buffer: array.buffer }] }, [array.buffer]);
    assert.strictEqual(array.byteLength, 0);
    assert.strictEqual(view.byteLength, 0);
    assert.strictEqual(arrived.view.buffer, arrived.list[0].buffer);
    assert.deepStrictEqual([arrived.view.byteOffset, arrived.view.length], [1000, 1000]);
    assert.deepStrictEqual(new Uint8Array(arrived.list[0].buffer), filled(5000));
  },

  'a buffer that is listed and not in the value is detached'(lib) {
    const { buffer } = filled(10);
    assert.strictEqual(sent(lib, 'other', [buffer]), 'other');
    assert.ok(isDetached(buffer));
  },

  'a resizable buffer moves as one'(lib) {
    const buffer = new ArrayBuffer(8, { maxByteLength: 64 });
    const arrived = sent(lib, buffer, [buffer]);
    assert.deepStrictEqual([arrived.byteLength, arrived.maxByteLength], [8, 64]);
    assert.strictEqual(buffer.byteLength, 0);
  },

  'the list may stand in an object'({ MessageChannel, receiveMessageOnPort }) {
    const { port1, port2 } = new MessageChannel();
    const { buffer } = filled(3);
    port1.postMessage(buffer, { transfer: [buffer] });
    assert.strictEqual(receiveMessageOnPort(port2).message.byteLength, 3);
    assert.ok(isDetached(buffer));
    port1.close();
  },

  async 'a port moves with what waits in it, and can be talked to'({ MessageChannel, MessagePort }) {
    const outer = new MessageChannel();
    const inner = new MessageChannel();
    inner.port1.postMessage('early');
    outer.port1.postMessage({ port: inner.port2 }, [inner.port2]);
    inner.port1.postMessage('late');
    const { port } = await message(outer.port2);
    assert.ok(port instanceof MessagePort);
    assert.notStrictEqual(port, inner.port2);
    assert.strictEqual(await message(port), 'early');
    assert.strictEqual(await message(port), 'late');
    port.postMessage('answer');
    assert.strictEqual(await message(inner.port1), 'answer');
    port.close();
    outer.port1.close();
  },

  async 'the ports of a message are in the event'({ MessageChannel }) {
    const outer = new MessageChannel();
    const inner = new MessageChannel();
    outer.port1.postMessage({ second: inner.port2 }, [inner.port1, inner.port2]);
    const event = await new Promise((resolve) => (outer.port2.onmessage = resolve));
    assert.strictEqual(event.ports.length, 2);
    assert.strictEqual(event.ports[1], event.data.second);
    event.ports[0].postMessage('through');
    assert.strictEqual(await message(event.ports[1]), 'through');
    event.ports[0].close();
    outer.port1.close();
  },

  async 'a port moves on and on'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    let port = port2;
    for (let i = 0; i < 10; i++) {
      const hop = new MessageChannel();
      port1.postMessage(i);
      hop.port1.postMessage(port, [port]);
      port = await message(hop.port2);
      hop.port1.close();
    }
    const found = [];
    port.on('message', (value) => found.push(value));
    while (found.length < 10) await turn();
    assert.deepStrictEqual(found, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    port.close();
  },

  async 'a port of the runtime’s own moves through a channel'({ MessageChannel }) {
    const outer = new MessageChannel();
    const { port1, port2 } = new threads.MessageChannel();
    outer.port1.postMessage({ port: port2 }, [port2]);
    const { port } = await message(outer.port2);
    port1.postMessage('native');
    assert.strictEqual(await message(port), 'native');
    port1.close();
    outer.port1.close();
  },

  'what may not be transferred is refused, and nothing is detached'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const { buffer } = filled(8);
    const other = new MessageChannel();
    refuses(() => port1.postMessage(1, [buffer, buffer]));
    refuses(() => port1.postMessage(1, [buffer, port1]));
    refuses(() => port1.postMessage(1, [other.port1, other.port1]));
    refuses(() => port1.postMessage(() => {}, [buffer, other.port1]));
    assert.ok(thrownBy(() => port1.postMessage({ port: other.port1 })) instanceof Error);
    assert.strictEqual(buffer.byteLength, 8);
    // Nor is the port.
    port1.postMessage(other.port1, [other.port1]);
    port2.close();
  },

  'a port is gone from where it was, and is refused there'({ MessageChannel }) {
    const { port1 } = new MessageChannel();
    const other = new MessageChannel();
    port1.postMessage(other.port1, [other.port1]);
    refuses(() => port1.postMessage(1, [other.port1]));
    port1.close();
  },

  'a detached buffer is refused'(lib) {
    const { buffer } = filled(8);
    sent(lib, buffer, [buffer]);
    refuses(() => sent(lib, buffer));
  },
};
