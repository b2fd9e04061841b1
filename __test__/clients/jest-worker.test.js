'use strict';

// jest-worker, as Jest and bundlers use it: requests and answers over parentPort, with messages of the worker's in between.

const test = require('ava');
const { carries } = require('./client');

carries(
  test,
  'many tasks, a thread for each key, messages in between, setup and teardown',
  async (worker) => {
    const { Worker } = require('jest-worker');
    const farm = new Worker(worker('jest-worker.js'), {
      enableWorkerThreads: true,
      numWorkers: 2,
      exposedMethods: ['price', 'sum', 'tick', 'started', 'progress', 'odd', 'id'],
      setupArgs: [new Map([['a', 1n]])],
      computeWorkerKey: (method, key) => (method === 'id' ? key : null),
    });
    farm.getStdout().pipe(process.stdout);
    const results = await Promise.all(
      Array.from({ length: 300 }, (_, id) => farm.price({ id, lines: [['nut', id]], at: id })),
    );
    const { total, bytes } = await farm.sum(new Uint8Array(100_000).fill(1));
    const shared = new SharedArrayBuffer(4);
    await Promise.all(Array.from({ length: 20 }, () => farm.tick(shared)));
    const keys = await Promise.all(['a', 'b', 'a', 'b', 'a'].map((key) => farm.id(key)));
    const messages = [];
    const hear = (promise) => {
      promise.UNSTABLE_onCustomMessage((message) => messages.push(message));
      return promise;
    };
    const last = await hear(farm.progress(50));
    await hear(farm.odd());
    const seen = [
      results.every(({ id, at, isMainThread }, i) => id === i && at.getTime() === i && !isMainThread),
      results.reduce((sum, { amounts }) => sum + Number(amounts.get('nut')), 0),
      [total, bytes.length, bytes[99_999], new Int32Array(shared)[0]],
      [keys[0] === keys[2] && keys[2] === keys[4], keys[1] === keys[3], keys[0] === keys[1]],
      (await farm.started())[0].get('a') === 1n,
      [last, messages.length, messages[49].step, messages[49].of.has(50), Object.keys(messages[50])],
    ];
    return [...seen, await farm.end()];
  },
  {
    seen: [
      true,
      299 * 300,
      [100_000, 100_000, 2, 20],
      [true, true, false],
      true,
      [50, 51, 50, true, ['a']],
      { forceExited: false },
    ],
    posts: { main: 330, workers: 380 },
  },
);

carries(
  test,
  'errors, results that cannot be cloned, and threads that end',
  async (worker) => {
    const { Worker } = require('jest-worker');
    const farm = new Worker(worker('jest-worker.js'), {
      enableWorkerThreads: true,
      numWorkers: 1,
      maxRetries: 0,
      exposedMethods: ['fail', 'price', 'uncloneable', 'crash', 'exit', 'id'],
    });
    const outcome = (promise) =>
      promise.then(
        (value) => value,
        (error) => [error.name, error.message, error.code ?? null, error.type ?? null],
      );
    const seen = [
      await outcome(farm.fail({ message: 'no such article' })),
      Object.keys(await farm.uncloneable()),
      await outcome(farm.crash('crashed')),
      await outcome(farm.exit(3)),
      typeof (await farm.id()),
    ];
    return [...seen, await farm.end()];
  },
  {
    seen: [
      ['RangeError', 'no such article', 'E_ORDER', 'RangeError'],
      [],
      ['Error', 'Call retries were exceeded', null, 'WorkerError'],
      ['Error', 'Call retries were exceeded', null, 'WorkerError'],
      'number',
      { forceExited: false },
    ],
    posts: { main: 5, workers: 3 },
  },
);
