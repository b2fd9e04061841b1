'use strict';

// Posting each kind of value, without a transfer list.

const { kinds } = require('../values');

/** @typedef {import('./index').Operation} Operation */

const isCloneError = (error) => error?.name === 'DataCloneError' && error.code === 25;

/** @type {Operation[]} */
const posting = kinds.map(({ name, make, view, expected, isRefused, isLarge }) => ({
  name: `post ${name}`,
  group: isRefused ? 'refused' : 'posting',
  isLarge,
  prepare(world, n) {
    const channel = world.channel();
    const { port1, port2 } = channel;
    const value = make(n);
    return {
      act: () => port1.postMessage(value),
      threw(error) {
        world.expectError(error, isRefused ? isCloneError : undefined);
        world.expectArrivals(port2, [], 'its own channel, after it has thrown');
        world.expectWorks(channel, 'its own channel, afterwards');
      },
      returned() {
        world.expectArrivals(port2, isRefused ? [] : [expected(n)], 'its own channel', view);
        if (isRefused) world.tally.complain('it has not thrown');
        world.expectWorks(channel, 'its own channel, afterwards');
      },
      done: () => world.giveBack(channel),
    };
  },
}));

module.exports = { posting, isCloneError };
