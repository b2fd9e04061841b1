// The execArgv that makes a worker begin with our bootstrap, and hides that from the worker's code.
'use strict';

const threads = require('node:worker_threads');

const BOOTSTRAP = require.resolve('./bootstrap');

/** First, so that it runs before the other preloads of the same list. */
const PRELOAD = ['--require', BOOTSTRAP];

/** Node hands environment data on to workers of workers. */
const SHOWN = 'ferroport.execArgv';

const ofThisThread = [...process.execArgv];

/** @type {string[] | undefined} */
let inheritable;

/**
 * @param {any} given the option of that name
 * @returns {{ list: any, shown: string[] | undefined }} what to give to Node; what process.execArgv is to show in the
 *   worker, unless it is the list without the bootstrap
 */
function execArgvFor(given) {
  if (given) {
    // What is no array is Node's to refuse.
    return { list: Array.isArray(given) ? [...PRELOAD, ...given] : given, shown: undefined };
  }
  inheritable ??= fitForWorkers(ofThisThread);
  const shown = inheritable.length === ofThisThread.length ? undefined : ofThisThread;
  return { list: [...PRELOAD, ...inheritable], shown };
}

/**
 * A worker that is given no execArgv has its parent's, which may hold what Node refuses in a list that it is given.
 * @param {string[]} list
 * @returns {string[]} the part of it that Node accepts
 */
function fitForWorkers(list) {
  if (list.length === 0 || isAccepted(list)) return list;
  /** @type {string[]} */
  const fit = [];
  for (let i = 0; i < list.length; i++) {
    // Such a word was the value of an option that has been left out, and would end the options here.
    if (!list[i].startsWith('-')) continue;
    if (isAccepted(list.slice(i, i + 1))) {
      fit.push(list[i]);
    } else if (i + 1 < list.length && isAccepted(list.slice(i, i + 2))) {
      fit.push(list[i], list[++i]);
    }
  }
  return fit;
}

/**
 * Asks Node: constructs a worker that never starts.
 * @param {string[]} execArgv
 */
function isAccepted(execArgv) {
  const options = {
    eval: true,
    stdout: true,
    stderr: true,
    execArgv,
    // Read after execArgv has been checked and before anything starts.
    get workerData() {
      throw new Error();
    },
  };
  try {
    new threads.Worker('', options);
    return true;
  } catch (error) {
    return /** @type {any} */ (error).code !== 'ERR_WORKER_INVALID_EXEC_ARGV';
  }
}

/**
 * Remembers, for this worker's bootstrap and those that its own workers inherit, what process.execArgv is to show.
 * @param {string[] | undefined} shown
 */
function remember(shown) {
  threads.setEnvironmentData(SHOWN, shown);
}

/** Makes process.execArgv what it would be without the bootstrap. */
function restore() {
  const { execArgv } = process;
  if (execArgv[0] !== PRELOAD[0] || execArgv[1] !== PRELOAD[1]) return;
  const shown = /** @type {string[] | undefined} */ (threads.getEnvironmentData(SHOWN));
  execArgv.splice(0, ...(shown === undefined ? [PRELOAD.length] : [execArgv.length, ...shown]));
}

module.exports = { execArgvFor, remember, restore };
