'use strict';

// What outsiders choose must not be kept for good: each table of the fast lane is fed with what they may send. What the heap
// holds then is bounded, and goes when it has not been used for a while.

const test = require('ava');
const { program } = require('../support/program');
const { BLOAT } = require('../support/limits');

/** So many bytes more than before are nothing. */
const NOTHING = 4e6;

/**
 * Declares that what a program has sent takes less than `most` bytes of the heap afterwards, and next to none after a while.
 * @param {string} title
 * @param {string} feed statements that send by `trip(value)`
 * @param {number} most
 * @param {number} [left] what may be left after a while
 */
const forgotten = (title, feed, most, left = NOTHING) =>
  test(title, async (t) => {
    const { code, out, stderr } = await program(
      `const { MessageChannel, receiveMessageOnPort } = require(ferroport);
      const { port1, port2 } = new MessageChannel();
      const trip = (value) => {
        port1.postMessage(value);
        receiveMessageOnPort(port2);
      };
      const many = (count, make, times) => {
        for (let n = 0; n < count; n++) for (let i = 0; i < times; i++) trip(make(n));
      };
      const collect = async () => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        gc();
        // Some versions of V8 keep what they have compiled else; others do not know this.
        gc({ type: 'major', flavor: 'last-resort' });
        return process.memoryUsage();
      };
      const settle = async (enough) => {
        let memory = await collect();
        for (let i = 0; i < 100 && !enough(memory); i++) memory = await collect();
        return memory;
      };
      (async () => {
        many(2000, (n) => ({ id: n, name: 'x' }), 1);
        const before = await settle(() => false);
        ${feed}
        await collect();
        const fed = await collect();
        const after = await settle(({ heapUsed }) => heapUsed - before.heapUsed < ${left});
        console.log(JSON.stringify([fed, after].map(({ heapUsed, rss }) => [heapUsed - before.heapUsed, rss - before.rss])));
        port1.close();
      })();`,
      { execArgv: ['--expose-gc'] },
    );
    t.is(code, 0, stderr);
    const [[fed, resident], [after]] = JSON.parse(out[0]);
    t.true(fed < most, `${fed} bytes of the heap when all had been sent`);
    t.true(after < left, `${after} bytes of the heap later`);
    t.true(resident < 4e8 * BLOAT, `${resident} bytes of the process`);
  });

const long = "[n + 'l'.repeat(100_000)]: n";

forgotten('long keys', `many(3000, (n) => ({ id: n, ${long} }), 3);`, NOTHING);
forgotten('long keys, each often', `many(100, (n) => ({ id: n, ${long} }), 100);`, NOTHING);
forgotten(
  'long keys of instances',
  `class Some {} many(300, (n) => Object.assign(new Some(), { ${long} }), 20);`,
  NOTHING,
);
forgotten(
  'long keys of objects without prototype',
  `many(300, (n) => ({ __proto__: null, id: n, ${long} }), 20);`,
  NOTHING,
);
forgotten(
  'an object of many long keys',
  `(() => {
    const object = {};
    for (let n = 0; n < 1000; n++) Object.assign(object, { ${long} });
    many(1, () => object, 20);
  })();`,
  NOTHING,
);
forgotten('keys as long as keys may be, seen once', "many(30_000, (n) => ({ [n + 'k'.repeat(120)]: 1 }), 1);", 6e6);
forgotten('keys as long as keys may be, seen often', "many(12_000, (n) => ({ [n + 'k'.repeat(120)]: 1 }), 8);", 12e6);
forgotten(
  'shapes of several keys, each seen some times',
  `many(8000, (n) => Object.fromEntries(Array.from({ length: 8 }, (_, key) => ['k' + n + key, key])), 4);`,
  12e6,
);
forgotten(
  'shapes that are used so often that functions are made for them',
  "many(3000, (n) => ({ ['f' + n]: n, b: 2, c: 'x', d: 4 }), 40);",
  24e6,
);
forgotten(
  'shapes with functions, in messages that refer back',
  `many(2000, (n) => {
    const object = { ['r' + n]: n, b: 2, c: 'x' };
    return [object, object];
  }, 40);`,
  24e6,
);
forgotten(
  'wide shapes with functions',
  `many(200, (n) => Object.fromEntries(Array.from({ length: 300 }, (_, key) => ['w' + n + 'k' + key, key])), 20);`,
  24e6,
);
forgotten('ever new strings', "many(100_000, (n) => 'text ' + n + 'x'.repeat(n % 40), 1);", NOTHING);
forgotten(
  'ever new prototypes',
  'many(50_000, (n) => Object.create({ n }, { id: { value: n, enumerable: true } }), 1);',
  // V8 keeps the room that a WeakMap has had: 4 MB, where a slow collection has let it hold all of them at once.
  2 * NOTHING,
  2 * NOTHING,
);
forgotten('ever new pools of Buffers', "many(200_000, (n) => Buffer.from('text ' + n), 1);", NOTHING);

test('what is in use when others are forgotten is sent and read as before', async (t) => {
  const { code, out, stderr } = await program(
    `const { MessageChannel, receiveMessageOnPort } = require(ferroport);
    const { isDeepStrictEqual } = require('node:util');
    const { port1, port2 } = new MessageChannel();
    class Some {}
    const wrong = [];
    const trip = (value) => {
      port1.postMessage(value);
      const { message } = receiveMessageOnPort(port2);
      if (!isDeepStrictEqual(message, JSON.parse(JSON.stringify(value)))) wrong.push([value, message]);
    };
    const send = (n) => {
      trip({ id: n, list: [{ x: n, y: 1 }, {}, { x: 1, y: n }, { y: 1, x: n }] });
      trip(Object.assign(new Some(), { id: n, name: 'some' }));
      const shared = { ['k' + (n % 50)]: n, rest: 'r' };
      trip([shared, { only: 1 }, shared]);
      trip({ ['u' + n]: 1, ['v' + n]: 2 });
      trip([{ ['t' + (n >> 4)]: n, other: 1 }, { x: n, y: 2 }]);
    };
    (async () => {
      for (let n = 0; n < 20_000; n++) {
        // Now all that was in use comes again after each time, now only after several.
        send(n);
        if (n % (n < 10_000 ? 40 : 400) === 0) {
          gc();
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      console.log(JSON.stringify(wrong.slice(0, 3)));
      port1.close();
    })();`,
    { execArgv: ['--expose-gc'] },
  );
  t.is(code, 0, stderr);
  t.deepEqual(out, ['[]']);
});

test('where there is no more room for functions, shapes that come get those of shapes that come no more', async (t) => {
  const { code, out, stderr } = await program(
    `const { join } = require('node:path');
    const { inside } = require(join(ferroport, '..', '..', '__test__', 'support', 'inside.js'));
  const lib = (name) => inside(\`lib/\${name}.js\`);
    const { Shape } = lib('codec/shapes/shapes');
    const { giveWriter } = lib('codec/shapes/functions');
    const env = { getPrototypeOf: Object.getPrototypeOf };
    const keys = Array.from({ length: 100 }, (_, key) => 'key' + key);
    const use = (shape) => {
      if (shape.write === null) giveWriter(shape, env);
      return shape.write !== null;
    };
    const first = [];
    for (let number = 0; number === 0 || use(first[number - 1]); number++) first.push(new Shape(keys, number));
    const [used, unused] = first;
    const late = Array.from({ length: 5 }, (_, more) => new Shape(keys, 1000 + more));
    let times = 0;
    while (!late.every(use) && times++ < 1_000_000) use(used);
    console.log(times > 100_000, use(used), unused.write, unused.aside, first.length < 200);
    let given = 0;
    // All that is there has been given once and no more.
    for (let number = 2000; number < 3000; number++) if (use(new Shape(keys, number))) given++;
    console.log(given + late.length + 1 <= first.length);`,
  );
  t.is(code, 0, stderr);
  t.deepEqual(out, ['true true null null true', 'true']);
});
