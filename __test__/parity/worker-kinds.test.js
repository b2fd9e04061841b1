'use strict';

// Options of Worker, and every kind of code a worker can run: files, ES modules, data: URLs, code that knows only the built-in.

const { same } = require('../support/scenario');
const { code, fixture, whole } = require('../support/workers');

same('argv, execArgv, env, name and resourceLimits reach the worker', async (x) => {
  const body = `parentPort.postMessage([process.argv.slice(2), process.execArgv, process.env.ONLY, Object.keys(process.env).length,
    wt.resourceLimits.maxOldGenerationSizeMb, wt.resourceLimits.stackSizeMb]);`;
  const options = {
    eval: true,
    argv: ['one', 2, null],
    execArgv: ['--no-warnings', '--trace-warnings'],
    env: { ONLY: 'this' },
    name: 'named',
    resourceLimits: { maxOldGenerationSizeMb: 60, stackSizeMb: 3 },
  };
  await whole(x, new x.api.Worker(code(x.api, body), options));
});

same('execArgv is read as Node reads it', async (x) => {
  const warnings = ['--no-warnings'];
  const iterated = Object.assign([...warnings], { [Symbol.iterator]: () => ['--trace-warnings'].values() });
  const lists = [
    Object.setPrototypeOf([...warnings], null),
    iterated,
    new Proxy(warnings, {}),
    Object.defineProperty([], 0, { get: () => Object('--no-warnings'), enumerable: true }),
    { 0: '--no-warnings', length: 1 },
  ];
  const body = 'parentPort.postMessage(process.execArgv.filter((each) => each.includes("warnings")))';
  for (const execArgv of lists) {
    try {
      await whole(x, new x.api.Worker(code(x.api, body), { eval: true, execArgv }));
    } catch (error) {
      x.log(x.thrown(error));
    }
  }
});

same.inChild(
  'threads are numbered from 1 on, whatever is refused in between',
  ({ api, log, attempt }) => {
    const start = (options) => new api.Worker('', { eval: true, ...options }).threadId;
    log(start());
    log(
      attempt(() => start({ execArgv: ['--no-such-option'] })),
      attempt(() => start({ execArgv: ['--no-warnings'] })),
      attempt(() => start({ workerData: () => {} })),
      attempt(() => start()),
    );
    process.exit();
  },
  { execArgv: ['--expose-gc', '--max-old-space-size=500', '--no-warnings'] },
);

same('the execArgv of a worker that is given none', async (x) => {
  await whole(x, new x.api.Worker(code(x.api, 'parentPort.postMessage(process.execArgv)'), { eval: true }));
});

same('process.env is a copy by default, shared with SHARE_ENV', async (x) => {
  for (const env of [undefined, x.api.SHARE_ENV]) {
    process.env.PARITY_PROBE = 'before';
    const body = 'parentPort.postMessage(process.env.PARITY_PROBE); process.env.PARITY_PROBE = "after";';
    await whole(x, new x.api.Worker(code(x.api, body), { eval: true, ...(env ? { env } : {}) }));
    x.log(process.env.PARITY_PROBE);
    delete process.env.PARITY_PROBE;
  }
});

same('stdin, stdout and stderr', async (x) => {
  const body = `process.stdin.on('data', (text) => process.stdout.write('out ' + text)).on('end', () => console.error('err'));`;
  const worker = new x.api.Worker(code(x.api, body), { eval: true, stdin: true, stdout: true, stderr: true });
  const texts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) worker[stream].on('data', (text) => (texts[stream] += text));
  worker.stdin.end('text');
  await whole(x, worker);
  await x.settle();
  x.log(texts);
});

same('a worker that runs out of memory', async (x) => {
  const body = 'const all = []; for (;;) all.push(new Array(10_000).fill(0.5));';
  const options = {
    eval: true,
    resourceLimits: { maxOldGenerationSizeMb: 20, maxYoungGenerationSizeMb: 4 },
    stderr: true,
  };
  await whole(x, new x.api.Worker(code(x.api, body), options));
});

for (const name of ['echo.js', 'echo.mjs']) {
  for (const [kind, toFile] of [
    ['path', (file) => file],
    ['URL', (file) => require('node:url').pathToFileURL(file)],
  ]) {
    same(`a worker from a file: ${name} by ${kind}`, async (x) => {
      const worker = new x.api.Worker(toFile(fixture(name)), { workerData: { module: x.api.name, data: [1] } });
      const ended = whole(x, worker);
      for (const value of [1, { a: 2 }, 'end']) worker.postMessage(value);
      await ended;
    });
  }
}

same('a worker from a data: URL', async (x) => {
  const source = `import { workerData } from 'node:worker_threads';
    import { createRequire } from 'node:module';
    const { parentPort } = createRequire('file:///')(workerData.module);
    parentPort.postMessage(workerData.data);`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  await whole(x, new x.api.Worker(url, { workerData: { module: x.api.name, data: 'carried' } }));
});

same('an eval worker that is an ES module by import()', async (x) => {
  const body = `import('node:worker_threads').then((module) => {
    parentPort.postMessage([module.workerData, module.default.workerData, module.isMainThread, typeof module.parentPort.postMessage]);
  });`;
  await whole(x, new x.api.Worker(code(x.api, body), { eval: true, workerData: 'mine' }));
});

same('a worker that loads only the built-in sees its own workerData, parentPort and execArgv', async (x) => {
  const worker = new x.api.Worker(fixture('plain.mjs'), { workerData: { mine: [1] } });
  const ended = whole(x, worker);
  worker.postMessage({ to: 'the worker' });
  await ended;
});

same('a CommonJS worker that loads only the built-in', async (x) => {
  const body = `const { parentPort, workerData } = require('node:worker_threads');
    parentPort.postMessage([workerData, process.execArgv, process.argv.length]);
    parentPort.once('message', (value) => parentPort.postMessage({ echo: value }));`;
  const worker = new x.api.Worker(body, { eval: true, workerData: 'mine' });
  const ended = whole(x, worker);
  worker.postMessage(1);
  await ended;
});

same('code in a worker of the built-in', async (x) => {
  const { Worker } = require('node:worker_threads');
  const body = code(
    x.api,
    `
    parentPort.postMessage([workerData, parentPort === require('node:worker_threads').parentPort]);
    parentPort.once('message', (value) => parentPort.postMessage({ echo: value }));`,
  );
  const worker = new Worker(body, { eval: true, workerData: { a: 1 } });
  const ended = whole(x, worker);
  worker.postMessage(1);
  await ended;
});

same('a worker in a worker', async (x) => {
  const inner = code(x.api, 'parentPort.postMessage(["inner", workerData, process.execArgv])');
  const outer = `new wt.Worker(${JSON.stringify(inner)}, { eval: true, workerData: 'deep' })
    .on('message', (value) => parentPort.postMessage(value)).on('exit', (code) => parentPort.postMessage(['inner exit', code]));`;
  await whole(x, new x.api.Worker(code(x.api, outer), { eval: true }));
});

same('a worker of the built-in in a worker', async (x) => {
  const inner = `const { parentPort, workerData } = require('node:worker_threads');
    parentPort.postMessage(['inner', workerData, process.execArgv]);`;
  const outer = `new (require('node:worker_threads').Worker)(${JSON.stringify(inner)}, { eval: true, workerData: 'deep' })
    .on('message', (value) => parentPort.postMessage(value)).on('exit', (code) => parentPort.postMessage(['inner exit', code]));`;
  await whole(x, new x.api.Worker(code(x.api, outer), { eval: true }));
});

same('environment data reaches a worker', async (x) => {
  x.api.setEnvironmentData('parity', { a: 1 });
  await whole(
    x,
    new x.api.Worker(code(x.api, 'parentPort.postMessage(wt.getEnvironmentData("parity"))'), { eval: true }),
  );
  x.api.setEnvironmentData('parity', undefined);
});

same('BroadcastChannel is there', async (x) => {
  const channel = new x.api.BroadcastChannel('parity');
  const heard = new Promise((resolve) => (channel.onmessage = (event) => resolve(event.data)));
  const body = `const channel = new wt.BroadcastChannel('parity'); channel.postMessage('hello'); channel.close();`;
  await whole(x, new x.api.Worker(code(x.api, body), { eval: true }));
  // It may come before the worker's 'exit' or after it.
  x.log(await heard);
  channel.close();
});

same('a worker file that does not exist, and one that does not parse', async (x) => {
  await new Promise((resolve) => {
    const worker = new x.api.Worker('/does/not/exist.js');
    worker.on('error', ({ name, code: errorCode }) => x.log('error', name, errorCode));
    worker.on('exit', (exitCode) => resolve(x.log('exit', exitCode)));
  });
  await whole(x, new x.api.Worker('this is no JavaScript', { eval: true }));
});

same('a listener for messages that is added late gets later messages', async (x) => {
  const body = `parentPort.on('message', (value) => { parentPort.postMessage(value); if (value === 2) parentPort.close(); });`;
  const worker = new x.api.Worker(code(x.api, body), { eval: true });
  worker.once('message', (value) => {
    x.log('once', value);
    worker.on('message', (later) => x.log('on', later));
    worker.postMessage(2);
  });
  worker.postMessage(1);
  await new Promise((resolve) => worker.on('exit', resolve));
});

same.inChild('an unref’ed worker does not keep a program alive', async ({ api, log }) => {
  const worker = new api.Worker(`require(${JSON.stringify(api.name)}).parentPort.on('message', () => {})`, {
    eval: true,
  });
  worker
    .on('message', () => {})
    .on('online', () => {
      log('online');
      worker.unref();
    });
});

same.inChild(
  'an error of a worker that nobody listens for is an uncaught error here',
  ({ api, log }) => {
    process.on('exit', (code) => log('exit', code));
    new api.Worker(`require(${JSON.stringify(api.name)}); throw new RangeError('nobody listens')`, { eval: true });
  },
  { also: ({ stderr }) => ({ told: /RangeError: nobody listens/.test(stderr) }) },
);

same.inChild(
  'parents that may not pass their execArgv on',
  async ({ api, log }) => {
    const body = `const { parentPort } = require(${JSON.stringify(api.name)}); parentPort.postMessage(process.execArgv);`;
    const worker = new api.Worker(body, { eval: true });
    await new Promise((resolve) =>
      worker.on('message', (value) => log(value)).on('exit', (code) => resolve(log(code))),
    );
  },
  { execArgv: ['--expose-gc', '--max-old-space-size=500', '--no-warnings'] },
);

same.inChild(
  'preloads by NODE_OPTIONS and --require run in a worker',
  async ({ api, log }) => {
    const body = `const { parentPort, workerData } = require(${JSON.stringify(api.name)}); parentPort.postMessage([globalThis.preloaded, workerData]);`;
    const worker = new api.Worker(body, { eval: true, workerData: 'mine' });
    await new Promise((resolve) =>
      worker.on('message', (value) => log(value)).on('exit', (code) => resolve(log(code))),
    );
  },
  { env: { NODE_OPTIONS: `--require ${JSON.stringify(fixture('preload.js'))}` } },
);

same.inChild('process.exit() in the parent ends with its workers running', ({ api, log }) => {
  const worker = new api.Worker(`require(${JSON.stringify(api.name)}).parentPort.postMessage(1); for (;;);`, {
    eval: true,
  });
  process.on('exit', (code) => log('exit', code));
  worker.on('message', () => process.exit(3));
});
