'use strict';

// Runtimes and programs that are odd: no code from strings, frozen or extended intrinsics, marks, and objects that look plain.

const test = require('ava');
const { isPublished } = require('../support/program');
const threads = require('node:worker_threads');
const ferroport = require('../..');
const { arrivalOf } = require('../support/arrival');
const { run } = require('./program');

/** Sends one of everything, and objects of a hot shape, in a process of its own, which `prepare` makes odd. */
const both = (flags, prepare = () => {}) => {
  const body = `({ ferroport, threads, clone, require }) => {
    const { rows } = require('./__test__/codec/rows');
    const { describe } = require('./__test__/support/describe');
    const own = () => [{ id: 1, name: 'n' }, { id: 0.5, name: null }, { id: undefined, name: [] }];
    const texts = () => Array.from({ length: 70 }, (_, n) => ({ text: 'x'.repeat(n), other: 'é'.repeat(n), boxed: Object('y'.repeat(n)) }));
    const makers = { ...rows, own, texts, empty: () => [{}, {}], list: () => Array.from({ length: 40 }, (_, id) => ({ id, name: 'n' })) };
    const values = Object.entries(makers).map(([name, make]) => [name, make(), make()]);
    for (let n = 0; n < 20; n++) clone(ferroport, [own(), own()]);
    const undo = (${prepare})();
    const told = [];
    const { defineProperty } = Object;
    const note = (value) => defineProperty(told, told.length, { __proto__: null, value, configurable: true, enumerable: true, writable: true });
    for (let i = 0; i < values.length; i++) {
      for (let round = 0; round < 10; round++) {
        const entry = [clone(ferroport, values[i][1]), clone(threads, values[i][2])];
        if (round === 0 || round === 9) note(entry);
      }
    }
    undo?.();
    return told.map(([ours, theirs], i) => [values[i >> 1][0], JSON.stringify(describe(ours)), JSON.stringify(describe(theirs))]);
  }`;
  return run(body, { flags });
};

/** Node's own loader fails where prototypes have accessors: only what is published loads its files late there. */
const onPublished = (title) => (/accessors/.test(title) && !isPublished ? test.skip : test);

const alike = (title, flags, prepare) =>
  onPublished(title)(title, (t) => {
    const { result, stderr, status } = both(flags, prepare);
    t.is(status, 0, stderr.slice(-2000));
    for (const [name, ours, theirs] of result) t.is(ours, theirs, name);
  });

alike('everything arrives where code may not be made of strings', ['--disallow-code-generation-from-strings']);

for (const [name, prepare] of [
  ['where code may not be made of strings', () => {}],
  ['where Object.prototype has what everybody sees', () => (Object.prototype.extension = 'inherited')],
]) {
  test(`random graphs arrive, or are refused, as through the built-in: ${name}`, (t) => {
    const flags = name.includes('code') ? ['--disallow-code-generation-from-strings'] : [];
    const seed = (Math.random() * 2 ** 32) >>> 0;
    const body = `({ ferroport, threads, require }, seed) => {
      const { differ } = require('./__test__/parity/differ');
      (${prepare})();
      return differ(threads, ferroport, { count: 3000, seed }).failures;
    }`;
    const { result, stderr } = run(body, { flags, input: seed });
    t.deepEqual(result, [], `PARITY_SEED=${seed} ${stderr.slice(-2000)}`);
  });
}

alike('everything arrives where intrinsics are frozen', ['--frozen-intrinsics', '--no-warnings']);

alike('everything arrives where both is so', [
  ...['--disallow-code-generation-from-strings', '--frozen-intrinsics', '--no-warnings'],
]);

alike('everything arrives where Object.prototype has more, which everybody sees', [], () => {
  Object.prototype.extension = () => 'a function';
  Object.prototype.name = 'inherited';
  Object.prototype[5] = 'five';
  return () => {
    delete Object.prototype.extension;
    delete Object.prototype.name;
    delete Object.prototype[5];
  };
});

alike('everything arrives where Object.prototype has more, which is hidden', [], () => {
  const hidden = (key, value) => Object.defineProperty(Object.prototype, key, { value, configurable: true });
  for (const key of ['name', 'extension', 'write', 'uses', 'number']) hidden(key, 7);
  return () => {
    for (const key of ['name', 'extension', 'write', 'uses', 'number']) delete Object.prototype[key];
  };
});

alike('everything arrives where Object.prototype has accessors', [], () => {
  const refuse = () => {
    throw new Error('asked');
  };
  for (const key of ['extension', '0', '3']) {
    Object.defineProperty(Object.prototype, key, { get: refuse, set: refuse, configurable: true });
  }
  return () => {
    for (const key of ['extension', '0', '3']) delete Object.prototype[key];
  };
});

alike('everything arrives where Array.prototype has elements and accessors', [], () => {
  const refuse = () => {
    throw new Error('asked');
  };
  for (const key of ['0', '2', '30']) {
    Object.defineProperty(Array.prototype, key, { get: () => undefined, set: refuse, configurable: true });
  }
  return () => {
    for (const key of ['0', '2', '30']) delete Array.prototype[key];
  };
});

alike('everything arrives after Function and eval have been taken away', [], () => {
  const { Function: taken, eval: other } = globalThis;
  globalThis.Function = globalThis.eval = undefined;
  return () => Object.assign(globalThis, { Function: taken, eval: other });
});

test('what was marked uncloneable is refused, also when its like has been sent often', (t) => {
  if (threads.markAsUncloneable === undefined) return t.pass();
  for (const api of [ferroport, threads]) {
    const make = () => ({ marked: 1, second: 'text' });
    for (let n = 0; n < 40; n++) arrivalOf(ferroport, [make(), make()]);
    const marked = make();
    api.markAsUncloneable(marked);
    if (api === threads) continue;
    for (const value of [marked, [make(), make(), marked], { deeper: { marked } }, new Map([[marked, 1]])]) {
      t.deepEqual(arrivalOf(ferroport, value), arrivalOf(threads, value));
    }
    t.deepEqual(arrivalOf(ferroport, [make(), make()]), arrivalOf(threads, [make(), make()]));
  }
});

test('an array of another realm, and an object of one, arrive as if they were of this one', (t) => {
  const vm = require('node:vm');
  const context = vm.createContext({});
  const sources = ['[1, 2, 3, 4, 5]', '({ a: 1, b: 2 })', 'Array.from({ length: 40 }, (_, n) => n / 2)', '[,,1]'];
  sources.push('new Map([[{ a: 1 }, [1]]])', 'new Error("m", { cause: { a: 1 } }).message', 'new Uint8Array([1, 2])');
  for (const source of sources) {
    for (let n = 0; n < 20; n++) {
      const make = () => vm.runInContext(`[${source}, ${source}]`, context);
      t.deepEqual(arrivalOf(ferroport, make()), arrivalOf(threads, make()), source);
    }
  }
});

/** Gives an object the looks of one of a hot shape. */
const disguised = (object, prototype = Object.prototype) =>
  Object.assign(Object.setPrototypeOf(object, prototype), { x: 1, y: 2 });

/** Objects with insides, by the name of their class, anew at each call. */
const exotic = {
  Array: () => [1],
  Uint8Array: () => new Uint8Array(0),
  DataView: () => new DataView(new ArrayBuffer(2)),
  Proxy: () => new Proxy({}, {}),
};

for (const [name, make] of Object.entries(exotic)) {
  test(`what looks like an object of a hot shape and is none is taken for what it is: ${name}`, (t) => {
    for (const prototype of [Object.prototype, null]) {
      for (let n = 0; n < 30; n++) {
        const list = Array.from({ length: 3 }, (_, x) => ({ x, y: 2 }));
        arrivalOf(ferroport, list);
      }
      const build = () => [{ x: 1, y: 2 }, { x: 1, y: 2 }, disguised(make(), prototype), { x: 3, y: 4 }];
      t.deepEqual(arrivalOf(ferroport, build()), arrivalOf(threads, build()));
      t.deepEqual(arrivalOf(ferroport, build()[2]), arrivalOf(threads, build()[2]));
    }
  });
}

test('what has no keys is taken for what it is, whatever its prototype', (t) => {
  const made = [
    () => new Map([[1, 2]]),
    () => new Set([1]),
    () => new Date(5),
    () => /a/g,
    () => Object(true),
    () => Object(1),
    () => Object('s'),
    () => Object(1n),
    () => Object(Symbol('s')),
    () => Promise.resolve(),
    () => new WeakMap(),
    () => new WeakSet(),
    () => (function* () {})(),
    () =>
      (function () {
        return arguments;
      })(),
    () => new Map().keys(),
    () => Object.assign(new Error('m'), { stack: 's' }),
    () => new ArrayBuffer(4),
    () => new SharedArrayBuffer(4),
    () => new Uint8Array(2),
    () => new DataView(new ArrayBuffer(2)),
    () => new Proxy({}, {}),
    () => [],
  ];
  for (const make of made) {
    for (const prototype of [Object.prototype, null, Array.prototype, Map.prototype, class Named {}.prototype]) {
      for (let n = 0; n < 12; n++) arrivalOf(ferroport, [{}, {}, {}]);
      const build = () => [{}, {}, Object.setPrototypeOf(make(), prototype), {}];
      t.deepEqual(arrivalOf(ferroport, build()), arrivalOf(threads, build()));
    }
  }
});

test('an array that would have to be asked for its tag is not asked', (t) => {
  const make = (length) =>
    Object.defineProperty(
      Array.from({ length }, (_, n) => n),
      Symbol.toStringTag,
      {
        get() {
          throw new Error('asked');
        },
      },
    );
  for (const length of [3, 24, 25, 26, 100]) {
    t.deepEqual(arrivalOf(ferroport, make(length)), arrivalOf(threads, make(length)));
  }
});
