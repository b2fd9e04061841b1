'use strict';

// poolifier, whose pools give each thread a channel of its own, queue tasks and let threads steal them.

const test = require('ava');
const { carries } = require('./client');

for (const [kind, enableTasksQueue] of [
  ['fixed', false],
  ['fixed', true],
  ['dynamic', true],
]) {
  carries(
    test,
    `many tasks, moved bytes, shared memory and functions that are added: a ${kind} pool, ${enableTasksQueue ? 'with' : 'without'} a queue`,
    async (worker, size, queue) => {
      const { DynamicThreadPool, FixedThreadPool } = require('poolifier');
      const options = { enableTasksQueue: queue };
      const pool =
        size === 'fixed'
          ? new FixedThreadPool(2, worker('poolifier.js'), options)
          : new DynamicThreadPool(1, 2, worker('poolifier.js'), options);
      const results = await Promise.all(
        Array.from({ length: 200 }, (_, id) => pool.execute({ id, lines: [['nut', id]], at: id }, 'price')),
      );
      const mapped = await pool.mapExecute([[1, 2], [3]], 'sum');
      const bytes = new Uint8Array([1, 2, 3]);
      const { total } = await pool.execute(bytes, 'sum', undefined, [bytes.buffer]);
      const shared = new SharedArrayBuffer(4);
      await Promise.all(Array.from({ length: 20 }, () => pool.execute(shared, 'tick')));
      const added = await pool.addTaskFunction('double', (number) => number * 2);
      const seen = [
        results.every(({ id, at, isMainThread }, i) => id === i && at.getTime() === i && !isMainThread),
        results.reduce((sum, { amounts }) => sum + Number(amounts.get('nut')), 0),
        mapped.map((one) => one.total),
        [bytes.length, total, new Int32Array(shared)[0]],
        [
          added,
          await pool.execute(21, 'double'),
          await pool.removeTaskFunction('double'),
          pool.hasTaskFunction('double'),
        ],
        pool.info.executedTasks,
      ];
      await pool.destroy();
      return seen;
    },
    {
      seen: [true, 199 * 200, [3, 3], [0, 6, 20], [true, 42, true, false], 224],
      posts: { main: 224, workers: 224 },
      params: [kind, enableTasksQueue],
    },
  );
}

carries(
  test,
  'errors, aborts, results that cannot be cloned, and threads that end',
  async (worker) => {
    const { FixedThreadPool } = require('poolifier');
    const pool = new FixedThreadPool(1, worker('poolifier.js'));
    const crashed = new Promise((resolve) => pool.emitter.once('error', resolve));
    const outcome = (promise) =>
      promise.then(
        (value) => value,
        (error) => [error.name, error.message, error.code ?? null, error.cause?.articles ?? null],
      );
    const seen = [
      await outcome(pool.execute({ message: 'no such article' }, 'fail')),
      await outcome(pool.execute(null, 'missing')),
      // What has arrived of the error is another in each version of Node: the two runs are compared by what they print.
      await pool.execute(null, 'uncloneable').catch((error) => {
        console.log(error.name, error.message);
        return 'rejected';
      }),
      await outcome(pool.execute(null, 'wait', AbortSignal.timeout(50))),
    ];
    // What a thread has answered just before its end may be lost: nobody waits for it.
    pool.execute('crashed', 'crash').catch(() => {});
    seen.push((await crashed).message);
    // The pool would give a task to the thread that is about to end.
    while (!pool.info.ready) await new Promise((resolve) => setTimeout(resolve, 1));
    seen.push(typeof (await pool.execute(null, 'id')));
    await pool.destroy();
    return seen;
  },
  {
    seen: [
      ['RangeError', 'no such article', null, ['screw']],
      ['Error', "Task function 'missing' not found", null, null],
      'rejected',
      ['TimeoutError', 'The operation was aborted due to timeout', 23, null],
      'crashed',
      'number',
    ],
    posts: { main: 6, workers: 6 },
  },
);
