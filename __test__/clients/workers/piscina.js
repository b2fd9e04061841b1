'use strict';

// What Piscina's threads do: the common tasks, and those that need Piscina itself.

const { move, workerData } = require('piscina');
const orders = require('./orders');

module.exports = {
  ...orders,
  /** Moves the result instead of copying it. */
  moved: (length) => move(new Uint8Array(length).fill(7)),
  data: () => workerData,
};
