// How many requests a second a small application answers with a pool of two workers.
'use strict';

const { ordersPerSecond } = require('../application/orders');
const { Pool } = require('../application/pool');

const WORKERS = 2;
const REQUESTS = 5_000;

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'worker pool',
  cases: [1, 10, 100].map((clients) => ({
    name: `${clients} ${clients === 1 ? 'request' : 'requests'} at a time`,
    unit: 'requests/s',
    open(side) {
      const pool = new Pool(side, WORKERS);
      return {
        round: () => ordersPerSecond(REQUESTS, clients, (order) => pool.request('price', order)),
        close: () => pool.close(),
      };
    },
  })),
};
