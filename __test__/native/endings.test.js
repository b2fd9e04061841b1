'use strict';

// Environments end, in every way and at any moment, while threads of Rust send to them and receive from them.

const path = require('node:path');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const builtIn = require('node:worker_threads');
const test = require('ava');
const { hasher } = require('../../scripts/example-addon');
const { FERROPORT } = require('../support/program');
const { randomOf } = require('../support/random');

const { MessageChannel } = require('../..');

const SEED = Number(process.env.STORM_SEED ?? (Math.random() * 2 ** 32) >>> 0);
/** A thousand: by hand. */
const COUNT = Number(process.env.STORM_COUNT ?? 60);

/** How many workers there are at a time. */
const AT_ONCE = 4;

/** `exit` and `throw` by the worker itself, the others from outside: while it runs, and while it is blocked. */
const WAYS = ['terminate', 'blocked', 'exit', 'throw'];

/** @type {any} */
let addon;
/** @type {string} */
let file;

test.before(async (t) => {
  t.timeout(10 * 60_000);
  file = await hasher();
  addon = require(file);
});

/**
 * A worker with threads of Rust, which ends.
 * @param {any} t
 * @param {ReturnType<typeof randomOf>} random
 */
async function storm(t, random) {
  const ends = random.pick(WAYS);
  const after = random.below(20);
  const marks = Array.from({ length: 1 + random.below(4) }, () =>
    random.pick([undefined, 1, 2, 1 + random.below(200)]),
  );
  const workerData = { task: 'storm', ferroport: FERROPORT, addon: file, ends, after, marks };
  const worker = new builtIn.Worker(path.join(__dirname, 'worker.js'), { workerData });
  worker.on('error', (error) => {
    if (!/on purpose/.test(String(error))) t.fail(String(error));
  });
  const exit = new Promise((resolve) => worker.once('exit', resolve));
  const said = new Promise((resolve) => worker.once('message', resolve));
  t.is(await Promise.race([said, exit]), 'runs');
  if (ends === 'terminate' || ends === 'blocked') {
    await sleep(after + random.below(5));
    await worker.terminate();
  }
  await exit;
}

test(`every thread of Rust hears that an environment has ended, ${COUNT} times (STORM_SEED=${SEED})`, async (t) => {
  t.timeout(60 * 60_000);
  const random = randomOf(SEED);
  const before = addon.storms();
  for (let i = 0; i < COUNT; i += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, COUNT - i) }, () => storm(t, random)));
  }
  const counts = () => addon.storms().map((/** @type {number} */ count, /** @type {number} */ i) => count - before[i]);
  // A thread hears it at once, but it may be its turn later.
  for (let waited = 0; waited < 60_000 && counts()[0] !== counts()[1]; waited += 20) await sleep(20);
  const [started, heard] = counts();
  t.log(`${started} threads and tasks`);
  t.true(started >= COUNT);
  t.is(heard, started);

  // The library is there for others.
  const { port1, port2 } = new MessageChannel();
  addon.echo(port2);
  port1.postMessage('after');
  t.deepEqual(await once(port1, 'message'), ['after']);
  port1.close();
});
