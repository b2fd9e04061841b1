'use strict';

// The fast lane and the complete codec write and read one format.

const test = require('ava');
const threads = require('node:worker_threads');
const ferroport = require('../../index.js');
const { alike } = require('../support/alike');
const { arrivalOf } = require('../support/arrival');
const { describe, thrown } = require('../support/describe');
const { graph } = require('../parity/graphs');
const { arrivals, wordsOf } = require('./lanes');
const { rows } = require('./rows');

const SEED = Number(process.env.LANE_SEED ?? (Math.random() * 2 ** 31) | 0);

/** Node 20 writes an error whose cause leads back to it, and then cannot read it: no behaviour to be held to. */
const UNREADABLE = 'Unable to deserialize cloned data.';

for (const [name, make] of Object.entries(rows)) {
  test(`the two codecs read each other: ${name}`, (t) => {
    const expected = arrivalOf(threads, make());
    // More than once: an object is written by other code when its like has been seen often.
    for (let round = 0; round < 12; round++) {
      for (const { way, arrived } of arrivals(make)) alike(t, arrived, expected, way);
    }
  });
}

test('the two codecs read each other: random graphs', (t) => {
  t.log(`LANE_SEED=${SEED}`);
  let count = 0;
  for (let seed = SEED; count < 1500; seed++) {
    const { hosted, done } = graph(seed);
    done();
    if (hosted) continue;
    count++;
    const make = () => graph(seed).value;
    const expected = arrivalOf(threads, make());
    if (expected.message === UNREADABLE) continue;
    for (const { way, arrived } of arrivals(make)) {
      // Refused by the codec itself: postMessage puts Node's error in its place.
      if (expected.threw !== undefined) t.truthy(/** @type {any} */ (arrived).threw, `${way}, seed ${seed}`);
      else alike(t, arrived, expected, `${way}, seed ${seed}`);
    }
  }
});

/** Values for which the format leaves no choice, one to each: no plain object in them, no array. */
const exact = {
  'primitives and strings': () => [
    ...[undefined, null, true, false, 0, -0, 1, -1, 2 ** 23 - 1, 2 ** 23, -(2 ** 23), -(2 ** 23) - 1, 2 ** 31, NaN],
    ...[2 ** 31 - 1, -(2 ** 31), 0.1, 5e-324, Infinity, -Infinity, '', '\0', 'é', 'ÿ', 'Ā', '\ud800', 'x\udfffy'],
    ...Array.from({ length: 42 }, (_, n) => 'é'.repeat(n)),
    ...Array.from({ length: 42 }, (_, n) => '長'.repeat(n)),
    ...Array.from({ length: 9 }, (_, n) => `${'a'.repeat(n)}Ā`),
    ...[1799, 1800].flatMap((n) => ['a'.repeat(n), 'Ā'.repeat(n)]),
    // Cut out of a string that needs two bytes for a unit, and needs one itself.
    'Ā and then some Latin-1 text that is longer than that'.slice(1),
  ],
  BigInts: () => [
    0n,
    1n,
    -1n,
    2n ** 63n,
    -(2n ** 63n),
    2n ** 64n - 1n,
    2n ** 64n,
    -(2n ** 64n),
    7n ** 1000n,
    -(3n ** 99n),
  ],
  'boxed primitives': () => [false, true, -0, 1.5, 7, '', 'text', '長', -(3n ** 99n), 0n].map(Object),
  dates: () => [0, -0, 1.5, NaN, 8.64e15].map((time) => new Date(time)),
  regexps: () => [/a/, /[/]\n/dgimsuy, /(?<n>é)/v, /長/u, new RegExp('')],
  errors: () => [
    ...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((Type) => new Type('m')),
    Object.assign(new Error('m', { cause: new Date(1) }), { stack: 'é' }),
    Object.assign(new Error(), { stack: undefined }),
  ],
  'views and buffers': () => [
    ...[0, 1, 2, 3, 4, 5, 2999, 3000].flatMap((n) => [new Uint8Array(n).fill(7), new Uint8Array(n).fill(7).buffer]),
    ...[Int8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array].map(
      (Type) => Type.of(1, 2, 3),
    ),
    ...[BigInt64Array, BigUint64Array].map((Type) => Type.of(1n, 2n)),
    new DataView(new ArrayBuffer(9), 3, 5),
    new Uint16Array(new ArrayBuffer(16), 2, 3),
    Buffer.from('pooled'),
  ],
};

/** The values, one by one, and all of them in a Map and in a Set. */
const inContainers = (values) => [...values, new Set(values), new Map(values.map((value, n) => [n, value]))];

for (const [name, make] of Object.entries(exact)) {
  test(`the two codecs write the same words: ${name}`, (t) => {
    for (const value of inContainers(make())) {
      const words = wordsOf(value);
      t.truthy(words);
      const bytes = ferroport.serialize(value);
      t.deepEqual([...words], [...new Int32Array(bytes.buffer, 4)], require('node:util').inspect(value));
    }
  });
}

/** A worker that answers with what it gets, its fast lane on or off. */
function echo(lane) {
  const code = `const { parentPort } = require(${JSON.stringify(require.resolve('../../index.js'))});
    parentPort.on('message', (value) => parentPort.postMessage(value));`;
  return new ferroport.Worker(code, { eval: true, env: { ...process.env, FERROPORT_FAST_LANE: lane } });
}

for (const lane of ['0', '1']) {
  test(`a worker in which FERROPORT_FAST_LANE is ${lane} returns what it got`, async (t) => {
    const worker = echo(lane);
    const values = Object.values(rows);
    const answers = [];
    await new Promise((resolve, reject) => {
      worker.on('error', reject).on('message', (value) => {
        if (answers.push(describe(value)) === 4 * values.length) resolve();
      });
      // Four rounds, so that what is seen often enough is written in its own way.
      for (let round = 0; round < 4; round++) for (const make of values) worker.postMessage(make());
    });
    await worker.terminate();
    const expected = values.map((make) => arrivalOf(threads, make()));
    for (let round = 0; round < 4; round++) {
      alike(t, answers.slice(round * values.length, (round + 1) * values.length), expected);
    }
  });
}

test('what one codec refuses the other refuses, and with what Node says', (t) => {
  const refused = [() => {}, Symbol('s'), new Proxy({}, {}), new WeakMap(), Promise.resolve(), (function* () {})()];
  for (const each of refused) {
    for (const value of [each, { each }, [[each]], new Map([[1, each]]), new Error('m', { cause: each })]) {
      const attempt = (api) => {
        try {
          const { port1 } = new api.MessageChannel();
          port1.postMessage(value);
          return 'sent';
        } catch (error) {
          return thrown(error);
        }
      };
      alike(t, attempt(ferroport), attempt(threads));
    }
  }
});
