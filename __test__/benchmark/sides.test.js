'use strict';

// How the benchmark's group *sides* measures, and what it makes of the times.

const threads = require('node:worker_threads');
const test = require('ava');
const { geometricMean, median, medians, missed, ratios } = require('../../benchmark/sides/compare');
const { checkArrival, measureSides, order } = require('../../benchmark/sides/measure');
const { withMeans } = require('../../benchmark/sides/means');
const { sidesMarkdown } = require('../../benchmark/sides/markdown');
const { PAYLOADS } = require('../../benchmark/sides/payloads');
const ferroport = require('../..');

/** A side that notes what it is asked to send, and delivers it. */
function noting() {
  const posted = [];
  class MessageChannel {
    constructor() {
      const queue = [];
      this.port1 = { postMessage: (value) => posted.push(value) && queue.push(value), close() {} };
      this.port2 = { queue };
    }
  }
  return { posted, MessageChannel, receiveMessageOnPort: ({ queue }) => ({ message: queue.shift() }) };
}

/** All objects that a value is made of. */
function objectsIn(value) {
  const seen = new Set();
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if (next instanceof Map || next instanceof Set) left.push(...[...next].flat());
    if (ArrayBuffer.isView(next)) left.push(next.buffer);
    else for (const { value: own } of Object.values(Object.getOwnPropertyDescriptors(next))) left.push(own);
  }
  return seen;
}

test('a median of an even number of figures lies between the middle two', (t) => {
  t.is(median([9, 1, 5]), 5);
  t.is(median([9, 1, 5, 3]), 4);
});

test('a geometric mean leaves out what is no number', (t) => {
  t.true(Math.abs(geometricMean([0.5, 2, 8, NaN]) - 2) < 1e-12);
});

test('the times of both sides together are the sum of the medians, and a ratio above 1 is a gain', (t) => {
  const builtIn = { post: [2, 100, 2], receive: [4, 4, 100] };
  t.deepEqual(medians(builtIn), { post: 2, receive: 4, both: 6 });
  t.deepEqual(ratios(builtIn, { post: [4], receive: [1] }), { post: 0.5, receive: 4, both: 1.2 });
});

test('a floor is missed below it, and never by what nobody receives', (t) => {
  t.deepEqual(missed({ post: 0.94, receive: 0.95, both: 2 }, { post: 0.95, receive: 0.95, both: 3 }), ['post', 'both']);
  t.deepEqual(missed({ post: 0.8, receive: NaN, both: 0.8 }, { post: 0.8 }), []);
});

test('each side is first as often as any other', (t) => {
  for (const count of [2, 3]) {
    const turns = Array.from({ length: 2 * count }, (_, turn) => order(count, turn));
    const sides = [...Array(count).keys()];
    for (const side of sides) t.is(turns.filter(([first]) => first === side).length, 2);
    for (const turn of turns) t.deepEqual([...turn].sort(), sides);
  }
});

test('every message is a value of its own, which no other side and no other round gets', async (t) => {
  const sides = [noting(), noting()];
  const payloads = [
    { name: 'a', count: 3, make: (seed) => ({ seed }) },
    { name: 'b', count: 2, make: (seed) => [seed] },
  ];
  const times = await measureSides(payloads, sides, { rounds: 4, warmUp: 1, first: 1 });
  const values = sides.flatMap(({ posted }) => posted);
  t.is(values.length, 2 * 5 * (3 + 2));
  t.is(new Set(values).size, values.length);
  for (const each of times.flat()) t.is(each.post.length + each.receive.length, 8);
  t.true(Array.isArray(sides[0].posted[0]), 'the second kind came first');
});

test('only so many messages of a kind are sent as are asked for', async (t) => {
  const side = noting();
  await measureSides([{ name: 'a', count: 50, make: (seed) => seed }], [side], { rounds: 2, most: 10 });
  t.is(side.posted.length, 20);
});

test('payloads have names of their own', (t) => {
  t.is(new Set(PAYLOADS.map(({ name }) => name)).size, PAYLOADS.length);
});

test('two values of a payload have no object in common', (t) => {
  // What Node's pool is for: small buffers share their memory in every program.
  for (const { name, make, moved } of PAYLOADS.filter((payload) => payload.name !== 'Buffer of 100 bytes')) {
    const [a, b] = [1, 1].map((seed) => objectsIn(make(seed, threads)));
    t.false(
      [...a].some((object) => b.has(object)),
      name,
    );
    if (moved) [...a, ...b].forEach((object) => object.close?.());
  }
});

test('every payload arrives as it was sent, on both sides', (t) => {
  for (const payload of PAYLOADS) {
    for (const side of [threads, ferroport]) t.notThrows(() => checkArrival(payload, side));
  }
  t.throws(() => checkArrival({ name: 'a', make: () => 1 }, { ...noting(), receiveMessageOnPort: () => undefined }), {
    message: 'a did not arrive as it was sent',
  });
});

test('a table shows the ratios of each Node, means, what was before, and in bold what misses its floor', (t) => {
  const result = (name, post, beside) => ({
    ...{ trial: 'sides', name, ratio: { post, receive: 4, both: 2 }, cold: 0.5, beside },
    ...{ floor: { post: 0.95, both: 3 }, missed: post < 0.95 ? ['post', 'both'] : ['both'] },
  });
  const sides = [result('number', 0.5, { post: 0.25, receive: 2, both: 1 }), result('log line', 2)];
  t.is(withMeans(sides).find(({ name }) => name === 'mean of small messages').ratio.post, 1);
  const lines = sidesMarkdown([{ node: '26.1.0', sides }]);
  t.is(lines[0], '|  | Node 26: post | receive | both | cold | floors |');
  t.is(lines[3], '| number | 0.25 → **0.50** | 2.00 → 4.00 | 1.00 → **2.00** | 0.50 | 0.95 / - / 3 |');
  t.is(lines[4], '| log line | 2.00 | 4.00 | **2.00** | 0.50 | 0.95 / - / 3 |');
});
