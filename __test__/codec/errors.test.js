'use strict';

// Errors with odd names and messages are what they are to the built-in.

const test = require('ava');
const threads = require('node:worker_threads');
const ferroport = require('../..');
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
      t.deepEqual(arrivalOf(ferroport, make()), arrivalOf(threads, make()));
    }
  });
}
