'use strict';

// Which AsyncLocalStorage store the listeners of workers, of parentPort and of ports in workerData see.

const { same } = require('../support/scenario');

same.inChild('a worker’s events see the store in which it was made', async ({ api, log }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  for (const made of [undefined, 'made']) {
    const body = `const { parentPort } = require(${JSON.stringify(api.name)});
      parentPort.on('message', (value) => {
        parentPort.postMessage(value);
        if (value === 2) throw new Error('thrown');
      });
      process.on('exit', () => parentPort.postMessage('last'));`;
    const worker = storage.run(made, () => new api.Worker(body, { eval: true }));
    const seen = [];
    await new Promise((resolve) => {
      storage.run('adding', () => {
        worker.on('message', (value) => seen.push(`message ${value} ${storage.getStore()}`));
        worker.on('online', () => seen.push(`online ${storage.getStore()}`));
        worker.on('error', () => seen.push(`error ${storage.getStore()}`));
        worker.on('exit', () => resolve(seen.push(`exit ${storage.getStore()}`)));
      });
      storage.run('posting', () => [1, 2].forEach((value) => worker.postMessage(value)));
    });
    log(seen.sort());
  }
});

same.inChild('parentPort and ports in workerData see no store', async ({ api, log }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const body = `const { parentPort, workerData } = require(${JSON.stringify(api.name)});
    const { AsyncLocalStorage } = require('node:async_hooks');
    const storage = new AsyncLocalStorage();
    storage.run('adding', () => {
      parentPort.on('message', (value) => {
        parentPort.postMessage([value, String(storage.getStore())]);
        storage.run('inner', () => {});
      });
      workerData.on('message', (value) => {
        workerData.postMessage([value, String(storage.getStore())]);
        if (value === 3) { workerData.close(); parentPort.close(); }
      });
    });`;
  const { port1, port2 } = storage.run('channel', () => new api.MessageChannel());
  const worker = storage.run('worker', () => {
    return new api.Worker(body, { eval: true, workerData: port2, transferList: [port2] });
  });
  const seen = [];
  await new Promise((resolve) => {
    worker.on('message', ([value, there]) => {
      seen.push(`${value} ${there} ${storage.getStore()}`);
      if (value === 2) port1.postMessage(3);
    });
    port1.on('message', ([value, there]) => seen.push(`port ${value} ${there} ${storage.getStore()}`));
    port1.on('close', resolve);
    storage.run('posting', () => {
      worker.postMessage(1);
      worker.postMessage(2);
    });
  });
  log(seen);
});
