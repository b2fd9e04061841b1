'use strict';

// A worker finds ferroport's JavaScript compiled by a worker before it: nobody can tell the two apart.

const test = require('ava');
const { once } = require('node:events');
const path = require('node:path');
const { getEnvironmentData } = require('node:worker_threads');
const { Worker } = require('../..');
const { FERROPORT } = require('../support/program');

const dist = path.dirname(require.resolve(FERROPORT));
const load = `const threads = require('node:worker_threads'); const ferroport = require(${JSON.stringify(FERROPORT)});`;

/** What a worker says of itself: where its code is, which of it Node has loaded, what it does with messages. */
const BODY = `${load} const { parentPort, workerData } = threads;
  const stackOf = (work) => { try { work(); } catch (error) { return error.stack; } };
  parentPort.once('message', (message) => parentPort.postMessage({
    message,
    workerData,
    isSame: parentPort instanceof ferroport.MessagePort && workerData === ferroport.workerData,
    stack: stackOf(() => new ferroport.MessagePort()),
    loaded: Object.keys(require.cache),
    execArgv: process.execArgv,
  }));`;

async function tell(options) {
  const worker = new Worker(BODY, { eval: true, workerData: { list: [1] }, ...options });
  worker.postMessage(new Map([['key', new Date(0)]]));
  const [told] = await once(worker, 'message');
  await once(worker, 'exit');
  return told;
}

/** What the memory that workers share says of itself: 2 once it has been filled. */
const state = () => {
  const memory = getEnvironmentData(`ferroport.compiled ${path.join(dist, 'bootstrap.js')}`);
  return memory === undefined ? undefined : new Int32Array(memory, 0, 1)[0];
};

// Dist refers to the sources in some runs: they are loaded in Node's way.
const isBuilt = require('node:fs').existsSync(path.join(dist, 'core.js'));
const hasMemory = isBuilt && !process.env.NODE_V8_COVERAGE && process.versions.bun === undefined;

test.serial(
  'the first worker of a process and those after it are alike, down to the lines in their stack traces',
  async (t) => {
    const first = await tell();
    t.is(state(), hasMemory ? 2 : undefined);
    const second = await tell();
    t.deepEqual(second, first);
    t.true(first.isSame);
    if (isBuilt) t.regex(first.stack, /ports\.js:\d+:\d+/);
  },
);

test.serial('workers that start at the same time, before any has compiled anything, work', async (t) => {
  const told = await Promise.all([tell(), tell(), tell()]);
  t.deepEqual(told[1], told[0]);
  t.deepEqual(told[2], told[0]);
});

test.serial('what has been compiled serves a worker with other limits, and one of a worker', async (t) => {
  const { message } = await tell({ resourceLimits: { maxOldGenerationSizeMb: 64, stackSizeMb: 2 } });
  t.deepEqual(message, new Map([['key', new Date(0)]]));
  const body = `${load} const { Worker } = ferroport;
    const worker = new Worker(${JSON.stringify(BODY)}, { eval: true, workerData: { list: [1] } });
    worker.postMessage('inner');
    worker.once('message', (told) => threads.parentPort.postMessage(told));`;
  const [told] = await once(new Worker(body, { eval: true }), 'message');
  t.is(told.message, 'inner');
  t.true(told.isSame);
});

if (hasMemory) {
  test.serial('compiled code that V8 refuses is compiled again', async (t) => {
    const memory = getEnvironmentData(`ferroport.compiled ${path.join(dist, 'bootstrap.js')}`);
    const header = new Int32Array(memory, 0, 7);
    const begin = 32;
    const length = header[1];
    // The first words of the first file's compiled code: what V8 checks.
    new Uint8Array(memory, (begin + length + 7) & -8, 16).fill(7);
    const { message, isSame } = await tell();
    t.deepEqual(message, new Map([['key', new Date(0)]]));
    t.true(isSame);
  });
}
