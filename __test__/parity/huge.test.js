'use strict';

// Arrays of more than 2^24 elements, which is where the engine's lists of keys end.

const { same } = require('../support/scenario');

const execArgv = ['--max-old-space-size=4096'];

same.inChild(
  'an array of more than 2^24 elements arrives',
  ({ log, trip }) => {
    const length = 2 ** 24 + 84;
    // All but one.
    const array = new Array(length).fill(7, 0, 2 ** 24).fill(8, 2 ** 24 + 1);
    array[1] = array[length - 2] = { a: 0.5 };
    const [arrived] = trip({ deep: [array] }).deep;
    const places = [0, 1, 2 ** 24 - 1, 2 ** 24, 2 ** 24 + 1, length - 2, length - 1];
    log(
      arrived.length,
      arrived[1] === arrived[length - 2],
      places.map((place) => [Object.hasOwn(arrived, place), arrived[place]]),
    );
  },
  { execArgv },
);

same.inChild(
  'an array of more than 2^24 elements arrives that has next to none, and a name',
  ({ log, trip }) => {
    const length = 2 ** 24 + 84;
    const array = Object.assign(new Array(length), { 9: 'a', [length - 1]: 'b', name: 'c' });
    const arrived = trip(array);
    log(arrived.length, Object.entries(arrived));
  },
  { execArgv },
);
