// What a synchronous round trip to a worker takes: by ferroport, by the usual way on the built-in, and by synckit as published.
//
//   npm run bench -- calls [--rounds <count>] [--count <round trips in each round>]
//
// The sides take turns, so that what slows the machine slows all of them.
'use strict';

const path = require('node:path');
const { parseArgs } = require('node:util');
const { median } = require('../sides/compare');
const { makeValue } = require('./value');

/**
 * @typedef {object} Side
 * @property {string} name
 * @property {() => { call: (value: any) => any, close: () => unknown }} open starts a worker; `call` comes back with its answer
 */

const file = (/** @type {string} */ name) => path.join(__dirname, name);

/** @type {Side[]} */
const sides = [
  { name: 'receiveSync, the worker in receiveSync, too', open: () => receiveSync('waits') },
  { name: 'receiveSync, the worker listens', open: () => receiveSync('listens') },
  {
    name: 'callSync',
    open() {
      const { Worker } = require('ferroport');
      const { connect } = require('ferroport/call');
      const worker = new Worker(file('ours.js'), { argv: ['serves'] });
      const peer = connect(worker);
      return { call: (value) => peer.callSync('answer', [value]), close: () => worker.terminate() };
    },
  },
  { name: 'the usual way, the worker in Atomics.wait, too', open: () => usualWay('waits') },
  { name: 'the usual way, the worker listens', open: () => usualWay('listens') },
  {
    name: 'synckit',
    open() {
      const { createSyncFn } = require('synckit');
      const call = createSyncFn(file('synckit-worker.js'));
      // It offers no way to end its worker, which does not keep the process.
      return { call, close: () => {} };
    },
  },
];

/** @param {string} role of the worker */
function receiveSync(role) {
  const { Worker } = require('ferroport');
  const worker = new Worker(file('ours.js'), { argv: [role] });
  const call = (/** @type {any} */ value) => {
    worker.postMessage(value);
    return worker.receiveSync();
  };
  return { call, close: () => worker.terminate() };
}

/**
 * A counter in shared memory is raised and woken with each message, since nobody can wait for a message itself.
 * @param {string} role of the worker
 */
function usualWay(role) {
  const { MessageChannel, Worker, receiveMessageOnPort } = require('node:worker_threads');
  const { port1, port2 } = new MessageChannel();
  const counters = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(file('usual-way.js'), {
    argv: [role],
    workerData: { port: port2, counters },
    transferList: [port2],
  });
  let answered = 0;
  const call = (/** @type {any} */ value) => {
    port1.postMessage(value);
    if (role === 'waits') {
      Atomics.add(counters, 1, 1);
      Atomics.notify(counters, 1);
    }
    // A wake may be late, and for the message before.
    while (Atomics.load(counters, 0) === answered) Atomics.wait(counters, 0, answered);
    answered++;
    return receiveMessageOnPort(port1)?.message;
  };
  return { call, close: () => worker.terminate() };
}

/** @param {string[]} args */
async function main(args) {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: 'string', default: '7' }, count: { type: 'string', default: '20000' } },
  });
  const [rounds, count] = [Number(values.rounds), Number(values.count)];
  const benches = sides.map(({ name, open }) => ({ name, ...open(), times: /** @type {number[]} */ ([]) }));
  for (let round = -2; round < rounds; round++) {
    for (const { name, call, times } of benches) {
      const value = makeValue();
      const began = process.hrtime.bigint();
      for (let i = 0; i < count; i++) {
        value.id = i;
        if (call(value)?.id !== i) throw new Error(`${name}: the answer is wrong`);
      }
      // The first rounds are for the compilers and caches.
      if (round >= 0) times.push(Number(process.hrtime.bigint() - began) / count / 1e3);
    }
  }
  const figures = benches.map(({ name, times }) => ({ name, middle: median(times) }));
  const usual = figures.filter(({ name }) => name.startsWith('the usual way'));
  const best = Math.min(...usual.map(({ middle }) => middle));
  console.log(`Node ${process.version}, ${rounds} rounds of ${count} round trips, medians`);
  for (const { name, middle } of figures) {
    console.log(`${name.padEnd(48)} ${middle.toFixed(2).padStart(8)} us ${(best / middle).toFixed(2).padStart(6)} x`);
  }
  console.log('x: how many times as fast as the better of the usual ways');
  await Promise.all(benches.map(({ close }) => close()));
}

module.exports = { main };
