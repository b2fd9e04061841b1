'use strict';

// Objects that stand in a message more than once, or in themselves, arrive as one, whoever writes and reads them.

const test = require('ava');
const threads = require('node:worker_threads');
const ferroport = require('../../index.js');
const { alike } = require('../support/alike');
const { arrivalOf } = require('../support/arrival');
const { arrivals, trip } = require('./lanes');
const { run } = require('./program');

/** Compares what arrives by each way with what arrives through the built-in. */
function same(t, make, name) {
  const expected = arrivalOf(threads, make());
  for (const { way, arrived } of arrivals(make)) alike(t, arrived, expected, `${name}: ${way}`);
}

/** As `same`, for what goes in a parcel. */
const sameWhenPosted = (t, make, name) => alike(t, arrivalOf(ferroport, make()), arrivalOf(threads, make()), name);

/** Puts things into a container. */
const containers = {
  'a plain object': (things) => Object.fromEntries(things.map((thing, n) => [`k${n}`, thing])),
  'a dictionary': (things) => Object.fromEntries(things.map((thing, n) => [n, thing])),
  'an instance': (things) => Object.assign(new (class Instance {})(), { things }),
  'an object without prototype': (things) => Object.assign(Object.create(null), { things }),
  'an array': (things) => [...things],
  'a longer array': (things) => [...things, ...Array.from({ length: 30 }, (_, n) => n)],
  'an array with holes and a name': (things) => Object.assign([, ...things, ,], { things }),
  "a Map's keys": (things) => new Map(things.map((thing, n) => [thing, n])),
  "a Map's values": (things) => new Map(things.map((thing, n) => [n, thing])),
  'a Set': (things) => new Set(things),
  'an error': (things) => Object.assign(new Error('m', { cause: things }), { stack: 's' }),
};

/** Closes a circle: makes a container that holds what leads back to it. */
const circles = {
  'a plain object': (wrap) => {
    const self = { a: 1 };
    self.b = wrap(self);
    return Object.assign(self, { c: self });
  },
  'a dictionary': (wrap) => {
    const self = { 5: 5 };
    self[7] = wrap(self);
    return self;
  },
  'an array': (wrap) => {
    const self = [1];
    self.push(wrap(self), self);
    return self;
  },
  'an array with names': (wrap) => {
    const self = [1];
    return Object.assign(self, { name: wrap(self) });
  },
  'a Map': (wrap) => {
    const self = new Map();
    return self.set(self, wrap(self)).set(wrap(self), 1);
  },
  'a Set': (wrap) => {
    const self = new Set([0]);
    return self.add(wrap(self)).add(self);
  },
};

for (const [name, circle] of Object.entries(circles)) {
  test(`a circle through ${name} and anything arrives closed`, (t) => {
    for (const [inner, wrap] of Object.entries(containers)) {
      // What the built-in of Node 20 writes and cannot read.
      if (inner === 'an error') continue;
      for (let round = 0; round < 12; round++) same(t, () => circle((self) => wrap([self])), inner);
    }
  });
}

/** Small things of each class, anew at each call. */
const things = {
  'plain objects': (n) => ({ n }),
  'objects without keys': () => ({}),
  arrays: (n) => [n],
  'empty arrays': () => [],
  'arrays of integers': (n) => [n, 2, 3, 4, 5],
  'arrays of doubles': (n) => [n, 2.5, 3, 4, 5],
  Maps: (n) => new Map([[n, n]]),
  Sets: (n) => new Set([n]),
  dates: (n) => new Date(n),
  regexps: (n) => new RegExp(`${n}`, 'g'),
  errors: (n) => Object.assign(new Error(`${n}`), { stack: 's' }),
  'boxed numbers': (n) => Object(n),
  'boxed strings': (n) => Object(`${n}`),
  'boxed BigInts': (n) => Object(BigInt(n)),
  'boxed booleans': (n) => Object(n % 2 === 0),
  buffers: (n) => Uint8Array.of(n).buffer,
  bytes: (n) => Uint8Array.of(n, 1),
  'views of parts': (n) => new Uint16Array(Uint8Array.of(n, 1, 2, 3, 4, 5).buffer, 2, 1),
  'resizable buffers': (n) => new ArrayBuffer(n, { maxByteLength: 100 }),
  'class instances': (n) => Object.assign(new (class Instance {})(), { n }),
  'sparse arrays': (n) => Object.assign([], { 5000: n }),
};

for (const [kind, make] of Object.entries(things)) {
  test(`what stands in a message twice arrives as one, among few and many: ${kind}`, (t) => {
    for (const [name, put] of Object.entries(containers)) {
      // Few are looked through, more are looked up; where that changes, see below.
      for (const count of [1, 2, 6, 7, 8, 9, 10, 17, 40]) {
        same(
          t,
          () => {
            const list = Array.from({ length: count }, (_, n) => make(n % 50));
            return [put(list), list[0], put(list), list[count - 1], list];
          },
          `${count} in ${name}`,
        );
      }
      // Repeated on the way, so that the numbers of those that come later depend on it.
      same(
        t,
        () => {
          const list = [];
          for (let n = 0; n < 20; n++) list.push(make(n), list[n >> 1], make(n + 20));
          return put(list);
        },
        `on the way in ${name}`,
      );
    }
  });
}

/** Objects of a message at which it looks for them in another way, and at which the room for them ends. */
const NUMBERS = [
  15, 16, 17, 18, 62, 63, 64, 65, 66, 159, 160, 161, 187, 188, 189, 190, 191, 192, 1499, 1500, 1531, 1534, 3100,
];

const roots = {
  object: (things, again) => ({ things, again }),
  array: (things, again) => [...things, again],
};

for (const [name, root] of Object.entries(roots)) {
  test(`whatever number of objects a message has, and messages like it have had, none is taken for another: an ${name}`, (t) => {
    const wrong = [];
    for (const number of NUMBERS) {
      // What the message before had says what is expected of this one.
      for (const before of [17, 65, 100, 1600]) {
        const make = (length) => Array.from({ length }, (_, n) => ({ n }));
        trip('fast', 'fast', root(make(before), []));
        const things = make(number);
        const places = [0, 15, 16, number >> 1, number - 1].filter((place) => place < number);
        const value = root(
          things,
          places.map((place) => things[place]),
        );
        for (const reader of ['fast', 'complete']) {
          const arrived = trip('fast', reader, value);
          const [list, again] =
            name === 'array' ? [arrived.slice(0, -1), arrived.at(-1)] : [arrived.things, arrived.again];
          const isSame =
            list.every(({ n }, index) => n === index) && places.every((place, index) => list[place] === again[index]);
          if (!isSame || list.length !== number) wrong.push(`${number} after ${before}, read by the ${reader} one`);
        }
      }
    }
    t.deepEqual(wrong, []);
  });
}

test('nothing that a program has put on the prototypes is called for what many objects are looked up in', (t) => {
  const { result, status, stderr } = run(`({ ferroport }) => {
    let calls = 0;
    for (const key of Reflect.ownKeys(Set.prototype)) {
      const { value, get } = Object.getOwnPropertyDescriptor(Set.prototype, key);
      if (typeof value === 'function' && key !== 'constructor') {
        Set.prototype[key] = function (...rest) {
          calls++;
          return value.apply(this, rest);
        };
      } else if (get !== undefined) {
        Object.defineProperty(Set.prototype, key, { get() { calls++; return get.call(this); } });
      }
    }
    const { port1, port2 } = new ferroport.MessageChannel();
    const lengths = [];
    calls = 0;
    for (let i = 0; i < 60; i++) {
      port1.postMessage(Array.from({ length: i % 2 ? 300 : 70 }, (_, n) => ({ n })));
      lengths.push(ferroport.receiveMessageOnPort(port2).message.length);
    }
    port1.close();
    return { calls, lengths: [...new Set(lengths)] };
  }`);
  t.is(status, 0, stderr);
  t.deepEqual(result, { calls: 0, lengths: [70, 300] });
});

test('buffers and views that share them keep sharing, whichever comes first', (t) => {
  const Types = [Uint8Array, Int16Array, Float64Array, DataView];
  const pieces = (buffer) => [
    () => buffer,
    ...Types.map((Type) => () => new Type(buffer)),
    ...Types.map((Type) => () => new Type(buffer, 8, 1)),
    () => new Uint8Array(buffer, 3, 0),
  ];
  for (let first = 0; first < 10; first++) {
    for (let second = 0; second < 10; second++) {
      for (const size of [16, 4096]) {
        same(
          t,
          () => {
            const buffer = new Uint8Array(size).map((_, i) => i).buffer;
            const made = pieces(buffer);
            const [one, two] = [made[first](), made[second]()];
            return [one, { two }, one, new Map([[two, one]]), buffer, new Uint8Array(buffer)];
          },
          `${first}, ${second}`,
        );
      }
    }
  }
});

/** What the fast lane leaves to the complete codec, or that to V8, in the middle of a message. */
const strangers = {
  'shared memory': () => new SharedArrayBuffer(8),
  'a view of shared memory': () => new Uint8Array(new SharedArrayBuffer(8), 2),
  'a Blob': () => new Blob(['text']),
  'a resizable buffer': () => new ArrayBuffer(4, { maxByteLength: 8 }),
  'a view that tracks its length': () => new Uint8Array(new ArrayBuffer(4, { maxByteLength: 8 })),
  'a class instance': () => Object.assign(new (class Stranger {})(), { own: [1, { two: 2 }] }),
  'an object without prototype': () => Object.assign(Object.create(null), { a: 1 }),
  'a sparse array': () => Object.assign([], { 70_000: { far: 1 } }),
  'an array with names': () => Object.assign([1, 2], { name: {} }),
  'an object of 200 keys': () => Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`k${n}`, { n }])),
  'a deep chain': () => Array.from({ length: 400 }).reduce((inner) => ({ inner }), {}),
  'a key': () => require('node:crypto').createSecretKey(Buffer.from('secret')),
};

for (const [name, make] of Object.entries(strangers)) {
  test(`references reach over ${name} in the middle, into it and out of it`, (t) => {
    for (const count of [0, 1, 5, 7, 8, 9, 30]) {
      const build = () => {
        const before = Array.from({ length: count }, (_, n) => ({ n, list: [n] }));
        const stranger = make();
        const after = Array.from({ length: count }, (_, n) => new Map([[n, before[n]]]));
        const all = { before, stranger, after, text: 't'.repeat(count * 900), again: [stranger, ...before, ...after] };
        return Object.assign(all, { all, last: new Set([stranger, all, before]) });
      };
      sameWhenPosted(t, build, `${count}`);
    }
  });

  test(`an object in ${name} may be one that has come before, and may come again`, (t) => {
    const shared = { shared: true };
    const build = () => {
      const stranger = make();
      if (typeof stranger.own === 'object') stranger.own.push(shared, stranger);
      if (Array.isArray(stranger)) stranger[0] = shared;
      return [shared, stranger, shared, { shared, stranger }];
    };
    sameWhenPosted(t, build);
    sameWhenPosted(t, () => build().reverse());
  });
}

test('several strangers in one message keep their places', (t) => {
  const build = () => {
    const all = Object.values(strangers).map((make) => make());
    const plain = all.map((each, n) => ({ n, each }));
    return { all, plain, reversed: [...plain].reverse(), set: new Set(all), text: '長'.repeat(5000), last: plain[3] };
  };
  sameWhenPosted(t, build);
});
