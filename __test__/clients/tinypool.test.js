'use strict';

// Tinypool, whose threads listen, or sleep in Atomics.wait and take tasks by receiveMessageOnPort.

const test = require('ava');
const { carries } = require('./client');

for (const useAtomics of [false, true]) {
  carries(
    test,
    `many tasks, moved bytes and shared memory, useAtomics: ${useAtomics}`,
    async (worker, atomics) => {
      const { Tinypool } = await import('tinypool');
      const pool = new Tinypool({
        filename: worker('tinypool.mjs'),
        useAtomics: atomics,
        minThreads: 2,
        maxThreads: 2,
        concurrentTasksPerWorker: 2,
      });
      const results = await Promise.all(
        Array.from({ length: 300 }, (_, id) => pool.run({ id, lines: [['bolt', id]], at: id }, { name: 'price' })),
      );
      const bytes = new Uint8Array([1, 2, 3]);
      const { total } = await pool.run(bytes, { name: 'sum', transferList: [bytes.buffer] });
      const moved = await pool.run(100_000, { name: 'moved' });
      const shared = new SharedArrayBuffer(4);
      await Promise.all(Array.from({ length: 20 }, () => pool.run(shared, { name: 'tick' })));
      const seen = [
        results.every(({ id, at, isMainThread }, i) => id === i && at.getTime() === i && !isMainThread),
        results.reduce((sum, { amounts }) => sum + Number(amounts.get('bolt')), 0),
        [bytes.length, total, moved.length, moved[99_999], new Int32Array(shared)[0]],
        [pool.completed, pool.threads.length],
      ];
      await pool.destroy();
      return seen;
    },
    {
      seen: [true, (3 * 299 * 300) / 2, [0, 6, 100_000, 7, 20], [322, 2]],
      posts: { main: 324, workers: 324 },
      params: [useAtomics],
    },
  );

  carries(
    test,
    `errors, aborts, threads that end and new ones, useAtomics: ${useAtomics}`,
    async (worker, atomics) => {
      const { Tinypool } = await import('tinypool');
      const torn = new SharedArrayBuffer(4);
      const pool = new Tinypool({
        filename: worker('tinypool.mjs'),
        useAtomics: atomics,
        minThreads: 1,
        maxThreads: 1,
        teardown: 'teardown',
        workerData: torn,
      });
      const rejection = (name, task, options) =>
        pool.run(task, { name, ...options }).then(
          () => 'no error',
          (error) => [error.name, error.message.replace(/ exported from .*/, ''), error.cause?.articles ?? null],
        );
      const seen = [
        await rejection('fail', { message: 'no such article' }),
        await rejection('price', () => {}),
        await rejection('missing', 1),
      ];
      const abort = new AbortController();
      const aborted = rejection('wait', null, { signal: abort.signal });
      setTimeout(() => abort.abort(), 50);
      seen.push(await aborted, await rejection('crash', 'crashed'));
      const first = await pool.run(null, { name: 'id' });
      await pool.recycleWorkers();
      seen.push(first !== (await pool.run(null, { name: 'id' })));
      const waiting = rejection('wait', null);
      await pool.destroy();
      seen.push(await waiting);
      seen.push(new Int32Array(torn)[0] > 0);
      return seen;
    },
    {
      seen: [
        ['RangeError', 'no such article', ['screw']],
        ['DataCloneError', '() => {} could not be cloned.', null],
        ['Error', 'No handler function "missing"', null],
        ['AbortError', 'The task has been aborted', null],
        ['RangeError', 'crashed', null],
        true,
        ['Error', 'Terminating worker thread', null],
        true,
      ],
      posts: { main: 9, workers: 6 },
      params: [useAtomics],
    },
  );
}
