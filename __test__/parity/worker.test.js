'use strict';

// Worker, parentPort, workerData: used as the built-in's are, in every kind of worker.

const { same, stricter } = require('../support/scenario');
const { code, start, whole } = require('../support/workers');

/** A scenario: an eval worker with `body`, its `options`, what is done with it, and everything seen. */
const evaluated = (title, body, { options = {}, run = () => {} } = {}) =>
  same(title, async (x) => {
    const worker = new x.api.Worker(code(x.api, body), { eval: true, ...options });
    const ended = whole(x, worker);
    await run(worker, x);
    await ended;
  });

evaluated(
  'a worker gets workerData and answers',
  'parentPort.postMessage([workerData, wt.isMainThread, wt.threadId > 0])',
  {
    options: { workerData: { a: [1, new Map([[1, 2]])], date: new Date(5) } },
  },
);

for (const data of [undefined, null, 0, 'text', false, 5n, [1, 2]]) {
  evaluated(`workerData ${String(data)} (${typeof data})`, 'parentPort.postMessage([workerData])', {
    options: { workerData: data },
  });
}

evaluated('workerData is null when none is given', 'parentPort.postMessage([workerData])');

evaluated(
  'messages posted before the worker is up wait, and come in order',
  `
  let left = 100;
  const seen = [];
  parentPort.on('message', (value) => {
    seen.push(value);
    if (--left > 0) return;
    parentPort.postMessage(seen);
    parentPort.close();
  });`,
  {
    run: (worker) => {
      for (let number = 0; number < 100; number++) worker.postMessage(number);
    },
  },
);

evaluated(
  'everything posted before the end arrives before exit',
  `
  for (let number = 0; number < 500; number++) parentPort.postMessage(number);`,
);

evaluated(
  'what is posted in process.on("exit") arrives before exit',
  `
  parentPort.postMessage('before');
  process.on('exit', (code) => parentPort.postMessage(['from exit', code]));`,
);

evaluated(
  'what is posted before process.exit() arrives',
  `
  process.on('exit', (code) => parentPort.postMessage(['from exit', code]));
  parentPort.postMessage('before');
  process.exit(7);`,
);

evaluated(
  'a worker that throws posts, errs and exits',
  `
  process.on('exit', () => parentPort.postMessage('from exit'));
  parentPort.postMessage('before');
  parentPort.on('message', () => {});
  throw Object.assign(new RangeError('thrown'), { code: 'E_MINE' });`,
);

stricter(
  'messages come before error, error before exit',
  {
    why: 'the built-in’s error may overtake messages',
    expected: Array(10).fill(['first', 'second', 'from exit', 'error thrown', 'exit 1']),
  },
  async ({ api, log }) => {
    const body = `parentPort.postMessage('first'); parentPort.on('message', () => {}); parentPort.postMessage('second');
      process.on('exit', () => parentPort.postMessage('from exit'));
      throw new RangeError('thrown');`;
    for (let turn = 0; turn < 10; turn++) {
      const seen = [];
      const worker = new api.Worker(code(api, body), { eval: true });
      worker.on('message', (value) => seen.push(value)).on('error', ({ message }) => seen.push(`error ${message}`));
      await new Promise((resolve) => worker.on('exit', (exitCode) => resolve(seen.push(`exit ${exitCode}`))));
      log(seen);
    }
  },
);

evaluated(
  'a rejected promise is the worker’s error',
  `
  parentPort.postMessage('before');
  Promise.reject(new TypeError('rejected'));`,
);

for (const thrown of ['null', 'undefined', '5', '"text"', '{ a: 1 }', 'Symbol("s")', '() => {}']) {
  same(`a worker that throws ${thrown}`, async ({ api, log, settle }) => {
    const worker = new api.Worker(code(api, `throw (${thrown});`), { eval: true });
    await new Promise((resolve) => {
      worker.on('error', (error) =>
        log('error', typeof error, error?.message, typeof error !== 'object' && String(error)),
      );
      worker.on('exit', (exitCode) => resolve(log('exit', exitCode)));
    });
    await settle();
  });
}

evaluated(
  'an error in a listener of parentPort',
  `
  parentPort.on('message', (value) => { parentPort.postMessage(['got', value]); throw new Error('thrown'); });`,
  {
    run: (worker) => worker.postMessage(1),
  },
);

evaluated(
  'uncaughtException can be handled in a worker',
  `
  process.on('uncaughtException', (error) => { parentPort.postMessage(error.message); parentPort.close(); });
  parentPort.on('message', () => { throw new Error('thrown'); });`,
  {
    run: (worker) => worker.postMessage(1),
  },
);

evaluated('parentPort.close() ends a worker', `parentPort.on('message', () => parentPort.close());`, {
  run: (worker) => worker.postMessage(1),
});

evaluated(
  'parentPort.unref() lets a worker end',
  `parentPort.on('message', () => {}); parentPort.unref(); parentPort.postMessage('up');`,
);

evaluated(
  'removing the last listener of parentPort lets a worker end',
  `
  parentPort.once('message', (value) => parentPort.postMessage(['got', value]));`,
  {
    run: (worker) => worker.postMessage(1),
  },
);

evaluated(
  'parentPort is a MessagePort',
  `
  parentPort.postMessage([parentPort instanceof wt.MessagePort, parentPort instanceof EventTarget, parentPort.hasRef(),
    wt.receiveMessageOnPort(parentPort), parentPort === require(${JSON.stringify('node:worker_threads')}).parentPort || true]);`,
);

evaluated(
  'parentPort in both listener styles',
  `
  parentPort.onmessage = (event) => parentPort.postMessage(['attribute', event.data, event.target === parentPort]);
  parentPort.addEventListener('message', (event) => parentPort.postMessage(['target', event.data]));
  parentPort.on('message', (value) => { parentPort.postMessage(['emitter', value]); parentPort.close(); });`,
  {
    run: (worker) => worker.postMessage(1),
  },
);

evaluated(
  'receiveMessageOnPort on parentPort',
  `
  const seen = [];
  const take = () => {
    for (let taken; (taken = wt.receiveMessageOnPort(parentPort)); ) seen.push(taken.message);
    if (seen.length < 3) return setImmediate(take);
    parentPort.postMessage(seen);
  };
  take();`,
  {
    run: (worker) => [1, 2, 3].map((value) => worker.postMessage(value)),
  },
);

evaluated(
  'transferred buffers go both ways',
  `
  parentPort.once('message', ({ buffer }) => parentPort.postMessage({ buffer, bytes: new Uint8Array(buffer) }, [buffer]));`,
  {
    run: (worker, { log }) => {
      const { buffer } = Uint8Array.of(1, 2, 3);
      worker.postMessage({ buffer }, [buffer]);
      log(buffer.byteLength);
    },
  },
);

same('ports in workerData, by transferList', async (x) => {
  const [port, peer] = x.open();
  peer.postMessage('queued');
  const body = `workerData.port.on('message', (value) => {
    workerData.port.postMessage(['got', value, workerData.port instanceof wt.MessagePort]);
    if (value === 'end') workerData.port.close();
  });`;
  const options = { eval: true, workerData: { port }, transferList: [port] };
  const worker = new x.api.Worker(code(x.api, body), options);
  const ended = whole(x, worker);
  const closed = new Promise((resolve) => peer.on('close', resolve));
  const got = [];
  peer.on('message', (value) => got.push(value));
  peer.postMessage('end');
  // Which of the two is heard first is a race.
  await Promise.all([ended, closed]);
  x.log(got);
});

same('ports through worker.postMessage, and on from worker to worker', async (x) => {
  const [port, peer] = x.open();
  const forward = `parentPort.once('message', ({ port, next }) => {
    if (next) next.postMessage({ port }, [port]);
    else { port.postMessage('at the end'); port.close(); }
  });`;
  const reach = `parentPort.once('message', ({ from }) => from.once('message', ({ port }) => {
    port.postMessage('from the second worker');
    port.close();
  }));`;
  const { port1, port2 } = new x.api.MessageChannel();
  const [first, second] = [forward, reach].map((body) => new x.api.Worker(code(x.api, body), { eval: true }));
  const ended = [first, second].map((worker) => new Promise((resolve) => worker.on('exit', resolve)));
  const closed = new Promise((resolve) => peer.on('close', resolve));
  peer.on('message', (value) => x.log(value));
  second.postMessage({ from: port2 }, [port2]);
  first.postMessage({ port, next: port1 }, [port, port1]);
  await closed;
  x.log(await Promise.all(ended));
});

same('workerData is refused as a message is', (x) => {
  const [port] = x.open();
  for (const [workerData, transferList] of [
    [{ port }],
    [{ fn() {} }],
    [1, [5]],
    [1, 5],
    [1, [port, port]],
    [port, []],
  ]) {
    x.log(start(x, '', { eval: true, workerData, transferList }));
  }
});

same('the constructor’s errors', (x) => {
  const { api, log, attempt } = x;
  log(attempt(() => api.Worker('', { eval: true })));
  for (const file of [undefined, null, 5, {}, './', 'relative.js', 'http://a/b.js', new URL('http://a/b.js')]) {
    log(start(x, file));
  }
  log(start(x, new URL('data:text/javascript,'), { eval: true }));
  for (const argv of [5, 'x', {}]) log(start(x, '', { eval: true, argv }));
  for (const execArgv of [5, 'x', ['--no-such-option'], ['--expose-gc'], ['--max-old-space-size=100']]) {
    log(start(x, '', { eval: true, execArgv }));
  }
  for (const env of [5, 'x', null, true]) log(start(x, '', { eval: true, env }));
  for (const name of [5, {}]) log(start(x, '', { eval: true, name }));
  for (const resourceLimits of [5, 'x']) log(start(x, '', { eval: true, resourceLimits }));
});

same('worker.postMessage refuses as a port does', async ({ api, log, attempt }) => {
  const worker = new api.Worker(code(api, 'parentPort.once("message", () => {})'), { eval: true });
  const buffer = new ArrayBuffer(4);
  log(
    attempt(() => worker.postMessage()),
    attempt(() => worker.postMessage(() => {})),
    attempt(() => worker.postMessage(1, 5)),
  );
  log(
    attempt(() => worker.postMessage(1, [{}])),
    attempt(() => worker.postMessage(() => {}, [buffer])),
    buffer.byteLength,
  );
  log(
    attempt(() => worker.postMessage({ ok: true }, { transfer: [buffer] })),
    buffer.byteLength,
  );
  await new Promise((resolve) => worker.once('exit', resolve));
  log(
    attempt(() => worker.postMessage(1)),
    attempt(() => worker.postMessage(() => {})),
    worker.threadId,
  );
});

same('a worker’s own surface', async ({ api, log }) => {
  const builtIn = require('node:worker_threads');
  const worker = new api.Worker(code(api, 'parentPort.once("message", () => {})'), { eval: true, name: 'mine' });
  log(worker instanceof api.Worker, worker instanceof builtIn.Worker, worker instanceof require('node:events'));
  log(api.Worker.name, api.Worker.length, worker.threadId > 0, typeof worker.resourceLimits.maxOldGenerationSizeMb);
  log([worker.stdin, worker.stdout === null, worker.stderr === null, typeof worker.performance.eventLoopUtilization]);
  log(worker.ref(), worker.unref(), worker.ref());
  await new Promise((resolve) => worker.once('online', resolve));
  const ended = new Promise((resolve) => worker.once('exit', (...values) => resolve(values)));
  worker.postMessage(1);
  log(await ended, worker.threadId, worker.resourceLimits);
});

same('terminate() gives the exit code, and undefined afterwards', async ({ api, log }) => {
  const worker = new api.Worker('setInterval(() => {}, 1000)', { eval: true });
  await new Promise((resolve) => worker.once('online', resolve));
  worker.on('exit', (exitCode) => log('exit', exitCode));
  log(await worker.terminate(), await worker.terminate(), worker.threadId);
});

same('terminate() in a busy loop, after it has posted', async ({ api, log }) => {
  const worker = new api.Worker(code(api, 'parentPort.postMessage("up"); for (;;);'), { eval: true });
  await new Promise((resolve) => worker.once('message', (value) => resolve(log(value))));
  log(await worker.terminate());
});

same('terminate() at once', async ({ api, log }) => {
  const worker = new api.Worker('for (;;);', { eval: true });
  worker.on('message', () => log('never')).on('error', () => log('never'));
  log(await worker.terminate());
});

same('messages for a worker without a listener are lost', async (x) => {
  const worker = new x.api.Worker(code(x.api, 'parentPort.postMessage(1)'), { eval: true });
  await new Promise((resolve) => worker.once('exit', resolve));
  worker.on('message', () => x.log('never'));
  await x.settle();
});
