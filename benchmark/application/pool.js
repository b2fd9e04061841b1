// A small worker pool as programs have it: requests go to the worker that has the fewest, answers come back by number.
'use strict';

const path = require('node:path');

class Pool {
  /** @type {{ worker: import('node:worker_threads').Worker, waiting: Map<number, (answer: any) => void> }[]} */
  #members;
  #nextId = 1;

  /**
   * @param {import('../rounds').Side} side whose Worker it uses
   * @param {number} size
   */
  constructor({ module, threads }, size) {
    this.#members = Array.from({ length: size }, () => {
      const worker = new threads.Worker(path.join(__dirname, 'pool-worker.js'), { argv: [module] });
      const waiting = new Map();
      worker.on('message', (answer) => {
        waiting.get(answer.id)(answer);
        waiting.delete(answer.id);
      });
      worker.on('error', (error) => {
        throw error;
      });
      return { worker, waiting };
    });
  }

  /**
   * @param {string} method
   * @param {object} params
   * @returns {Promise<any>} the result
   */
  request(method, params) {
    const { worker, waiting } = this.#members.reduce((a, b) => (b.waiting.size < a.waiting.size ? b : a));
    const id = this.#nextId++;
    return new Promise((resolve) => {
      waiting.set(id, ({ result }) => resolve(result));
      worker.postMessage({ jsonrpc: '2.0', id, method, params });
    });
  }

  close() {
    return Promise.all(this.#members.map(({ worker }) => worker.terminate()));
  }
}

module.exports = { Pool };
