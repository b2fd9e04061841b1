// In which threads of the process the hook runs.
'use strict';

const { createRequire } = require('node:module');
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const { getEnvironmentData, isMainThread, setEnvironmentData } = require('../node-threads').original;

/** Environment data reaches every thread that is started from here on, and those that it starts. */
const HOOKED = 'ferroport.hooked';
const REACH = 'ferroport.reach';
const WARNED = 'ferroport.warned';

/** Only workers of ferroport, which begin with the hook, whatever they are given for options. */
const OWN_WORKERS = 0;
/** Every Worker: the main thread was told by `--import`, which Node hands on to those. */
const WORKERS = 1;
/** Every thread: the main thread was told by `--require`, which Node hands on to the threads of module hooks, too. */
const THREADS = 2;

/**
 * To be called when the hook begins to run in this thread.
 * @param {NodeJS.Module} entry register.js
 */
function begin(entry) {
  setEnvironmentData(HOOKED, true);
  // What a worker is told reaches no other.
  if (isMainThread) setEnvironmentData(REACH, reachFrom(entry));
}

/** @param {NodeJS.Module} entry */
function reachFrom(entry) {
  let first = entry;
  for (let parent = first.parent; parent !== null && parent !== undefined; parent = first.parent) first = parent;
  if (first.id === 'internal/preload') return THREADS;
  const options = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)].flatMap(splitOption);
  return options.some((option, index) => options[index - 1] === '--import' && isEntry(option, entry))
    ? WORKERS
    : OWN_WORKERS;
}

/** @param {string} option */
const splitOption = (option) => (option.startsWith('--import=') ? ['--import', option.slice(9)] : option);

/**
 * @param {string} specifier
 * @param {NodeJS.Module} entry
 */
function isEntry(specifier, entry) {
  try {
    const found = specifier.startsWith('file:')
      ? fileURLToPath(specifier)
      : createRequire(path.resolve('[preload]')).resolve(specifier.replace(/^"|"$/g, ''));
    return found === entry.filename;
  } catch {
    return false;
  }
}

/** Whether the thread that started this one has the hook, or the one that started that. */
const isInherited = () => getEnvironmentData(HOOKED) === true;

const reach = () => /** @type {any} */ (getEnvironmentData(REACH)) ?? OWN_WORKERS;

/** Whether this is the first call, here and in the threads that have led to this one. */
function isFirstWarning() {
  const isFirst = getEnvironmentData(WARNED) !== true;
  setEnvironmentData(WARNED, true);
  return isFirst;
}

/** Whether the hook runs wherever a program's code does. */
const isEverywhere = () => reach() >= WORKERS;

/** Whether it runs where Node runs module hooks, too. */
const isInAllThreads = () => reach() === THREADS;

module.exports = { begin, isInherited, isFirstWarning, isEverywhere, isInAllThreads };
