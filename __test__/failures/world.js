'use strict';

// What is around the operations: channels for them, other channels that must not notice, and the questions asked after each attempt.

const { isDeepStrictEqual, types } = require('node:util');
const { sentinel } = require('./sentinels');

const OTHERS = 3;

/** Channels that are kept for the next attempts. */
const KEPT = 8;

/** @param {unknown} value */
const isErrorObject = (value) => types.isNativeError(value) || value instanceof DOMException;

/**
 * Whether what has arrived is what was posted. Equal errors have equal messages, whatever their stacks.
 * @param {any} actual
 * @param {any} expected
 */
const isSame = (actual, expected) => isDeepStrictEqual(actual, expected);

/**
 * @typedef {{ port1: any, port2: any }} Channel
 */

class World {
  /** @type {Channel[]} */
  #others = [];
  /** @type {Channel[]} */
  #idle = [];
  #sent = 0;
  /** @type {(() => Record<string, number>) | undefined} */
  #leftovers;

  /**
   * @param {any} api the implementation
   * @param {import('./tally').Tally} tally
   * @param {import('../support/random').Random} random
   * @param {(() => Record<string, number>) | undefined} leftovers counts what the addon still has of messages under way
   */
  constructor(api, tally, random, leftovers) {
    this.api = api;
    this.tally = tally;
    this.random = random;
    this.#leftovers = leftovers;
    for (let n = 0; n < OTHERS; n++) this.#others.push(new api.MessageChannel());
  }

  /** What is thrown may be the driver's own error, or this. @type {(error: any) => boolean} */
  isExpectedError = () => true;

  /**
   * A channel on which nothing waits; some have been used before, some not yet.
   * @returns {Channel}
   */
  channel() {
    if (this.#idle.length > 0 && this.random.chance(80)) return /** @type {Channel} */ (this.#idle.pop());
    return new this.api.MessageChannel();
  }

  /**
   * The channel is not needed any more.
   * @param {Channel} channel
   */
  giveBack(channel) {
    if (this.#idle.length < KEPT) this.#idle.push(channel);
    else channel.port1.close();
  }

  /**
   * @param {any} port
   * @returns {any[]} all messages that wait on it
   */
  take(port) {
    const messages = [];
    for (let count = 0; count < 10_000; count++) {
      let received;
      try {
        received = this.api.receiveMessageOnPort(port);
      } catch (error) {
        messages.push(['receiving has thrown', error]);
        continue;
      }
      if (received === undefined) return messages;
      messages.push(received.message);
    }
    this.tally.complain('messages come without end');
    return messages;
  }

  /**
   * @param {unknown} condition
   * @param {string} what is wrong if it does not hold
   * @param {...unknown} seen
   */
  expect(condition, what, ...seen) {
    if (!condition) this.tally.complain(what, ...seen);
    return Boolean(condition);
  }

  /**
   * The messages that wait on a port are these, one after the other.
   * @param {any} port
   * @param {unknown[]} expected
   * @param {string} where
   * @param {(message: any) => any} [view] what is compared of them
   */
  expectArrivals(port, expected, where, view) {
    const taken = this.take(port);
    const arrived = view === undefined ? taken : taken.map(view);
    if (arrived.length === expected.length && expected.every((value, index) => isSame(arrived[index], value))) return;
    if (expected.length === 0) {
      this.tally.complain(`${where}: something has arrived`, ...arrived);
      return;
    }
    if (arrived.length > expected.length) this.tally.complain(`${where}: more has arrived than was posted`, ...arrived);
    else if (arrived.length < expected.length) {
      this.tally.complain(`${where}: less has arrived than was posted`, ...arrived);
    } else {
      const index = expected.findIndex((value, at) => !isSame(arrived[at], value));
      this.tally.complain(`${where}: not what was posted`, arrived[index], 'posted:', expected[index]);
    }
  }

  /**
   * Both ways of a channel carry messages.
   * @param {Channel} channel
   * @param {string} where
   */
  expectWorks({ port1, port2 }, where) {
    try {
      for (const [from, to] of [
        [port1, port2],
        [port2, port1],
      ]) {
        const value = sentinel(this.#sent++);
        from.postMessage(value);
        this.expectArrivals(to, [value], where);
      }
    } catch (error) {
      this.tally.complain(`${where}: a message cannot be posted`, error);
    }
  }

  /**
   * What was thrown is what may be.
   * @param {unknown} error
   * @param {(error: any) => boolean} [isOwn] whether the operation throws it anyway
   */
  expectError(error, isOwn) {
    if (this.isExpectedError(error) || isOwn?.(error)) return;
    this.tally.complain('another error is thrown than should be', isErrorObject(error) ? String(error) : error);
  }

  /** Nobody else has noticed. */
  verify() {
    const first = this.random.below(OTHERS);
    for (let n = 0; n < OTHERS; n++) {
      const { port1, port2 } = this.#others[(first + n) % OTHERS];
      const values = [];
      try {
        for (let count = 1 + (this.#sent & 1); count > 0; count--) {
          const value = sentinel(this.#sent++);
          port1.postMessage(value);
          values.push(value);
        }
      } catch (error) {
        this.tally.complain('another channel: a message cannot be posted', error);
      }
      this.expectArrivals(port2, values, 'another channel');
    }
    const left = this.#leftovers?.();
    if (left !== undefined) {
      this.expect(
        Object.values(left).every((count) => count === 0),
        'the addon keeps something of a message',
        left,
      );
    }
  }

  close() {
    for (const { port1 } of [...this.#others, ...this.#idle]) port1.close();
    this.#others = [];
    this.#idle = [];
  }
}

module.exports = { World, isSame };
