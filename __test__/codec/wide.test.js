'use strict';

// Containers of sizes around those at which handle scopes are renewed, alone and inside each other, and very large ones.

const test = require('ava');
const { MessageChannel, receiveMessageOnPort, deserialize, serialize } = require('../..');
const { alike } = require('../support/alike');

/** Around 512 and its double, and what 512 leaves in the first scope. */
const SIZES = [0, 1, 2, 510, 511, 512, 513, 514, 1022, 1023, 1024, 1025, 1026, 1030, 1535, 1537];

/** Makes and reads back, element by element, one kind of container. */
const containers = {
  array: { make: (values) => [...values], values: (array) => array },
  'array with holes': {
    make: (values) => Object.assign(Array(values.length * 20 + 1), values),
    values: (array) => Object.values(array),
  },
  'array with names': {
    make: (values) => Object.assign([], Object.fromEntries(values.map((value, i) => [`name ${i}`, value]))),
    values: (array) => Object.values(array),
  },
  object: {
    make: (values) => Object.fromEntries(values.map((value, i) => [`key${i}`, value])),
    values: (object) => Object.values(object),
  },
  'object of indices and names': {
    make: (values) => Object.fromEntries(values.map((value, i) => [i % 2 ? i : `key${i}`, value])),
    values: (object) => Object.keys(object).map((_, i) => object[i % 2 ? i : `key${i}`]),
  },
  Map: {
    make: (values) => new Map(values.map((value, i) => [i % 2 ? { i } : i, value])),
    values: (map) => [...map.values()],
  },
  'Map of keys': {
    make: (values) => new Map(values.map((value, i) => [value, i])),
    values: (map) => [...map.keys()],
    distinct: true,
  },
  Set: { make: (values) => new Set(values), values: (set) => [...set], distinct: true },
};

/** Values that each need handles of their own to arrive. */
const leaves = [
  (i) => i,
  (i) => i + 0.5,
  (i) => `text ${i}`,
  (i) => ({ i }),
  (i) => [i, { i }],
  (i) => Uint8Array.of(i),
  (i) => new Map([[i, new Set([`${i}`])]]),
  (i) => Object.assign(new Error(`m${i}`, { cause: { i } }), { stack: 's' }),
];

for (const [name, { make, values }] of Object.entries(containers)) {
  test(`each size of ${name} arrives whole`, (t) => {
    for (const size of SIZES) {
      for (const leaf of leaves) {
        const sent = make(Array.from({ length: size }, (_, i) => leaf(i)));
        const arrived = deserialize(serialize(sent));
        alike(t, values(arrived), values(sent), `${size}`);
      }
    }
  });

  test(`every container arrives whole as the first, the middle and the last child of ${name}`, (t) => {
    for (const inner of Object.values(containers)) {
      for (const size of [512, 1025]) {
        const children = Array.from({ length: size }, (_, i) => ({ i }));
        for (const at of [0, 510, 511, 512, size - 1]) {
          children[at] = inner.make(Array.from({ length: size }, (_, i) => [i]));
        }
        const arrived = values(deserialize(serialize(make(children))));
        alike(
          t,
          arrived.map((child) => child),
          values(make(children)),
        );
      }
    }
  });

  test(`references in ${name} reach across scopes`, (t) => {
    const size = 1600;
    const early = Array.from({ length: 20 }, (_, i) => ({ early: i }));
    const children = Array.from({ length: size }, (_, i) => {
      if (i < 20) return early[i];
      // A reference to the container itself, to an early child, and to one just before a scope is renewed.
      return { i, early: early[i % 20] };
    });
    const sent = make(children);
    const holder = { sent, children };
    for (let i = 20; i < size; i++) Object.assign(children[i], { sent, before: children[i - 1 - (i % 600)] });
    const arrived = deserialize(serialize([holder, holder]));
    t.is(arrived[0], arrived[1]);
    const [list, all] = [values(arrived[0].sent), arrived[0].children];
    t.is(list.length, size);
    for (let i = 0; i < size; i++) {
      if (list[i] !== all[i]) return t.fail(`child ${i} has become two`);
      if (i < 20) continue;
      const { sent: around, early: first, before, i: own } = all[i];
      const same = around === arrived[0].sent && first === all[i % 20] && before === all[i - 1 - (i % 600)];
      if (!same || own !== i) return t.fail(`child ${i} refers elsewhere`);
    }
    t.pass();
  });
}

test('long containers of containers that are too short to have a scope arrive whole', (t) => {
  const sent = Array.from({ length: 40 }, (_, i) =>
    Array.from({ length: 40 }, (_, j) =>
      Array.from({ length: 40 }, (_, k) => (k % 3 ? { i, j, k } : `${i} ${j} ${k}`)),
    ),
  );
  alike(t, deserialize(serialize(sent)), sent);
});

for (const count of [100_000, 1_000_000]) {
  test(`${count} children arrive, of each kind of container`, (t) => {
    const { port1, port2 } = new MessageChannel();
    const numbers = Array.from({ length: count }, (_, i) => i);
    const sent = [
      numbers,
      numbers.map((i) => i + 0.25),
      new Set(numbers),
      new Map(numbers.map((i) => [i, -i])),
      Object.fromEntries(numbers.map((i) => [`k${i}`, i])),
      Object.fromEntries(numbers.map((i) => [i, i])),
      count > 100_000 ? [] : numbers.map((i) => ({ i })),
    ];
    for (const value of sent) {
      port1.postMessage(value);
      const arrived = receiveMessageOnPort(port2).message;
      t.is(Object.getPrototypeOf(arrived), Object.getPrototypeOf(value));
      const [got, expected] = [arrived, value].map((container) =>
        container instanceof Map || container instanceof Set ? [...container.values()] : Object.values(container),
      );
      t.is(got.length, expected.length);
      const off = got.findIndex((one, i) => (typeof one === 'object' ? one.i !== i : one !== expected[i]));
      t.is(off, -1);
    }
    port1.close();
  });
}
