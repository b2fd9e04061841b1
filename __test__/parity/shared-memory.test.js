'use strict';

// Memory that is shared: writes are seen on both sides, growth too, and one memory stays one memory.

const { same } = require('../support/scenario');

same('what one side writes the other reads', (x) => {
  const buffer = new SharedArrayBuffer(16);
  const arrived = x.trip({ buffer, at: 1 }).buffer;
  new Int32Array(buffer)[1] = 77;
  x.log(new Int32Array(arrived)[1], arrived === buffer);
  Atomics.store(new Int32Array(arrived), 2, 88);
  x.log(new Int32Array(buffer)[2]);
});

same('several views on one memory stay on one memory', (x) => {
  const buffer = new SharedArrayBuffer(32);
  const views = [
    new Uint8Array(buffer, 3, 5),
    new Float64Array(buffer, 8, 2),
    new DataView(buffer, 1),
    Buffer.from(buffer, 4),
  ];
  const value = { views, buffer, map: new Map([[buffer, views[0]]]), set: new Set(views), again: views[1] };
  const arrived = x.trip(value);
  x.log(
    arrived.views.map((view) => [
      view.constructor.name,
      view.byteOffset,
      view.byteLength,
      view.buffer === arrived.buffer,
    ]),
  );
  x.log(
    arrived.map.get(arrived.buffer) === arrived.views[0],
    arrived.set.has(arrived.again),
    arrived.again === arrived.views[1],
  );
  arrived.views[0][0] = 9;
  x.log(new Uint8Array(buffer)[3]);
});

same('several memories, each its own', (x) => {
  const memories = [4, 8, 8, 0].map((length) => new SharedArrayBuffer(length));
  const arrived = x.trip({ memories, last: memories[1] });
  x.log(
    arrived.memories.map(({ byteLength }) => byteLength),
    arrived.last === arrived.memories[1],
  );
  new Uint8Array(memories[2])[0] = 5;
  x.log(arrived.memories.map((memory) => new Uint8Array(memory)[0]));
});

same('memory that grows grows on both sides, and views that follow it', (x) => {
  const buffer = new SharedArrayBuffer(8, { maxByteLength: 64 });
  const value = {
    follows: new Uint8Array(buffer, 4),
    fixed: new Uint8Array(buffer, 4, 4),
    data: new DataView(buffer, 2),
    buffer,
  };
  const arrived = x.trip(value);
  const lengths = () =>
    [value, arrived].map(({ follows, fixed, data, buffer: on }) => [
      follows.length,
      fixed.length,
      data.byteLength,
      on.byteLength,
    ]);
  x.log(lengths(), arrived.buffer.growable, arrived.buffer.maxByteLength);
  buffer.grow(16);
  x.log(lengths());
  arrived.buffer.grow(64);
  x.log(
    lengths(),
    x.attempt(() => arrived.buffer.grow(65)),
  );
});

same('a shared WebAssembly memory, its buffer and views', (x) => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 3, shared: true });
  const value = { memory, buffer: memory.buffer, view: new Uint8Array(memory.buffer, 5, 6) };
  const arrived = x.trip(value);
  value.view[0] = 3;
  x.log(arrived.view[0], arrived.view.buffer === arrived.buffer, arrived.memory.buffer === arrived.buffer);
  x.log(
    arrived.memory.buffer.byteLength,
    x.attempt(() => arrived.memory.grow(1)),
    memory.buffer.byteLength,
  );
});

same('shared memory in the list is refused, and stays', (x) => {
  const buffer = new SharedArrayBuffer(4);
  const { buffer: plain } = new Uint8Array(2);
  for (const list of [[buffer], [plain, buffer], [new Uint8Array(buffer)]]) {
    x.log(
      x.attempt(() => x.trip({ buffer, plain }, list)),
      plain.byteLength,
    );
  }
});

same('a memory goes round through many ports and is still the same', (x) => {
  const buffer = new SharedArrayBuffer(4);
  let at = { buffer };
  for (let hop = 0; hop < 20; hop++) at = x.trip({ ...at, hop });
  new Uint8Array(at.buffer)[1] = 4;
  x.log(new Uint8Array(buffer)[1]);
});
