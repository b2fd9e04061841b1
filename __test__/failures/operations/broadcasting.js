'use strict';

// Posting to a broadcast channel with two other members.

const { kinds } = require('../values');
const { isCloneError } = require('./posting');

let names = 0;

/** Node sends most of its own objects to one receiver only. */
const isRefusal = (error) => isCloneError(error) || error?.message === 'Message could not be posted.';

const wanted = [
  ...['a number', 'a long string', 'a small object', 'records', 'records that fill more than the block'],
  ...['strings and long strings', 'typed arrays', '64 KiB', 'a SharedArrayBuffer', 'a SharedArrayBuffer after much'],
  ...['a BlockList', 'a function deep inside', 'a symbol after a SharedArrayBuffer', 'an object of 230 levels'],
];

/** @type {import('./index').Operation[]} */
const broadcasting = kinds
  .filter(({ name }) => wanted.includes(name))
  .map(({ name, make, view, expected, isRefused, isHost, isLarge }) => {
    const makeGroup = (world) => {
      const topic = `failures ${names++}`;
      return Array.from({ length: 3 }, () => new world.api.BroadcastChannel(topic));
    };
    /** @type {any[]} */
    let idle = [];
    return {
      name: `broadcast ${name}`,
      group: 'broadcasting',
      isLarge,
      prepare(world, n) {
        const group = idle.length > 0 ? idle : makeGroup(world);
        idle = [];
        const [sender, ...members] = group;
        const value = make(n);
        const expectEach = (messages, where, seen) => {
          for (const member of members) world.expectArrivals(member, messages, where, seen);
        };
        return {
          act: () => sender.postMessage(value),
          threw(error) {
            world.expectError(error, isRefused || isHost ? isRefusal : undefined);
            expectEach([], 'a member, after it has thrown');
          },
          returned() {
            if (isRefused) world.tally.complain('it has not thrown');
            expectEach(isRefused ? [] : [expected(n)], 'a member', view);
          },
          done() {
            sender.postMessage({ afterwards: n });
            expectEach([{ afterwards: n }], 'a member, afterwards');
            if (idle.length === 0 && world.random.chance(90)) idle = group;
            else for (const member of group) member.close();
          },
        };
      },
      end() {
        for (const member of idle) member.close();
        idle = [];
      },
    };
  });

module.exports = { broadcasting };
