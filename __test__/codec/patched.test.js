'use strict';

// Programs that patch, extend or freeze the language's own objects, before or after ferroport is loaded.

const ava = require('ava');
const { isPublished } = require('../support/program');
const { run } = require('./program');

// On the sources, Node's loader is asked when something is loaded late, and it does not work among such patches.
const test = isPublished ? ava : ava.skip;

/** Clones one of everything through ferroport and the built-in, patched by `patch`, and describes both. */
const both = (patch, options) => {
  const body = `({ ferroport, threads, clone, require }) => {
    const { rows } = require('./__test__/codec/rows');
    const { describe } = require('./__test__/support/describe');
    const values = [ferroport, threads, null].map(() => Object.entries(rows).map(([name, make]) => [name, make()]));
    const bytes = values[2].map(([, value]) => ferroport.serialize(value));
    const { defineProperty } = Object;
    const attempt = (read) => {
      try {
        return { value: read() };
      } catch (error) {
        return { failed: true, error };
      }
    };
    const arrived = [[], [], []];
    const list = (i, j, entry) => defineProperty(arrived[i], j, { __proto__: null, value: entry, configurable: true, enumerable: true, writable: true });
    const undo = (${patch})();
    for (let j = 0; j < values[0].length; j++) {
      list(0, j, attempt(() => clone(ferroport, values[0][j][1])));
      list(1, j, attempt(() => clone(threads, values[1][j][1])));
      list(2, j, attempt(() => ferroport.deserialize(ferroport.serialize(values[2][j][1]))));
    }
    undo?.();
    return values[0].map(([name], j) => {
      const told = arrived.map((all) => all[j].failed ? String(all[j].error?.stack) : JSON.stringify(describe(all[j].value)));
      return { name, told };
    });
  }`;
  return run(body, options);
};

function same(t, { result, status, stderr }) {
  t.is(status, 0, stderr.slice(-3000));
  for (const { name, told } of result ?? []) {
    t.is(told[0], told[1], `posted: ${name}`);
    t.is(told[2], told[1], `serialized: ${name}`);
  }
}

/** What is patched, and which of its properties; evaluated in the child. */
const patches = {
  'Map.prototype, Set.prototype and the weak ones': () => {
    const keys = ['get', 'set', 'add', 'has', 'delete', 'forEach', 'entries', 'keys', 'values', Symbol.iterator];
    return [Map, WeakMap, Set, WeakSet].map(({ prototype }) => [prototype, keys]);
  },
  'Array.prototype': () => {
    const keys = ['push', 'pop', 'map', 'filter', 'some', 'find', 'forEach', 'join', 'slice', 'flatMap', 'includes'];
    return [[Array.prototype, [...keys, 'values', 'entries', Symbol.iterator]]];
  },
  'JSON, Reflect and Object': () =>
    [JSON, Reflect, Object].map((target) => [target, Object.getOwnPropertyNames(target)]),
  'Function.prototype': () => [[Function.prototype, ['call', 'apply', 'bind', 'toString']]],
  'typed arrays, ArrayBuffer, RegExp and String': () => [
    [
      Object.getPrototypeOf(Uint8Array.prototype),
      ['slice', 'set', 'subarray', 'fill', 'length', 'buffer', 'byteOffset'],
    ],
    [ArrayBuffer.prototype, ['slice', 'resize', 'byteLength', 'resizable', 'maxByteLength']],
    [RegExp.prototype, ['exec', 'test', 'toString', 'flags', 'source', 'global']],
    [String.prototype, ['startsWith', 'endsWith', 'slice', 'valueOf', 'toString']],
  ],
  'the globals': () => {
    const names = ['Map', 'Set', 'WeakMap', 'Error', 'TypeError', 'RegExp', 'Uint8Array', 'ArrayBuffer', 'DataView'];
    return [[globalThis, [...names, 'Buffer', 'structuredClone', 'Reflect', 'JSON', 'Symbol', 'Array']]];
  },
};

for (const [what, patch] of Object.entries(patches)) {
  test(`values arrive when ${what} have been patched`, (t) => {
    const source = `() => {
      const { defineProperty, getOwnPropertyDescriptor } = Object;
      const refuse = function () { throw new TypeError('patched'); };
      const patched = [];
      for (const [target, keys] of (${patch})()) {
        for (const key of keys) {
          const original = getOwnPropertyDescriptor(target, key);
          if (original?.configurable) patched.push({ target, key, original });
        }
      }
      const set = (i, property) => defineProperty(patched[i].target, patched[i].key, property);
      for (let i = 0; i < patched.length; i++) {
        const { original } = patched[i];
        set(i, original.get ? { get: refuse, configurable: true } : { value: refuse, configurable: true, writable: true });
      }
      return () => { for (let i = 0; i < patched.length; i++) set(i, patched[i].original); };
    }`;
    same(t, both(source));
  });
}

const extensions = {
  'a setter for an element of Array.prototype': () =>
    Object.defineProperty(Array.prototype, 1, {
      set() {
        throw new Error('set');
      },
      get: () => 'inherited',
      configurable: true,
    }),
  'a read-only element of Array.prototype': () =>
    Object.defineProperty(Array.prototype, 2, { value: 'inherited', configurable: true }),
  'an element of Array.prototype': () =>
    Object.defineProperty(Array.prototype, 0, { value: 'x', writable: true, configurable: true }),
  'a setter for an element of Object.prototype': () =>
    Object.defineProperty(Object.prototype, 7, {
      set() {
        throw new Error('set');
      },
      configurable: true,
    }),
  'a read-only element of Object.prototype': () =>
    Object.defineProperty(Object.prototype, 0, { value: 'inherited', configurable: true }),
  'setters for names of Object.prototype': () => {
    for (const key of ['a', 'b', 'nested', 'cause', 'stack', 'message', 'extra', '']) {
      Object.defineProperty(Object.prototype, key, {
        set() {
          throw new Error('set');
        },
        configurable: true,
      });
    }
  },
  'read-only names of Object.prototype': () => {
    for (const key of ['a', 'b', 'deeper', 'x']) {
      Object.defineProperty(Object.prototype, key, { value: 1, configurable: true });
    }
  },
  'a prototype of Array.prototype': () =>
    Object.setPrototypeOf(Array.prototype, { __proto__: Object.prototype, 1: 'inherited' }),
  'a frozen Object.prototype': () => Object.freeze(Object.prototype),
  'a frozen Array.prototype': () => Object.freeze(Array.prototype),
  'frozen errors': () => {
    for (const Type of [Error, TypeError, RangeError]) (Object.freeze(Type), Object.freeze(Type.prototype));
  },
  'an Error.stackTraceLimit that throws': () =>
    Object.defineProperty(Error, 'stackTraceLimit', {
      set() {
        throw new TypeError('set');
      },
      get: () => 0,
      configurable: true,
    }),
  'no Error.stackTraceLimit': () => delete Error.stackTraceLimit,
  'an Error.prepareStackTrace': () =>
    (Error.prepareStackTrace = () => {
      throw new TypeError('prepared');
    }),
};

for (const [what, extend] of Object.entries(extensions)) {
  test(`values arrive with ${what}`, (t) => {
    const source = `() => {
      (${extend})();
      return () => {
        for (const key of Reflect.ownKeys(Object.prototype)) if (/^\\d+$|^(a|b|nested|deeper|x|cause|stack|message|extra|)$/.test(String(key))) delete Object.prototype[key];
        if (!Object.isFrozen(Array.prototype)) {
          for (const key of [0, 1, 2]) delete Array.prototype[key];
          Object.setPrototypeOf(Array.prototype, Object.prototype);
        }
        delete Error.prepareStackTrace;
      };
    }`;
    same(t, both(source));
  });
}

test('references arrive with setters on the prototypes of arrays', (t) => {
  const { result, stderr } = run(({ ferroport, clone }) => {
    const shared = { s: 1 };
    const value = { list: [shared, shared], map: new Map([[shared, [shared]]]), set: new Set([shared]) };
    value.self = value;
    let asked = 0;
    const property = {
      set() {
        asked++;
      },
      configurable: true,
    };
    for (const prototype of [Array.prototype, Object.prototype]) {
      for (let i = 0; i < 9; i++) Object.defineProperty(prototype, i, property);
    }
    const { list, map, set, self } = clone(ferroport, value);
    const one = self.list[0];
    return [asked, list[1] === one, map.get(one)[0] === one, set.has(one), self.self === self];
  });
  t.deepEqual(result, [0, true, true, true, true], stderr);
});

test('a descriptor’s fields on Object.prototype do no harm', (t) => {
  const { result, stderr } = run(({ ferroport, clone }) => {
    const error = new Error('m', { cause: 1 });
    error.stack = 's';
    for (const key of ['get', 'set', 'value']) {
      Object.defineProperty(Object.prototype, key, { __proto__: null, value: () => 1, configurable: true });
    }
    const accessor = { __proto__: null, get: () => 'computed', enumerable: true, configurable: true };
    const sparse = [];
    sparse[5000] = 1;
    const values = [error, sparse, Object.defineProperty({}, 'a', accessor)];
    const [arrived, array, object] = clone(ferroport, values);
    return [arrived.message, arrived.cause, arrived.stack, array[5000], array.length, object.a];
  });
  t.deepEqual(result, ['m', 1, 's', 1, 5001, 'computed'], stderr);
});

test('Error.stackTraceLimit is as before after errors have arrived', (t) => {
  const { result, stderr } = run(({ ferroport, clone }) => {
    const limits = [];
    for (const limit of [7, 0, Infinity, 'none']) {
      Error.stackTraceLimit = limit;
      clone(ferroport, new Error('m'));
      limits.push(String(Error.stackTraceLimit));
    }
    delete Error.stackTraceLimit;
    clone(ferroport, new Error('m'));
    return [limits, 'stackTraceLimit' in Error];
  });
  t.deepEqual(result, [['7', '0', 'Infinity', 'none'], false], stderr);
});

for (const flag of [
  '--frozen-intrinsics',
  '--disallow-code-generation-from-strings',
  '--disable-proto=throw',
  '--disable-proto=delete',
]) {
  test(`values arrive under ${flag}`, (t) => {
    same(t, both('() => {}', { flags: [flag] }));
  });
}
