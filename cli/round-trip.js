// The case of a message that goes to a worker and comes back, each waiting for the one before.
'use strict';

const COUNT = 2000;

const ECHO = `
  const { parentPort, workerData } = require(require('node:worker_threads').workerData.module);
  parentPort.on('message', (message) => parentPort.postMessage(message));`;

/** @type {import('../benchmark/rounds').Case} */
const roundTrip = {
  name: 'small object',
  unit: 'us',
  open({ module, threads }) {
    // The worker's code is no file of the package: it finds what it requires by its path.
    const found = module === 'ferroport' ? require.resolve(module) : module;
    const worker = new threads.Worker(ECHO, { eval: true, workerData: { module: found } });
    /** @type {(error?: Error) => void} */
    let finish = () => {};
    let left = 0;
    worker.on('message', (answer) => {
      if (--left > 0) worker.postMessage(answer);
      else finish();
    });
    worker.on('error', (error) => finish(error));
    return {
      async round() {
        left = COUNT;
        /** @type {Promise<void>} */
        const finished = new Promise((resolve, reject) => {
          finish = (error) => (error === undefined ? resolve() : reject(error));
        });
        const began = performance.now();
        worker.postMessage({ id: 17, type: 'update', payload: { x: 1.5, y: -2, name: 'thing' }, ok: true });
        await finished;
        return ((performance.now() - began) * 1e3) / COUNT;
      },
      close: () => worker.terminate(),
    };
  },
};

module.exports = { roundTrip };
