// How many tasks a second Piscina gets done by two workers, and what processor time a task takes, with the hook and without it.
'use strict';

const { priceOrders } = require('../application/orders');
const { atATime, programCase } = require('../application/program');

const WORKERS = 2;
const TASKS = 5_000;

const MODES = /** @type {const} */ (['sync', 'async', 'disabled']);

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'piscina',
  cases: MODES.flatMap((atomics) =>
    [1, 10, 100].map((clients) =>
      programCase(`atomics: ${atomics}, ${atATime(clients, 'task')}`, 'task', {
        // The hook is there for all that a process loads after it.
        apart: true,
        open({ module }) {
          if (module === 'ferroport') require('../../register');
          const { Piscina } = require('piscina');
          const filename = require.resolve('../application/orders');
          const pool = new Piscina({ filename, atomics, name: 'price', minThreads: WORKERS, maxThreads: WORKERS });
          return {
            round: () => priceOrders(TASKS, clients, (order) => pool.run(order)),
            close: () => pool.destroy(),
          };
        },
      }),
    ),
  ),
};
