'use strict';

// Errors with odd names and messages are what they are to the built-in.

const test = require('ava');
const threads = require('node:worker_threads');
const ferroport = require('../..');
const { alike } = require('../support/alike');
const { arrivalOf } = require('../support/arrival');

const VALUES = [
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  'TypeError',
  'typeerror',
  '',
  null,
  undefined,
  5,
];
VALUES.push(Symbol('s'), { toString: () => 'RangeError' }, ['SyntaxError'], Object('URIError'), Object.create(null));

for (const key of ['name', 'message', 'stack']) {
  test(`an error's ${key} may be anything`, (t) => {
    for (const value of VALUES) {
      const make = () => {
        const error = new EvalError('a message');
        error.stack = 'a stack';
        return Object.defineProperty(error, key, { value, configurable: true });
      };
      alike(t, arrivalOf(ferroport, make()), arrivalOf(threads, make()));
    }
  });
}

/**
 * What an own property is to programs that look closely.
 * @param {object} error
 */
function stackOf(error) {
  const { get, set, value, ...flags } = Object.getOwnPropertyDescriptor(error, 'stack');
  return { isAccessor: [typeof get, typeof set], value, ...flags, given: error.stack, keys: Reflect.ownKeys(error) };
}

test('an arrival’s stack is the property, or the accessor, that the built-in’s arrivals have', (t) => {
  const kinds = [
    () => new Error('plain'),
    () => new Error(),
    () => new TypeError('with a cause', { cause: new RangeError('the cause') }),
    () => new AggregateError([1], 'several'),
    () => new (class Mine extends SyntaxError {})('of a class'),
    () => Object.defineProperty(new Error('none'), 'stack', { value: undefined }),
    () => Object.defineProperty(new Error('a number'), 'stack', { value: 5 }),
    () => Object.defineProperty(new Error('a getter'), 'stack', { get: () => 'its own' }),
    () => {
      const error = new Error('without');
      delete error.stack;
      return error;
    },
  ];
  for (const make of kinds) {
    const error = make();
    const [ours, theirs] = [ferroport, threads].map((api) => {
      const message = received(api, error);
      const before = [stackOf(message), message.cause && stackOf(message.cause)];
      message.stack = 'set by who got it';
      return [before, stackOf(message)];
    });
    alike(t, ours, theirs);
  }
});

/** The value itself that arrives. */
function received({ MessageChannel, receiveMessageOnPort }, value) {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(value);
  const { message } = receiveMessageOnPort(port2);
  port1.close();
  return message;
}

test('an arrival’s cause is the property that the built-in’s arrivals have, whether or not anything in the message comes again', (t) => {
  const cycle = new Error('of itself');
  cycle.cause = cycle;
  const inner = new RangeError('inner', { cause: new Error('innermost', { cause: { list: [1] } }) });
  const causes = [1, undefined, null, 'text', { a: 1 }, inner, /x/g];
  const errors = causes.flatMap((cause) => [new TypeError('m', { cause }), new Error(undefined, { cause })]);
  const look = (error) =>
    Reflect.ownKeys(error).map((key) => {
      const { get, set, value, ...flags } = Object.getOwnPropertyDescriptor(error, key);
      return [key, typeof get, typeof set, flags, value instanceof Error ? look(value) : value];
    });
  for (const error of errors) {
    for (const beside of [[], [{}], [error], [error.cause]]) {
      const message = [error, ...beside, ...beside];
      const [ours, theirs] = [ferroport, threads].map((api) => {
        const arrived = received(api, message);
        const same = arrived.map((value) => [value === arrived[0], Object.is(value, arrived[0].cause)]);
        return [look(arrived[0]), same];
      });
      t.deepEqual(ours, theirs);
    }
  }
  const arrived = received(ferroport, cycle);
  t.is(arrived.cause, arrived);
});
