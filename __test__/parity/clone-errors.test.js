'use strict';

// The rows of the structured-clone table that are about errors.

const { differs, same } = require('../support/scenario');
const { mix, row } = require('../support/rows');

const errorTypes = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

row('errors of the seven types', () => errorTypes.map((Type) => new Type(`message of ${Type.name}`)));

row('errors and their names', () => [
  mix(new Error('x'), { name: 'TypeError' }),
  mix(new TypeError('x'), { name: 'Error' }),
  mix(new TypeError('x'), { name: 'CustomError' }),
  mix(new TypeError('x'), { name: 5 }),
  mix(new TypeError('x'), { name: undefined }),
  mix(new TypeError('x'), { name: '' }),
  Object.setPrototypeOf(new TypeError('x'), null),
  Object.setPrototypeOf(new TypeError('x'), Object.prototype),
  new (class CustomError extends TypeError {})('custom'),
  new (class RangeError extends Error {})('my own'),
  new AggregateError([1, 2], 'several'),
]);

row('errors and their own data', () => {
  const bare = new Error('x');
  delete bare.message;
  delete bare.stack;
  return [
    ...[
      new Error(),
      new Error(''),
      new Error(5),
      bare,
      mix(new Error('x'), { message: 5 }),
      mix(new Error('x'), { message: {} }),
    ],
    ...[mix(new Error('x'), { extra: 1, code: 'E_X', errno: -2 }), mix(new Error('x'), { stack: 'my stack' })],
    ...[
      mix(new Error('x'), { stack: 5 }),
      mix(new Error('x'), { stack: undefined }),
      mix(new Error('x'), { message: undefined }),
    ],
    Object.defineProperty(new Error('x'), 'message', { get: () => 'from a getter' }),
    Object.defineProperty(new Error('x'), 'message', { value: 'shown', enumerable: true }),
    Object.create(new Error('parent')),
  ];
});

row('errors and causes', () => {
  return [
    ...[undefined, null, 5, 'text', { a: 1 }, new TypeError('deep', { cause: 1 })].map(
      (cause) => new Error('x', { cause }),
    ),
    mix(new Error('x'), { cause: 'shown' }),
    Object.defineProperty(new Error('x'), 'cause', { get: () => 'from a getter' }),
    Object.setPrototypeOf(new Error('x'), Object.create(Error.prototype, { cause: { value: 'inherited' } })),
  ];
});

same('errors in cycles that do not start at them', ({ log, trip }) => {
  const cyclic = { list: [] };
  cyclic.error = new Error('x', { cause: cyclic });
  const [inner, outer] = [new Error('inner'), new Error('outer')];
  outer.cause = inner;
  log(trip(cyclic), trip([inner, outer, inner]), trip([outer, inner, outer]));
});

const ownCause = ({ log, attempt, trip }) => {
  const self = new Error('self');
  self.cause = self;
  const around = new Error('around');
  around.cause = { list: [around] };
  for (const error of [self, around]) {
    log(attempt(() => trip(error).cause !== undefined && trip([error]) !== undefined));
  }
  log(
    attempt(() => trip(self).cause.cause.message),
    attempt(() => trip(around).cause.list[0].message),
  );
};

const title = 'an error whose cause leads back to it';
if (process.version.startsWith('v20.')) {
  const why = 'Node 20 cannot read back what it wrote; later Nodes can';
  differs(title, { why, expected: [true, true, ['self', 'around']] }, ownCause);
} else {
  same(title, ownCause);
}

same('what an error’s fields are turned into', ({ log, attempt, trip }) => {
  const odd = (key, descriptor) => Object.defineProperty(new Error('x'), key, descriptor);
  const thrower = () => {
    throw new RangeError('read');
  };
  for (const key of ['name', 'message', 'stack', 'cause']) {
    for (const value of [{}, { toString: () => 'converted' }, Symbol('s'), 5, null, () => {}]) {
      log(
        key,
        attempt(() => trip(odd(key, { value }))),
      );
    }
    log(
      key,
      attempt(() => trip(odd(key, { get: thrower }))),
    );
  }
});

row('errors of system calls and of Node', () => {
  const caught = (fn) => {
    try {
      return fn();
    } catch (error) {
      return error;
    }
  };
  return [
    caught(() => require('node:fs').readFileSync('/does/not/exist')),
    caught(() => new URL('no url')),
    caught(() => JSON.parse('{')),
    caught(() => null.x),
    caught(() => decodeURIComponent('%')),
    caught(() => structuredClone(() => {}).x),
  ];
});

same('the stack of an error begins where the program has called', ({ api, log }) => {
  const channel = new api.MessageChannel();
  const group = new api.BroadcastChannel('refusing');
  const worker = { postMessage: (...values) => channel.port1.postMessage(...values) };
  const attempts = {
    'a function': () => channel.port1.postMessage(() => {}),
    'deep in a value': () => channel.port1.postMessage({ a: [new Map([[1, new WeakMap()]])] }),
    'a port': () => channel.port1.postMessage(channel.port2),
    'what the runtime refuses': () => channel.port1.postMessage([new Request('http://localhost')]),
    'a proxy in a list': () => channel.port1.postMessage(1, [new Proxy({}, {})]),
    'the port itself': () => channel.port1.postMessage(1, [channel.port1]),
    'with a list': () => channel.port1.postMessage([() => {}], [new ArrayBuffer(1)]),
    'by a function of the program': () => worker.postMessage(Symbol('s')),
    'by a broadcast channel': () => group.postMessage(() => {}),
  };
  // Node 20 makes a TypeError of it, which is not looked at.
  if (api.isMarkedAsUntransferable === undefined) delete attempts['a port'];
  for (const [name, refused] of Object.entries(attempts)) {
    try {
      refused();
    } catch (error) {
      const frames = error.stack.split('\n    at ').slice(1);
      // Whether Node shows its own function depends on who made the error.
      const first = frames.find((frame) => !/^new DOMException|^BroadcastChannel\.postMessage/.test(frame));
      log(name, error.stack.split('\n')[0], first.replace(/\(.*\/|:\d+:\d+\)?/g, ''));
    }
  }
  group.close();
});

same('the stack of what a getter throws is left as it is', ({ log, open }) => {
  const [port, peer] = open();
  const own = Object.assign(new Error('own'), { stack: 'the stack of its own' });
  const others = new DOMException('of others', 'DataCloneError');
  const { stack } = others;
  for (const error of [own, others]) {
    try {
      port.postMessage({
        get thrown() {
          throw error;
        },
      });
    } catch (thrown) {
      log(thrown === error, thrown.stack === (error === own ? 'the stack of its own' : stack));
    }
  }
  // What a post inside has thrown is from there.
  try {
    port.postMessage({
      get inner() {
        return peer.postMessage(() => {});
      },
    });
  } catch (error) {
    log(error.name, error.stack.includes('get inner'));
  }
});
