'use strict';

// Posting values in which code of the program runs: getters, traps, iterators, and what looks as if it would be asked.

const { makeInjector } = require('../injector');
const { isSame } = require('../world');
const { isCloneError } = require('./posting');

/** Each run of a program's code passes here. */
const hooks = makeInjector('code of the value throws', { isPrecise: true });

/** Adds an accessor to an object. */
const get = (object, key, value) =>
  Object.defineProperty(object, key, {
    enumerable: true,
    configurable: true,
    get() {
      hooks.pass(`get ${String(key)}`);
      return value;
    },
  });

/** The same with plain properties, as it arrives. */
const set = (object, key, value) => Object.assign(object, { [key]: value });

class Listed extends Array {
  static get [Symbol.species]() {
    hooks.pass('Symbol.species');
    return Array;
  }
}

/** @type {Record<string, (n: number, define: typeof get) => any>} what is posted, or what arrives */
const values = {
  'an object with a getter': (n, define) => define({ n }, 'a', 1),
  'getters among long strings': (n, define) => {
    const value = { text: 'x'.repeat(5000) };
    for (let i = 0; i < 12; i++) define(value, `key${i}`, 'long '.repeat(800) + n);
    return value;
  },
  'getters in records': (n, define) =>
    Array.from({ length: 8 }, (_, i) => define(define({ i, n }, 'a', [i]), 'b', { i })),
  'getters that give objects with getters': (n, define) =>
    define({ n }, 'a', define({}, 'b', define([1, 2], 1, define({}, 'c', new Uint8Array(70_000).fill(n))))),
  'accessors as elements': (n, define) => define(define([n, 1, 2, 3], 1, 'one'), 3, { three: 3 }),
  'accessors beside numbers': (n, define) =>
    define(
      Array.from({ length: 40 }, (_, i) => i + n),
      30,
      1.5,
    ),
  'accessors in a sparse array': (n, define) => define(define([, n, , 'x'], 3, 'y'), 'beside', 1),
  'getters in keys and values of a Map': (n, define) =>
    new Map([
      [define({}, 'k', n), define({}, 'v', n)],
      ['x', define([], 0, 1)],
    ]),
  'getters in a Set': (n, define) => new Set([define({ n }, 'a', 1), define({ n }, 'b', 2)]),
  'getters in much': (n, define) =>
    Array.from({ length: 900 }, (_, i) => (i % 90 ? { i, n, s: 'some text' } : define({ i }, 'get', n))),
  'getters around a SharedArrayBuffer': (n, define) =>
    define(define({ n, shared: new SharedArrayBuffer(8) }, 'a', 1), 'b', [new SharedArrayBuffer(4)]),
  'getters in new keys': (n, define) => define(define({}, `new ${n}`, 1), `newer ${n}`, define({}, `newest ${n}`, 2)),
  'an error with accessors': (n, define) => {
    const error = new RangeError(`hooked ${n}`);
    return define === get ? Object.defineProperty(error, 'cause', { get: () => (hooks.pass('get cause'), 1) }) : error;
  },
  'an array with a species': (n, define) => (define === get ? Listed.from([n, 1, 2]) : [n, 1, 2]),
};

const isFunctionRefused = isCloneError;

/** @type {import('./index').Operation[]} */
const posting = Object.entries(values).map(([name, make]) => ({
  name: `post ${name}`,
  group: 'hooked',
  prepare(world, n) {
    const channel = world.channel();
    const { port1, port2 } = channel;
    const value = make(n, get);
    return {
      act: () => port1.postMessage(value),
      threw(error) {
        world.expectError(error);
        world.expectArrivals(port2, [], 'its own channel, after it has thrown');
      },
      returned() {
        const seen = world.take(port2);
        const isWhole = seen.length === 1 && isEqual(seen[0], make(n, set));
        world.expect(isWhole, 'its own channel: not what was posted', ...seen);
      },
      done() {
        world.expectWorks(channel, 'its own channel, afterwards');
        world.giveBack(channel);
      },
    };
  },
}));

/** What an error's getter gives is not the same in all versions of Node: its message tells. */
const isEqual = (actual, expected) =>
  expected instanceof Error ? actual?.message === expected.message : isSame(actual, expected);

/** @type {Record<string, (buffer: ArrayBuffer) => any>} transfer lists in which code runs */
const lists = {
  'options with a getter': (buffer) => get({}, 'transfer', [buffer]),
  'an array with accessors': (buffer) => get([null], 0, buffer),
  'an iterable': (buffer) => ({
    get [Symbol.iterator]() {
      hooks.pass('get Symbol.iterator');
      return () => {
        hooks.pass('Symbol.iterator');
        let count = 0;
        return get({}, 'next', () => {
          hooks.pass('next');
          return get(get({}, 'done', count++ > 0), 'value', buffer);
        });
      };
    },
  }),
  'a generator': function* list(buffer) {
    hooks.pass('begin');
    yield buffer;
    hooks.pass('end');
  },
};

/** @type {import('./index').Operation[]} */
const listing = Object.entries(lists).map(([name, make]) => ({
  name: `transfer by ${name}`,
  group: 'hooked',
  prepare(world, n) {
    const channel = world.channel();
    const { port1, port2 } = channel;
    const bytes = new Uint8Array(500).fill(n);
    const { buffer } = bytes;
    const value = get(get({}, 'before', 'x'.repeat(4000)), 'bytes', bytes);
    return {
      act: () => port1.postMessage(value, make(buffer)),
      threw(error) {
        world.expectError(error);
        world.expectArrivals(port2, [], 'its own channel, after it has thrown');
        world.expect(
          isSame(bytes, new Uint8Array(500).fill(n)),
          'a listed buffer has lost its bytes',
          bytes.byteLength,
        );
      },
      returned() {
        const expected = { before: 'x'.repeat(4000), bytes: new Uint8Array(500).fill(n) };
        world.expectArrivals(port2, [expected], 'its own channel');
        world.expect(bytes.byteLength === 0, 'a listed buffer is still here');
      },
      done() {
        world.expectWorks(channel, 'its own channel, afterwards');
        world.giveBack(channel);
      },
    };
  },
}));

const traps = {};
for (const name of Object.getOwnPropertyNames(Reflect)) {
  traps[name] = (...args) => {
    hooks.pass(name);
    return Reflect[name](...args);
  };
}

/** @type {Record<string, (n: number) => any>} values that are refused, whatever code is in them */
const refused = {
  'a Proxy with traps': (n) => ({ text: 'secret'.repeat(900), n, proxy: new Proxy({ n }, traps) }),
  'a getter that gives a function': (n) => get(get({ n }, 'a', 'secret'.repeat(9000)), 'b', () => {}),
  'a getter that gives a Proxy': (n) => get(get([n], 0, ['secret']), 'b', new Proxy([], traps)),
};

/** @type {import('./index').Operation[]} */
const refusing = Object.entries(refused).map(([name, make]) => ({
  name: `post ${name}`,
  group: 'hooked',
  prepare(world, n) {
    const channel = world.channel();
    const { port1, port2 } = channel;
    const value = make(n);
    return {
      act: () => port1.postMessage(value),
      threw(error) {
        world.expectError(error, isFunctionRefused);
        world.expectArrivals(port2, [], 'its own channel, after it has thrown');
      },
      returned: () => world.tally.complain('it has not thrown'),
      done() {
        world.expectWorks(channel, 'its own channel, afterwards');
        world.giveBack(channel);
      },
    };
  },
}));

/** Getters that cannot have the memory, or the string, that they ask for. @type {Record<string, () => unknown>} */
const allocations = {
  'a buffer that is too large': () => new ArrayBuffer(2 ** 53 - 1),
  'a string that is too long': () => 'x'.repeat(2 ** 30),
  'an array that is too long': () => new Array(2 ** 32),
  'a big integer that is too large': () => 2n ** (2n ** 40n),
};

/** @type {import('./index').Operation[]} */
const allocating = Object.entries(allocations).map(([name, ask]) => ({
  name: `post a getter that asks for ${name}`,
  group: 'hooked',
  prepare(world, n) {
    const channel = world.channel();
    const { port1, port2 } = channel;
    const bytes = new Uint8Array(64).fill(n);
    const value = {
      text: 'secret'.repeat(9000),
      list: [n, bytes],
      get more() {
        return ask();
      },
    };
    const list = n % 2 ? [bytes.buffer] : undefined;
    return {
      act: () => port1.postMessage(value, list),
      threw(error) {
        world.expectError(error, (thrown) => thrown instanceof RangeError);
        world.expectArrivals(port2, [], 'its own channel, after it has thrown');
        world.expect(isSame(bytes, new Uint8Array(64).fill(n)), 'a listed buffer has lost its bytes');
      },
      returned: () => world.tally.complain('it has not thrown'),
      done() {
        world.expectWorks(channel, 'its own channel, afterwards');
        world.giveBack(channel);
      },
    };
  },
}));

module.exports = { hooked: [...posting, ...listing, ...refusing, ...allocating], hooks };
