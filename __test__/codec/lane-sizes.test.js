'use strict';

// Sizes at which the fast lane goes another way: short and long strings, few and many bytes, and the end of the block.

const test = require('ava');
const ferroport = require('../../index.js');
const { isDeepStrictEqual } = require('node:util');
const { alike } = require('../support/alike');
const { trip } = require('./lanes');
const { randomOf } = require('../support/random');

const SEED = Number(process.env.LANE_SEED ?? (Math.random() * 2 ** 31) | 0);

/** Bytes of the block that messages are written in, and of the one they are read in. */
const BLOCK = 64 * 1024;

const WAYS = [
  ['fast', 'fast'],
  ['fast', 'complete'],
  ['complete', 'fast'],
];

/** Whether what arrives on each way is the value; tells the first way on which it is not. */
function differs(value) {
  return WAYS.find(([writer, reader]) => !isDeepStrictEqual(trip(writer, reader, value), value))?.join(' to ');
}

/** Declares that values arrive. `values` gives pairs of a name and a value. */
const arrive = (title, values) =>
  test(title, (t) => {
    const wrong = [];
    for (const [name, value] of values()) {
      const way = differs(value);
      if (way !== undefined) wrong.push(`${name}, ${way}`);
    }
    t.deepEqual(wrong, []);
  });

const range = (from, to, step = 1) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

/** Strings of n units that the three kinds of writers tell apart. */
const texts = {
  'Latin-1': (n) => 'aé'.repeat(n).slice(0, n),
  'UTF-16': (n) => '長a'.repeat(n).slice(0, n),
  'UTF-16 in its last unit only': (n) => (n === 0 ? '' : `${'a'.repeat(n - 1)}Ā`),
  'lone surrogates': (n) => '\udc00\ud800'.repeat(n).slice(0, n),
  'Latin-1, cut out of a wider one': (n) => `Ā${'b'.repeat(n)}`.slice(1),
  concatenated: (n) =>
    range(1, n >> 8 || 1)
      .reduce((text) => text + 'x'.repeat(256), '')
      .slice(0, n),
};

for (const [kind, make] of Object.entries(texts)) {
  arrive(`strings of every length at a limit arrive: ${kind}`, function* () {
    const sizes = [
      ...range(0, 40),
      ...range(1790, 1810),
      ...range(4060, 4100, 3),
      ...range(16_378, 16_390),
      ...range(65_400, 65_560, 7),
      ...range(131_052, 131_076, 3),
      1e6,
      1e6 + 1,
    ];
    for (const n of [...sizes, 32_766, 32_767, 32_768, 65_535, 65_536, 131_072]) {
      const text = make(n);
      yield [`${n}`, text];
      yield [`${n}, among others`, [1, text, { text, after: text.slice(1) }, 2]];
    }
  });
}

arrive('bytes of every length at a limit arrive', function* () {
  const sizes = [
    ...range(0, 9),
    ...range(253, 259),
    ...range(2995, 3005),
    ...range(16_380, 16_390),
    ...range(4080, 4100),
    ...range(65_500, 65_560),
    2e5,
  ];
  for (const n of sizes) {
    const bytes = new Uint8Array(n).map((_, i) => i * 7);
    yield [`${n}`, bytes];
    yield [`${n}, among others`, ['a', bytes, 'b', bytes.buffer, new DataView(bytes.buffer), { last: 1.5 }]];
    yield [`${n}, a part`, [new Uint8Array(bytes.buffer, n >> 1), new Uint8Array(bytes.buffer, 0, n >> 1)]];
  }
});

arrive('typed arrays of every kind arrive, of sizes at which they are copied in another way', function* () {
  const kinds = [
    Int8Array,
    Uint8ClampedArray,
    Uint16Array,
    Int32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    DataView,
  ];
  const sizes = [
    0,
    8,
    64,
    248,
    256,
    264,
    4096,
    8168,
    8176,
    8184,
    16_368,
    16_384,
    16_392,
    65_520,
    65_536,
    2 ** 21 - 8,
    2 ** 21,
  ];
  for (const View of kinds) {
    for (const size of sizes) {
      const { buffer } = new Uint8Array(size).map((_, i) => i * 5 + size);
      const view = new View(buffer);
      yield [`${View.name} of ${size}`, view];
      yield [`${View.name} of ${size} at an odd word`, [1, view, 'a', { view, buffer }]];
      yield [`${View.name} of ${size} in an object`, { view, text: 'b' }];
    }
  }
});

arrive('arrays of numbers of every length at a limit arrive', function* () {
  const sizes = [...range(0, 30), ...range(1015, 1030), ...range(7600, 7700, 9), ...range(8170, 8200, 3), 2e5];
  for (const n of [...sizes, ...range(15_300, 15_400, 7), ...range(16_370, 16_400, 3), ...range(32_700, 32_800, 9)]) {
    yield [`${n} integers`, range(1, n)];
    yield [`${n} doubles`, range(1, n).map((i) => i / 4)];
    yield [`${n} doubles, then 1`, [range(1, n).map((i) => i / 4), 1]];
    yield [`a string, ${n} doubles, then 1`, ['text', range(1, n).map((i) => i / 4), 1]];
    for (const odd of [-0, NaN, 0.5, 2 ** 31, -(2 ** 31) - 1, Infinity]) {
      yield [`${n} integers, then ${odd}`, [...range(1, n), odd]];
      yield [`${odd}, then ${n} integers`, [odd, ...range(1, n)]];
    }
  }
});

arrive('an array of numbers with something else anywhere in it arrives', function* () {
  for (const other of ['x', undefined, null, true, 5n, { a: 1 }, [1], new Date(1), '長'.repeat(30)]) {
    for (const length of [4, 5, 23, 24, 25, 26, 41]) {
      for (const place of range(0, length - 1)) {
        const ints = range(1, length);
        const doubles = ints.map((i) => i - 0.5);
        ints[place] = doubles[place] = other;
        yield [`${String(other)} at ${place} of ${length} integers`, ints];
        yield [`${String(other)} at ${place} of ${length} doubles`, doubles];
        yield [`${String(other)} at ${place} of ${length} of both`, ints.map((v, i) => (i % 3 === 1 ? doubles[i] : v))];
      }
    }
  }
  for (const length of [7000, 20_000, 40_000]) {
    for (const place of [0, 1, 2, 3, 1023, 1024, 5000, length - 1]) {
      const mixed = range(1, length);
      mixed[place] = 'x';
      yield [`a string at ${place} of ${length}`, mixed];
      yield [
        `a hole at ${place} of ${length}`,
        range(1, length).filter((_, i) => i !== place || delete mixed[i]) && mixed,
      ];
    }
  }
});

arrive('arrays around the length from which on keys are not listed arrive, with holes and with names', function* () {
  for (const length of range(0, 30)) {
    for (const fill of [(i) => i, (i) => i / 2, (i) => `${i}`, (i) => ({ i }), () => undefined]) {
      const dense = () => Array.from({ length }, (_, i) => fill(i));
      yield [`${length}`, dense()];
      for (const place of range(0, length - 1)) {
        const holed = dense();
        delete holed[place];
        yield [`a hole at ${place} of ${length}`, holed];
        yield [`a hole at ${place} of ${length}, and a name`, Object.assign([...dense(), , 1], { name: place })];
        const many = dense();
        for (let i = place; i < length; i++) delete many[i];
        yield [`holes from ${place} of ${length}`, many];
      }
      for (const key of ['name', '-1', '01', '4294967295', '', '__proto', '1.5']) {
        yield [`${length} and '${key}'`, Object.assign(dense(), { [key]: 1 })];
        yield [`${length}, a hole and '${key}'`, Object.assign([...dense(), , 1], { [key]: 1 })];
      }
      yield [`${length}, longer than that`, Object.assign(dense(), { length: length + 3 })];
    }
  }
});

/** One of each kind of thing that is not written by a single store. */
const kinds = {
  integer: () => 5,
  'larger integer': () => 2 ** 24,
  double: () => 0.1,
  NaN: () => NaN,
  BigInt: () => -5n,
  'long BigInt': () => 7n ** 2000n,
  'short string': () => 'sixteen letters!',
  'short wide string': () => 'wide 長',
  string: () => 'longer than twenty units, and Latin-1',
  'wide string': () => 'longer than twenty units, but not Latin-1: 長',
  'long string': () => 's'.repeat(1800),
  'longer string': () => 's'.repeat(1801),
  'long wide string': () => '長'.repeat(1801),
  'plain object': () => ({ id: 1, name: 'n', nested: { deep: 0.5 } }),
  'plain objects alike': () => range(1, 12).map((id) => ({ id, text: `n${id}`, x: id / 2 })),
  dictionary: () => ({ 1: 'one', [`ever${Math.random()}`]: 2, third: [3] }),
  'dictionary with long keys': () => ({ 1: 1, ['k'.repeat(1700)]: 2, ['長'.repeat(1700)]: 3 }),
  array: () => ['a', 1, null, undefined, true, [], {}],
  'array with holes': () => ['a', , , 1, , ,],
  'array of integers': () => range(1, 50),
  'array of doubles': () => range(1, 50).map((i) => i / 8),
  'array of numbers and a string': () => [1, 2, 3, 4, 5, 6.5, 7, 'x', 9],
  'empty array': () => [],
  Map: () =>
    new Map([
      ['k', 1],
      [{ key: 1 }, 0.5],
    ]),
  Set: () => new Set([1, 's', { a: 1 }]),
  Date: () => new Date(1.5),
  RegExp: () => /source(?:s)?/gim,
  'boxed number': () => Object(1.5),
  'boxed string': () => Object('text'),
  'boxed BigInt': () => Object(5n),
  'boxed boolean': () => Object(true),
  error: () => Object.assign(new TypeError('message', { cause: { a: [1] } }), { stack: 'a stack of some length' }),
  bytes: () => Uint8Array.of(1, 2, 3, 4, 5),
  'more bytes': () => new Uint8Array(3000).fill(3),
  'many bytes': () => new Uint8Array(3001).fill(4),
  buffer: () => Uint8Array.of(6, 7).buffer,
  'view of doubles': () => Float64Array.of(0.5, 1.5),
  'part of a buffer': () => new Uint16Array(new Uint8Array(64).fill(8).buffer, 2, 5),
  DataView: () => new DataView(new Uint8Array(9).fill(5).buffer, 3, 5),
};

for (const [name, make] of Object.entries(kinds)) {
  arrive(`the block may end anywhere before or in it: ${name}`, function* () {
    // Encoders stop 4 KiB before the end of the block, decoders look for more 2 KiB before it. In front of it stand strings
    // that are written in the block and leave it where they end.
    const front = (bytes) => [...Array.from({ length: Math.floor((bytes - 8) / 1800) }, () => 'p'.repeat(1796))];
    for (const end of [BLOCK / 16, BLOCK - 4096, BLOCK]) {
      const rest = Math.max(0, end - 2500 - 1800);
      const before = front(rest);
      const used = 12 + before.length * 1800;
      for (
        let pad = end - used - 700;
        pad < end - used + 40;
        pad += name.includes('long') || name.includes('bytes') ? 36 : 12
      ) {
        const pads = pad < 0 ? [] : [...front(pad), 'p'.repeat(pad % 1800)];
        yield [`${pad} to ${end}`, [...before, ...pads, make(), 'after', make(), { after: 2 }]];
      }
    }
  });
}

arrive('a message may end exactly where the block ends', function* () {
  for (let words = -12; words <= 12; words++) {
    const bytes = BLOCK + words * 4;
    // Header, head of the array, heads of the strings: a word each.
    const pieces = 40;
    const room = bytes - 8 - pieces * 4;
    const each = Math.floor(room / pieces / 4) * 4;
    const list = Array.from({ length: pieces - 1 }, () => 'e'.repeat(each));
    yield [`${bytes} bytes of strings`, [...list, 'l'.repeat(room - each * (pieces - 1))]];
    yield [`${bytes} bytes of integers`, range(1, bytes / 4 - 2)];
    yield [`${bytes} bytes of doubles`, range(1, (bytes - 8) >> 3).map((i) => i / 2)];
    yield [`${bytes} bytes`, new Uint8Array(bytes - 16).fill(9)];
    yield [`${bytes} bytes of one string`, 'o'.repeat(bytes - 8)];
    yield [`${bytes} bytes of booleans`, Array.from({ length: bytes / 4 - 2 }, (_, i) => i % 2 === 0)];
  }
});

arrive('whatever stands in a message of several blocks arrives', function* () {
  const { below, pick } = randomOf(SEED);
  const makers = Object.values(kinds);
  for (let round = 0; round < 60; round++) {
    const list = Array.from({ length: 20 + below(300) }, () =>
      below(4) === 0 ? 'r'.repeat(below(4000)) : pick(makers)(),
    );
    yield [`LANE_SEED=${SEED}, round ${round}`, list];
  }
});

/** A value in `depth` containers. */
const nest = (depth, wrap) => range(1, depth).reduce((inner, n) => wrap(inner, n), 'innermost');

const wraps = {
  objects: (inner, n) => ({ before: n, inner, after: 0.5 }),
  arrays: (inner, n) => [n, inner, 'after'],
  Maps: (inner, n) => new Map([[n, inner]]),
  'keys of Maps': (inner, n) => new Map([[inner, n]]),
  Sets: (inner, n) => new Set([n, inner, 'after']),
  errors: (inner) => Object.assign(new Error('m', { cause: inner }), { stack: 's' }),
  'all of them': (inner, n) => [{ inner }, [inner], new Map([[n, inner]]), new Set([inner])][n % 4],
};

for (const [name, wrap] of Object.entries(wraps)) {
  test(`what nests deeper than either codec calls itself arrives: ${name}`, (t) => {
    /** Not by isDeepStrictEqual, which calls itself. */
    const chain = (value) => {
      const seen = [];
      while (typeof value === 'object' && value !== null) {
        if (value instanceof Error) value = [value.message, value.cause];
        const items = Array.isArray(value)
          ? value
          : value instanceof Map
            ? [...value].flat()
            : value instanceof Set
              ? [...value]
              : Object.values(value);
        seen.push(items.map((item) => (typeof item === 'object' ? typeof item : item)));
        value = items.find((item) => typeof item === 'object') ?? items.find((item) => item === 'innermost');
      }
      return [...seen, value];
    };
    for (const depth of [...range(62, 67), 127, 128, 129, 130, 1000, 5000]) {
      const value = nest(depth, wrap);
      const expected = chain(value);
      for (const [writer, reader] of WAYS) alike(t, chain(trip(writer, reader, value)), expected, `${depth}`);
      // Others beside it, which are less deep.
      const beside = [nest(depth, wrap), 'a', nest(3, wrap), [1, 2, 3, 4]];
      for (const [writer, reader] of WAYS) {
        const arrived = trip(writer, reader, beside);
        alike(t, arrived.slice(1), beside.slice(1));
        alike(t, chain(arrived[0]), expected);
      }
    }
  });
}

test('a getter runs once however deep it stands, and however little stack is left to the message', (t) => {
  const { port1, port2 } = new ferroport.MessageChannel();
  const TIMES = 60;
  /** Calls from where the stack is full, and so often on the way up from there: what fails there throws. */
  const fromBottom = (act) => {
    let level = 0;
    const down = () => {
      try {
        down();
      } catch {
        // This is the bottom.
      }
      if (level++ % 40 === 0 && level < 40 * TIMES) act(level);
    };
    down();
  };
  const seen = { arrived: 0, refused: 0 };
  for (const depth of [100, 300, 700, 1500, 6000]) {
    const posts = range(1, TIMES).map(() => {
      const asked = new Uint8Array(depth);
      const value = range(0, depth - 1).reduce((inner, n) => {
        const get = () => (asked[n]++, inner);
        return n % 10 === 0 ? Object.defineProperty({ n }, 'inner', { get, enumerable: true }) : { n, inner };
      }, null);
      return { value, asked, error: undefined };
    });
    let made = 0;
    fromBottom(() => {
      const post = posts[made++];
      try {
        port1.postMessage(post.value);
        post.error = null;
      } catch (error) {
        post.error = error;
      }
    });
    for (const { asked, error } of posts.slice(0, made)) {
      if (error === null) {
        seen.arrived++;
        t.true(asked.every((times, n) => times === (n % 10 === 0 ? 1 : 0)));
        let { message } = ferroport.receiveMessageOnPort(port2);
        for (let n = depth - 1; n >= 0; n--, message = message.inner) if (message.n !== n) t.fail(`${message.n}, ${n}`);
        t.is(message, null);
      } else {
        seen.refused++;
        t.true(error === undefined || error.message === 'Maximum call stack size exceeded');
        t.true(asked.every((times) => times <= 1));
      }
    }
    t.is(ferroport.receiveMessageOnPort(port2), undefined);
  }
  t.log(seen);
  port1.close();
});

test('byte arrays that V8 copies and moves arrive like others, the buffer shared by all that show it', (t) => {
  for (const n of [2 ** 21 - 1, 2 ** 21, 2 ** 21 + 3]) {
    const bytes = new Uint8Array(n).map((_, i) => i * 7);
    const value = {
      before: 'a',
      bytes,
      again: bytes,
      buffer: bytes.buffer,
      part: new Int8Array(bytes.buffer, 5, 9),
      after: 1.5,
    };
    const { port1, port2 } = new ferroport.MessageChannel();
    port1.postMessage(bytes);
    port1.postMessage(value);
    const alone = ferroport.receiveMessageOnPort(port2).message;
    alike(t, alone, bytes);
    t.is(alone.buffer.byteLength, n);
    const { message } = ferroport.receiveMessageOnPort(port2);
    alike(t, message, value);
    t.is(message.again, message.bytes);
    t.is(message.buffer, message.bytes.buffer);
    t.is(message.part.buffer, message.bytes.buffer);
    t.is(bytes.byteLength, n, 'the sender keeps its own');
    port1.close();
  }
});

arrive('Maps and Sets of every size at a limit arrive, alone and inside each other', function* () {
  for (const n of [0, 1, 2, 2047, 2048, 2049, 4095, 4096, 4097, 9000]) {
    const set = new Set([...range(1, n), -0, NaN, 2 ** 23, -(2 ** 23) - 1]);
    const map = new Map(range(1, n).map((i) => [i % 3 ? i : `key ${i}`, i % 5 ? i * 2 : { i }]));
    yield [`a Set of ${n}`, set];
    yield [`a Map of ${n}`, map];
    yield [`a Map of ${n} around a Set and a Map`, new Map([...map, ['set', set], [map, 'key'], ['last', 1.5]])];
  }
});
