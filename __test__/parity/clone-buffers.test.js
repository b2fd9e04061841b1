'use strict';

// The rows of the structured-clone table that are about buffers and views.

const { same, where } = require('../support/scenario');
const { mix, row } = require('../support/rows');

const float16 = typeof globalThis.Float16Array === 'function';
const resizable = 'resize' in ArrayBuffer.prototype;

row('array buffers', () => [0, 1, 7, 8, 9, 1000, 70_000].map((length) => new Uint8Array(length).fill(7).buffer));

const tracking = () => {
  const buffer = new ArrayBuffer(8, { maxByteLength: 64 });
  return [
    buffer,
    new Uint8Array(buffer),
    new Uint8Array(buffer, 4),
    new Uint16Array(buffer, 2, 2),
    new DataView(buffer, 1),
  ];
};

row(
  'resizable buffers, fixed and length-tracking views',
  () => [
    ...tracking(),
    tracking(),
    new ArrayBuffer(0, { maxByteLength: 0 }),
    new DataView(new ArrayBuffer(4, { maxByteLength: 8 }), 1, 2),
  ],
  where(resizable).same,
);

row(
  'views that are out of bounds',
  () =>
    [
      [4, 4],
      [4, undefined],
    ].flatMap(([offset, length]) =>
      [Uint8Array, Int32Array, DataView].map((Type) => {
        const buffer = new ArrayBuffer(8, { maxByteLength: 16 });
        const view = new Type(buffer, offset, length && length / (Type.BYTES_PER_ELEMENT ?? 1));
        buffer.resize(2);
        return view;
      }),
    ),
  where(resizable).same,
);

const viewTypes = [
  ...[
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
  ],
  ...[BigInt64Array, BigUint64Array, ...(float16 ? [globalThis.Float16Array] : [])],
];

for (const Type of viewTypes) {
  row(`${Type.name}s`, () => {
    const size = Type.BYTES_PER_ELEMENT;
    const bytes = Uint8Array.from({ length: size * 6 }, (_, index) => index * 37 + 1).buffer;
    const views = [
      new Type(),
      new Type(0),
      new Type(3),
      new Type(bytes),
      new Type(bytes, size),
      new Type(bytes, size * 2, 3),
    ];
    return [
      ...views,
      new Type(bytes, size * 6),
      mix(new Type(2), { extra: 1 }),
      Object.setPrototypeOf(new Type(1), null),
    ];
  });
}

row('data views', () => {
  const bytes = Uint8Array.from({ length: 9 }, (_, index) => index).buffer;
  return [
    new DataView(bytes),
    new DataView(bytes, 3),
    new DataView(bytes, 3, 2),
    new DataView(bytes, 9),
    new DataView(new ArrayBuffer(0)),
  ];
});

same('one buffer stays one buffer, however many views share it', ({ log, trip }) => {
  const buffer = Uint8Array.from({ length: 32 }, (_, index) => index).buffer;
  const value = [new Uint8Array(buffer, 1, 2), new Float64Array(buffer, 8, 2), new DataView(buffer, 3), buffer];
  const arrived = trip(value);
  log(arrived, new Set([...arrived.slice(0, 3).map((view) => view.buffer), arrived[3]]).size);
  const [first, second] = [trip([buffer, new Uint8Array(buffer)]), trip([new Uint8Array(buffer), buffer])];
  log(first[0] === first[1].buffer, second[0].buffer === second[1]);
});

same('NaN payloads in float views survive as bytes', ({ log, trip }) => {
  log(trip(new Float64Array(Uint8Array.of(1, 2, 3, 4, 5, 6, 0xf8, 0x7f).buffer)));
  log(trip(new Float32Array(Uint8Array.of(1, 2, 0xc0, 0xff).buffer)));
});

row('Buffers that own their memory', () => [
  Buffer.from(new Uint8Array([1, 2, 3]).buffer),
  Buffer.from(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2),
  Buffer.allocUnsafeSlow(4).fill(7),
  Buffer.alloc(3, 1),
]);
