'use strict';

// Getters that run while the fast lane writes, and keys that are more than names, for shapes that are new and for ones that are hot.

const test = require('ava');
const threads = require('node:worker_threads');
const ferroport = require('../../index.js');
const { alike } = require('../support/alike');
const { arrivalOf } = require('../support/arrival');
const { run } = require('./program');
const { arrivals } = require('./lanes');

const { MessageChannel, receiveMessageOnPort } = ferroport;

/** So often has a shape been seen when functions are generated for it, and more. */
const OFTEN = 30;

const define = (object, key, property) =>
  Object.defineProperty(object, key, { enumerable: true, configurable: true, ...property });

/**
 * What arrives of an object whose first getter does something, when its like, whose getter does nothing, has become hot.
 * @param {any} api
 * @param {(act: boolean) => unknown} make
 */
function afterOthers(api, make) {
  const { port1, port2 } = new api.MessageChannel();
  // Many at once: reading counts, too.
  for (let n = 0; n < OFTEN; n++) port1.postMessage([make(false), make(false)]);
  while (api.receiveMessageOnPort(port2) !== undefined);
  port1.close();
  return [arrivalOf(api, make(true)), arrivalOf(api, [make(false), make(true), make(false)])];
}

const NAMES = [
  ...['b', '__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf', '__defineGetter__'],
  ...['then', 'toJSON', 'length', 'name', '', 'o', 'v', 'p', 'i', 'words', 'write', 'shape'],
];

/** What a getter does to the object that is being written, by what it does. */
const changes = {
  'deletes the next key': (object, key) => delete object[key],
  'deletes the next key and the last': (object, key) => delete object[key] && delete object.last,
  'deletes and adds the next key': (object, key) => delete object[key] && define(object, key, { value: 'again' }),
  'hides the next key': (object, key) => define(object, key, { enumerable: false }),
  'makes an accessor of the next key': (object, key) => define(object, key, { get: () => 'read' }),
  'makes the next key undefined': (object, key) => define(object, key, { value: undefined }),
  'adds keys': (object) => Object.assign(object, { more: 1, another: { more: 2 } }),
  'takes the prototype away': (object) => Object.setPrototypeOf(object, null),
  'gives a class': (object) => Object.setPrototypeOf(object, class Named {}.prototype),
  'deletes the next key, which the new prototype has': (object, key) => {
    delete object[key];
    Object.setPrototypeOf(object, define({}, key, { value: 'inherited' }));
  },
  freezes: (object) => Object.freeze(object),
  'deletes itself': (object) => delete object.first,
};

for (const [does, change] of Object.entries(changes)) {
  test(`a getter that ${does} is as harmless as with the built-in, whatever the key and however hot the shape`, (t) => {
    for (const key of NAMES) {
      for (const before of [0, 3]) {
        const make = (acts) => {
          const object = {};
          for (let n = 0; n < before; n++) object[`before${n}`] = n;
          define(object, 'first', { get: () => (acts && change(object, key), 1) });
          define(object, key, { value: { nested: 'next' }, writable: true });
          return Object.assign(object, { last: 3 });
        };
        alike(t, afterOthers(ferroport, make), afterOthers(threads, make), `'${key}'`);
      }
    }
  });
}

test('a getter in front of much that has been written may take keys away', (t) => {
  // So much stands between that the block has been emptied when the object turns out to be smaller.
  for (const size of [10, 70_000, 300_000]) {
    const make = (acts) => {
      const object = { head: 1 };
      define(object, 'first', { get: () => (acts && delete object.last, 'x'.repeat(size)) });
      return Object.assign(object, { list: Array.from({ length: size / 10 }, (_, n) => `n${n}`), last: 1 });
    };
    alike(t, afterOthers(ferroport, make), afterOthers(threads, make), `${size}`);
  }
});

test('each getter is asked once, in the order of the keys, in whatever it stands', (t) => {
  const asked = [];
  const asking = (object, key) => define(object, key, { get: () => asked.push(key) });
  const long = (length) => Array.from({ length }, (_, n) => n);
  const values = {
    object: () => asking(asking({ a: 1 }, 'b'), 'c'),
    'class instance': () => asking(new (class Named {})(), 'own'),
    'object of a new prototype': () => asking(Object.create({}), 'own'),
    'object that loses a key': () => define({ a: 1, b: 2 }, 'a', { get: () => asked.push('a') }),
    'short array': () => asking([1, 2, 3], 1),
    'array of numbers': () => asking(long(10), 5),
    'first element': () => asking(long(10), 0),
    'longer array': () => asking(long(100), 50),
    'first element of a longer array': () => asking(long(100), 0),
    'array that fills the block': () => asking(long(9000), 4000),
    'array that is larger than the block': () => asking(long(30_000), 20_000),
    'array of numbers and others': () => asking([1, 2, 'x', 4, 5, 6], 5),
    'long array of numbers and others': () => asking([...long(9000), 'x', ...long(20)], 5),
    'name of an array': () => asking([1, 2, 3], 'name'),
    dictionary: (round) => asking({ 5: 5, [`ever${round}`]: 1 }, 'late'),
    'object of 200 keys': () => asking(Object.fromEntries(long(200).map((n) => [`k${n}`, n])), 'late'),
    error: () => define(new Error('m'), 'stack', { get: () => `stack ${asked.push('stack')}`, enumerable: false }),
  };
  for (const [name, make] of Object.entries(values)) {
    for (let round = 0; round < OFTEN; round++) {
      const [ours, theirs] = [ferroport, threads].map((api) => {
        asked.length = 0;
        const arrived = JSON.stringify(arrivalOf(api, { value: make(round) }));
        return { arrived, asked: asked.join() };
      });
      alike(t, ours, theirs, name);
    }
  }
});

test('getters that change a long array of numbers change nothing that has been written', (t) => {
  const changing = {
    'put a string before': (array) => (array[100] = 'x'),
    'put an object after': (array) => (array[25_000] = { a: 1 }),
    'put something to be converted': (array) =>
      (array[25_000] = Object.defineProperty([1], 'valueOf', {
        value() {
          throw new Error('converted');
        },
      })),
    shrink: (array) => (array.length = 22_000),
    grow: (array) => array.push(1, 'x'),
    'punch a hole': (array) => delete array[25_000],
    'make it doubles': (array) => (array[25_000] = 0.5),
  };
  for (const [name, change] of Object.entries(changing)) {
    for (const length of [40, 3000, 30_000]) {
      const make = () => {
        const array = Array.from({ length }, (_, n) => n);
        return define(array, Math.floor((length * 2) / 3), { get: () => (change(array), 7) });
      };
      alike(t, arrivalOf(ferroport, make()), arrivalOf(threads, make()), `${name}, ${length}`);
    }
  }
});

test('a getter may post on the same port and on another, at any depth, and each message is whole', (t) => {
  const one = new MessageChannel();
  const other = new MessageChannel();
  for (let round = 0; round < OFTEN; round++) {
    let depth = 0;
    const value = {
      before: { round, text: 'b'.repeat(round * 300) },
      get posts() {
        if (depth === 3) return depth;
        const level = ++depth;
        one.port1.postMessage([level, value, { small: level }]);
        other.port1.postMessage({ level, bytes: new Uint8Array(level * 3000) });
        return level;
      },
      after: [round, 0.5, 'x'],
    };
    value.self = value;
    one.port1.postMessage(value);
    const taken = [];
    for (let entry; (entry = receiveMessageOnPort(one.port2)) !== undefined;) taken.push(entry.message);
    // The innermost first: what a getter posts is sent before what it stands in.
    const inner = taken.slice(0, 3).map(([level]) => level);
    t.deepEqual(inner, [3, 2, 1]);
    for (const message of [...taken.slice(0, 3).map(([, each]) => each), taken[3]]) {
      t.is(message.self, message);
      t.deepEqual(message.before, value.before);
      t.deepEqual(message.after, value.after);
    }
    for (const level of [3, 2, 1]) t.is(receiveMessageOnPort(other.port2).message.level, level);
    t.is(receiveMessageOnPort(other.port2), undefined);
  }
  one.port1.close();
  other.port1.close();
});

test('a getter may receive, serialize and move buffers while a message is written', (t) => {
  const { port1, port2 } = new MessageChannel();
  const list = Array.from({ length: 200 }, (_, n) => ({ n, text: `${n}`.repeat(20) }));
  for (let round = 0; round < OFTEN; round++) {
    port1.postMessage(list);
    port1.postMessage({
      list,
      get received() {
        return receiveMessageOnPort(port2).message;
      },
      get serialized() {
        return ferroport.deserialize(ferroport.serialize([list, list]));
      },
      get moved() {
        const { buffer } = new Uint8Array(5000).fill(round);
        port1.postMessage(buffer, [buffer]);
        return receiveMessageOnPort(port2).message;
      },
      end: list,
    });
    const { list: one, received, serialized, moved, end } = receiveMessageOnPort(port2).message;
    t.deepEqual(
      [one, received, serialized, moved],
      [list, list, [list, list], new Uint8Array(5000).fill(round).buffer],
    );
    t.is(one, end);
    t.is(receiveMessageOnPort(port2), undefined);
  }
  port1.close();
});

test('a getter that throws sends nothing, and the next message is whole', (t) => {
  const { port1, port2 } = new MessageChannel();
  const shared = { shared: true };
  for (let round = 0; round < 4 * OFTEN; round++) {
    const bad = {
      shared,
      much: 'm'.repeat((round % 7) * 20_000),
      list: Array.from({ length: round * 10 }, () => shared),
      get boom() {
        throw round % 2 === 0 ? new RangeError(`${round}`) : undefined;
      },
    };
    const around = [bad, { bad }, new Map([[1, bad]]), new Error('m', { cause: bad }), new Set([bad])][round % 5];
    try {
      port1.postMessage(around);
      t.fail();
    } catch (error) {
      t.is(error?.message, round % 2 === 0 ? `${round}` : undefined);
    }
    const good = { shared, again: [shared, shared], round };
    port1.postMessage(good);
    const { message } = receiveMessageOnPort(port2);
    t.deepEqual(message, good);
    t.is(message.shared, message.again[1]);
    t.is(receiveMessageOnPort(port2), undefined);
  }
  port1.close();
});

test('messages that were begun and given up take no memory', (t) => {
  const { result, stderr } = run(({ ferroport, threads }) => {
    const { port1 } = new ferroport.MessageChannel();
    port1.unref();
    const bad = {
      much: Array.from({ length: 2000 }, (_, n) => ({ n, text: `${n}`.repeat(50) })),
      shared: new ArrayBuffer(100, { maxByteLength: 200 }),
      get boom() {
        throw new Error('boom');
      },
    };
    const round = (count) => {
      for (let n = 0; n < count; n++) {
        try {
          port1.postMessage(bad);
        } catch {
          // On purpose.
        }
      }
      global.gc();
      return process.memoryUsage().rss;
    };
    round(100);
    const before = round(100);
    return [before, round(400), threads !== undefined];
  }, {});
  t.truthy(result, stderr);
  // 400 of them, with some 500 KiB each.
  t.true(result[1] - result[0] < 50e6, `${result[1] - result[0]} bytes`);
});

test('a message that is refused in the middle says where, and the next is whole', (t) => {
  const { port1, port2 } = new MessageChannel();
  for (let round = 0; round < OFTEN; round++) {
    const bad = { jobs: [{ id: 1 }, { id: 2, onDone: round % 2 ? () => {} : Symbol('s') }], blob: new Blob(['x']) };
    try {
      port1.postMessage(bad);
      t.fail();
    } catch (error) {
      t.is(error.path, '.jobs[1].onDone', error.message);
    }
    port1.postMessage({ id: round });
    t.deepEqual(receiveMessageOnPort(port2).message, { id: round });
  }
  port1.close();
});

const KEYS = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', 'then'],
  ...['', ' ', '"', "'", '`', '\\', '\n', '\r', '\0', '\u2028', '\u2029', '\ufeff', '${process.exit(1)}', '*/', '//'],
  ...[
    '"];process.exit(1);//',
    "'];process.exit(1);//",
    '`];process.exit(1);//',
    '\\"];process.exit(1);//',
    '</script>',
  ],
  ...['"]: 1}; process.exit(1); ({"', '};process.exit(1);({', '\n};process.exit(1);//', '[process.exit(1)]', 'get a'],
  ...['\ud800', '\udc00', 'x\ud83d', '\ude00y', '😀', 'é', 'ÿ', 'Ā', '長い', 'ﬁ', 'a\u0301', 'á'],
  ...['0', '1', '-1', '-0', '01', '1.5', '1e3', 'NaN', 'Infinity', '4294967294', '4294967295', '4294967296', '1n'],
  ...[
    '9007199254740993',
    'o',
    'v',
    'p',
    'i',
    'w',
    'at',
    'read',
    'words',
    'write',
    'key',
    'keys',
    'env',
    'shape',
    'hasOwn',
  ],
  ...[
    'async',
    'await',
    'yield',
    'static',
    'get',
    'set',
    'class',
    'new',
    'null',
    'true',
    'undefined',
    'arguments',
    'eval',
  ],
  ...['k'.repeat(20), 'k'.repeat(21), 'k'.repeat(1801), 'k'.repeat(70_000), '長'.repeat(20), '長'.repeat(1801)],
];

/** @param {string[]} keys */
const keyed = (keys) => keys.reduce((object, key, n) => define(object, key, { value: n / 2, writable: true }), {});

test('whatever a key is called, it arrives as a key, and in its place', (t) => {
  for (const key of KEYS) {
    for (const make of [() => keyed([key]), () => keyed(['a', key]), () => keyed([key, 'z', 'y'])]) {
      const expected = arrivalOf(threads, [make(), make()]);
      for (let round = 0; round < 12; round++) {
        for (const { way, arrived } of arrivals(() => [make(), make()])) {
          alike(t, arrived, expected, `${JSON.stringify(key.slice(0, 30))}: ${way}`);
        }
      }
    }
  }
  // All of them, forwards and backwards, and in dictionaries.
  for (const keys of [KEYS, [...KEYS].reverse()]) {
    const expected = arrivalOf(threads, keyed(keys));
    for (let round = 0; round < 12; round++) {
      for (const { way, arrived } of arrivals(() => keyed(keys))) alike(t, arrived, expected, way);
    }
  }
});

test('values of every kind arrive under any key, once the shape is hot', (t) => {
  const values = [1, -0, 2 ** 24, 0.5, NaN, 'text', '長', undefined, null, true, 5n, {}, [], [1, 2, 3, 4], new Date(1)];
  for (const key of KEYS.slice(0, 40)) {
    for (const value of values) {
      const make = () => define(define({}, key, { value, writable: true }), 'beside', { value, writable: true });
      const expected = arrivalOf(threads, make());
      for (let round = 0; round < 3; round++) {
        for (const { way, arrived } of arrivals(make)) alike(t, arrived, expected, `${key}: ${way}`);
      }
    }
  }
});

test('an object that a getter lets inherit for a while is not taken for another afterwards', (t) => {
  const { result, stderr } = run(({ ferroport, clone }) => {
    const { port1 } = new ferroport.MessageChannel();
    port1.unref();
    for (let round = 0; round < 4; round++) {
      port1.postMessage([
        {
          get first() {
            Object.prototype.evil = 1;
            return 1;
          },
        },
        { own: 1 },
        { own: 2 },
        { own: 3 },
        {
          get last() {
            delete Object.prototype.evil;
            return 1;
          },
        },
      ]);
    }
    return clone(ferroport, [
      { own: 1, evil: 2 },
      { own: 3, evil: 4 },
    ]);
  });
  t.deepEqual(
    result,
    [
      { own: 1, evil: 2 },
      { own: 3, evil: 4 },
    ],
    stderr,
  );
});
