// A worker of the pool: it prices an order, or builds a file.
'use strict';

const { build } = require('./files');
const { price } = require('./orders');

const { parentPort } = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

const methods = { build, price };

parentPort?.on(
  'message',
  (/** @type {{ id: number, method: keyof typeof methods, params: any }} */ { id, method, params }) => {
    parentPort.postMessage({ jsonrpc: '2.0', id, result: methods[method](params) });
  },
);
