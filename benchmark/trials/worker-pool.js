// How many requests a second a small application answers with a pool of two workers.
'use strict';

const { Pool } = require('../application/pool');

const WORKERS = 2;
const REQUESTS = 5_000;

const order = (/** @type {number} */ number) => ({
  customer: `customer ${number}`,
  currency: 'EUR',
  items: [
    { sku: 'A-1', quantity: (number % 5) + 1, price: 4.5 },
    { sku: 'B-2', quantity: 1, price: 12 },
    { sku: 'C-3', quantity: 10, price: 0.99 },
  ],
});

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'worker pool',
  cases: [1, 10, 100].map((clients) => ({
    name: `${clients} ${clients === 1 ? 'request' : 'requests'} at a time`,
    unit: 'requests/s',
    open(side) {
      const pool = new Pool(side, WORKERS);
      let left = 0;
      const client = async () => {
        while (left-- > 0) {
          const { lines, total } = await pool.request('price', order(left));
          if (lines.length !== 3 || !(total > 0)) throw new Error('the answer is wrong');
        }
      };
      return {
        async round() {
          left = REQUESTS;
          const began = performance.now();
          await Promise.all(Array.from({ length: clients }, client));
          return REQUESTS / ((performance.now() - began) / 1e3);
        },
        close: () => pool.close(),
      };
    },
  })),
};
