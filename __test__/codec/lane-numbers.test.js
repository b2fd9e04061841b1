'use strict';

// Arrays of numbers, or of booleans, that the lane reads in a copy, and such as only seem to be: at every length where it goes about it
// another way.

const test = require('ava');
const threads = require('node:worker_threads');
const { isDeepStrictEqual } = require('node:util');
const { trip } = require('./lanes');

const LENGTHS = [3, 4, 11, 12, 13, 24, 63, 64, 65, 1000, 8190, 20_000];

/** @param {unknown} value */
function expected(value) {
  const { port1, port2 } = new threads.MessageChannel();
  port1.postMessage(value);
  const { message } = threads.receiveMessageOnPort(port2);
  port1.close();
  return message;
}

/** Copying has been in vain now and then: so many arrays later it is tried again. */
function trust() {
  const numbers = Array.from({ length: 16 }, (_, index) => index + 0.5);
  for (let i = 0; i < 1024; i++) trip('fast', 'fast', numbers);
}

const integer = (index) => index - 3;
const double = (index) => index + 0.5;
const firstInteger = (index) => (index === 0 ? 1 : index / 2);
const boolean = (index) => index % 3 === 0;
const odd = (index) => [NaN, -0, 0, Infinity, -Infinity, 2 ** 31, -(2 ** 31), 5e-324][index % 8];

/** @type {Record<string, (array: any[], index: number) => void>} */
const CHANGES = {
  'left as it is': () => {},
  'with a number': (array, index) => void (array[index] = 7),
  'with a boolean': (array, index) => void (array[index] = true),
  'with a string': (array, index) => void (array[index] = 'text'),
  'with a hole': (array, index) => void delete array[index],
  'with undefined': (array, index) => void (array[index] = undefined),
  'with an object': (array, index) => void (array[index] = { x: array.length }),
  'with itself': (array, index) => void (array[index] = array),
  'with a property': (array) => void (array.extra = 1),
};

for (const make of [integer, double, firstInteger, boolean, odd]) {
  for (const [name, change] of Object.entries(CHANGES)) {
    test(`arrays whose elements are ${make.name}, ${name}, arrive as with the built-in`, (t) => {
      for (const length of LENGTHS.slice(0, name === 'left as it is' ? undefined : -2)) {
        for (const index of new Set([0, 1, length >> 1, length - 1])) {
          const array = Array.from({ length }, (_, each) => make(each));
          change(array, index);
          const theirs = expected(array);
          trust();
          for (const reader of ['fast', 'complete']) {
            t.true(isDeepStrictEqual(trip('fast', reader, array), theirs), `${length}, ${index}`);
          }
        }
      }
    });
  }
}

for (const make of [double, boolean]) {
  test(`accessors among elements that are ${make.name} run once, those in front of another value and those behind it`, (t) => {
    for (const length of LENGTHS.slice(1, -2)) {
      for (const other of [undefined, 'text', { x: 1 }, 0.5]) {
        const array = Array.from({ length }, (_, index) => make(index));
        array[length >> 1] = other;
        let runs = 0;
        for (const index of [1, length - 1]) {
          Object.defineProperty(array, index, { get: () => ++runs, enumerable: true });
        }
        trust();
        const arrived = trip('fast', 'fast', array);
        t.is(runs, 2, `${length}`);
        t.deepEqual([arrived[1], arrived[length - 1]], [1, 2]);
      }
    }
  });

  test(`what a getter behind elements that are ${make.name} takes away or changes is sent as it is then`, (t) => {
    for (const length of LENGTHS.slice(1, -2)) {
      const changing = () => {
        const array = Array.from({ length }, (_, index) => make(index));
        array[1] = {
          get x() {
            delete array[length - 1];
            array[2] = 'changed';
            return 1;
          },
        };
        return array;
      };
      trust();
      t.true(isDeepStrictEqual(trip('fast', 'fast', changing()), expected(changing())), `${length}`);
    }
  });
}
