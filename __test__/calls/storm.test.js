'use strict';

// Workers that are ended at random, in the middle of calls: none of the calls is left pending.

const path = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');
const test = require('ava');
const { MessageChannel, SharedAbortSignal, Worker } = require('../..');
const { connect } = require('../../dist/call');
const { LIMIT } = require('../support/limits');
const { randomOf } = require('../support/random');
const { WHOLE } = require('./whole');

const SEED = Number(process.env.STORM_SEED ?? (Math.random() * 2 ** 32) >>> 0);
const COUNT = Number(process.env.STORM_COUNT ?? (WHOLE ? 10_000 : 60));
const AT_ONCE = 4;

const THREAD = path.join(__dirname, 'thread.js');

/** What ends a worker, or the connection to it. */
const STOPS = {
  terminate: ({ worker }) => worker.terminate(),
  exit: ({ peer }) => peer.call('exit'),
  fail: ({ peer }) => peer.call('fail'),
  'close there': ({ peer }) => peer.call('close'),
  'close the port there': ({ peer }) => peer.call('closePort'),
  'close here': ({ peer }) => peer.close(),
};

/** What is asked of a worker before it ends. */
const CALLS = [
  (peer) => peer.call('never'),
  (peer) => peer.remote.later(1),
  (peer) => peer.call('back', [0]),
  (peer) => peer.call('backLater'),
  (peer, random) => peer.call('spin', [random.below(5)]),
  (peer, random) => peer.call('never', [], { timeout: random.below(20) }),
  (peer, random) => peer.call('never', [], { signal: AbortSignal.timeout(random.below(20)) }),
  (peer, random) => peer.call('spin', [20], { signal: SharedAbortSignal.timeout(random.below(20)) }),
  (peer, random) => peer.call('never', [new ArrayBuffer(8), 'x'.repeat(random.below(5000))]),
  async (peer) => peer.callSync('later', [1]),
  async (peer, random) => peer.callSync('never', [], { timeout: random.below(5) }),
];

/**
 * Starts a worker, calls it, and ends it, all at random.
 * @param {import('../support/random').Random} random
 * @returns {Promise<string | undefined>} what was left pending
 */
async function once(random) {
  const worker = new Worker(THREAD);
  worker.on('error', () => {});
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  const peer = connect(worker, { api: { wait: (ms) => ms, never: () => new Promise(() => {}) } });
  const calls = [];
  const begin = (count) => {
    for (let i = 0; i < count; i++) calls.push(random.pick(CALLS)(peer, random));
  };
  // Some before the worker runs, so that it may end before it has read them.
  begin(random.below(4));
  if (random.chance(80)) await Promise.allSettled([peer.call('later', [1])]);
  begin(random.below(8));
  if (random.chance(50)) await delay(random.below(4));
  const stop = random.pick(Object.keys(STOPS));
  calls.push(STOPS[stop]({ worker, peer }));
  begin(random.below(4));
  const settled = await Promise.race([Promise.allSettled(calls).then(() => true), delay(LIMIT, false, { ref: false })]);
  void worker.terminate();
  await ended;
  const later = await Promise.race([
    Promise.allSettled([peer.call('never'), peer.remote.never()]).then(() => true),
    delay(LIMIT, false, { ref: false }),
  ]);
  return settled && later ? undefined : `after "${stop}"`;
}

test(`no call is pending after ${COUNT} workers have ended at random (STORM_SEED=${SEED})`, async (t) => {
  t.timeout(2 * LIMIT + 200 * COUNT);
  const random = randomOf(SEED);
  let left = COUNT;
  const pending = [];
  const run = async () => {
    while (left-- > 0) {
      const found = await once(randomOf(random.next() * 2 ** 32));
      if (found !== undefined) pending.push(found);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, run));
  t.deepEqual(pending, []);
});

test(`no call is pending after the ports of ${10 * COUNT} connections have closed at random (STORM_SEED=${SEED})`, async (t) => {
  const random = randomOf(SEED);
  let count = 0;
  for (let i = 0; i < 10 * COUNT; i++) {
    const { port1, port2 } = new MessageChannel();
    const here = connect(port1, { api: { same: (value) => value } });
    const there = connect(port2, { api: { never: () => new Promise(() => {}), back: () => there.call('same', [1]) } });
    const calls = [here.call('never'), here.call('back'), there.call('same', [2]), there.call('nothing')];
    if (random.chance(50)) await null;
    if (random.chance(30)) await delay(0);
    random.pick([() => port1.close(), () => port2.close(), () => here.close(), () => there.close()])();
    count += (await Promise.allSettled([...calls, here.call('same'), there.call('same')])).length;
  }
  t.is(count, 6 * 10 * COUNT);
});
