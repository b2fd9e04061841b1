'use strict';

// Values that move as they stand with the one buffer of their transfer list, and those that only look like it; wherever the
// receiving port is, goes and comes from meanwhile.

const { same, where, test } = require('../support/scenario');
const threads = require('node:worker_threads');
const { MessageChannel, MessagePort, markAsUntransferable, receiveMessageOnPort } = require('../..');

const resizable = 'resize' in ArrayBuffer.prototype;

class Point {
  constructor(view) {
    this.view = view;
  }
}

/** Makes a value of a buffer of 16 bytes, or of a port that is not listed. */
const values = {
  'the buffer': (buffer) => buffer,
  'a view': (buffer) => new Uint16Array(buffer, 2, 3),
  'an empty view': (buffer) => new Uint16Array(buffer, 4, 0),
  'a DataView': (buffer) => new DataView(buffer, 3),
  'a Buffer': (buffer) => Buffer.from(buffer, 1, 5),
  'a view of a class of its own': (buffer) => new (class Bytes extends Uint8Array {})(buffer, 1),
  'a number': () => 7,
  'a string': () => 'text',
  'undefined and nothing else': () => undefined,
  null: () => null,
  'an object of the buffer': (buffer) => ({ id: 1, buffer, name: 'x', on: true, none: undefined, big: 5n, no: null }),
  'an object of views': (buffer) => ({ a: new Float64Array(buffer, 8), b: new Uint8Array(buffer), buffer }),
  'one view twice': (buffer) => ((view) => ({ a: view, b: view, buffer }))(new Uint8Array(buffer, 1)),
  'an object without the buffer': () => ({ id: 1 }),
  'an empty object': () => ({}),
  'hidden properties': (buffer) => Object.defineProperty({ buffer }, 'hidden', { value: buffer }),
  symbols: (buffer) => ({ buffer, [Symbol('s')]: buffer }),
  'a property called __proto__': (buffer) =>
    JSON.parse('{"__proto__": 5, "a": 1}', (_, it) => (it === 1 ? buffer : it)),
  'an index': (buffer) => ({ 3: buffer, b: 1, 1: 2 }),
  'nine properties': (buffer) => ({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, buffer }),
  'an object in an object': (buffer) => ({ id: 1, inner: { buffer } }),
  'an array': (buffer) => [buffer, 1],
  'an object without prototype': (buffer) => Object.assign(Object.create(null), { buffer }),
  'an object of a class': (buffer) => new Point(new Uint8Array(buffer)),
  itself: (buffer) => ((value) => Object.assign(value, { value }))({ buffer }),
  'another buffer': (buffer) => ({ buffer, other: Uint8Array.of(1, 2).buffer }),
  'a view of another buffer': (buffer) => ({ buffer, other: Uint8Array.of(1, 2) }),
  'shared memory': (buffer) => ({ buffer, shared: new SharedArrayBuffer(3) }),
  'a Map in disguise': (buffer) => Object.setPrototypeOf(new Map([['a', buffer]]), Object.prototype),
  'a Set in disguise': (buffer) => Object.setPrototypeOf(new Set([buffer]), Object.prototype),
  'an error in disguise': (buffer) =>
    Object.assign(Object.setPrototypeOf(new Error('e', { cause: buffer }), Object.prototype), { stack: '', buffer }),
  'a port in a Map in disguise': (_, port) => Object.setPrototypeOf(new Map([['port', port]]), Object.prototype),
  'a port in a Set in disguise': (_, port) => Object.setPrototypeOf(new Set([port]), Object.prototype),
  'a port in an error in disguise': (_, port) =>
    Object.setPrototypeOf(new Error('e', { cause: port }), Object.prototype),
  'a port in it': (buffer, port) => ({ buffer, port }),
  'a port that a getter gives': (buffer, port) => ({
    buffer,
    get port() {
      return port;
    },
  }),
  'a Date in disguise': (buffer) => Object.assign(Object.setPrototypeOf(new Date(5), Object.prototype), { buffer }),
  'a boxed number in disguise': (buffer) =>
    Object.assign(Object.setPrototypeOf(Object(5), Object.prototype), { buffer }),
  'an array in disguise': (buffer) => Object.setPrototypeOf([1, buffer], Object.prototype),
  'a promise in disguise': (buffer) =>
    Object.assign(Object.setPrototypeOf(Promise.resolve(), Object.prototype), { buffer }),
  'a Proxy': (buffer) => new Proxy({ buffer }, {}),
  'a Proxy in it': (buffer) => ({ buffer, proxy: new Proxy({}, {}) }),
  'a function in it': (buffer) => ({ buffer, run() {} }),
  'a symbol in it': (buffer) => ({ buffer, symbol: Symbol('s') }),
  'a symbol': () => Symbol('s'),
  'a function': () => () => {},
};

/** What happens between posting and reading; each gives the port to read from. */
const routes = {
  'it is read at once': (_, post, __, peer) => {
    post();
    return peer;
  },
  'the receiver is sent on while it waits': (x, post, _, peer) => {
    post();
    return x.trip(peer, [peer]);
  },
  'the receiver is on its way': (x, post, _, peer) => {
    const [carrier, end] = x.open();
    carrier.postMessage(peer, [peer]);
    post();
    return x.api.receiveMessageOnPort(end).message;
  },
  'the sender closes and the receiver is sent on': (x, post, port, peer) => {
    post();
    port.close();
    return x.trip(peer, [peer]);
  },
  'both are sent on': (x, post, port, peer) => {
    post();
    return x.trip({ port, peer }, [port, peer]).peer;
  },
  'both are sent on and the receiver again': (x, post, port, peer) => {
    post();
    const moved = x.trip({ port, peer }, [port, peer]);
    return x.trip(moved.peer, [moved.peer]);
  },
};

for (const [route, go] of Object.entries(routes)) {
  same(`what moves whole, and what only seems to, when ${route}`, (x) => {
    for (const [title, make] of Object.entries(values)) {
      const [port, peer] = x.open();
      const { buffer } = Uint8Array.from({ length: 16 }, (_, index) => index * 3);
      const value = make(buffer, x.open()[0]);
      const read = go(
        x,
        () => {
          port.postMessage('before');
          x.log(
            title,
            x.attempt(() => port.postMessage(value, [buffer])),
            buffer.byteLength,
          );
          port.postMessage({ shared: new SharedArrayBuffer(2) });
          port.postMessage('after');
        },
        port,
        peer,
      );
      for (let count = 0; count < 4; count++) x.log(x.attempt(() => x.api.receiveMessageOnPort(read)));
      x.log(buffer.byteLength);
    }
  });
}

same('getters run once, in order, beside a buffer that moves', (x) => {
  const { buffer } = Uint8Array.of(1, 2, 3);
  const ran = [];
  const value = {
    get a() {
      ran.push('a');
      return buffer;
    },
    buffer,
    get b() {
      ran.push('b');
      return buffer.byteLength;
    },
  };
  x.log(x.trip(value, [buffer]), ran, buffer.byteLength);
});

same('nothing happens to a buffer that may not be moved, nor to the port', (x) => {
  const memory = new WebAssembly.Memory({ initial: 1 }).buffer;
  const gone = new ArrayBuffer(4);
  structuredClone(gone, { transfer: [gone] });
  const marked = Uint8Array.of(1, 2).buffer;
  x.api.markAsUntransferable(marked);
  for (const buffer of [memory, gone, marked, Buffer.from('pooled').buffer]) {
    for (const value of [buffer, 5, { buffer }, { id: 1 }]) {
      const [port, peer] = x.open();
      x.log(
        x.attempt(() => port.postMessage(value, [buffer])),
        buffer.byteLength > 0,
      );
      x.log(x.attempt(() => x.api.receiveMessageOnPort(peer) === undefined));
      port.postMessage('next');
      x.log([1, 2].map(() => x.api.receiveMessageOnPort(peer)?.message === 'next'));
    }
  }
});

where(resizable).same('resizable buffers and what follows them', (x) => {
  for (const make of [
    (buffer) => buffer,
    (buffer) => new Uint8Array(buffer),
    (buffer) => new Uint8Array(buffer, 2, 3),
    (buffer) => ({ buffer, view: new DataView(buffer, 1) }),
  ]) {
    const buffer = new ArrayBuffer(8, { maxByteLength: 64 });
    const arrived = x.trip(make(buffer), [buffer]);
    x.log(arrived, buffer.byteLength);
    (arrived.buffer ?? arrived).resize(32);
    x.log(arrived.view?.byteLength ?? arrived.byteLength);
  }
});

same('lists that are arrays, and those that only seem so', (x) => {
  const lists = {
    'a hole': (buffer) => Object.assign([], { 1: buffer }),
    'its own iterator': (buffer) => Object.assign([5], { *[Symbol.iterator]() { yield buffer; } }), // prettier-ignore
    'a Proxy': (buffer) => new Proxy([buffer], {}),
    'a subclass': (buffer) => class extends Array {}.of(buffer),
    'a Set': (buffer) => new Set([buffer]),
    'a getter': (buffer) => Object.defineProperty([], 0, { get: () => buffer }),
  };
  for (const [title, make] of Object.entries(lists)) {
    const { buffer } = Uint8Array.of(1);
    x.log(
      title,
      x.attempt(() => x.trip(buffer, make(buffer))),
      buffer.byteLength,
    );
  }
});

same('a closed port detaches and drops', (x) => {
  const [port] = x.open();
  port.close();
  const { buffer } = Uint8Array.of(1);
  x.log(port.postMessage({ buffer }, [buffer]), buffer.byteLength);
});

test.serial('a thousand values wait for a port that goes through Node’s, in order', (t) => {
  const { port1, port2 } = new MessageChannel();
  for (let index = 0; index < 1000; index++) {
    const { buffer } = Int32Array.of(index);
    port1.postMessage(index % 3 ? { index, view: new Int32Array(buffer) } : buffer, [buffer]);
    if (index % 10 === 0) port1.postMessage(new SharedArrayBuffer(4));
  }
  const moved = MessagePort.fromNode(MessagePort.toNode(port2));
  for (let index = 0; index < 1000; index++) {
    const { message } = receiveMessageOnPort(moved);
    t.is(new Int32Array(message.view?.buffer ?? message)[0], index);
    if (index % 10 === 0) t.true(receiveMessageOnPort(moved).message instanceof SharedArrayBuffer);
  }
  t.is(receiveMessageOnPort(moved), undefined);
  port1.close();
});

test.serial('a pooled Buffer does not take its pool along, where Node passes over the mark', (t) => {
  const buffer = Buffer.from('secret');
  const { port1, port2 } = new MessageChannel();
  try {
    port1.postMessage({ buffer }, [buffer.buffer]);
    t.is(receiveMessageOnPort(port2).message.buffer.buffer.byteLength, 6);
  } catch (error) {
    t.is(error.name, 'DataCloneError');
    t.true(threads.isMarkedAsUntransferable(buffer.buffer));
  }
  t.is(String(buffer), 'secret');
  markAsUntransferable(new ArrayBuffer(1));
  port1.close();
});
