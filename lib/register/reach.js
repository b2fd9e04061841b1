// In which threads of the process the hook runs.
'use strict';

const { getEnvironmentData, isMainThread, setEnvironmentData } = require('../node-threads').original;

// Environment data reaches every thread that is started from here on, and those that it starts.

/** The thread that started this one has the hook, or the one that started that. */
const HOOKED = 'ferroport.hooked';
/** Every thread has it: the main thread was told by `--require`, which Node hands on to all, those of module hooks too. */
const EVERYWHERE = 'ferroport.everywhere';
const WARNED = 'ferroport.warned';

/**
 * To be called when the hook begins to run in this thread.
 * @param {NodeJS.Module} entry register.js
 */
function begin(entry) {
  setEnvironmentData(HOOKED, true);
  if (isMainThread) setEnvironmentData(EVERYWHERE, isPreload(entry));
}

/** @param {NodeJS.Module} entry */
function isPreload(entry) {
  let first = entry;
  for (let parent = first.parent; parent !== null && parent !== undefined; parent = first.parent) first = parent;
  return first.id === 'internal/preload';
}

/** Whether this thread is to have the hook because one that led to it has. */
const isInherited = () => getEnvironmentData(HOOKED) === true;

/** Whether the hook runs in every thread. */
const isEverywhere = () => getEnvironmentData(EVERYWHERE) === true;

/** Whether this is the first call, here and in the threads that have led to this one. */
function isFirstWarning() {
  const isFirst = getEnvironmentData(WARNED) !== true;
  setEnvironmentData(WARNED, true);
  return isFirst;
}

module.exports = { begin, isInherited, isEverywhere, isFirstWarning };
