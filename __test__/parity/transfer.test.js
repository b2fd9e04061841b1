'use strict';

// What a transfer list moves: buffers with all their views, ports with their queues; and what is left behind.

const { same, where } = require('../support/scenario');

const resizable = 'resize' in ArrayBuffer.prototype;

for (const length of [0, 1, 7, 8, 64, 65_535, 65_536, 1_000_003]) {
  same(`a buffer of ${length} bytes moves`, (x) => {
    const bytes = Uint8Array.from({ length }, (_, index) => index * 31);
    const { buffer } = bytes;
    const arrived = x.trip(buffer, [buffer]);
    x.log(buffer.byteLength, bytes.length, arrived.byteLength, Object.prototype.toString.call(arrived));
    x.log(Buffer.from(arrived).equals(Buffer.from(Uint8Array.from({ length }, (_, index) => index * 31))));
  });
}

same('a buffer that is not listed is copied', (x) => {
  const bytes = Uint8Array.of(1, 2, 3);
  const arrived = x.trip({ bytes, buffer: bytes.buffer });
  bytes[0] = 9;
  x.log(bytes, arrived, arrived.bytes.buffer === arrived.buffer);
});

same('every view of a moved buffer has length 0', (x) => {
  const buffer = new ArrayBuffer(16);
  const views = [new Uint8Array(buffer), new Float64Array(buffer, 8, 1), new Uint16Array(buffer, 2, 3)];
  const data = new DataView(buffer, 4, 8);
  x.trip(1, [buffer]);
  x.log(
    buffer.byteLength,
    buffer.detached,
    views.map((view) => [view.length, view.byteLength, view.byteOffset]),
  );
  x.log(
    x.attempt(() => data.byteLength),
    x.attempt(() => data.getInt8(0)),
    views[0][0],
  );
});

same('a listed buffer moves though it is not in the value', (x) => {
  const buffer = new ArrayBuffer(4);
  x.log(x.trip({ a: 1 }, [buffer]), buffer.byteLength);
});

same('views arrive on the moved buffer', (x) => {
  const buffer = Uint8Array.from({ length: 24 }, (_, index) => index).buffer;
  const value = [new Uint8Array(buffer, 3, 4), new Float64Array(buffer, 8), new DataView(buffer, 1, 2), buffer];
  x.log(x.trip(value, [buffer]));
});

same('a Buffer moves with its buffer', (x) => {
  const bytes = Buffer.from(new ArrayBuffer(4)).fill(7);
  x.log(x.trip(bytes, [bytes.buffer]), bytes.length);
});

where(resizable).same('a resizable buffer moves and stays resizable', (x) => {
  const buffer = new ArrayBuffer(4, { maxByteLength: 12 });
  const value = { tracking: new Uint8Array(buffer, 1), fixed: new Uint8Array(buffer, 1, 2), buffer };
  const arrived = x.trip(value, [buffer]);
  x.log(arrived, buffer.byteLength, arrived.buffer.resizable, arrived.buffer.maxByteLength);
  arrived.buffer.resize(12);
  x.log(arrived.tracking.length, arrived.fixed.length);
});

same('several buffers move in one message, in any order', (x) => {
  const buffers = [1, 2, 3].map((length) => new Uint8Array(length).fill(length).buffer);
  x.log(
    x.trip({ buffers }, [buffers[2], buffers[0], buffers[1]]),
    buffers.map((buffer) => buffer.byteLength),
  );
});

same('a moved buffer that is referenced twice arrives once', (x) => {
  const { buffer } = Uint8Array.of(1, 2);
  const arrived = x.trip({ a: buffer, b: [buffer], c: new Uint8Array(buffer) }, [buffer]);
  x.log(arrived, arrived.a === arrived.b[0], arrived.c.buffer === arrived.a);
});

same('a buffer can be moved on, and back', (x) => {
  const first = Uint8Array.of(1, 2, 3).buffer;
  const second = x.trip(first, [first]);
  const third = x.trip(second, [second]);
  x.log(first.byteLength, second.byteLength, third);
});

same('if the value cannot be cloned nothing is detached or sent, and the port works', (x) => {
  const [port, peer] = x.open();
  const [moved, other] = x.open();
  const buffer = new ArrayBuffer(4);
  x.log(
    x.attempt(() => port.postMessage({ buffer, moved, bad: () => {} }, [buffer, moved])),
    buffer.byteLength,
  );
  x.log(x.api.receiveMessageOnPort(peer));
  other.postMessage('still here');
  x.log(x.api.receiveMessageOnPort(moved));
  port.postMessage({ buffer, moved }, [buffer, moved]);
  x.log(x.api.receiveMessageOnPort(peer), buffer.byteLength);
});

same('a signal that cannot be transferred is refused before getters run', ({ log, attempt, open }) => {
  const [port1] = open();
  const resources = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
  const before = resources();
  for (const signal of [new AbortController().signal, AbortSignal.abort(), Object.create(AbortSignal.prototype)]) {
    const buffer = new ArrayBuffer(8);
    const value = {
      buffer,
      get seen() {
        return log('getter');
      },
    };
    log(
      attempt(() => port1.postMessage(value, [buffer, signal])),
      buffer.byteLength,
    );
  }
  log(resources() - before);
});

same('a listed buffer that a getter detaches', (x) => {
  const buffer = new ArrayBuffer(4);
  const value = {
    get first() {
      structuredClone(buffer, { transfer: [buffer] });
      return 1;
    },
    buffer,
  };
  const [port, peer] = x.open();
  x.log(
    x.attempt(() => port.postMessage(value, [buffer])),
    x.api.receiveMessageOnPort(peer),
  );
});

same('a detached buffer or view in the value is refused', (x) => {
  const view = new Uint8Array(4);
  const data = new DataView(new ArrayBuffer(4));
  structuredClone(0, { transfer: [view.buffer, data.buffer] });
  for (const value of [view.buffer, view, data, [view], { a: { data } }]) x.log(x.attempt(() => x.trip(value)));
});

same('a WebAssembly memory is copied or refused', (x) => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  x.log(x.trip(memory.buffer).byteLength);
  x.log(
    x.attempt(() => x.trip(memory.buffer, [memory.buffer]).byteLength),
    memory.buffer.byteLength,
  );
});

same('a moved port is another object with the same queue', (x) => {
  const [port, peer] = x.open();
  peer.postMessage('queued');
  const arrived = x.trip({ port, again: port }, [port]);
  peer.postMessage('later');
  x.log(arrived.port === port, arrived.port === arrived.again, arrived.port instanceof x.api.MessagePort);
  x.log(x.api.receiveMessageOnPort(arrived.port), x.api.receiveMessageOnPort(arrived.port));
  arrived.port.postMessage('back');
  x.log(x.api.receiveMessageOnPort(peer));
});

same('a moved port object is dead', async (x) => {
  const [port] = x.open();
  port.on('message', () => x.log('never'));
  x.trip(port, [port]).close();
  await x.settle();
  for (const name of ['start', 'ref', 'unref', 'hasRef', 'close']) {
    x.log(
      name,
      x.attempt(() => port[name]()),
    );
  }
  x.log(
    x.attempt(() => port.postMessage(1)),
    x.attempt(() => port.postMessage(() => {})),
  );
});

same('listeners stay behind', async (x) => {
  const [port, peer] = x.open();
  const [carrier, target] = x.open();
  port.on('message', () => x.log('old'));
  peer.postMessage(1);
  carrier.postMessage(port, [port]);
  target.on('message', (moved) => {
    x.log(moved.listenerCount('message'), moved.hasRef());
    moved.on('message', (value) => x.log('new', value));
  });
  await x.settle();
});

same('both ends of a channel can move', (x) => {
  const { port1, port2 } = new x.api.MessageChannel();
  port1.postMessage('queued');
  const arrived = x.trip({ port1, port2 }, [port1, port2]);
  arrived.port1.postMessage('more');
  x.log(x.api.receiveMessageOnPort(arrived.port2), x.api.receiveMessageOnPort(arrived.port2));
  arrived.port1.close();
});

same('a port travels inside the queue of a port that travels', (x) => {
  const [outer, outerPeer] = x.open();
  const [inner, innerPeer] = x.open();
  innerPeer.postMessage('deep');
  outerPeer.postMessage({ inner }, [inner]);
  const arrivedOuter = x.trip(outer, [outer]);
  const { message } = x.api.receiveMessageOnPort(arrivedOuter);
  x.log(x.api.receiveMessageOnPort(message.inner));
});

same('ports in maps, sets, errors’ causes and arrays', (x) => {
  const ports = Array.from({ length: 4 }, () => x.open()[0]);
  const value = {
    map: new Map([[ports[0], 'key']]),
    set: new Set([ports[1]]),
    error: new Error('x', { cause: ports[2] }),
    list: [ports[3], ports[0]],
  };
  const arrived = x.trip(value, ports);
  x.log(arrived, [...arrived.map.keys()][0] === arrived.list[1]);
});

same('a port that is listed but nowhere in the value moves, too', async (x) => {
  const [port, peer] = x.open();
  x.log(x.trip('nothing', [port]));
  x.log(
    x.attempt(() => port.postMessage(1)),
    x.attempt(() => peer.postMessage(1)),
  );
});
