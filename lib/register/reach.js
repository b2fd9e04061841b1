// In which threads of the process the hook runs.
'use strict';

const { getEnvironmentData, isMainThread, setEnvironmentData, threadId } = require('../node-threads').original;

// Environment data reaches every thread that is started from here on, and those that it starts.

/** The thread that started this one has the hook, or the one that started that. */
const HOOKED = 'ferroport.hooked';
/** Every thread has it: the main thread was told by `--require`, which Node hands on to all, those of module hooks too. */
const EVERYWHERE = 'ferroport.everywhere';
/** Shared memory with a byte for each thread; which is 1 if the thread has it. */
const THREADS = 'ferroport.threads';
const WARNED = 'ferroport.warned';

/** Thread ids are given out in order. Of threads beyond these nobody knows whether they have the hook. */
const MOST_THREADS = 65_536;

/**
 * To be called when the hook begins to run in this thread.
 * @param {NodeJS.Module} entry register.js
 */
function begin(entry) {
  setEnvironmentData(HOOKED, true);
  if (isMainThread) {
    setEnvironmentData(EVERYWHERE, isPreload(entry));
    setEnvironmentData(THREADS, /** @type {any} */ (new SharedArrayBuffer(MOST_THREADS)));
  }
  const threads = known();
  if (threads !== undefined && threadId < MOST_THREADS) threads[threadId] = 1;
}

/** @param {NodeJS.Module} entry */
function isPreload(entry) {
  let first = entry;
  for (let parent = first.parent; parent !== null && parent !== undefined; parent = first.parent) first = parent;
  return first.id === 'internal/preload';
}

function known() {
  const memory = /** @type {any} */ (getEnvironmentData(THREADS));
  return memory === undefined ? undefined : new Uint8Array(memory);
}

/** Whether this thread is to have the hook because one that led to it has. */
const isInherited = () => getEnvironmentData(HOOKED) === true;

/** Whether the hook runs in every thread. */
const isEverywhere = () => getEnvironmentData(EVERYWHERE) === true;

/**
 * Whether it is known to run in a thread and in the main thread, through which messages go to that thread.
 * @param {unknown} id
 */
function isIn(id) {
  const threads = known();
  return threads !== undefined && threads[0] === 1 && threads[/** @type {number} */ (id)] === 1;
}

/** Whether this is the first call, here and in the threads that have led to this one. */
function isFirstWarning() {
  const isFirst = getEnvironmentData(WARNED) !== true;
  setEnvironmentData(WARNED, true);
  return isFirst;
}

module.exports = { begin, isInherited, isEverywhere, isIn, isFirstWarning };
