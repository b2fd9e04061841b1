'use strict';

// synckit, whose callers sleep in Atomics.wait and take the answer by receiveMessageOnPort.

const test = require('ava');
const { carries } = require('./client');

carries(
  test,
  'answers of every kind, and files, read in one go',
  async (worker) => {
    const { createSyncFn } = require('synckit');
    const work = createSyncFn(worker('synckit.js'));
    const answers = Array.from({ length: 200 }, (_, id) => work('price', { id, lines: [['nut', id]], at: id }));
    const { total, bytes } = work('sum', new Uint8Array(100_000).fill(2));
    const shared = new SharedArrayBuffer(4);
    for (let i = 0; i < 5; i++) work('tick', shared);
    work('say', 'hello');
    return [
      answers.every(
        ({ id, at, amounts }, i) => id === i && at.getTime() === i && amounts.get('nut') === 2n * BigInt(i),
      ),
      [total, bytes.length, bytes[99_999]],
      new Int32Array(shared)[0],
      work('firstLine', worker('synckit.js')),
    ];
  },
  { seen: [true, [200_000, 100_000, 3], 5, "'use strict';"], posts: { main: 208, workers: 208 } },
);

carries(
  test,
  'errors, answers that come too late, and threads that end',
  async (worker) => {
    const { createSyncFn } = require('synckit');
    const failure = (fn) => {
      try {
        return fn();
      } catch (error) {
        return [error.name, error.message, error.code ?? null, error.cause?.articles ?? null];
      }
    };
    const work = createSyncFn(worker('synckit.js'), { timeout: 1000 });
    const seen = [
      failure(() => work('fail', { message: 'no such article' })),
      failure(() => work('price', () => {})),
      failure(() => work('later', 'late', 3000)),
      work('later', 'in time', 1),
      failure(() => work('exit', 3)),
      failure(() => work('id')),
    ];
    return seen;
  },
  {
    seen: [
      ['RangeError', 'no such article', 'E_ORDER', ['screw']],
      ['DataCloneError', '() => {} could not be cloned.', 25, null],
      ['Error', 'Internal error: Atomics.wait() failed: timed-out', null, null],
      'in time',
      ['Error', 'Worker exited with code 3', null, null],
      ['Error', 'Worker exited with code 3', null, null],
    ],
    posts: { main: 5, workers: 3 },
  },
);

carries(
  test,
  'a module that cannot be loaded',
  async (worker) => {
    const { createSyncFn } = require('synckit');
    try {
      return createSyncFn(worker('missing.js'))('anything');
    } catch (error) {
      return error.code;
    }
  },
  { seen: 'MODULE_NOT_FOUND', posts: { main: 1, workers: 1 } },
);
