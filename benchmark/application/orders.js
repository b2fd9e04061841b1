// What the pools have done: orders are priced.
'use strict';

const { clientsAtWork } = require('./program');

/** @typedef {{ sku: string, quantity: number, price: number }} Item */

/**
 * @param {number} number
 * @returns {{ customer: string, currency: string, items: Item[] }}
 */
const order = (number) => ({
  customer: `customer ${number}`,
  currency: 'EUR',
  items: [
    { sku: 'A-1', quantity: (number % 5) + 1, price: 4.5 },
    { sku: 'B-2', quantity: 1, price: 12 },
    { sku: 'C-3', quantity: 10, price: 0.99 },
  ],
});

/** @param {{ currency: string, items: Item[] }} order */
function price({ currency, items }) {
  const lines = items.map(({ sku, quantity, price }) => ({ sku, amount: quantity * price }));
  return { currency, lines, total: lines.reduce((sum, { amount }) => sum + amount, 0) };
}

/**
 * Has many orders priced, so many at a time.
 * @param {number} count
 * @param {number} clients
 * @param {(order: object) => Promise<ReturnType<typeof price>>} ask
 * @returns {ReturnType<typeof clientsAtWork>}
 */
function priceOrders(count, clients, ask) {
  return clientsAtWork(count, clients, async (number) => {
    const { lines, total } = await ask(order(number));
    if (lines.length !== 3 || !(total > 0)) throw new Error('the answer is wrong');
  });
}

module.exports = { price, priceOrders };
