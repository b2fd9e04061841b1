// How many tasks a second Piscina gets done by two workers, with the hook and without it.
'use strict';

const { ordersPerSecond } = require('../application/orders');

const WORKERS = 2;
const TASKS = 5_000;

const MODES = /** @type {const} */ (['sync', 'async', 'disabled']);

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'piscina',
  cases: MODES.flatMap((atomics) =>
    [1, 100].map((clients) => ({
      name: `atomics: ${atomics}, ${clients} ${clients === 1 ? 'task' : 'tasks'} at a time`,
      unit: 'requests/s',
      // The hook is there for all that a process loads after it.
      apart: true,
      open({ module }) {
        if (module === 'ferroport') require('../../register');
        const { Piscina } = require('piscina');
        const filename = require.resolve('../application/orders');
        const pool = new Piscina({ filename, atomics, name: 'price', minThreads: WORKERS, maxThreads: WORKERS });
        return {
          round: () => ordersPerSecond(TASKS, clients, (order) => pool.run(order)),
          close: () => pool.destroy(),
        };
      },
    })),
  ),
};
