'use strict';

// Threads that end while they are blocked: from outside, in every way, at any moment.

const test = require('ava');
const path = require('node:path');
const native = require('node:worker_threads');
const { randomOf } = require('../support/random');
const { endsWell } = require('../support/program');
const { MessageChannel, Worker } = require('../..');

const SEED = Number(process.env.STORM_SEED ?? (Math.random() * 2 ** 32) >>> 0);
/** A thousand: in the soak, and by hand. */
const COUNT = Number(process.env.STORM_COUNT ?? 120);

const FERROPORT = path.resolve(__dirname, '..', '..');

/** What a blocked thread waits in, given a port whose other end is elsewhere. */
const CALLS = {
  receiveSync: 'port.receiveSync()',
  'receiveSync with a limit': 'port.receiveSync({ timeout: 1e6 })',
  receiveAnySync: 'receiveAnySync([port, new MessageChannel().port1])',
  postMessageSync: 'while (port.postMessageSync("more"))',
  'the port to the parent': 'parentPort.receiveSync()',
};

const code = (call) => `
  const { MessageChannel, parentPort, receiveAnySync, workerData: port } = require(${JSON.stringify(FERROPORT)});
  parentPort.postMessage('blocks');
  ${call};
  parentPort.postMessage('not reached');
`;

/** A worker that is about to block, and the other end of its port. */
async function blocked(call) {
  const { port1, port2 } = new MessageChannel({ highWaterMark: 2 });
  const worker = new Worker(code(call), { eval: true, workerData: port2, transferList: [port2] });
  const seen = [];
  await new Promise((resolve) =>
    worker.on('message', (value) => {
      seen.push(value);
      resolve();
    }),
  );
  return { worker, port1, seen };
}

/** The ways in which a thread is ended, with what its end says. */
const ENDS = {
  'terminate()': (worker) => worker.terminate(),
  "Node's own terminate()": (worker) => native.Worker.prototype.terminate.call(worker),
};

test.serial(
  `a blocked thread ends, whatever it waits in and whoever ends it, ${COUNT} times (STORM_SEED=${SEED})`,
  async (t) => {
    t.timeout(600_000);
    const random = randomOf(SEED);
    const took = { 'terminate()': 0, "Node's own terminate()": 0 };
    for (let i = 0; i < COUNT; i++) {
      const call = random.pick(Object.keys(CALLS));
      const way = random.pick(Object.keys(ENDS));
      const { worker, port1, seen } = await blocked(CALLS[call]);
      const told = new Promise((resolve) => port1.once('close', resolve));
      await new Promise((resolve) => setTimeout(resolve, random.below(4)));
      const start = performance.now();
      await ENDS[way](worker);
      took[way] = Math.max(took[way], performance.now() - start);
      // The close is told once what waits has been read.
      port1.on('message', () => {});
      await told;
      t.deepEqual(seen, ['blocks'], `${call}, ${way}`);
    }
    t.log('the longest in ms:', took);
  },
);

test.serial(`any thread may end, close or go on while others are blocked (STORM_SEED=${SEED})`, async (t) => {
  t.timeout(300_000);
  const random = randomOf(SEED);
  for (let round = 0; round < COUNT / 10; round++) {
    // A ring of threads that post to one another and wait for one another.
    const count = 2 + random.below(3);
    const channels = Array.from({ length: count }, () => new MessageChannel({ highWaterMark: 1 + random.below(3) }));
    const workers = channels.map((_, i) => {
      const left = channels[i].port1;
      const right = channels[(i + 1) % count].port2;
      const body = `
        const { receiveAnySync, workerData: { left, right, seed } } = require(${JSON.stringify(FERROPORT)});
        const random = (${randomOf})(seed);
        for (let i = 0; i < 200; i++) {
          try {
            const port = random.chance(50) ? left : right;
            const timeout = random.chance(50) ? random.below(5) : Infinity;
            switch (random.below(5)) {
              case 0: port.postMessage(i); break;
              case 1: port.postMessageSync({ i }, { timeout }); break;
              case 2: receiveAnySync([left, right], { timeout }); break;
              default: port.receiveSync({ timeout });
            }
            if (random.chance(1)) port.close();
            if (random.chance(1)) process.exit(0);
          } catch ({ code, name }) {
            if (code === 'ERR_FERROPORT_CLOSED') break;
            if (code !== 'ERR_FERROPORT_DEADLOCK' && name !== 'TimeoutError') throw new Error(code + name);
          }
        }
        left.close();
        right.close();`;
      const workerData = { left, right, seed: random.below(2 ** 31) };
      return new Worker(body, { eval: true, workerData, transferList: [left, right] });
    });
    const ends = workers.map(
      (worker) =>
        new Promise((resolve, reject) => {
          worker.on('error', reject);
          worker.on('exit', resolve);
        }),
    );
    if (random.chance(50)) {
      await new Promise((resolve) => setTimeout(resolve, random.below(60)));
      void random.pick(workers).terminate();
    }
    await Promise.all(ends);
  }
  t.pass();
});

const WAITER = JSON.stringify(`
  const { parentPort, MessageChannel } = require(process.env.FERROPORT);
  parentPort.postMessage('blocks');
  parentPort.receiveSync();
`);

endsWell(
  test,
  'process.exit() in the main thread ends a process whose workers are blocked',
  `process.env.FERROPORT = ferroport;
  const { Worker } = require(ferroport);
  let count = 0;
  for (let i = 0; i < 4; i++) {
    new Worker(${WAITER}, { eval: true }).on('message', () => {
      if (++count < 4) return;
      console.log('all are blocked');
      process.exit(0);
    });
  }`,
  ['all are blocked'],
);

endsWell(
  test,
  'the process ends by itself where workers are blocked whose Worker is unref’ed',
  `process.env.FERROPORT = ferroport;
  const { Worker } = require(ferroport);
  const worker = new Worker(${WAITER}, { eval: true });
  worker.on('message', () => { console.log('blocked'); worker.unref(); });`,
  ['blocked'],
);

endsWell(
  test,
  'an error that nobody catches in the main thread ends a process whose worker is blocked',
  `process.env.FERROPORT = ferroport;
  const { Worker } = require(ferroport);
  new Worker(${WAITER}, { eval: true }).on('message', () => {
    process.on('uncaughtException', ({ message }) => { console.log(message); process.exit(0); });
    throw new Error('thrown');
  });`,
  ['thrown'],
);

endsWell(
  test,
  'a worker that is blocked by its parent’s silence ends with the parent, which is a worker itself',
  `process.env.FERROPORT = ferroport;
  const { Worker } = require(ferroport);
  const parent = new Worker(\`
    const { Worker, parentPort } = require(process.env.FERROPORT);
    new Worker(\${JSON.stringify(${WAITER})}, { eval: true }).on('message', () => parentPort.postMessage('grandchild blocks'));
  \`, { eval: true });
  parent.once('message', async (value) => { console.log(value); await parent.terminate(); console.log('ended'); });`,
  ['grandchild blocks', 'ended'],
);
