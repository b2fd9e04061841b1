'use strict';

// Threads that wait for room of one another, while ports close and go from thread to thread, and threads end in every way: whoever waits
// is told. A thread that waits in vain would not end.

const path = require('node:path');
const { setTimeout } = require('node:timers/promises');
const test = require('ava');
const { MessageChannel, Worker } = require('../..');
const { randomOf } = require('../support/random');

const SEED = Number(process.env.STORM_SEED ?? (Math.random() * 2 ** 32) >>> 0);
const ROUNDS = Number(process.env.STORM_ROUNDS ?? 6);
const THREADS = 5;
const CHANNELS = 16;
const THREAD = path.join(__dirname, 'room-storm-thread.js');

/** Starts a thread whose end is heard. */
function start(random) {
  const shared = new SharedArrayBuffer(8);
  const worker = new Worker(THREAD, { workerData: { shared, seed: random.below(2 ** 32) } });
  const errors = [];
  worker.on('error', (error) => errors.push(`${error.stack}`));
  const exit = new Promise((resolve) => worker.once('exit', (code) => resolve({ code, errors })));
  return { worker, exit, counts: new Int32Array(shared), isKilled: false };
}

test.serial('every wait settles, whatever closes, moves or ends meanwhile', async (t) => {
  t.log(`STORM_SEED=${SEED}`);
  const random = randomOf(SEED);
  let waits = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const threads = Array.from({ length: THREADS }, () => start(random));
    const give = (role, port) => {
      random.pick(threads).worker.postMessage({ role, port }, [port]);
      // A worker that has ended takes nothing.
      port.close();
    };
    for (const { worker } of threads) worker.on('message', ({ role, port }) => give(role, port));
    for (let i = 0; i < CHANNELS; i++) {
      const { port1, port2 } = new MessageChannel({ highWaterMark: 1 + random.below(8) });
      give('sender', port1);
      give('receiver', port2);
    }
    // A worker's messages come to it when it is up.
    await Promise.all(threads.map(({ worker }) => new Promise((resolve) => worker.once('online', resolve))));
    for (let i = 0; i < 3; i++) {
      await setTimeout(30 + random.below(100));
      const victim = random.pick(threads);
      victim.isKilled = true;
      if (random.chance(50)) victim.worker.terminate();
      else victim.worker.postMessage('exit');
      const { port1, port2 } = new MessageChannel({ highWaterMark: 1 });
      give('sender', port1);
      give('receiver', port2);
    }
    for (const { worker } of threads) worker.postMessage('end');
    const ends = await Promise.all(threads.map(({ exit }) => exit));
    for (const [i, { code, errors }] of ends.entries()) {
      const { counts, isKilled } = threads[i];
      t.deepEqual(errors, [], `STORM_SEED=${SEED}`);
      if (isKilled) continue;
      t.is(code, 0);
      t.is(counts[0], counts[1], `round ${round}, STORM_SEED=${SEED}: somebody waits in vain`);
    }
    for (const { counts } of threads) waits += counts[0];
  }
  t.log(`${waits} waits`);
  t.true(waits > 100, 'somebody has waited');
});
