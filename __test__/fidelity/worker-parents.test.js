'use strict';

// Workers and the program that starts them: what keeps it alive, what its listeners throw, what goes to its streams.

const { same, where } = require('../support/scenario');

same.inChild('an unref’ed worker that is ref’ed again keeps a program alive', ({ api, log }) => {
  const body = `const { parentPort } = require(${JSON.stringify(api.name)}); setTimeout(() => parentPort.postMessage('late'), 100);`;
  const worker = new api.Worker(body, { eval: true });
  worker.unref();
  worker.unref();
  log(worker.ref());
  worker.on('message', (value) => log(value));
  worker.on('exit', (code) => log('exit', code));
});

same.inChild('a listener for messages that was there before unref() does not keep a program alive', ({ api, log }) => {
  process.on('exit', (code) => log('exit', code));
  const body = `require(${JSON.stringify(api.name)}).parentPort.on('message', () => {});`;
  const worker = new api.Worker(body, { eval: true });
  worker.on('message', () => {}).on('exit', () => log('never'));
  worker.unref();
  worker.on('messageerror', () => {});
});

same.inChild('a listener for messages that is added after unref() keeps a program alive', ({ api, log }) => {
  process.on('exit', (code) => log('exit', code));
  const body = `require(${JSON.stringify(api.name)}).parentPort.on('message', () => {});`;
  const worker = new api.Worker(body, { eval: true });
  worker.unref();
  worker.on('message', () => {});
  setTimeout(() => {
    log('alive');
    process.exit(4);
  }, 300).unref();
});

same.inChild('a worker that was terminated, or has ended, can be ref’ed and unref’ed', async ({ api, log }) => {
  const worker = new api.Worker(`require(${JSON.stringify(api.name)})`, { eval: true });
  await new Promise((resolve) => worker.on('exit', resolve));
  log(worker.ref(), worker.unref(), worker.ref());
});

same.inChild('a listener for a worker’s messages that throws, and an async one', async ({ api, log }) => {
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error, origin) => log(event, error.message, typeof origin));
  }
  const body = `const { parentPort } = require(${JSON.stringify(api.name)}); for (let i = 1; i <= 4; i++) parentPort.postMessage(i);
    parentPort.on('message', () => parentPort.close());`;
  const worker = new api.Worker(body, { eval: true });
  worker.on('message', (value) => {
    log(value);
    process.nextTick(() => log('tick', value));
    if (value === 4) setImmediate(() => worker.postMessage('end'));
    if (value === 2) throw new Error('thrown');
  });
  worker.on('message', async (value) => {
    log('second', value);
    if (value === 3) throw new Error('rejected');
  });
  worker.on('exit', (code) => log('exit', code));
});

same.inChild('an uncaught exception of a listener ends the program, with its workers', ({ api, log }) => {
  process.on('exit', (code) => log('exit', code));
  const body = `const { parentPort } = require(${JSON.stringify(api.name)}); parentPort.postMessage(1); setInterval(() => {}, 1000);`;
  const worker = new api.Worker(body, { eval: true });
  worker.on('message', (value) => {
    log(value);
    throw new Error('thrown');
  });
});

same.inChild('captureRejections turns what an async listener rejects with into an error', async ({ api, log }) => {
  require('node:events').captureRejections = true;
  // It ends when the error has been heard: nobody hears of what is rejected after that.
  const body = `const { parentPort } = require(${JSON.stringify(api.name)});
    parentPort.once('message', () => {});
    parentPort.postMessage(1);`;
  const worker = new api.Worker(body, { eval: true });
  worker.on('message', async () => {
    throw new Error('rejected');
  });
  worker.on('error', (error) => {
    log('error', error.message);
    worker.postMessage('heard');
  });
  worker.on('exit', (code) => log('exit', code));
});

same.inChild('process emits worker for each', async ({ api, log }) => {
  process.on('worker', (worker) => log('worker', worker instanceof api.Worker, worker.threadId));
  const body = `require(${JSON.stringify(api.name)})`;
  for (let i = 0; i < 2; i++) {
    const worker = new api.Worker(body, { eval: true });
    await new Promise((resolve) => worker.on('exit', (code) => resolve(log(code))));
  }
});

same.inChild(
  'what workers write comes to the program’s streams, what exit handlers write included',
  async ({ api, log }) => {
    const body = `const { parentPort } = require(${JSON.stringify(api.name)});
    console.log('log');
    console.error('error');
    process.on('exit', () => process.stdout.write('at exit\\n'));
    parentPort.on('message', (value) => { process.stdout.write(value + '\\n'); parentPort.close(); });`;
    const worker = new api.Worker(body, { eval: true });
    worker.postMessage('message');
    await new Promise((resolve) => worker.on('exit', (code) => resolve(log(code))));
  },
  { also: ({ stdout, stderr }) => ({ stdout, stderr }) },
);

same.inChild('stdin that is never written to, and large output', async ({ api, log }) => {
  const body = `require(${JSON.stringify(api.name)});
    let text = '';
    process.stdin.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => {
      process.stdout.write(text.length + ':' + 'x'.repeat(300000));
    });`;
  for (const input of [[], ['a'.repeat(100000), 'b'.repeat(100000)]]) {
    const worker = new api.Worker(body, { eval: true, stdin: true, stdout: true });
    let length = 0;
    let start = '';
    worker.stdout.setEncoding('utf8').on('data', (chunk) => {
      length += chunk.length;
      start = (start + chunk).slice(0, 8);
    });
    for (const chunk of input) worker.stdin.write(chunk);
    worker.stdin.end();
    await new Promise((resolve) => worker.on('exit', (code) => resolve(log(code))));
    log(length, start);
  }
});

same.inChild('an environment that is shared, written from both sides', async ({ api, log }) => {
  const body = `const { parentPort, Worker, SHARE_ENV } = require(${JSON.stringify(api.name)});
    parentPort.on('message', (name) => {
      parentPort.postMessage([process.env[name], Object.keys(process.env).includes(name)]);
      process.env.FROM_WORKER = 'set there';
      delete process.env[name];
      parentPort.postMessage('done');
      parentPort.close();
    });`;
  const worker = new api.Worker(body, { eval: true, env: api.SHARE_ENV });
  process.env.FROM_PARENT = 'set here';
  worker.on('message', (value) => log(value));
  worker.postMessage('FROM_PARENT');
  await new Promise((resolve) => worker.on('exit', resolve));
  log(process.env.FROM_WORKER, process.env.FROM_PARENT);
});

where(typeof require('node:worker_threads').postMessageToThread === 'function').same.inChild(
  'postMessageToThread reaches workers, and their parent',
  async ({ api, log }) => {
    const body = `const { parentPort, postMessageToThread } = require(${JSON.stringify(api.name)});
      process.on('workerMessage', (value, source) => {
        parentPort.postMessage(['inside', value, source]);
        postMessageToThread(source, ['answer', value]).then(() => parentPort.close());
      });
      parentPort.on('message', () => {});
      parentPort.postMessage('up');`;
    const seen = [];
    const worker = new api.Worker(body, { eval: true });
    process.on('workerMessage', (value, source) => seen.push(['here', value, source === worker.threadId]));
    worker.on('message', (value) => {
      seen.push(value);
      if (value === 'up') api.postMessageToThread(worker.threadId, { a: 1 });
    });
    await new Promise((resolve) => worker.on('exit', (code) => resolve(log(code))));
    // They come by two ways.
    log(seen.map((each) => JSON.stringify(each)).sort());
  },
);
