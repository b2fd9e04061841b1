// How many requests a second a small application answers with a pool of two workers, and what processor time a request takes.
'use strict';

const { priceOrders } = require('../application/orders');
const { Pool } = require('../application/pool');
const { atATime, programCase } = require('../application/program');

const WORKERS = 2;
const REQUESTS = 5_000;

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'worker pool',
  cases: [1, 10, 100].map((clients) =>
    programCase(atATime(clients, 'request'), 'request', {
      open(side) {
        const pool = new Pool(side, WORKERS);
        return {
          round: () => priceOrders(REQUESTS, clients, (order) => pool.request('price', order)),
          close: () => pool.close(),
        };
      },
    }),
  ),
};
