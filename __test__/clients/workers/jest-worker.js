'use strict';

// What jest-worker's threads do: the common tasks, and those that need jest-worker itself.

const { messageParent } = require('jest-worker');
const orders = require('./orders');

let started;

module.exports = {
  ...orders,
  setup(...args) {
    started = args;
  },
  teardown() {
    console.log('torn down');
  },
  started: () => started,
  /** Tells how far it is. */
  async progress(steps) {
    for (let step = 1; step <= steps; step++) {
      messageParent({ step, of: new Set([steps]) });
      await null;
    }
    return steps;
  },
  /** A message that cannot be cloned is sent in another way. */
  odd() {
    messageParent({ a: 1, odd: () => {} });
  },
};
