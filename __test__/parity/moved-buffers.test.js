'use strict';

// Buffers that a transfer list moves: what of them is kept, what is refused, and that they are ordinary on arrival.

const { same, where } = require('../support/scenario');
const threads = require('node:worker_threads');

const resizable = 'resize' in ArrayBuffer.prototype;

const bytes = (length, factor = 31) => Uint8Array.from({ length }, (_, index) => index * factor + 1);
const textOf = (buffer) => Buffer.from(buffer).toString('base64').slice(0, 60);

/** Ways to hand on a buffer that has arrived. */
const onward = {
  'by ferroport': (x, buffer) => x.trip(buffer, [buffer]),
  'by Node': (_, buffer) => {
    const { port1, port2 } = new threads.MessageChannel();
    port1.postMessage(buffer, [buffer]);
    const { message } = threads.receiveMessageOnPort(port2);
    port1.close();
    return message;
  },
  'by structuredClone': (_, buffer) => structuredClone(buffer, { transfer: [buffer] }),
  'by transfer()': (_, buffer) =>
    buffer.transfer ? buffer.transfer() : structuredClone(buffer, { transfer: [buffer] }),
  'as a copy': (x, buffer) => x.trip(buffer),
};

for (const length of [0, 1, 64, 1000, 4096, 70_000, 3_000_000]) {
  for (const [how, hand] of Object.entries(onward)) {
    same(`a buffer of ${length} bytes that was moved goes on ${how}`, (x) => {
      for (const list of [true, false]) {
        const { buffer } = bytes(length);
        const arrived = x.trip({ buffer }, list ? [buffer] : undefined).buffer;
        const next = hand(x, arrived);
        x.log(buffer.byteLength, arrived.byteLength, next.byteLength, textOf(next));
        const last = hand(x, next);
        x.log(textOf(last), Object.getPrototypeOf(last) === ArrayBuffer.prototype);
      }
    });
  }
}

where(resizable).same('a moved resizable buffer keeps its room, wherever it stands', (x) => {
  for (const [length, room] of [
    [0, 0],
    [0, 16],
    [8, 8],
    [8, 64],
    [5000, 100_000],
  ]) {
    const buffer = new ArrayBuffer(length, { maxByteLength: room });
    const value = {
      all: new Uint8Array(buffer),
      buffer,
      data: new DataView(buffer),
      none: new Uint8Array(buffer, 0, 0),
    };
    const arrived = x.trip(value, [buffer]);
    x.log(arrived.buffer.resizable, arrived.buffer.maxByteLength, arrived.all.length, buffer.byteLength);
    arrived.buffer.resize(room);
    x.log(arrived.all.length, arrived.data.byteLength, arrived.none.length, value.all.length);
  }
});

where(resizable).same('a moved resizable buffer with views that are out of bounds', (x) => {
  const make = () => {
    const buffer = new ArrayBuffer(16, { maxByteLength: 32 });
    const views = [new Uint8Array(buffer, 8, 4), new DataView(buffer, 8, 4), new Int32Array(buffer, 8)];
    buffer.resize(4);
    return { buffer, views };
  };
  for (let index = 0; index < 3; index++) {
    const { buffer, views } = make();
    x.log(
      x.attempt(() => x.trip({ view: views[index] }, [buffer])),
      buffer.byteLength,
    );
  }
});

same('several views of one buffer, moved, in every order', (x) => {
  const { buffer } = bytes(48);
  const views = [
    new Uint8Array(buffer, 1, 9),
    new Float64Array(buffer, 8, 2),
    new DataView(buffer, 3),
    Buffer.from(buffer, 2, 5),
  ];
  const arrived = x.trip(
    new Map([
      [views[0], buffer],
      [buffer, [...views, ...views]],
      ['n', 1],
    ]),
    [buffer],
  );
  const on = [...arrived.keys()][0].buffer;
  x.log(
    arrived,
    arrived.get(on).map((view) => view.buffer === on),
    views.slice(0, 2).map((view) => view.byteOffset),
    views[1].length,
  );
});

same('a list of many buffers, of which some are in the value', (x) => {
  const buffers = Array.from({ length: 200 }, (_, index) => bytes(index * 3).buffer);
  const value = { some: buffers.filter((_, index) => index % 3 === 0), late: new Uint16Array(buffers[4], 2, 3) };
  x.log(
    x.trip(value, buffers),
    buffers.reduce((sum, { byteLength }) => sum + byteLength, 0),
  );
});

same('something that is listed twice in a long list', (x) => {
  const buffers = Array.from({ length: 40 }, () => bytes(3).buffer);
  const [port] = x.open();
  for (const twice of [buffers[3], port]) {
    x.log(x.attempt(() => x.trip(1, [twice, ...buffers.filter((each) => each !== twice), twice])));
    x.log(buffers.reduce((sum, { byteLength }) => sum + byteLength, 0));
  }
  x.log(x.trip(port, [...buffers, port]) instanceof x.api.MessagePort, buffers[39].byteLength);
});

const memories = () => [
  new WebAssembly.Memory({ initial: 1 }),
  new WebAssembly.Memory({ initial: 0 }),
  new WebAssembly.Memory({ initial: 1, maximum: 2 }),
];

same('the buffers of WebAssembly memories, listed with others', (x) => {
  for (const { buffer } of memories()) {
    const { buffer: other } = bytes(8);
    for (const list of [
      [other, buffer],
      [buffer, buffer],
      [buffer, other],
    ]) {
      x.log(
        x.attempt(() => x.trip([1], list)),
        x.attempt(() => x.trip({ view: new Uint8Array(buffer, 0, 0) }, list)),
        x.attempt(() => x.trip({ buffer }, list).buffer.byteLength),
        buffer.byteLength,
        other.byteLength,
      );
    }
  }
});

same('of the buffer of a memory and something else that is wrong, the first is told', (x) => {
  const [carrier] = x.open();
  const [closed] = x.open();
  closed.close();
  for (const wrong of [carrier, closed, {}, 1]) {
    const { buffer } = new WebAssembly.Memory({ initial: 1 });
    const { buffer: other } = bytes(8);
    x.log(x.attempt(() => carrier.postMessage(1, [other, buffer, wrong])));
    x.log(x.attempt(() => carrier.postMessage(1, [other, wrong, buffer])));
    x.log(buffer.byteLength, other.byteLength);
  }
});

const marked = (x) => {
  const { buffer } = bytes(4);
  x.api.markAsUntransferable(buffer);
  return buffer;
};
const gone = () => {
  const { buffer } = bytes(4);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
};

same('what is wrong with a list is told in its order, and before the value is read', (x) => {
  const [carrier] = x.open();
  const closed = x.open()[0];
  closed.close();
  const duplicate = bytes(2).buffer;
  const wrong = {
    marked: () => marked(x),
    gone,
    closed: () => closed,
    source: () => carrier,
    number: () => 5,
    text: () => 'text',
    view: () => bytes(1),
    shared: () => new SharedArrayBuffer(1),
    object: () => ({}),
    key: () => require('node:crypto').createSecretKey(Buffer.alloc(4)),
    module: () => new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)),
    duplicate: () => duplicate,
    port: () => x.open()[0],
    native: () => {
      const { port1 } = new threads.MessageChannel();
      port1.close();
      return port1;
    },
  };
  for (const [one, make] of Object.entries(wrong)) {
    for (const [other, makeOther] of Object.entries(wrong)) {
      const { buffer } = bytes(3);
      let read = 0;
      const value = {
        get read() {
          return ++read;
        },
        buffer,
      };
      const list = [duplicate, buffer, make(), makeOther()];
      x.log(
        `${one}, ${other}`,
        x.attempt(() => carrier.postMessage(value, list) ?? 'closed'),
      );
      // What was moved differs by what the running Node passes over.
      x.log(read, buffer.byteLength);
      if (duplicate.byteLength === 0) return;
    }
  }
});

same('a refused value leaves list and port as they were', (x) => {
  const [port, peer] = x.open();
  const [moved, other] = x.open();
  const { port1: native, port2: nativeOther } = new threads.MessageChannel();
  const { buffer } = bytes(9);
  const shared = new SharedArrayBuffer(3);
  const list = [buffer, moved, native];
  for (const bad of [() => {}, Symbol('s'), new WeakMap(), new threads.MessageChannel().port1]) {
    x.log(
      x.attempt(() => port.postMessage({ buffer, shared, moved, native, bad }, list)),
      x.attempt(() => port.postMessage({ bad, shared }, list)),
    );
  }
  const thrower = {
    get late() {
      throw new RangeError('late');
    },
  };
  x.log(x.attempt(() => port.postMessage({ shared, buffer, thrower }, list)));
  x.log(buffer.byteLength, x.api.receiveMessageOnPort(peer));
  other.postMessage('ours');
  nativeOther.postMessage('Node’s');
  x.log(x.api.receiveMessageOnPort(moved), threads.receiveMessageOnPort(native));
  port.postMessage({ buffer, shared, moved, native }, list);
  const { message } = x.api.receiveMessageOnPort(peer);
  other.postMessage('moved');
  x.log(message.buffer, x.api.receiveMessageOnPort(message.moved), message.shared.byteLength);
  message.native.close();
});

same('getters that detach, close and transfer in the middle', (x) => {
  const acts = {
    'detaches a listed buffer before it is reached': ({ buffer }) => structuredClone(0, { transfer: [buffer] }),
    'closes a listed port': ({ moved }) => moved.close(),
    'closes the sending port': ({ port }) => port.close(),
    'posts on the same port': ({ port }) => port.postMessage(['in between', new SharedArrayBuffer(2)]),
  };
  for (const [title, act] of Object.entries(acts)) {
    for (const first of [true, false]) {
      const [port, peer] = x.open();
      const [moved] = x.open();
      const { buffer } = bytes(6);
      const parts = { port, moved, buffer };
      const getter = {
        get act() {
          act(parts);
          return 'acted';
        },
      };
      const shared = new SharedArrayBuffer(5);
      const value = first ? { getter, buffer, moved, shared } : { buffer, moved, shared, getter };
      x.log(
        title,
        first,
        x.attempt(() => port.postMessage(value, [buffer, moved])),
      );
      x.log(
        buffer.byteLength,
        x.attempt(() => x.api.receiveMessageOnPort(peer)),
        x.attempt(() => x.api.receiveMessageOnPort(peer)),
      );
    }
  }
});

// Node 20 posts them and cannot read them back; ferroport refuses them there, too.
where(threads.isMarkedAsUntransferable).same('views of a detached buffer that is listed', (x) => {
  for (const make of [
    (buffer) => new Uint8Array(buffer),
    (buffer) => new DataView(buffer),
    (buffer) => Buffer.from(buffer),
  ]) {
    const { buffer } = bytes(4);
    const view = make(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    for (const value of [view, { view }, [buffer, view]]) {
      x.log(
        x.attempt(() => x.trip(value, [buffer])),
        x.attempt(() => x.trip(value)),
      );
    }
  }
});
