'use strict';

// A preload, after the hook or without it: counts in every thread of the program who carries its messages.

const path = require('node:path');
const wt = require('node:worker_threads');

const ROOT = path.join(__dirname, '..', '..');
/** @type {typeof wt} Node's own, whether the hook is there or not */
const original = require(path.join(ROOT, 'lib', 'node', 'threads.js')).original;

const [OURS_IN_MAIN, OURS_IN_WORKERS, NATIVE] = [0, 1, 2];
const KEY = 'counts of the test';

// Environment data goes on to workers, and shared memory outlives them.
if (wt.isMainThread) wt.setEnvironmentData(KEY, new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
const counts = new Int32Array(wt.getEnvironmentData(KEY));

/** Node's ports also carry what Node itself says to its workers, and ferroport's sidecars: what only V8 can move. */
const isOwnUse = () => {
  const [, , , caller] = new Error().stack.split('\n');
  return (
    caller.includes('node:internal/') ||
    ['lib', 'dist'].some((folder) => caller.includes(path.join(ROOT, folder) + path.sep))
  );
};

function count(prototype, index, isExcepted = () => false) {
  const { postMessage } = prototype;
  prototype.postMessage = function (...values) {
    if (!isExcepted()) Atomics.add(counts, index, 1);
    return Reflect.apply(postMessage, this, values);
  };
}

count(original.MessagePort.prototype, NATIVE, isOwnUse);
count(original.Worker.prototype, NATIVE);
if (wt.MessagePort !== original.MessagePort) {
  count(wt.MessagePort.prototype, wt.isMainThread ? OURS_IN_MAIN : OURS_IN_WORKERS);
}

/** @returns {{ main: number, workers: number, native: number }} how many posts there were, on ferroport's ports and on Node's */
module.exports = () => ({
  main: counts[OURS_IN_MAIN],
  workers: counts[OURS_IN_WORKERS],
  native: counts[NATIVE],
});
