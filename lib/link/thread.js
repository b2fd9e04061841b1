// The thread of this one in which links go on while this thread's JavaScript is busy. It is started with the first link that can go there,
// and keeps nothing running by itself: the ports that programs hold do that.
'use strict';

const { dirname, sep } = require('node:path');
const { filename } = require('../here');
const { isNode } = require('../runtime/ticks');
const { globals, process } = require('../language/originals');
const { assign, store } = require('../language/intrinsics');
const { makePair } = require('../post/message-port');
const { showAs } = require('../port/shown');

const { wait } = Atomics;

/** How many milliseconds the end of the process, or of a thread, waits until what was posted has been written. */
const LEAVING = 3000;

/**
 * @typedef {object} Thread
 * @property {any} worker
 * @property {Int32Array} hasLeft shared: 1 once everything has been written
 */

/** @type {Thread | undefined} */
let thread;

/** Whether a thread cannot be started here. */
let isImpossible = !isNode || filename === undefined;

/** Whether this thread will be told that it ends. */
let isTold = false;

/** How much goes on in the thread. */
let count = 0;

/** @returns {Thread | undefined} undefined where there can be none: in a bundle, on other runtimes, without the permission to start workers */
function start() {
  if (thread !== undefined || isImpossible) return thread;
  const Worker = require('../worker/worker');
  const hasLeft = new Int32Array(new globals.SharedArrayBuffer(4));
  let worker;
  try {
    worker = new Worker(`${dirname(/** @type {string} */ (filename))}${sep}link-thread.js`, {
      name: 'ferroport/link',
      // What the program preloads is the program's.
      execArgv: [],
      env: assign({}, process.env, { NODE_OPTIONS: '' }),
      workerData: hasLeft,
    });
  } catch {
    isImpossible = true;
    return undefined;
  }
  worker.unref();
  const started = { worker, hasLeft };
  thread = started;
  // Its links have ended by then. Without this listener, the error would be the program's.
  worker.on('error', () => {});
  worker.on('exit', () => {
    if (thread === started) thread = undefined;
  });
  if (!isTold) process.on('exit', leave);
  isTold = true;
  return thread;
}

/**
 * Lets the thread do something.
 * @param {string} name of what the thread does: a key of the table in link-thread.js
 * @param {any} data for that
 * @param {any[]} [transfer]
 * @returns {ReturnType<typeof makePair>[0] | undefined} one end of a channel, whose other end it has there; undefined where there is no thread. It
 *   closes when the thread ends
 */
function serve(name, data, transfer = []) {
  const started = start();
  if (started === undefined) return undefined;
  const pair = makePair();
  const control = pair[0];
  showAs(control, null);
  const list = [pair[1]];
  for (let i = 0; i < transfer.length; i++) list[i + 1] = transfer[i];
  started.worker.postMessage({ name, data, control: pair[1] }, list);
  count++;
  control.on('close', () => count--);
  control.unref();
  return control;
}

/** The process ends, and its other threads with it: what was posted is written before, and the other sides hear goodbye. */
function leave() {
  if (thread === undefined || count === 0) return;
  const { worker, hasLeft } = thread;
  store(hasLeft, 0, 0);
  worker.postMessage({ name: 'leave' });
  wait(hasLeft, 0, 0, LEAVING);
}

module.exports = { LEAVING, serve };
