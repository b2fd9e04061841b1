'use strict';

// Messages of all kinds, by their number: both sides know what comes.

const { randomOf } = require('../../support/random');

/** Every so many messages one is large, and one brings a port. */
const LARGE = 4001;
const WITH_PORT = 5003;

/**
 * @param {number} seed
 * @param {number} number
 * @returns {any} the number first, where the kind has a place for it
 */
function mixed(seed, number) {
  const random = randomOf(seed + number);
  if (number % LARGE === LARGE - 1) {
    return { number, large: new Uint8Array(100_000 + random.below(400_000)).fill(number) };
  }
  switch (number % 8) {
    case 0:
      return number;
    case 1:
      return { number, name: `price ${random.below(100)}`, bid: random.next(), ask: random.next() };
    case 2:
      return [number, null, undefined, true, -0, NaN, 2n ** 70n, 'ü€😀'];
    case 3:
      return new Map([
        ['number', number],
        ['when', new Date(random.below(2 ** 31))],
      ]);
    case 4:
      return { number, bytes: new Uint8Array(random.below(200)).fill(number) };
    case 5:
      return { number, set: new Set([1, 'a', { deep: [[[]]] }]), pattern: /a+b/gi };
    case 6:
      return { number, error: new RangeError(`error ${number}`) };
    default:
      return 'x'.repeat(random.below(300)) + number;
  }
}

/** @param {number} number @returns {boolean} whether a port comes along: the message is the list of it and the number then */
const bringsPort = (number) => number % WITH_PORT === WITH_PORT - 1;

module.exports = { WITH_PORT, bringsPort, mixed };
