'use strict';

// Prototypes that are proxies: only an object's own properties are cloned, so no trap is called but those that Node calls.

const { MessageChannel } = require('node:worker_threads');
const { same } = require('../support/scenario');

/** A proxy that notes each trap that is called, and with which key. */
function watched(noted) {
  const get = (_, trap) => {
    return (target, ...rest) => {
      noted.push([trap, typeof rest[0] === 'object' ? '' : String(rest[0])].join(' '));
      return Reflect[trap](target, ...rest);
    };
  };
  return new Proxy({}, new Proxy({}, { get }));
}

const list = (length, of) => Array.from({ length }, (_, i) => of(i));
const without = (array, index) => (delete array[index], array);

class Named {
  a = 1;
  b = 2;
}

/** Takes another element or property away when it is read. */
const taking = (object, key, from, taken) =>
  Object.defineProperty(object, key, {
    get() {
      delete from()[taken];
      return 1;
    },
    enumerable: true,
  });

function takingElement(length, taken) {
  const array = list(length, (i) => ({ i }));
  taking(array[0], 'i', () => array, taken);
  return array;
}

function takingProperty() {
  const object = { a: 0, b: 2, c: 3 };
  return taking(object, 'a', () => object, 'b');
}

/** Whatever may be given a prototype, by name. */
const values = {
  object: () => ({ a: 1, b: 2 }),
  'empty object': () => ({}),
  'object with undefined': () => ({ a: 1, b: undefined, c: undefined }),
  'object whose getter takes a property away': takingProperty,
  'object of 200 keys': () => Object.fromEntries(list(200, (i) => [`k${i}`, i])),
  'object with indices': () => ({ 1: 1, 2: 2, a: 3 }),
  instance: () => new Named(),
  'empty array': () => [],
  'array of numbers': () => [1, 2, 3, 4, 5],
  'array with a hole': () => [1, , 3, 4, 5],
  'array of objects with a hole': () => [{}, , {}],
  'array of 40 numbers': () => list(40, (i) => i),
  'array of 40 objects': () => list(40, (i) => ({ i })),
  'array of 40 numbers with a hole': () =>
    without(
      list(40, (i) => i),
      30,
    ),
  'array of 40 texts with a hole': () => without(list(40, String), 30),
  'array of 1,000 with a hole': () =>
    without(
      list(1000, (i) => i),
      30,
    ),
  'array whose getter takes an element away': () => takingElement(5, 2),
  'array of 40 whose getter takes an element away': () => takingElement(40, 20),
  'sparse array': () => Object.assign([], { 100_000: 1 }),
  'array with a name': () => Object.assign([1, 2, 3], { x: 1 }),
  'array of 40 with a name': () =>
    Object.assign(
      list(40, (i) => i),
      { x: 1 },
    ),
  ...{ Map: () => new Map([[1, 2]]), Set: () => new Set([1]), Date: () => new Date(1), RegExp: () => /a/g },
  error: () => Object.assign(new Error('m', { cause: 1 }), { name: 'TypeError', stack: 's' }),
  'Number object': () => Object(1),
  'String object': () => Object('s'),
  'Symbol object': () => Object(Symbol('s')),
  ArrayBuffer: () => new ArrayBuffer(2),
  SharedArrayBuffer: () => new SharedArrayBuffer(2),
  Uint8Array: () => new Uint8Array(2),
  'long Uint8Array': () => new Uint8Array(2_100_000),
  'part of a buffer': () => new Float64Array(new ArrayBuffer(32), 8, 2),
  DataView: () => new DataView(new ArrayBuffer(2)),
  'view of a resizable buffer': () => new Uint8Array(new ArrayBuffer(2, { maxByteLength: 4 })),
  Promise: () => Promise.resolve(),
  WeakMap: () => new WeakMap(),
  WeakRef: () => new WeakRef({}),
  'iterator of an array': () => [].values(),
  'Intl.NumberFormat': () => new Intl.NumberFormat(),
  'WebAssembly.Module': () => new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)),
  function: () => () => {},
};

const places = {
  whole: (value) => value,
  'in an object': (value) => ({ v: value, w: 1 }),
  'in an array, twice': (value) => [value, value],
  'in a Map': (value) => new Map([[value, value]]),
  'before what cannot be cloned': (value) => ({ a: value, f() {} }),
  'far before what cannot be cloned': (value) => [[[value]], { deep: [value, Symbol('s')] }],
};

/** Sends the same with the prototypes of their classes, or without, until they are known. */
function warm(post) {
  for (let n = 0; n < 40; n++) {
    for (const name of Object.keys(values).filter(
      (each) => /object|instance/.test(each) && !/array|ber|Str|Sym/.test(each),
    )) {
      for (const prototype of [Object.prototype, Named.prototype, null]) {
        post(Object.setPrototypeOf(values[name](), prototype));
      }
    }
  }
}

for (const [place, put] of Object.entries(places)) {
  same(`what inherits from a proxy, ${place}, is cloned or refused without a trap`, ({ api, log, attempt, open }) => {
    const [port, peer] = open();
    const trip = (value) => {
      port.postMessage(value);
      return api.receiveMessageOnPort(peer).message;
    };
    warm(trip);
    const noted = [];
    for (const [name, make] of Object.entries(values)) {
      for (const between of [(proxy) => proxy, (proxy) => Object.create(proxy)]) {
        const value = Object.setPrototypeOf(make(), between(watched(noted)));
        const seen = attempt(() => trip(put(value)));
        log(name, seen, noted.splice(0));
      }
    }
  });
}

same('what inherits from a proxy may stand in a transfer list', ({ api, log, attempt, open }) => {
  const [port, peer] = open();
  const noted = [];
  const makers = [
    () => new ArrayBuffer(2),
    () => ({}),
    () => () => {},
    () => new MessageChannel().port1,
    () => new Uint8Array(1),
  ];
  for (const make of makers) {
    const item = Object.setPrototypeOf(make(), watched(noted));
    const seen = attempt(() => port.postMessage(1, [item]));
    log(
      seen,
      attempt(() => api.receiveMessageOnPort(peer)),
      noted.splice(0),
    );
  }
});

for (const [name, prototype, lengths] of [
  ['Array', Array.prototype, [5, 10, 40, 1000]],
  // Of longer arrays: see "What it leaves to others" in docs/architecture.md.
  ['Object', Object.prototype, [5, 10]],
]) {
  same(`elements of ${name}.prototype do not fill the holes of arrays`, ({ log, trip }) => {
    for (const length of lengths) {
      for (const of of [(i) => i, (i) => i + 0.5, String, (i) => ({ i })]) {
        for (const hole of [0, 1, 3, length - 1]) {
          const array = without(list(length, of), hole);
          Object.defineProperty(prototype, hole, { value: 'x', configurable: true, writable: true });
          let arrived;
          try {
            arrived = trip(array);
          } finally {
            delete prototype[hole];
            Array.prototype.length = 0;
          }
          log(length, hole, Object.hasOwn(arrived, hole));
        }
      }
    }
  });
}
