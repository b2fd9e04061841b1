// How many bytes are left of a channel that was dropped, once it has been collected.
'use strict';

const { memoryCases } = require('../processes/measure');

const COUNT = 200_000;

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'left per dropped channel',
  cases: [
    ...memoryCases('unused', 'drop.js', COUNT, { atMost: 100 }),
    ...memoryCases('after two messages', 'drop-used.js', COUNT, { atMost: 100 }),
  ],
};
