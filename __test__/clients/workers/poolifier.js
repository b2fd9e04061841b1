'use strict';

// What poolifier's threads do.

const { ThreadWorker } = require('poolifier');
const { price, fail, sum, uncloneable, tick, wait, crash, exit, id } = require('./orders');

module.exports = new ThreadWorker(
  { price, fail, sum, uncloneable, tick, wait: async () => wait(), crash, exit, id },
  { killHandler: () => console.log('killed') },
);
