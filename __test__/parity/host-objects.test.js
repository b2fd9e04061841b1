'use strict';

// Objects whose insides are the runtime's, anywhere in a value, listed for transfer and not.

const { types } = require('node:util');
const { same } = require('../support/scenario');
const { describe } = require('../support/describe');
const { kinds, release } = require('./host-kinds');

class Holder {
  constructor(object) {
    this.held = object;
  }
}

/** Where an object may stand in a value, and where it is found on arrival. */
const places = {
  alone: [(object) => object, (arrived) => [arrived]],
  'beside plain data': [(object) => ({ n: 1, object, s: 'text' }), (arrived) => [arrived.object, arrived.n, arrived.s]],
  'referenced twice': [(object) => [object, { object }], (arrived) => [arrived[0], arrived[0] === arrived[1].object]],
  'as a Map’s key and value': [
    (object) => new Map([[object, object]]),
    (arrived) => [[...arrived.keys()][0], arrived.has(arrived.values().next().value)],
  ],
  'in a Set': [(object) => new Set([1, object]), (arrived) => [[...arrived][1]]],
  'as an error’s cause': [
    (object) => new TypeError('x', { cause: object }),
    // Node 20 does not send causes.
    (arrived) => (arrived.cause === undefined ? ['no cause'] : [arrived.cause]),
  ],
  'in an instance of a class': [(object) => new Holder(object), (arrived) => [arrived.held, arrived.constructor.name]],
  'in a cycle': [
    (object) => {
      const value = { object };
      value.self = value;
      return value;
    },
    (arrived) => [arrived.object, arrived.self === arrived],
  ],
};

/** How the transfer list names the object. */
const lists = {
  'not listed': () => undefined,
  listed: (object) => [object],
  'listed twice': (object) => [object, object],
  'listed as its buffer': (object) => (ArrayBuffer.isView(object) ? [object.buffer] : []),
};

const ofShow = async (show, object) =>
  types.isExternal(object) || typeof object !== 'object' ? describe(object) : describe(await show(object));

for (const [name, { make, show, left = () => 'nothing', losable = true }] of Object.entries(kinds)) {
  for (const [how, list] of Object.entries(lists)) {
    same(`${name}, ${how}`, async ({ log, thrown, trip }) => {
      for (const [place, [put, find]] of Object.entries(places)) {
        const object = await make();
        try {
          const [found, ...more] = find(trip(put(object), list(object)));
          log(place, await ofShow(show, found), ...more);
        } catch (error) {
          log(place, thrown(error));
        }
        log(await left(object));
      }
    });
  }

  same(`${name}, listed and not in the value, then sent again`, async ({ log, attempt, trip }) => {
    const object = await make();
    log(attempt(() => release(trip(losable ? 'nothing' : object, [object])) !== undefined));
    for (const again of [undefined, [object]]) log(attempt(() => release(trip({ object }, again)) !== undefined));
    await left(object);
  });

  same(`${name} beside what cannot be cloned`, async ({ log, attempt, trip }) => {
    const object = await make();
    for (const value of [
      { object, refused() {} },
      { refused: Symbol('s'), object },
    ]) {
      log(
        attempt(() => trip(value)),
        attempt(() => trip(value, [object])),
      );
    }
    log(attempt(() => release(trip(object, [object])) !== undefined));
    await left(object);
  });

  same(`${name} beside each of the others`, async ({ log, attempt, trip }) => {
    for (const [other, { make: makeOther, left: otherLeft = () => 'nothing' }] of Object.entries(kinds)) {
      const [one, two] = [await make(), await makeOther()];
      log(
        other,
        attempt(() => Object.keys(release(trip({ one, two })))),
        attempt(() => Object.keys(release(trip({ one, two }, [one, two])))),
      );
      await left(one);
      await otherLeft(two);
    }
  });
}
