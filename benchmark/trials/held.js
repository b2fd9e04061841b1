// How many bytes an open channel holds that nobody uses.
'use strict';

const { memoryCases } = require('../processes/measure');

const COUNT = 20_000;

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'held per open channel',
  cases: [...memoryCases('unused', 'open.js', COUNT, { atMost: 1024 })],
};
