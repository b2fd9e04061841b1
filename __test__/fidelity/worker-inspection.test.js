'use strict';

// What a Worker tells of its thread: its number and name, its event loop, its heap, its time; and what it tells once it has ended.

const { Worker } = require('node:worker_threads');
const { same, where } = require('../support/scenario');
const { code } = require('../support/workers');

const IDLE = 'parentPort.on("message", () => parentPort.close());';

/** Before Node 24, a profile needs a name. */
const NAMED = Number.parseInt(process.versions.node, 10) < 24;

/** A worker that waits for a message to end, once it is up. */
const started = async ({ api }, body = IDLE, options = {}) => {
  const worker = new api.Worker(code(api, body), { eval: true, ...options });
  await new Promise((resolve, reject) => worker.on('online', resolve).on('error', reject));
  return worker;
};

const ended = (worker) =>
  new Promise((resolve) => {
    worker.on('exit', resolve);
    worker.postMessage('end');
  });

const rejected = ({ thrown }, promise) => promise.then(() => 'fulfilled', thrown);

same.inChild('threadId counts up, is the same inside, and is -1 in the end', async ({ api, log }) => {
  const body = `const { parentPort, threadId } = require(${JSON.stringify(api.name)}); parentPort.postMessage(threadId);`;
  for (let i = 0; i < 3; i++) {
    const worker = new api.Worker(body, { eval: true });
    log(worker.threadId);
    await new Promise((resolve) => worker.on('message', (value) => log('inside', value)).on('exit', resolve));
    log(worker.threadId);
  }
});

where('threadName' in Worker.prototype).same('threadName, with and without the option', async (x) => {
  for (const options of [{}, { name: 'named' }, { name: '' }, { name: 'ü'.repeat(40) }]) {
    const body = 'parentPort.postMessage([wt.threadName, process.title === wt.threadName]);';
    const worker = new x.api.Worker(code(x.api, body), { eval: true, ...options });
    x.log(worker.threadName);
    await new Promise((resolve) => worker.on('message', (value) => x.log(value)).on('exit', resolve));
    x.log(worker.threadName);
  }
  x.log(x.attempt(() => new x.api.Worker('', { eval: true, name: 1 })));
});

same('performance.eventLoopUtilization', async (x) => {
  const kinds = (found) => Object.entries(found).map(([name, value]) => [name, typeof value]);
  const unborn = new x.api.Worker(code(x.api, IDLE), { eval: true });
  x.log(kinds(unborn.performance.eventLoopUtilization()));
  await new Promise((resolve) => unborn.on('online', resolve));
  // Its event loop begins a little later.
  let found;
  do {
    await x.settle();
    found = unborn.performance.eventLoopUtilization();
  } while (found.idle + found.active === 0);
  x.log(kinds(found), kinds(unborn.performance.eventLoopUtilization(found)));
  x.log(Object.keys(unborn.performance));
  await ended(unborn);
  x.log(unborn.performance.eventLoopUtilization());
});

same('getHeapSnapshot is a stream of JSON, and rejected in the end', async (x) => {
  const worker = await started(x);
  let text = '';
  for await (const chunk of await worker.getHeapSnapshot()) text += chunk;
  x.log(Object.keys(JSON.parse(text).snapshot.meta).includes('node_fields'));
  await ended(worker);
  x.log(await rejected(x, worker.getHeapSnapshot()));
});

same('messages come while a heap snapshot is taken', async (x) => {
  const body = `parentPort.on('message', (value) => { parentPort.postMessage(value); if (value === 'end') parentPort.close(); });`;
  const worker = await started(x, body);
  worker.on('message', (value) => x.log(value));
  for (const value of [1, 2, 3]) worker.postMessage(value);
  const stream = await worker.getHeapSnapshot();
  stream.resume();
  await new Promise((resolve) => stream.on('end', resolve));
  await ended(worker);
});

where('getHeapStatistics' in Worker.prototype).same('getHeapStatistics', async (x) => {
  const worker = await started(x);
  const found = await worker.getHeapStatistics();
  x.log(Object.entries(found).map(([name, value]) => [name, typeof value]));
  await ended(worker);
  x.log(await rejected(x, worker.getHeapStatistics()));
});

where('cpuUsage' in Worker.prototype).same('cpuUsage', async (x) => {
  const worker = await started(x);
  const found = await worker.cpuUsage();
  x.log(Object.entries(found).map(([name, value]) => [name, typeof value]));
  x.log(Object.keys(await worker.cpuUsage(found)));
  x.log(x.attempt(() => worker.cpuUsage({ user: 1 })));
  await ended(worker);
  x.log(await rejected(x, worker.cpuUsage()));
});

for (const name of ['startCpuProfile', 'startHeapProfile']) {
  where(name in Worker.prototype).same(name, async (x) => {
    const start = async (worker) => (NAMED ? worker[name]('profile') : worker[name]());
    const worker = await started(x);
    const handle = await start(worker);
    x.log(Object.keys(JSON.parse(await handle.stop())).sort());
    await ended(worker);
    x.log(await rejected(x, start(worker)));
  });
}

same('resourceLimits inside and outside, and in the end', async (x) => {
  for (const resourceLimits of [undefined, { maxYoungGenerationSizeMb: 8, codeRangeSizeMb: 32, stackSizeMb: 2 }]) {
    const body = 'parentPort.postMessage(wt.resourceLimits); parentPort.on("message", () => parentPort.close());';
    const worker = new x.api.Worker(code(x.api, body), { eval: true, ...(resourceLimits ? { resourceLimits } : {}) });
    // Before the thread is up, the limits that nobody has set are not known yet.
    await new Promise((resolve) => worker.once('message', (value) => resolve(x.log(value))));
    x.log(worker.resourceLimits);
    await ended(worker);
    x.log(worker.resourceLimits);
  }
});

same('stdin, stdout and stderr as properties', async (x) => {
  for (const options of [{}, { stdin: true }, { stdout: true, stderr: true }]) {
    const worker = await started(x, IDLE, options);
    const kinds = () => [worker.stdin, worker.stdout, worker.stderr].map((stream) => stream && stream.constructor.name);
    x.log(kinds());
    await ended(worker);
    x.log(kinds());
  }
});
