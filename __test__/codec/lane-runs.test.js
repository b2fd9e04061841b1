'use strict';

// Strings and large BigInts that stand side by side in arrays are written and read many at once (lib/codec/encode/runs.js): every number
// of them at a limit, of every length at a limit, with something else anywhere among them, and what getters do meanwhile.

const test = require('ava');
const { isDeepStrictEqual } = require('node:util');
const { MessageChannel, receiveMessageOnPort } = require('node:worker_threads');
const { randomOf } = require('../support/random');
const { trip, wordsOf } = require('./lanes');
const { tags } = require('../../lib/native/native');

const SEED = Number(process.env.LANE_SEED ?? (Math.random() * 2 ** 31) | 0);

const WAYS = [
  ['fast', 'fast'],
  ['fast', 'complete'],
  ['complete', 'fast'],
];

/** Declares that what `make` gives arrives as `structuredClone` has it; it is called anew for each. */
const arrive = (title, cases) =>
  test(title, (t) => {
    const wrong = [];
    for (const [name, make] of cases()) {
      const expected = structuredClone(make());
      for (const [writer, reader] of WAYS) {
        if (!isDeepStrictEqual(trip(writer, reader, make()), expected)) wrong.push(`${name}, ${writer} to ${reader}`);
      }
    }
    t.deepEqual(wrong, [], `seed ${SEED}`);
  });

const list = (length, make) => Array.from({ length }, (_, index) => make(index));

/** Strings of n units, by how the engine has them and how they are written. */
const kinds = {
  'Latin-1': (n, i) => 'aé'.repeat(n).slice(0, n - 1) + (n > 0 ? String.fromCharCode(97 + (i % 26)) : ''),
  'UTF-16': (n) => '長a'.repeat(n).slice(0, n),
  'either in turn': (n, i) => (i % 5 === 4 ? 'Ā' : 'b').repeat(n),
  'lone surrogates': (n) => '\udc00\ud800'.repeat(n).slice(0, n),
  'with zeros': (n) => '\0a\0'.repeat(n).slice(0, n),
  'cut out of others': (n, i) => `${'Ā'.repeat(i % 2)}${'c'.repeat(n + 1)}`.slice(1 + (i % 2)),
  concatenated: (n) => list(n, (i) => `${i % 10}`).reduce((text, digit) => text + digit, ''),
};

/** How many strings a run has, how long they are in it, and how many elements are worth one. */
const NUMBERS = [7, 8, 9, 126, 127, 128, 129, 255, 256, 257, 600];
const LENGTHS = [0, 1, 2, 3, 4, 5, 12, 13, 24, 127, 128, 129, 1800, 1801];

for (const [kind, make] of Object.entries(kinds)) {
  arrive(`as many strings as there may be in a run, one less and one more arrive: ${kind}`, function* () {
    for (const number of NUMBERS) {
      for (const length of LENGTHS) {
        if (number * length > 60_000) continue;
        yield [`${number} of ${length}`, () => list(number, (i) => make(length, i))];
        yield [`${number} of ${length} and less`, () => list(number, (i) => make(Math.max(0, length - (i % 3)), i))];
        yield [
          `${number} of ${length}, twice`,
          () => ({ a: list(number, (i) => make(length, i)), b: ['x', make(9, 1)] }),
        ];
      }
    }
  });
}

arrive('many strings arrive where the block ends while they are written, and while they are read', function* () {
  for (const before of [0, 1, 1000, 3000, 15_300, 15_340, 15_359, 15_360, 15_361, 16_000, 40_000]) {
    for (const shift of [0, 1, 2, 3, 100, 700]) {
      const ints = list(before + shift, (i) => i);
      for (const length of [0, 20, 127]) {
        const texts = () => list(700, (i) => 'd'.repeat(length) + (i % 10));
        yield [`${ints.length} integers, then strings of ${length}`, () => [ints, texts(), 'end']];
      }
      yield [`${ints.length} integers, then wide strings`, () => [ints, list(500, () => '長'.repeat(100)), 1]];
      yield [`${ints.length} integers, then BigInts`, () => [ints, list(300, (i) => 2n ** 100n + BigInt(i)), 'end']];
    }
  }
});

/** @returns {unknown[]} the array with a hole */
const without = (place, array) => (delete array[place], array);

arrive('strings arrive with something else anywhere among them', function* () {
  const others = [
    () => 1,
    () => undefined,
    () => null,
    () => 5n,
    () => ({ a: ['x'] }),
    () => ['y'.repeat(30)],
    () => true,
  ];
  for (const length of [8, 9, 40, 300]) {
    for (const place of new Set([0, 1, 2, 7, 8, length >> 1, length - 2, length - 1])) {
      for (const other of others) {
        const make = () => list(length, (i) => (i === place ? other() : `text ${i}`));
        yield [`${String(other)} at ${place} of ${length}`, make];
      }
      yield [
        `a hole at ${place} of ${length}`,
        () =>
          without(
            place,
            list(length, (i) => `text ${i}`),
          ),
      ];
      yield [
        `a long one at ${place} of ${length}`,
        () => list(length, (i) => (i === place ? 'e'.repeat(20_000) : `${i}`)),
      ];
    }
    yield [`a key, and ${length}`, () => Object.assign(list(length, String), { key: 'f' })];
  }
});

/** The digits that one call writes, and those of which the fast lane writes and reads one without. */
const BITS = [1n, 31n, 32n, 53n, 63n, 64n, 65n, 127n, 128n, 129n, 255n, 511n, 512n, 513n, 4096n, 60_000n];

arrive('BigInts of every size arrive, in every number', function* () {
  const edges = BITS.flatMap((bits) => [-1n, 0n, 1n].flatMap((by) => [2n ** bits + by, -(2n ** bits) - by]));
  yield ['all', () => [0n, ...edges]];
  for (const edge of edges) {
    for (const number of [8, 31, 32, 33, 64, 65, 128, 129]) {
      yield [`${number} near ${edge.toString(16).length}`, () => list(number, () => edge)];
    }
    yield ['in turn with small ones', () => list(20, (i) => (i % 2 ? edge : BigInt(i)))];
    yield ['until something else', () => [...list(20, () => edge), 'g', edge]];
  }
});

test('random arrays of strings, BigInts and others arrive', (t) => {
  const { below } = randomOf(SEED);
  const make = Object.values(kinds);
  const element = () => {
    const which = below(60);
    if (which === 0) return below(1000);
    if (which === 1) return { text: make[below(make.length)](below(40), 1) };
    if (which === 2) return make[below(make.length)](below(3000), below(9));
    if (which < 6) return (below(2) ? 1n : -1n) * 2n ** BigInt(below(600));
    return make[which < 40 ? 0 : below(make.length)](below(30), below(9));
  };
  for (let round = 0; round < 400; round++) {
    const value = list(below(300), element);
    if (below(9) === 0) delete value[below(value.length)];
    for (const [writer, reader] of WAYS) {
      const whole = { value, end: 'h' };
      if (!isDeepStrictEqual(trip(writer, reader, whole), whole)) return t.fail(`${writer} to ${reader}, seed ${SEED}`);
    }
  }
  t.pass();
});

test('an accessor among strings is asked once, in its turn, and what it changes is as with the built-in', (t) => {
  const { port1, port2 } = new MessageChannel();
  const builtIn = (value) => (port1.postMessage(value), receiveMessageOnPort(port2).message);
  const changes = {
    nothing: () => {},
    'the next one': (array) => (array[6] = 'changed'),
    'one before': (array) => (array[1] = 'changed'),
    'the kind of one': (array) => (array[7] = { now: 'an object' }),
    'that one is there': (array) => delete array[8],
    'the length': (array) => (array.length = 7),
  };
  for (const [name, change] of Object.entries(changes)) {
    const told = [builtIn, (value) => trip('fast', 'fast', value), (value) => trip('fast', 'complete', value)].map(
      (send) => {
        const asked = [];
        const array = list(12, (i) => `text ${i}`);
        Object.defineProperty(array, 5, {
          enumerable: true,
          configurable: true,
          get() {
            asked.push(5);
            change(array);
            return `asked ${asked.length}`;
          },
        });
        return { arrived: send(array), asked };
      },
    );
    t.deepEqual(told[1], told[0], `it changes ${name}`);
    t.deepEqual(told[2], told[0], `it changes ${name}; read by the complete codec`);
  }
  port1.close();
});

test('an array of many strings is written as runs, and one of few is not', (t) => {
  const has = (value, tag) => wordsOf(value).some((word) => (word & 0xff) === tag && word >>> 8 === value.length);
  const texts = (length, text) => list(length, () => text);
  t.true(has(texts(8, 'a'), tags.LATIN1_RUN));
  t.true(has(texts(8, '長'), tags.UTF16_RUN));
  t.false(has(texts(7, 'a'), tags.LATIN1_RUN));
});
