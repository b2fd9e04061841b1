'use strict';

// Structured clone as a table: what is sent, and what must have arrived. What is not said to be otherwise arrives equal.

const assert = require('node:assert');
const { refuses, sent } = require('./support');

class Point {
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }

  get length() {
    return Math.hypot(this.x, this.y);
  }
}

const cycle = () => {
  const object = { name: 'cycle', list: [] };
  object.self = object;
  object.list.push(object, object.list);
  return object;
};

const bytes = (...values) => new Uint8Array(values);

/** What arrives equal to what was sent. */
const equal = {
  undefined: () => undefined,
  null: () => null,
  booleans: () => [true, false],
  'numbers at every edge': () => [0, -0, 1, -1, 0.1, NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31), 2 ** 53, 5e-324],
  'bigints of either sign': () => [0n, 1n, -1n, 2n ** 64n, -(2n ** 200n) + 7n],
  strings: () => ['', 'latin é', 'wide €', 'pair 😀', 'alone \ud800', '\udc00', '\0', '\u2028'],
  'nested plain objects': () => ({ a: { b: { c: [1, { d: 2 }] } }, e: null, f: undefined }),
  'odd keys': () => ({ '': 1, 0: 2, '-1': 3, ключ: 4, 'with space': 5, '\ud800': 6 }),
  'an own __proto__': () => JSON.parse('{ "__proto__": { "a": 1 }, "b": 2 }'),
  'wide objects': () => Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`key${i}`, i])),
  'records of one shape': () => Array.from({ length: 50 }, (_, id) => ({ id, name: `n${id}`, on: id % 2 === 0 })),
  'arrays with holes': () => [1, , 3, ,],
  'sparse arrays': () => Object.assign([], { 5000: 'far' }),
  'arrays with properties': () => Object.assign([1, 2], { name: 'list' }),
  'arrays of doubles': () => [0.5, 1.5, -0, NaN],
  'boxed primitives': () => [Object(1), Object('text'), Object(true), Object(5n)],
  dates: () => [new Date(0), new Date(1e12)],
  'regular expressions': () => [/a+/giu, /\//, /^$/s],
  maps: () =>
    new Map([
      ['a', 1],
      [{ key: 1 }, new Map([[NaN, null]])],
    ]),
  sets: () => new Set([1, 'two', new Set([3])]),
  'every typed array': () =>
    [
      ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
      ...[Float32Array, Float64Array],
    ].map((View) => View.of(1, 2, 250)),
  'arrays of bigints': () => [BigInt64Array.of(-1n, 2n), BigUint64Array.of(1n, 2n ** 63n)],
  'a view on part of a buffer': () => new Uint16Array(bytes(1, 2, 3, 4, 5, 6, 7, 8).buffer, 2, 2),
  'a DataView': () => new DataView(bytes(1, 2, 3, 4).buffer, 1, 2),
  'an ArrayBuffer': () => bytes(1, 2, 3).buffer,
  'large typed arrays': () => new Uint8Array(1 << 21).fill(7),
};

/** What arrives as something else, or has more to be looked at. */
const special = {
  'class instances arrive as plain objects'(arrive) {
    const arrived = arrive(new Point(3, 4));
    assert.strictEqual(Object.getPrototypeOf(arrived), Object.prototype);
    assert.deepStrictEqual(arrived, { x: 3, y: 4 });
  },

  'objects without prototype arrive with one'(arrive) {
    for (const value of [Object.create(null), Object.assign(Object.create(null), { a: 1 })]) {
      const arrived = arrive(value);
      assert.strictEqual(Object.getPrototypeOf(arrived), Object.prototype);
      assert.deepStrictEqual(arrived, { ...value });
    }
  },

  'cycles and what stands twice keep their identity'(arrive) {
    const arrived = arrive(cycle());
    assert.strictEqual(arrived.self, arrived);
    assert.strictEqual(arrived.list[0], arrived);
    assert.strictEqual(arrived.list[1], arrived.list);
    const twice = { inner: true };
    const [a, b, c] = arrive([twice, twice, { twice }]);
    assert.strictEqual(a, b);
    assert.strictEqual(c.twice, a);
  },

  'two views on one buffer still share it'(arrive) {
    const { buffer } = bytes(1, 2, 3, 4, 5, 6, 7, 8);
    const [a, b] = arrive([new Uint8Array(buffer, 0, 4), new Int16Array(buffer, 2, 2)]);
    assert.strictEqual(a.buffer, b.buffer);
    assert.strictEqual(a.buffer.byteLength, 8);
  },

  'resizable buffers stay resizable'(arrive) {
    const arrived = arrive(new ArrayBuffer(8, { maxByteLength: 16 }));
    assert.deepStrictEqual([arrived.byteLength, arrived.maxByteLength, arrived.resizable], [8, 16, true]);
  },

  'errors keep class, message and stack'(arrive) {
    const error = new TypeError('wrong');
    const arrived = arrive(error);
    assert.ok(arrived instanceof TypeError);
    assert.deepStrictEqual([arrived.name, arrived.message, arrived.stack], ['TypeError', 'wrong', error.stack]);
  },

  'errors keep their cause where the runtime sends it at all'(arrive) {
    const error = new Error('wrong', { cause: { code: 7 } });
    const isSent = Object.hasOwn(structuredClone(error), 'cause');
    assert.deepStrictEqual(arrive(error).cause, isSent ? { code: 7 } : undefined);
  },

  'errors of a program’s class arrive as errors'(arrive) {
    class OwnError extends Error {}
    const arrived = arrive(new OwnError('mine'));
    assert.strictEqual(Object.getPrototypeOf(arrived), Error.prototype);
    assert.strictEqual(arrived.message, 'mine');
  },

  'getters are read once, in order; what is not enumerable or a symbol stays behind'(arrive) {
    const log = [];
    const object = {
      get a() {
        log.push('a');
        return 1;
      },
      [Symbol('s')]: 2,
      get b() {
        log.push('b');
        return 3;
      },
    };
    Object.defineProperty(object, 'hidden', { value: 4 });
    assert.deepStrictEqual(arrive(object), { a: 1, b: 3 });
    assert.deepStrictEqual(log, ['a', 'b']);
  },

  'what a getter throws comes out of postMessage'(arrive) {
    const error = new Error('of the getter');
    const object = { fine: 1, get bad() { throw error; } }; // prettier-ignore
    assert.throws(
      () => arrive(object),
      (thrown) => thrown === error,
    );
    // And nothing is left of the message that failed.
    assert.deepStrictEqual(arrive({ fine: 1 }), { fine: 1 });
  },

  'invalid dates stay invalid'(arrive) {
    const arrived = arrive(new Date(NaN));
    assert.ok(arrived instanceof Date);
    assert.ok(Number.isNaN(arrived.getTime()));
  },

  'the empty regular expression arrives'(arrive) {
    const { source, flags } = arrive(new RegExp('', 'y'));
    assert.deepStrictEqual([source, flags], ['(?:)', 'y']);
  },

  'lastIndex of a regular expression is not kept'(arrive) {
    assert.strictEqual(arrive(Object.assign(/a/g, { lastIndex: 3 })).lastIndex, 0);
  },

  'Buffers arrive as Uint8Arrays'(arrive) {
    const arrived = arrive(Buffer.from('abc'));
    assert.strictEqual(Object.getPrototypeOf(arrived), Uint8Array.prototype);
    assert.deepStrictEqual([...arrived], [97, 98, 99]);
  },

  'shared memory is shared'(arrive) {
    const words = new Int32Array(new SharedArrayBuffer(8));
    const arrived = arrive({ words }).words;
    Atomics.store(words, 1, 42);
    assert.ok(arrived.buffer instanceof SharedArrayBuffer);
    assert.strictEqual(arrived[1], 42);
  },

  'WebAssembly modules arrive'(arrive) {
    const arrived = arrive({ module: new WebAssembly.Module(bytes(0, 97, 115, 109, 1, 0, 0, 0)) });
    assert.ok(arrived.module instanceof WebAssembly.Module);
  },

  'keys arrive'(arrive) {
    const { createSecretKey, KeyObject } = require('node:crypto');
    const { key } = arrive({ key: createSecretKey(bytes(1, 2, 3)) });
    assert.ok(key instanceof KeyObject);
    assert.deepStrictEqual([...key.export()], [1, 2, 3]);
  },

  async 'Blobs arrive'(arrive) {
    const { blob } = arrive({ blob: new Blob(['in ', 'a blob'], { type: 'application/x-own' }) });
    assert.ok(blob instanceof Blob);
    assert.strictEqual(blob.type, 'application/x-own');
    assert.strictEqual(await blob.text(), 'in a blob');
  },
};

/** What is refused, wherever it stands. */
const refused = {
  functions: () => () => {},
  classes: () => Point,
  symbols: () => Symbol('s'),
  promises: () => Promise.resolve(),
  'weak collections': () => new WeakMap(),
  'weak sets': () => new WeakSet(),
  'weak references': () => new WeakRef({}),
  proxies: () => new Proxy({}, {}),
  generators: () => (function* () {})(),
  'boxed symbols': () => Object(Symbol('s')),
  'WebAssembly memories': () => new WebAssembly.Memory({ initial: 1 }),
};

/** @type {Record<string, (lib: any) => void | Promise<void>>} */
const scenarios = {};

for (const [name, make] of Object.entries(equal)) {
  scenarios[`${name} arrive as they were`] = (lib) => {
    const value = make();
    assert.deepStrictEqual(sent(lib, value), value);
    assert.deepStrictEqual(sent(lib, { first: [value], after: 1 }), { first: [value], after: 1 });
  };
}

for (const [name, check] of Object.entries(special)) {
  scenarios[name] = (lib) => check((/** @type {unknown} */ value) => sent(lib, value));
}

for (const [name, make] of Object.entries(refused)) {
  scenarios[`${name} are refused with a DataCloneError`] = (lib) => {
    refuses(() => sent(lib, make()));
    refuses(() => sent(lib, { a: [1, { b: make() }] }));
    refuses(() => sent(lib, new Map([[1, make()]])));
  };
}

module.exports = scenarios;
