// Three workers post in a loop to a slow reader (nodejs/node#41762): how memory grows, bounded and with the built-in, and how soon the
// senders hear that the reader was killed.
'use strict';

const path = require('node:path');
const { setTimeout } = require('node:timers/promises');
const { SHARED, sharedViews } = require('./bounds-thread');

const ROOT = path.join(__dirname, '..', '..');
const THREAD = path.join(__dirname, 'bounds-thread.js');
const SENDERS = 3;
const MARK = { messages: 1000 };
const MIB = 1024 * 1024;

/** How long the bounded senders post. */
const SECONDS = Number(process.env.FLOW_SECONDS ?? 30);
/** After so long, the threads' heaps have their usual size. */
const WARM_UP = 3000;
/** The built-in's senders are stopped after so long, or when so much memory is taken. */
const BUILT_IN_SECONDS = 5;
const BUILT_IN_MOST = 1024 * MIB;

/** Memory grows by less than this, in bytes. */
const MOST_GROWTH = 20 * MIB;
/** Senders hear of the end of the reader within so many milliseconds. */
const MOST_DELAY = 100;

const rss = () => process.memoryUsage.rss();

/**
 * Starts the reader, and three senders with a channel to it each.
 * @param {string} module
 * @param {object} [options] of the channels
 */
async function startAll(module, options) {
  const lib = require(module);
  const shared = new SharedArrayBuffer(SHARED);
  const argv = [module];
  const start = (/** @type {string} */ role, /** @type {any} */ data, /** @type {any[]} */ ports) =>
    new lib.Worker(THREAD, { argv: [...argv, role], workerData: { ...data, shared }, transferList: ports });
  const channels = Array.from({ length: SENDERS }, () => new lib.MessageChannel(options));
  const ends = channels.map(({ port2 }) => port2);
  const reader = start('reader', { ports: ends }, ends);
  await new Promise((resolve) => reader.once('message', resolve));
  const senders = channels.map(({ port1 }, index) => start('sender', { port: port1, index }, [port1]));
  return { ...sharedViews(shared), reader, senders };
}

/** @param {any[]} workers */
const exits = (workers) => Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))));

/**
 * @param {number} seconds
 * @param {(growth: number) => boolean} isEnough
 */
async function growth(seconds, isEnough) {
  const before = rss();
  const begin = performance.now();
  let most = 0;
  let passed = 0;
  while (passed < seconds && !isEnough(most)) {
    await setTimeout(50);
    most = Math.max(most, rss() - before);
    passed = (performance.now() - begin) / 1000;
  }
  return { most, seconds: passed };
}

const total = (/** @type {Int32Array} */ counts) => counts.reduce((sum, count) => sum + count, 0);
const mib = (/** @type {number} */ bytes) => `${(bytes / MIB).toFixed(1)} MiB`;

/**
 * Lets the senders post for a time. What they have posted is read to its end then.
 * @param {number} seconds
 * @param {number} warmUp in milliseconds
 */
async function bounded(seconds, warmUp) {
  const { reader, senders, control, sent, read, lost } = await startAll(ROOT, { highWaterMark: MARK });
  const ended = exits([reader, ...senders]);
  await setTimeout(warmUp);
  const { most } = await growth(seconds, () => false);
  Atomics.store(control, 0, 1);
  await ended;
  const isComplete = total(lost) === 0 && sent.every((count, i) => count === read[i]);
  return { growth: most, sent: total(sent), read: total(read), isComplete };
}

/** @returns {Promise<number[]>} after how many milliseconds each sender has heard that the reader was killed; negative if it has not */
async function killed() {
  const { reader, senders, freed } = await startAll(ROOT, { highWaterMark: MARK });
  const ended = exits(senders);
  await setTimeout(1000);
  const begin = process.hrtime.bigint();
  reader.terminate();
  await ended;
  return [...freed].map((at) => Number(at - begin) / 1e6);
}

/** @param {(line: string) => void} write */
async function builtIn(write) {
  const { reader, senders, control } = await startAll('node:worker_threads');
  const { most, seconds } = await growth(BUILT_IN_SECONDS, (grown) => grown > BUILT_IN_MOST);
  Atomics.store(control, 0, 1);
  await Promise.all([reader, ...senders].map((worker) => worker.terminate()));
  write(`the built-in: memory grew by ${mib(most)} in ${seconds.toFixed(1)} s; stopped then`);
}

/**
 * @param {(line: string) => void} write
 * @returns {Promise<boolean>} whether the floors have held
 */
async function run(write) {
  write(
    `three workers post as fast as they can to a reader that takes 20 µs for each message (floor: ${mib(MOST_GROWTH)})`,
  );
  const { growth: most, sent, read, isComplete } = await bounded(SECONDS, WARM_UP);
  const rate = Math.round(read / (SECONDS + WARM_UP / 1000) / 1000);
  write(
    `ferroport, ${JSON.stringify(MARK)}: memory grew by ${mib(most)} in ${SECONDS} s; ` +
      `${sent} posted, ${read} read (${rate},000 a second), ${isComplete ? 'none lost' : 'SOME LOST'}`,
  );
  const delays = await killed();
  const shown = delays.map((ms) => ms.toFixed(1)).join(', ');
  write(`ferroport: the senders of a reader that is killed are free after ${shown} ms`);
  await builtIn(write);
  return most < MOST_GROWTH && isComplete && delays.every((ms) => ms >= 0 && ms < MOST_DELAY);
}

module.exports = { bounded, killed, run };
