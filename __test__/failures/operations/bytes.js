'use strict';

// serialize and deserialize.

const { kinds } = require('../values');
const { isSame } = require('../world');
const { isCloneError } = require('./posting');

const plain = kinds.filter(({ isShared }) => !isShared);

/** @type {import('./index').Operation[]} */
const serializing = plain.map(({ name, make, expected, isRefused, isLarge }) => ({
  name: `serialize ${name}`,
  group: 'bytes',
  isOwn: true,
  isLarge,
  prepare(world, n) {
    const { serialize, deserialize } = world.api;
    const value = make(n);
    return {
      act: () => serialize(value),
      threw: (error) => world.expectError(error, isRefused ? isCloneError : undefined),
      returned(bytes) {
        if (isRefused) world.tally.complain('it has not thrown');
        else world.expect(isSame(deserialize(bytes), expected(n)), 'not what was serialized', bytes);
      },
    };
  },
}));

/** @type {import('./index').Operation[]} */
const deserializing = plain
  .filter(({ isRefused }) => !isRefused)
  .map(({ name, make, expected, isLarge }) => ({
    name: `deserialize ${name}`,
    group: 'bytes',
    isOwn: true,
    isLarge,
    prepare(world, n) {
      const { serialize, deserialize } = world.api;
      const bytes = serialize(make(n));
      return {
        act: () => deserialize(bytes),
        threw: (error) => world.expectError(error),
        returned: (value) => void world.expect(isSame(value, expected(n)), 'not what was serialized', value),
        done: () => void world.expect(isSame(deserialize(bytes), expected(n)), 'the bytes cannot be read any more'),
      };
    },
  }));

module.exports = { bytes: [...serializing, ...deserializing] };
