// How many requests a second a small application answers with a pool of two workers, and what processor time a request takes.
'use strict';

const { priceOrders } = require('../application/orders');
const { poolCases } = require('../application/program');

const REQUESTS = 5_000;

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'worker pool',
  cases: poolCases('request', (clients, pool) =>
    priceOrders(REQUESTS, clients, (order) => pool.request('price', order)),
  ),
};
