'use strict';

// Taking each kind of value with receiveMessageOnPort. If that throws the message is gone, as with the built-in, or still there.

const { kinds } = require('../values');
const { isSame } = require('../world');

/** @type {import('./index').Operation[]} */
const receiving = kinds
  .filter(({ isRefused }) => !isRefused)
  .map(({ name, make, view, expected, isLarge }) => ({
    name: `receive ${name}`,
    group: 'receiving',
    isLarge,
    prepare(world, n) {
      const channel = world.channel();
      const { port1, port2 } = channel;
      const { receiveMessageOnPort } = world.api;
      port1.postMessage('before');
      port1.postMessage(make(n));
      port1.postMessage({ next: n });
      receiveMessageOnPort(port2);
      return {
        act: () => receiveMessageOnPort(port2),
        threw(error) {
          world.expectError(error);
          const rest = world.take(port2);
          const value = expected(n);
          const isWhole = rest.length === 1 || (rest.length === 2 && isSame(view(rest[0]), value));
          world.expect(
            isWhole && isSame(rest.at(-1), { next: n }),
            'its own channel: not what had been posted',
            ...rest,
          );
        },
        returned(received) {
          world.expect(isSame(view(received?.message), expected(n)), 'not what was posted', received);
          world.expectArrivals(port2, [{ next: n }], 'its own channel, afterwards');
        },
        done() {
          world.expectWorks(channel, 'its own channel, afterwards');
          world.giveBack(channel);
        },
      };
    },
  }));

module.exports = { receiving };
