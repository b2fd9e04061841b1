'use strict';

// A program of its own: runs the programs of the seeds it is given on one implementation, and prints what each has shown.
// node main.js <module> <kind> <first seed> <how many>

const fs = require('node:fs');
const { make } = require('./programs');
const { run } = require('./interpreter');

const { parentPort, workerData } = require('node:worker_threads');
const [module_, kind, first, count] = workerData?.args ?? process.argv.slice(2);
const api = require(module_);

async function settle(turns = 12) {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets arrive what somebody has answered, and what is posted meanwhile: `answers` counts up to `sent()` while somebody answers. */
async function settleWith(answers, sent) {
  for (let before; before !== sent();) {
    before = sent();
    for (let wait = 0; Atomics.load(answers, 0) < before && wait < 500; wait++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await settle();
  }
}

const ECHO = `
  const { threads, answers } = require('node:worker_threads').workerData;
  const { parentPort } = require(threads);
  parentPort.on('message', (value) => {
    parentPort.postMessage(value);
    Atomics.add(answers, 0, 1);
  });
`;

const OPEN = {
  port() {
    const { port1, port2 } = new api.MessageChannel();
    const ends = [port1, port2];
    return {
      ends,
      post: (end, value) => ends[1 - end].postMessage(value),
      receive: api.receiveMessageOnPort,
      settle,
      async isOver() {
        port1.close();
        port2.close();
        await settle(4);
      },
    };
  },
  broadcast() {
    const name = `listeners ${Math.random()}`;
    const ends = [new api.BroadcastChannel(name), new api.BroadcastChannel(name)];
    return {
      ends,
      post: (end, value) => ends[1 - end].postMessage(value),
      settle,
      async isOver() {
        for (const end of ends) end.close();
        await settle(4);
      },
    };
  },
  async worker() {
    const answers = new Int32Array(new SharedArrayBuffer(4));
    let sent = 0;
    const worker = new api.Worker(ECHO, { eval: true, workerData: { threads: module_, answers } });
    await new Promise((resolve) => worker.once('online', resolve));
    return {
      ends: [worker],
      post(_, value) {
        sent++;
        return worker.postMessage(value);
      },
      settle: () => settleWith(answers, () => sent),
      isOver: () => worker.terminate(),
    };
  },
  parentPort() {
    let sent = 0;
    return {
      ends: [api.parentPort],
      post(_, value) {
        sent++;
        return api.parentPort.postMessage(value);
      },
      settle: () => settleWith(workerData.answers, () => sent),
    };
  },
};

/** Runs the program in a worker, on its parentPort. */
function inWorker(seed) {
  const answers = new Int32Array(new SharedArrayBuffer(4));
  const worker = new api.Worker(__filename, { workerData: { args: [module_, kind, seed, 1], answers } });
  worker.on('message', (value) => {
    worker.postMessage(value);
    Atomics.add(answers, 0, 1);
  });
  return new Promise((resolve) => worker.on('exit', resolve));
}

async function main() {
  const alive = setInterval(() => {}, 1000);
  for (let index = 0; index < Number(count); index++) {
    const seed = Number(first) + index;
    if (kind === 'parentPort' && parentPort === null) {
      await inWorker(seed);
      continue;
    }
    const seen = await run(make(seed, kind), await OPEN[kind]());
    fs.writeSync(1, `${JSON.stringify({ seed, seen })}\n`);
    // One that listens would keep the worker.
    if (parentPort !== null) process.exit();
  }
  clearInterval(alive);
}

main();
