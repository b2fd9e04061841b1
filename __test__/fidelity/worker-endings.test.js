'use strict';

// How workers end, and what is heard of it here, in which order.

const test = require('ava');
const ferroport = require('../..');
const { same, where } = require('../support/scenario');
const { code, whole } = require('../support/workers');

/** What code in a worker does that ends it; each is watched to its end. */
const ENDINGS = {
  'its exit handlers run in order, and can still post': `
    process.on('exit', (code) => parentPort.postMessage(['first', code]));
    process.on('exit', (code) => { parentPort.postMessage(['second', code, process.exitCode]); });
    process.exitCode = 7;`,
  'process.exit() runs its exit handlers, and nothing after it': `
    process.on('exit', (code) => parentPort.postMessage(['exit', code]));
    parentPort.postMessage('before');
    process.exit(5);
    parentPort.postMessage('after');`,
  'process.exit() in a listener of parentPort': `
    process.on('exit', (code) => parentPort.postMessage(['exit', code]));
    parentPort.on('message', () => process.exit(3));`,
  'process.exit() in an exit handler': `
    process.on('exit', () => process.exit(9));
    process.on('exit', () => parentPort.postMessage('never'));`,
  'an exit handler that throws': `
    process.on('exit', () => { throw new RangeError('thrown at exit'); });`,
  'an exit handler whose posts get no answer': `
    parentPort.on('message', (value) => parentPort.postMessage(value)).unref();
    process.on('exit', () => { parentPort.postMessage('asked'); });`,
  'beforeExit can go on': `
    let times = 0;
    process.on('beforeExit', () => { if (times++ < 2) setImmediate(() => parentPort.postMessage(times)); });`,
  'a listener of parentPort that throws': `
    parentPort.on('message', () => { throw new TypeError('thrown by a listener'); });
    process.on('exit', (code) => parentPort.postMessage(['exit', code]));`,
  'a listener of parentPort that throws, where that is caught': `
    process.on('uncaughtException', (error, origin) => {
      parentPort.postMessage([error.message, origin]);
      parentPort.close();
    });
    parentPort.on('message', () => { throw new TypeError('thrown by a listener'); });`,
  'an async listener of parentPort that rejects': `
    parentPort.on('message', async () => { await null; throw new TypeError('rejected by a listener'); });`,
  'an async listener of parentPort that rejects, where that is caught': `
    for (const event of ['uncaughtException', 'unhandledRejection']) {
      process.on(event, (error) => { parentPort.postMessage([event, error.message]); parentPort.close(); });
    }
    parentPort.on('message', async () => { await null; throw new TypeError('rejected by a listener'); });`,
  'a promise that nobody handles': `
    parentPort.on('message', () => { Promise.reject(new RangeError('nobody handles')); });`,
  'a promise that nobody handles, where that is caught': `
    process.on('unhandledRejection', (error) => { parentPort.postMessage(error.message); parentPort.close(); });
    parentPort.on('message', () => { Promise.reject(new RangeError('nobody handles')); });`,
  'a timer that throws after posts': `
    parentPort.postMessage(1);
    setTimeout(() => { parentPort.postMessage(2); throw new Error('thrown by a timer'); }, 1);`,
  'parentPort.close() ends it, as does unref()': `
    parentPort.on('message', (value) => parentPort.postMessage(value)).on('message', () => parentPort.unref());`,
  'a parentPort that only listens for close does not keep it': `
    parentPort.on('close', () => {});`,
};

for (const [title, body] of Object.entries(ENDINGS)) {
  same(title, async (x) => {
    const worker = new x.api.Worker(code(x.api, body), { eval: true });
    const ended = whole(x, worker);
    worker.postMessage('message');
    await ended;
  });
}

// The built-in keeps this order nearly always, so it is no oracle here.
test.serial('online comes before the first message, exit last and once', async (t) => {
  const body =
    'parentPort.postMessage(1); parentPort.postMessage(2); Atomics.store(workerData, 0, 1); Atomics.notify(workerData, 0);';
  const posted = new Int32Array(new SharedArrayBuffer(4));
  const worker = new ferroport.Worker(code({ name: require.resolve('../..') }, body), {
    eval: true,
    workerData: posted,
  });
  const seen = [];
  for (const name of ['online', 'message', 'error', 'exit']) worker.on(name, () => seen.push(name));
  // So that all is there when the event loop goes on.
  t.is(Atomics.wait(posted, 0, 0, 60_000), 'ok');
  await new Promise((resolve) => worker.on('exit', resolve));
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.deepEqual(seen, ['online', 'message', 'message', 'exit']);
});

same('a listener for online that throws does not keep the messages from coming', async ({ api, log }) => {
  const body = 'parentPort.postMessage(1); parentPort.on("message", () => parentPort.close());';
  const worker = new api.Worker(code(api, body), { eval: true });
  const emit = worker.emit;
  worker.emit = function (name, ...values) {
    try {
      return Reflect.apply(emit, this, [name, ...values]);
    } catch (error) {
      log(name, error.message);
    }
  };
  worker.on('online', () => {
    throw new Error('thrown');
  });
  worker.on('message', (value) => log(value, worker.postMessage('end')));
  await new Promise((resolve) => worker.on('exit', (exitCode) => resolve(log(exitCode))));
});

same('terminate() in a listener for its messages, twice', async ({ api, log }) => {
  const body = 'parentPort.postMessage(1); parentPort.on("message", () => {});';
  const worker = new api.Worker(code(api, body), { eval: true });
  const codes = await new Promise((resolve) => {
    worker.on('message', () => resolve(Promise.all([worker.terminate(), worker.terminate()])));
    worker.on('exit', (exitCode) => log('exit', exitCode));
  });
  log(codes, await worker.terminate());
  log(worker.threadId, worker.postMessage('late'));
});

same('terminate() ends the workers of a worker, three deep', async ({ api, log }) => {
  const ports = [];
  const deep = (depth) =>
    code(
      api,
      depth === 0
        ? 'workerData.postMessage("up"); setInterval(() => {}, 1000);'
        : `new wt.Worker(${JSON.stringify(deep(depth - 1))}, { eval: true, workerData, transferList: [workerData] });`,
    );
  const { port1, port2 } = new api.MessageChannel();
  ports.push(port1);
  const worker = new api.Worker(deep(2), { eval: true, workerData: port2, transferList: [port2] });
  await new Promise((resolve) => port1.once('message', (value) => resolve(log(value))));
  const closed = new Promise((resolve) => port1.on('close', resolve));
  log(await worker.terminate());
  await closed;
});

same('messages, errors and exit codes come up from three deep', async ({ api, log, thrown }) => {
  const inner = code(
    api,
    `parentPort.on('message', (value) => {
      parentPort.postMessage({ deepest: value, workerData });
      if (value === 'throw') throw new RangeError('deep');
    });`,
  );
  const hand = (below, data) =>
    code(
      api,
      `const worker = new wt.Worker(${JSON.stringify(below)}, { eval: true, workerData: [${data}, workerData] });
      parentPort.on('message', (value) => worker.postMessage(value));
      worker.on('message', (value) => parentPort.postMessage(value));
      worker.on('error', (error) => {
        parentPort.postMessage([error.name, error.message]);
        if (${data} === 1) throw error;
      });
      worker.on('exit', (code) => { parentPort.postMessage(['exit', code]); process.exitCode = code + 1; parentPort.close(); });`,
    );
  const worker = new api.Worker(hand(hand(inner, 2), 1), { eval: true, workerData: 0 });
  // With the built-in, an error may overtake messages.
  const seen = [];
  worker.on('message', (value) => seen.push(JSON.stringify(value)));
  worker.on('error', (error) => log('error', thrown(error)));
  const ended = new Promise((resolve) => worker.on('exit', (exitCode) => resolve(log('exit', exitCode))));
  for (const value of [1, { a: [2] }, 'throw']) worker.postMessage(value);
  await ended;
  log(seen.sort());
});

where(Symbol.asyncDispose !== undefined && Symbol.asyncDispose in require('node:worker_threads').Worker.prototype).same(
  'Symbol.asyncDispose ends a worker',
  async ({ api, log }) => {
    const worker = new api.Worker(code(api, 'parentPort.on("message", () => {});'), { eval: true });
    worker.on('exit', (exitCode) => log('exit', exitCode));
    log(await worker[Symbol.asyncDispose]());
    log(worker.threadId, await worker[Symbol.asyncDispose]());
  },
);
