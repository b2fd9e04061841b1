// A worker of the pool: it prices an order.
'use strict';

const { price } = require('./orders');

const { parentPort } = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

const methods = { price };

parentPort?.on('message', (/** @type {{ id: number, method: 'price', params: any }} */ { id, method, params }) => {
  parentPort.postMessage({ jsonrpc: '2.0', id, result: methods[method](params) });
});
