// A worker of the pool: it prices an order.
'use strict';

const { parentPort } = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

/** @typedef {{ sku: string, quantity: number, price: number }} Item */

const methods = {
  /** @param {{ currency: string, items: Item[] }} order */
  price({ currency, items }) {
    const lines = items.map(({ sku, quantity, price }) => ({ sku, amount: quantity * price }));
    return { currency, lines, total: lines.reduce((sum, { amount }) => sum + amount, 0) };
  },
};

parentPort?.on('message', (/** @type {{ id: number, method: 'price', params: any }} */ { id, method, params }) => {
  parentPort.postMessage({ jsonrpc: '2.0', id, result: methods[method](params) });
});
