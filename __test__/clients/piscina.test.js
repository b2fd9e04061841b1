'use strict';

// Piscina, a pool whose threads sleep in Atomics.wait, take tasks by receiveMessageOnPort, or listen, as it is told.

const test = require('ava');
const { carries } = require('./client');

for (const atomics of ['sync', 'async', 'disabled']) {
  carries(
    test,
    `many tasks, atomics: ${atomics}`,
    async (worker, mode) => {
      const { Piscina } = require('piscina');
      const pool = new Piscina({
        filename: worker('piscina.js'),
        atomics: mode,
        maxThreads: 2,
        concurrentTasksPerWorker: 2,
      });
      const tasks = Array.from({ length: 300 }, (_, id) =>
        pool.run(
          {
            id,
            lines: [
              ['nut', id],
              ['bolt', 2],
            ],
            at: id * 1000,
          },
          { name: 'price' },
        ),
      );
      const results = await Promise.all(tasks);
      const seen = [
        results.every(({ id, at, isMainThread }, i) => id === i && at.getTime() === i * 1000 && !isMainThread),
        results.reduce((sum, { amounts }) => sum + Number(amounts.get('nut') + amounts.get('bolt')), 0),
        pool.completed,
        pool.histogram.runTime.max >= 0,
      ];
      await pool.close();
      return seen;
    },
    { seen: [true, 299 * 300 + 6 * 300, 300, true], posts: { main: 302, workers: 302 }, params: [atomics] },
  );

  carries(
    test,
    `buffers, ports and shared memory, atomics: ${atomics}`,
    async (worker, mode) => {
      const { Piscina } = require('piscina');
      const { once } = require('node:events');
      const pool = new Piscina({
        filename: worker('piscina.js'),
        atomics: mode,
        minThreads: 1,
        maxThreads: 1,
        workerData: { since: new Date(5) },
      });
      const bytes = new Uint8Array([1, 2, 3]);
      const moved = await pool.run(bytes, { name: 'sum', transferList: [bytes.buffer] });
      const list = await pool.run(Piscina.move(new Uint8Array(4).fill(2)), { name: 'sum' });
      const result = await pool.run(100_000, { name: 'moved' });
      const shared = new SharedArrayBuffer(4);
      await Promise.all(Array.from({ length: 20 }, () => pool.run(shared, { name: 'tick' })));
      const seen = [
        bytes.length,
        moved.total,
        [...moved.bytes],
        list.total,
        result.length,
        result[99_999],
        new Int32Array(shared)[0],
        (await pool.run(null, { name: 'data' })).since.getTime(),
      ];
      const { port1, port2 } = new MessageChannel();
      port1.postMessage('early');
      seen.push(await pool.run(port2, { name: 'converse', transferList: [port2] }));
      // While a task is waited for in Atomics.wait, no port of the thread is listened to.
      if (mode === 'sync') {
        port1.close();
      } else {
        port1.on('message', ({ answer }) => seen.push(answer));
        port1.postMessage('bye');
        await once(port1, 'close');
      }
      await pool.destroy();
      return seen;
    },
    {
      seen: [0, 6, [2, 3, 4], 8, 100_000, 7, 20, 5, 'listening', ...(atomics === 'sync' ? [] : ['early', 'bye'])],
      posts: { main: 26, workers: 26 },
      params: [atomics],
    },
  );

  carries(
    test,
    `errors, aborts and threads that end, atomics: ${atomics}`,
    async (worker, mode) => {
      const { Piscina } = require('piscina');
      const pool = new Piscina({ filename: worker('piscina.js'), atomics: mode, minThreads: 1, maxThreads: 1 });
      const errors = [];
      pool.on('error', (error) => errors.push(error.message));
      const rejection = (name, task, options) =>
        pool.run(task, { name, ...options }).then(
          () => 'no error',
          (error) => [error.name, error.message, error.cause?.articles ?? null, error.code ?? null],
        );
      const seen = [
        await rejection('fail', { message: 'no such article' }),
        await rejection('price', () => {}),
        await rejection('missing', 1).then(([, message]) => message.replace(/ from .*/, '')),
      ];
      const abort = new AbortController();
      const aborted = rejection('wait', null, { signal: abort.signal });
      setTimeout(() => abort.abort(), 50);
      seen.push(await aborted, await rejection('exit', 3));
      seen.push((await pool.run({ id: 1, lines: [], at: 0 }, { name: 'price' })).id);
      const waiting = rejection('wait', null);
      await pool.destroy();
      seen.push(await waiting, errors);
      return seen;
    },
    {
      seen: [
        ['RangeError', 'no such article', ['screw'], null],
        ['DataCloneError', '() => {} could not be cloned.', null, 25],
        'No handler function exported',
        ['AbortError', 'The task has been aborted', null, null],
        ['Error', 'worker exited with code: 3', null, null],
        1,
        ['Error', 'Terminating worker thread', null, null],
        [],
      ],
      posts: { main: 7, workers: 4 },
      params: [atomics],
    },
  );
}

carries(
  test,
  'a result that cannot be cloned ends its thread, and the pool goes on',
  async (worker) => {
    const { Piscina } = require('piscina');
    const pool = new Piscina({ filename: worker('piscina.js'), maxThreads: 1 });
    // What has arrived of the error is another in each version of Node: the two runs are compared by what they print.
    const failed = await pool.run(null, { name: 'uncloneable' }).catch((error) => {
      console.log(error.name, error.message);
      return 'rejected';
    });
    const seen = [failed, (await pool.run(new Uint8Array([4]), { name: 'sum' })).total];
    await pool.close();
    return seen;
  },
  { seen: ['rejected', 4], posts: { main: 4, workers: 3 } },
);
