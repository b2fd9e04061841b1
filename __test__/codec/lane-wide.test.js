'use strict';

// Objects with more keys than a generated function names: kept by the engine as those with few keys are, or as dictionaries, and
// changed by their getters while they are read.

const test = require('ava');
const threads = require('node:worker_threads');
const ferroport = require('../..');
const { isDeepStrictEqual } = require('node:util');
const { thrown } = require('../support/describe');

/** So often has a shape been seen when functions are generated for it, and more. */
const OFTEN = 20;

/** Around the number of keys that a function names, and that a shape has at most. */
const WIDTHS = [127, 128, 129, 1024, 1025];

/** Ways in which the engine comes to keep an object in the one way or the other. */
const kinds = {
  listed: (entries) => Object.fromEntries(entries),
  dictionary(entries) {
    const object = Object.fromEntries([...entries, ['doomed', 1]]);
    delete object.doomed;
    return object;
  },
};

/** Values of many kinds. */
const fillings = {
  integers: (n) => n,
  mixed: (n) => [n, `text ${n}`, n % 2 === 0, null, n + 0.5, { n }, undefined, [n]][n % 8],
};

const key = (width, n) => `${width} key ${n}`;

const entriesOf = (width, filling, seed) =>
  Array.from({ length: width }, (_, n) => [key(width, n), fillings[filling](n + seed)]);

/** What a getter does to its object, in which so many keys are. */
const changes = {
  'does nothing': () => {},
  'deletes itself': (object, width, at) => delete object[key(width, at)],
  'deletes the first': (object, width) => delete object[key(width, 0)],
  'deletes the next': (object, width, at) => delete object[key(width, at + 1)],
  'deletes the last': (object, width) => delete object[key(width, width - 1)],
  'puts the next at the end': (object, width, at) =>
    delete object[key(width, at + 1)] && (object[key(width, at + 1)] = 'again'),
  'hides the next': (object, width, at) =>
    at + 1 < width && Object.defineProperty(object, key(width, at + 1), { enumerable: false }),
  'adds one': (object) => (object.more = 1),
  'gives another prototype': (object, width) =>
    Object.setPrototypeOf(object, { [key(width, width - 1)]: 'inherited' }) && delete object[key(width, width - 1)],
  'changes the last': (object, width) => (object[key(width, width - 1)] = 'changed'),
};

/** What arrives of values that are posted one after the other. */
function arrivalsOf(api, values) {
  const { port1, port2 } = new api.MessageChannel();
  const arrived = values.map((value) => {
    try {
      port1.postMessage(value);
      return api.receiveMessageOnPort(port2).message;
    } catch (error) {
      return thrown(error);
    }
  });
  port1.close();
  return arrived;
}

/** Whether the same arrives, with the keys in the same order. */
const isSame = (ours, theirs) => isDeepStrictEqual([ours, keysOf(ours)], [theirs, keysOf(theirs)]);
const keysOf = (arrived) => [arrived].flat(2).map((one) => Object.keys(one.object ?? one));

for (const [kind, make] of Object.entries(kinds)) {
  for (const filling of Object.keys(fillings)) {
    test(`wide objects arrive, each time: ${kind}, ${filling}`, (t) => {
      for (const width of WIDTHS) {
        const values = () =>
          Array.from({ length: OFTEN }, (_, seed) => {
            const object = make(entriesOf(width, filling, seed));
            return seed % 3 === 0 ? object : [object, { object }, make(entriesOf(width, filling, seed + 1))];
          });
        t.true(isSame(arrivalsOf(ferroport, values()), arrivalsOf(threads, values())), `${width}`);
      }
    });
  }

  test(`a getter of a wide object may change it, and is asked once: ${kind}`, (t) => {
    const width = 150;
    arrivalsOf(
      ferroport,
      Array.from({ length: OFTEN }, (_, seed) => make(entriesOf(width, 'mixed', seed))),
    );
    for (const [does, change] of Object.entries(changes)) {
      for (const at of [0, 1, 70, width - 2, width - 1]) {
        // Where the prototype has changed in the end, the message is begun anew: the last getter has gone by then.
        if (does === 'gives another prototype' && at === width - 1) continue;
        const results = [ferroport, threads].map((api) => {
          let asked = 0;
          const object = make(entriesOf(width, 'mixed', 1));
          const get = function () {
            asked++;
            change(this, width, at);
            return 'got';
          };
          Object.defineProperty(object, key(width, at), { get, enumerable: true, configurable: true });
          const [arrived] = arrivalsOf(api, [[object, make(entriesOf(width, 'mixed', 2))]]);
          // … and getters run again.
          return { arrived, asked: does === 'gives another prototype' || asked };
        });
        t.true(isSame(results[0].arrived, results[1].arrived), `${does}, at ${at}`);
        t.is(results[0].asked, results[1].asked, `${does}, at ${at}`);
      }
    }
  });
}

test('wide objects of one shape are kept by the engine now in this way, now in that', (t) => {
  const values = () =>
    Array.from({ length: 80 }, (_, n) =>
      kinds[(n >> 3) % 2 === 0 ? 'listed' : 'dictionary'](entriesOf(200, 'integers', n)),
    );
  t.true(isSame(arrivalsOf(ferroport, values()), arrivalsOf(threads, values())));
});

test('a wide object that shadows what every object inherits, and loses it, has lost it', (t) => {
  const names = ['toString', 'constructor', '__proto__'];
  const make = (n) => {
    const entries = entriesOf(140, 'integers', n);
    return kinds.listed([...entries.slice(0, 70), ...names.map((name) => [name, n]), ...entries.slice(70)]);
  };
  const values = () => {
    const hot = Array.from({ length: OFTEN }, (_, n) => make(n));
    const losing = names.map((name) => {
      const get = function () {
        delete this[name];
        return 'got';
      };
      return Object.defineProperty(make(1), key(140, 3), { get, enumerable: true, configurable: true });
    });
    return [...hot, ...losing];
  };
  t.true(isSame(arrivalsOf(ferroport, values()), arrivalsOf(threads, values())));
});
