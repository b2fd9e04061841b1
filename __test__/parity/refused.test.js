'use strict';

// Values that cannot be cloned, alone and deep inside others.

const { same, differs } = require('../support/scenario');

const refused = {
  'functions and classes': () => [
    ...[
      () => {},
      function named(a) {
        return a;
      },
      class A {},
      async () => {},
      function* () {},
      async function* () {},
    ],
    ...[Math.max, Object.prototype.toString.bind(null), Proxy, Function.prototype, { method() {} }.method],
    function long() {
      return [
        'a function whose source text is so long that its middle is left out of the message',
        'first',
        'second',
        'last',
      ];
    },
    Object.assign(() => 1, { toString: () => 'custom', a: 1 }),
  ],
  symbols: () => [Symbol(), Symbol('named'), Symbol.iterator, Symbol.for('registered'), Object(Symbol('boxed'))],
  proxies: () => {
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const quiet = new Proxy({}, { get: () => 'trapped', ownKeys: () => ['a'] });
    const named = new Proxy(new (class Foo {})(), {});
    return [
      new Proxy({}, {}),
      new Proxy([], {}),
      new Proxy(() => {}, {}),
      new Proxy(new Map(), {}),
      revoked.proxy,
      quiet,
      named,
    ];
  },
  'weak collections and references': () => [
    new WeakMap(),
    new WeakSet(),
    new WeakRef({}),
    new FinalizationRegistry(() => {}),
  ],
  promises: () => [Promise.resolve(1), new (class Later extends Promise {})(() => {}), (async () => {})()],
  'generators and iterators': () => [
    ...[
      (function* () {})(),
      (async function* () {})(),
      [].values(),
      new Map().entries(),
      new Set().values(),
      ''.matchAll(/x/g),
    ],
    'abc'[Symbol.iterator](),
  ],
  'arguments objects': () => [
    (function () {
      return arguments;
    })(1, 2),
    new Function('return arguments')(),
    require('node:vm').runInNewContext('(function () { return arguments; })(1)'),
  ],
  'objects of the engine': () => [
    ...[new Intl.NumberFormat(), new Intl.Segmenter(), new WebAssembly.Memory({ initial: 1 })],
    ...[
      new WebAssembly.Table({ initial: 1, element: 'anyfunc' }),
      new WebAssembly.Global({ value: 'i32' }, 1),
      globalThis,
    ],
  ],
  'subclasses and changed prototypes of refused classes': () => [
    ...[
      new (class Foo extends WeakMap {})(),
      Object.setPrototypeOf(new WeakMap(), null),
      Object.setPrototypeOf(new WeakMap(), Map.prototype),
    ],
    Object.defineProperty(new WeakMap(), Symbol.toStringTag, { value: 'Odd' }),
    Object.setPrototypeOf(Promise.resolve(), Object.prototype),
  ],
};

for (const [title, values] of Object.entries(refused)) {
  same(`${title} are refused`, ({ log, attempt, trip }) => {
    for (const value of values()) {
      log(attempt(() => trip(value)));
      log(
        attempt(() => trip({ deep: [1, { value }] })),
        attempt(() => trip([value])),
        attempt(() => trip([1, , value])),
      );
      log(
        attempt(() => trip(new Map([[value, 1]]))),
        attempt(() => trip(new Map([[1, value]]))),
        attempt(() => trip(new Set([value]))),
      );
      log(
        attempt(() => trip(new Error('x', { cause: value }))),
        attempt(() => trip(Object.assign([1], { extra: value }))),
      );
    }
  });
}

same('module namespaces are refused', async ({ log, attempt, trip }) => {
  const path = await import('node:path');
  log(
    attempt(() => trip(path)),
    attempt(() => trip({ path })),
  );
});

same('the first culprit in the order of walking is told', ({ log, attempt, trip }) => {
  log(attempt(() => trip({ a: () => 'first', b: Symbol('second') })));
  log(attempt(() => trip({ b: Symbol('first'), a: () => 'second', 1: new WeakMap() })));
  log(attempt(() => trip([new Map([[Symbol('key'), () => 'value']])])));
  log(
    attempt(() =>
      trip([
        new Map([
          [1, () => 'value'],
          [Symbol('key'), 1],
        ]),
      ]),
    ),
  );
  log(attempt(() => trip(Object.assign([() => 'element'], { extra: Symbol('extra') }))));
});

same('what is dropped may be anything', ({ log, attempt, trip }) => {
  log(attempt(() => trip({ [Symbol('s')]: () => {} })));
  log(attempt(() => trip(Object.defineProperty({}, 'hidden', { value: Symbol('hidden') }))));
  log(
    attempt(() => trip(Object.assign(new Date(0), { fn() {} }))),
    attempt(() => trip(Object.assign(new Map(), { fn() {} }))),
  );
  log(
    attempt(() => trip(Object.assign(new Error('x'), { fn() {} }))),
    attempt(() => trip(Object.assign(/x/, { fn() {} }))),
  );
  log(
    attempt(() => trip(Object.assign(new Uint8Array(1), { fn() {} }))),
    attempt(() => trip(Object.create({ fn() {} }))),
  );
});

same('a port that refused a value goes on', ({ api, log, attempt, open }) => {
  const [port, peer] = open();
  port.postMessage(1);
  log(attempt(() => port.postMessage({ list: ['x'.repeat(10_000), () => {}] })));
  port.postMessage(2);
  log(api.receiveMessageOnPort(peer), api.receiveMessageOnPort(peer), api.receiveMessageOnPort(peer));
});

// In a process of its own, each: what is told of one function may be told of the next.
for (const order of ['ascending', 'descending', 'mixed']) {
  const scenario = ({ log, trip }) => {
    const lengths = [7, 8, 39, 40, 110, 112, 126, 127, 128, 129, 130, 1000, 5000];
    const order = ['ORDER'].pop();
    if (order === 'descending') lengths.reverse();
    if (order === 'mixed') lengths.sort((a, b) => (a % 7) - (b % 7));
    const all = lengths.map((length) => new Function(`return (${'a'.repeat(length - 6)})=>{}`)());
    const others = [Math.max, (() => {}).bind(null), class {}, Proxy, async () => {}, new Proxy(() => {}, {})];
    for (const value of [...all, ...others, ...all]) {
      for (const message of [value, { value }, [[value]]]) {
        try {
          trip(message);
        } catch (error) {
          const { get, set, enumerable } = Object.getOwnPropertyDescriptor(error, 'stack');
          log(error.name, error.code, error.message, error.constructor === DOMException);
          log(error.stack.split('\n')[0], typeof get, typeof set, enumerable);
          log(Object.keys(error), Object.prototype.toString.call(error));
        }
      }
    }
    log(Error.stackTraceLimit);
  };
  same.inChild(
    `functions whose texts are of any length are refused, in ${order} order`,
    new Function(`return ${scenario.toString().replaceAll('ORDER', order)}`)(),
  );
}

same.inChild('what programs do to errors does not change what is refused', ({ log, trip }) => {
  const refuse = (value) => {
    try {
      trip(value);
    } catch (error) {
      log(error.name, error.message, typeof error.stack);
    }
  };
  const own = Object.getOwnPropertyDescriptor(DOMException.prototype, 'message');
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
  Object.defineProperty(DOMException.prototype, 'message', { get: () => 'a lie', configurable: true });
  refuse(() => 1);
  Object.defineProperty(DOMException.prototype, 'message', own);
  refuse(() => 1);
  refuse(() => 2);
  Function.prototype.toString = () => 'patched';
  refuse(() => 3);
  for (const value of [0, 1, Infinity, 'none']) {
    Error.stackTraceLimit = value;
    refuse(() => value);
    log(Error.stackTraceLimit);
  }
  let asked = 0;
  Object.defineProperty(Error, 'stackTraceLimit', {
    get: () => ++asked,
    set: () => {
      asked++;
    },
    configurable: true,
  });
  refuse(() => 4);
  log(asked);
  delete Error.stackTraceLimit;
  refuse(() => 5);
  log('stackTraceLimit' in Error);
  Object.defineProperty(Error, 'stackTraceLimit', { ...limit, writable: false });
  refuse(() => 6);
  log(Error.stackTraceLimit);
});

const at = (value) => `(x) => { try { x.trip(${value}); } catch (error) { x.log(error.path); } }`;

for (const [value, path] of [
  ['() => {}', ''],
  ['{ jobs: [1, {}, { onDone() {} }] }', '.jobs[2].onDone'],
  ['[[Symbol("s")]]', '[0][0]'],
  ['{ "a b": { 日: () => {} } }', '["a b"].日'],
]) {
  differs(
    `a DataCloneError says where the culprit stands: ${value}`,
    { why: 'the built-in does not say', expected: [path] },
    new Function(`return ${at(value)}`)(),
  );
}
