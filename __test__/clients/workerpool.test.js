'use strict';

// workerpool, whose requests and answers go over parentPort, with events in between.

const test = require('ava');
const { carries } = require('./client');

carries(
  test,
  'many tasks, functions that are sent along, moved bytes, shared memory and events',
  async (worker) => {
    const workerpool = require('workerpool');
    const pool = workerpool.pool(worker('workerpool.js'), { workerType: 'thread', minWorkers: 1, maxWorkers: 2 });
    const results = await Promise.all(
      Array.from({ length: 300 }, (_, id) => pool.exec('price', [{ id, lines: [['nut', id]], at: id }])),
    );
    const proxy = await pool.proxy();
    const bytes = new Uint8Array([1, 2, 3]);
    const { total } = await pool.exec('sum', [bytes], { transfer: [bytes.buffer] });
    const moved = await proxy.moved(100_000);
    const shared = new SharedArrayBuffer(4);
    await Promise.all(Array.from({ length: 20 }, () => proxy.tick(shared)));
    const steps = [];
    const last = await pool.exec('progress', [50], {
      on: ({ step, bytes: [same] }) => steps.push(step === same && step),
    });
    const seen = [
      results.every(({ id, at, isMainThread }, i) => id === i && at.getTime() === i && !isMainThread),
      results.reduce((sum, { amounts }) => sum + Number(amounts.get('nut')), 0),
      [bytes.length, total, moved.length, moved[99_999], new Int32Array(shared)[0]],
      await pool.exec((a, b) => a * b, [6, 7]),
      [last, steps.length, steps.at(0), steps.at(-1)],
      pool.stats().totalWorkers,
    ];
    await pool.terminate();
    return seen;
  },
  { seen: [true, 299 * 300, [0, 6, 100_000, 7, 20], 42, [50, 50, 1, 50], 2], posts: { main: 326, workers: 376 } },
);

carries(
  test,
  'errors, cancelled tasks, tasks that take too long, and threads that end',
  async (worker) => {
    const workerpool = require('workerpool');
    const pool = workerpool.pool(worker('workerpool.js'), { workerType: 'thread', minWorkers: 1, maxWorkers: 1 });
    const outcome = (promise) =>
      promise.then(
        (value) => value,
        (error) => [
          error.constructor.name,
          error.message.split('\n')[0],
          error.code ?? null,
          error.cause?.articles ?? null,
        ],
      );
    const seen = [
      await outcome(pool.exec('fail', [{ message: 'no such article' }])),
      await outcome(pool.exec('missing')),
      await outcome(pool.exec('uncloneable')),
    ];
    const before = await pool.exec('id');
    const cancelled = pool.exec('cancellable');
    setTimeout(() => cancelled.cancel(), 50);
    seen.push(await outcome(cancelled), (await pool.exec('id')) === before);
    seen.push(await outcome(pool.exec('wait').timeout(50)), (await pool.exec('id')) === before);
    seen.push(await outcome(pool.exec('crash', ['crashed'])), await outcome(pool.exec('exit', [3])));
    seen.push((await pool.exec('price', [{ id: 5, lines: [], at: 0 }])).id);
    const waiting = outcome(pool.exec('wait'));
    await pool.terminate(true);
    seen.push(await waiting);
    return seen;
  },
  {
    seen: [
      ['Error', 'no such article', 'E_ORDER', null],
      ['Error', 'Unknown method "missing"', null, null],
      ['Error', '', null, null],
      ['Error', 'promise cancelled', null, null],
      true,
      ['Error', 'Promise timed out after 50 ms', null, null],
      false,
      ['TerminateError', 'Workerpool Worker error: crashed', null, null],
      ['TerminateError', 'Workerpool Worker terminated Unexpectedly', null, null],
      5,
      ['Error', 'Worker terminated', null, null],
    ],
    posts: { main: 14, workers: 10 },
  },
);
