'use strict';

// Getters that run in the middle of a clone and change what is being cloned, or clone themselves, or never come back.

const test = require('ava');
const threads = require('node:worker_threads');
const ferroport = require('../..');
const { arrivalOf } = require('../support/arrival');

const { serialize, deserialize } = ferroport;

/** Values that change while they are walked, by what they do. */
const restless = {
  'delete a later key': () => ({
    get a() {
      delete this.b;
      return 1;
    },
    b: 2,
    c: 3,
  }),
  'delete and add keys': () => ({
    get a() {
      delete this.b;
      this.b = 'again';
      this.d = 'new';
      return 1;
    },
    b: 2,
  }),
  'hide a later key': () => ({
    get a() {
      Object.defineProperty(this, 'b', { enumerable: false });
      return 1;
    },
    b: 2,
  }),
  'make a later key an accessor': () => ({
    get a() {
      Object.defineProperty(this, 'b', { get: () => 'got' });
      return 1;
    },
    b: 2,
  }),
  'delete a later key that the prototype has, too': () =>
    Object.assign(
      Object.create(
        { b: 'inherited' },
        {
          a: {
            enumerable: true,
            get() {
              delete this.b;
              return 1;
            },
          },
        },
      ),
      { b: 2 },
    ),
  'change the prototype': () => ({
    get a() {
      Object.setPrototypeOf(this, null);
      return 1;
    },
    b: 2,
  }),
  'delete a later index': () => ({
    get 1() {
      delete this[2];
      this[4] = 4;
      return 1;
    },
    2: 2,
    3: 3,
  }),
  ...Object.fromEntries(
    Object.entries({
      shrink: (array) => (array.length = 1),
      empty: (array) => (array.length = 0),
      grow: (array) => array.push('more', 'and more'),
      'punch a hole into': (array) => delete array[2],
      'turn round': (array) => array.reverse(),
      freeze: (array) => Object.freeze(array),
      'replace elements of': (array) => array.fill('replaced'),
    }).flatMap(([does, change]) =>
      [
        [2, 3],
        [2, 'x', 4.5],
        [, 3],
      ].map((rest) => [
        `${does} the array of ${JSON.stringify(rest)}`,
        () => {
          const array = [
            {
              get a() {
                change(array);
                return 1;
              },
            },
            ...rest,
          ];
          if (!(0 in rest)) delete array[1];
          return array;
        },
      ]),
    ),
  ),
  'change a Map': () => {
    const map = new Map();
    const key = {
      get a() {
        map.delete('b');
        map.set('c', 3);
        return 1;
      },
    };
    return map.set(key, 1).set('b', 2);
  },
  'clear a Set': () => {
    const set = new Set();
    const first = {
      get a() {
        set.clear();
        return 1;
      },
    };
    return set.add(first).add('b');
  },
  'detach a later buffer': () => {
    const bytes = new Uint8Array(8);
    return {
      get a() {
        structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
        return 1;
      },
      bytes,
    };
  },
  'shrink a later buffer': () => {
    const buffer = new ArrayBuffer(16, { maxByteLength: 32 });
    const views = [new Uint8Array(buffer, 8), new Uint8Array(buffer)];
    return {
      get a() {
        buffer.resize(12);
        return 1;
      },
      buffer,
      views,
    };
  },
  'shrink a later buffer below a view': () => {
    const buffer = new ArrayBuffer(16, { maxByteLength: 32 });
    const view = new Uint8Array(buffer, 8, 8);
    return {
      get a() {
        buffer.resize(4);
        return 1;
      },
      view,
    };
  },
  throw: () => [
    1,
    {
      get a() {
        throw new RangeError('thrown by a getter');
      },
    },
  ],
  'throw no error': () => ({
    get a() {
      throw undefined;
    },
  }),
  'change an error': () => {
    const error = new Error('before');
    error.stack = 's';
    Object.defineProperty(error, 'name', {
      get() {
        error.message = 'after';
        return 'TypeError';
      },
    });
    return error;
  },
};

for (const [does, make] of Object.entries(restless)) {
  test(`getters may ${does}`, (t) => {
    t.deepEqual(arrivalOf(ferroport, make()), arrivalOf(threads, make()));
  });
}

test('a getter may serialize, deserialize and post, the value being walked included', (t) => {
  const { port1, port2 } = new ferroport.MessageChannel();
  let depth = 0;
  const value = {
    before: 'x'.repeat(3000),
    get inner() {
      if (depth === 3) return depth;
      depth++;
      port1.postMessage([depth, { again: 'y'.repeat(depth) }]);
      const bytes = serialize(value);
      depth--;
      return deserialize(bytes);
    },
    after: [1, 2, 3],
  };
  const arrived = deserialize(serialize(value));
  for (let level = arrived, count = 0; count < 3; count++, level = level.inner) {
    t.is(level.before, value.before);
    t.deepEqual(level.after, [1, 2, 3]);
  }
  t.is(arrived.inner.inner.inner.inner, 3);
  for (const expected of [1, 2, 3]) t.is(ferroport.receiveMessageOnPort(port2).message[0], expected);
  port1.close();
});

test('a getter that throws leaves nothing behind: the next message is whole', (t) => {
  const bad = {
    many: Array.from({ length: 600 }, (_, i) => ({ i })),
    get boom() {
      throw new Error('boom');
    },
  };
  const good = serialize([1, bad.many]);
  for (let round = 0; round < 200; round++) {
    t.throws(() => serialize([bad, bad.many, new Map([[bad, 1]])]), { message: 'boom' });
    t.deepEqual(serialize([1, bad.many]), good);
  }
});

test('a getter may overflow the stack, and so may the walk that it is called from', (t) => {
  const endless = {
    get more() {
      return serialize(endless);
    },
  };
  t.throws(() => serialize(endless), { instanceOf: RangeError, message: 'Maximum call stack size exceeded' });
  t.deepEqual(deserialize(serialize({ a: 1 })), { a: 1 });
});

test('a worker that is terminated inside of a getter ends', async (t) => {
  const code = `
    const { serialize } = require(${JSON.stringify(require.resolve('../..'))});
    const { parentPort } = require('node:worker_threads');
    const value = { list: Array.from({ length: 2000 }, (_, i) => [i]), get last() { parentPort.postMessage(1); for (;;); } };
    serialize([[value]]);
  `;
  await Promise.all(
    Array.from({ length: 3 }, async () => {
      const worker = new threads.Worker(code, { eval: true });
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      t.is(await worker.terminate(), 1);
    }),
  );
});

test('a worker that is terminated anywhere in a clone ends', async (t) => {
  const code = `
    const { serialize, deserialize } = require(${JSON.stringify(require.resolve('../..'))});
    const { parentPort } = require('node:worker_threads');
    const value = Array.from({ length: 700 }, (_, i) => new Map([[i, new Error('e', { cause: [/x/g, { i }] })]]));
    value.push(value);
    parentPort.postMessage(1);
    for (;;) deserialize(serialize(value));
  `;
  for (let round = 0; round < 8; round++) {
    const worker = new threads.Worker(code, { eval: true });
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
    t.is(await worker.terminate(), 1);
  }
});

test('what a class, a proxy in the prototype chain or a constructor says of itself is not asked', (t) => {
  const asked = () => {
    throw new Error('asked');
  };
  const traps = new Proxy({}, { get: () => asked });
  class Named {
    static get name() {
      return asked();
    }
    own = 1;
  }
  const values = {
    named: () => new Named(),
    proxied: () => Object.create(new Proxy({}, traps), { own: { value: 1, enumerable: true } }),
    'with a proxied constructor': () => Object.create({ constructor: new Proxy(class {}, traps) }),
    tagged: () =>
      Object.create({
        get [Symbol.toStringTag]() {
          return asked();
        },
      }),
  };
  for (const make of Object.values(values)) t.deepEqual(arrivalOf(ferroport, make()), arrivalOf(threads, make()));
});

test('each getter runs once, whatever the prototype', (t) => {
  const prototypes = [Object.prototype, null, { [Symbol.toStringTag]: 'Tag' }, { constructor: (() => {}).bind() }];
  prototypes.push(class {}.prototype, new (class extends Array {})(), new Proxy({}, {}), new Map());
  for (const prototype of prototypes) {
    let count = 0;
    serialize(Object.create(prototype, { a: { enumerable: true, get: () => ++count } }));
    t.is(count, 1);
  }
});
