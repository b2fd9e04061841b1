'use strict';

// Objects with a class or without prototype, whose getters change them while the fast lane writes: when plain objects with the
// same keys have become hot, when others of their class have, and when nothing has.

const test = require('ava');
const threads = require('node:worker_threads');
const ferroport = require('../..');
const { isDeepStrictEqual } = require('node:util');
const { alike } = require('../support/alike');
const { describe, thrown } = require('../support/describe');

/** So often has a shape been seen when functions are generated for it, and more. */
const OFTEN = 30;

class Named {
  method() {}
}

/** What makes an object one that is not plain. */
const kinds = {
  'an instance of a class': (object) => Object.setPrototypeOf(object, Named.prototype),
  'an object without prototype': (object) => Object.setPrototypeOf(object, null),
  'an object that inherits what is enumerable': (object) => Object.setPrototypeOf(object, { c: 'inherited', late: 1 }),
};

const accessor = (object, key, get) =>
  Object.defineProperty(object, key, { get, enumerable: true, configurable: true });

/** What a getter does to its object. */
const changes = {
  'does nothing': () => {},
  'adds a key': (object) => (object.more = 1),
  'remembers what it gave': (object) => (object._a ??= { remembered: true }),
  'deletes itself': (object) => delete object.a,
  'puts a value in its place, at the end': (object) => delete object.a && (object.a = 'value'),
  'puts a value in its place': (object) => Object.defineProperty(object, 'a', { value: 'value', enumerable: true }),
  'deletes a key before': (object) => delete object.before0,
  'deletes a key behind': (object) => delete object.b,
  'puts a key at the end': (object) => delete object.b && (object.b = 'again'),
  'hides a key': (object) => Object.defineProperty(object, 'b', { enumerable: false }),
};

const heatings = {
  'plain objects are hot': (make) => make(),
  'its like is hot': (make, kind) => kind(make()),
  'nothing is hot': null,
};

/** @param {number} before how many keys stand before the getter's */
function objectOf(before, get) {
  const object = {};
  for (let n = 0; n < before; n++) object[`before${n}`] = n;
  accessor(object, 'a', get);
  return Object.assign(object, { b: 2, c: { nested: 3 } });
}

/**
 * What arrives of values that are made and posted one after the other, and how often getters were asked.
 * @param {any} api
 * @param {(asked: () => void) => unknown[]} make
 */
function arrivalsOf(api, make) {
  const { port1, port2 } = new api.MessageChannel();
  let asked = 0;
  const arrived = make(() => asked++).map((value) => {
    try {
      port1.postMessage(value);
      return describe(api.receiveMessageOnPort(port2).message);
    } catch (error) {
      return thrown(error);
    }
  });
  port1.close();
  return { arrived, asked };
}

for (const [name, kind] of Object.entries(kinds)) {
  test(`a getter of ${name} may change it, and is asked once`, (t) => {
    for (const [does, change] of Object.entries(changes)) {
      for (const [when, warm] of Object.entries(heatings)) {
        for (const before of [0, 1, 3]) {
          const make = (asked) => {
            const like = () => objectOf(before, () => 1);
            const values = [];
            for (let n = 0; warm !== null && n < OFTEN; n++) values.push([warm(like, kind), warm(like, kind)]);
            const changing = () =>
              kind(
                objectOf(before, function () {
                  asked();
                  change(this);
                  return 'got';
                }),
              );
            return [...values, changing(), [changing(), like(), changing()], { other: 1, one: changing() }, changing()];
          };
          const message = `${does}, ${when}, ${before} before`;
          alike(t, arrivalsOf(ferroport, make), arrivalsOf(threads, make), message);
        }
      }
    }
  });
}

test('an object that inherits its only key is empty, and has its own value when it gets one', (t) => {
  const make = () => {
    const inheriting = Object.create({ only: 'inherited' });
    const values = [];
    for (let n = 0; n < OFTEN; n++) values.push([{ only: n }, Object.setPrototypeOf({ only: n }, Named.prototype)]);
    // After these, one more of them is expected.
    for (let n = 0; n < OFTEN; n++) values.push([{ another: n }, { another: n }]);
    const late = Object.defineProperty({}, 'late', {
      get: () => ((inheriting.only = 'own'), [{ another: 1 }, { another: 2 }, inheriting]),
      enumerable: true,
    });
    return [...values, [{ only: 1 }, { only: 2 }, inheriting], [{ only: 1 }, late]];
  };
  alike(t, arrivalsOf(ferroport, make), arrivalsOf(threads, make));
});

test('a getter whose object goes with its keys is asked once, though plain objects look alike', (t) => {
  // The shape of `seldom` alone is new each time: that of plain objects with both keys is hot.
  for (let round = 0; round < OFTEN; round++) {
    const make = (asked) => {
      const values = [];
      const plain = () => ({ [`seldom${round}`]: 1, often: 2 });
      for (let n = 0; n < OFTEN; n++) values.push([plain(), plain()]);
      const own = accessor({}, `seldom${round}`, () => (asked(), 'got'));
      return [...values, [plain(), Object.setPrototypeOf(own, { often: 2 })]];
    };
    alike(t, arrivalsOf(ferroport, make), arrivalsOf(threads, make), `${round}`);
  }
});

test('a getter that deletes itself and gives nothing leaves a key without value, if it is the first', (t) => {
  for (const kind of [(object) => object, ...Object.values(kinds)]) {
    const make = () => {
      const values = [];
      for (let n = 0; n < OFTEN; n++) {
        values.push([objectOf(0, () => 1), kind(objectOf(0, () => 1))]);
        values.push([
          kind(
            objectOf(0, function () {
              delete this.a;
            }),
          ),
        ]);
        values.push({ 7: 7, ...objectOf(0, () => n), [`ever${n}`]: n });
        values.push(
          kind(
            accessor({ [`ever${n}`]: 1 }, 7, function () {
              delete this[7];
            }),
          ),
        );
      }
      return values;
    };
    alike(t, arrivalsOf(ferroport, make), arrivalsOf(threads, make));
  }
});

test('a key that a getter has taken away is not replaced by a method of its name', (t) => {
  const make = () => {
    const values = [];
    for (let n = 0; n < OFTEN; n++) {
      for (const key of ['method', 'toString']) {
        const getter = function () {
          delete this[key];
          return n;
        };
        values.push([{ a: 1, b: 2, [key]: 3, d: 4 }, Object.assign(new Named(), { a: 1, b: 2, [key]: 3, d: 4 })]);
        values.push(Object.assign(accessor(Object.assign(new Named(), { a: 1 }), 'b', getter), { [key]: 3, d: 4 }));
      }
    }
    return values;
  };
  alike(t, arrivalsOf(ferroport, make), arrivalsOf(threads, make));
});

test('an accessor among the numbers of an array is asked once, whatever it gives', (t) => {
  for (const given of [undefined, null, 1, 0.5, 'x']) {
    for (const length of [5, 100, 30_000]) {
      for (const filling of [1, 0.5]) {
        const make = (asked) =>
          [0, 1, length - 1].map((index) => accessor(new Array(length).fill(filling), index, () => (asked(), given)));
        alike(t, arrivalsOf(ferroport, make), arrivalsOf(threads, make), `${given}, ${length}, ${filling}`);
      }
    }
  }
});

test('what a class says that its objects are is not asked', (t) => {
  class Telling {
    a = 1;
    b = 2;
    get [Symbol.toStringTag]() {
      throw new Error('asked');
    }
  }
  const make = () => Array.from({ length: OFTEN }, () => new Telling());
  alike(t, arrivalsOf(ferroport, make), arrivalsOf(threads, make));
});

test('builtins are told from instances that have their keys', (t) => {
  const builtins = [
    () => new RegExp('x'),
    () => new RangeError('x'),
    () => new Date(0),
    () => new Map([[1, 2]]),
    () => Object('boxed'),
    () => new ArrayBuffer(4),
    () => new Promise(() => {}),
    () => new WeakMap(),
  ];
  for (const make of builtins) {
    const values = () => [
      ...Array.from({ length: OFTEN }, () => Object.assign(new Named(), { a: 1, b: 2 })),
      Object.assign(make(), { a: 1, b: 2 }),
    ];
    alike(t, arrivalsOf(ferroport, values), arrivalsOf(threads, values));
  }
});

test('instances of every number of keys at a limit arrive, among plain objects with the same keys', (t) => {
  for (const width of [1, 2, 127, 128, 129]) {
    const keyed = (first) => Object.fromEntries(Array.from({ length: width }, (_, n) => [`w${width}k${n}`, first + n]));
    const make = (asked) => {
      const values = [];
      for (let n = 0; n < 14; n++) {
        const instance = Object.assign(new Named(), keyed(n));
        const bare = Object.assign(Object.create(null), keyed(n));
        values.push([instance, keyed(n), instance, bare], [keyed(n), keyed(n), bare]);
      }
      const changing = keyed(5);
      accessor(changing, `w${width}k0`, function () {
        asked();
        delete this[`w${width}k${width - 1}`];
        return 1;
      });
      return [...values, Object.setPrototypeOf(changing, Named.prototype), [changing]];
    };
    t.true(isDeepStrictEqual(arrivalsOf(ferroport, make), arrivalsOf(threads, make)), `${width}`);
  }
});

test('objects of ever other shapes, classes and plain, follow one another', (t) => {
  class Other {
    a = 1;
    other = 2;
  }
  const kindsOf = [
    (n) => ({ a: n, b: n + 1 }),
    (n) => Object.assign(new Named(), { a: n, b: 'text' }),
    (n) => Object.assign(new Other(), { a: n, b: null }),
    (n) => ({ b: n, a: { a: 1, b: [new Other()] } }),
    (n) => Object.assign(Object.create(null), { a: n, b: 2 }),
    () => ({}),
    () => new Named(),
    (n) => new Map([[new Other(), { a: n, b: 0 }]]),
    (n) => Object.assign(Object.setPrototypeOf(new Map([[n, 1]]), Named.prototype), { a: 1, b: 2 }),
    (n) => Object.assign(Object.setPrototypeOf(new Date(n), Other.prototype), { a: 1, other: 2 }),
  ];
  const make = () => {
    const values = [];
    for (let n = 0; n < 400; n++) values.push([kindsOf[n % 10](n), kindsOf[(n * 7) % 9](n), kindsOf[(n >> 3) % 10](n)]);
    return values;
  };
  alike(t, arrivalsOf(ferroport, make), arrivalsOf(threads, make));
});

test('what Object.prototype has got since does not stand for what an object has lost', (t) => {
  const losing = () =>
    accessor({}, 'early', function () {
      delete this.late;
      return 'got';
    });
  const values = (n) => Object.assign(losing(), { middle: n, late: n, last: n });
  const hot = () => Array.from({ length: OFTEN }, (_, n) => [{ early: n, middle: n, late: n, last: n }]);
  alike(t, arrivalsOf(ferroport, hot), arrivalsOf(threads, hot));
  for (const extension of ['late', 'another']) {
    Object.prototype[extension] = 'inherited';
    try {
      const make = () => [values(1), [values(2), { early: 1, middle: 2, late: 3, last: 4 }], ...hot(), values(3)];
      const [ours, theirs] = [arrivalsOf(ferroport, make), arrivalsOf(threads, make)];
      delete Object.prototype[extension];
      alike(t, ours, theirs, extension);
    } finally {
      delete Object.prototype[extension];
    }
    alike(t, arrivalsOf(ferroport, hot), arrivalsOf(threads, hot));
  }
});
