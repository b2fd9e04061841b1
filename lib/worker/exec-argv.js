// The execArgv of a worker of ferroport's.
'use strict';

const threads = require('../node/threads').original;
const { isRefusal } = require('../node/errors');
// In a worker, this restores process.execArgv, which is read below.
require('./this-thread');
const { isArray, startsWith, types } = require('../language/intrinsics');
const { lazy } = require('../language/lazy');
const { process } = require('../language/originals');
const preload = require('./preload');

/** Node hands on the options with which the thread was started, whatever becomes of the array. */
const ofThisThread = appended([], process.execArgv);

const ACCEPTED = new Error('Node accepts the list');

/** What of that a worker without execArgv of its own gets. */
const inheritable = lazy(() => fitForWorkers(ofThisThread));

/**
 * @param {any} given the program's option `execArgv`
 * @returns {{ list: any, shown: string[] | undefined }} list: what Node gets; shown: what process.execArgv is to show
 *   in the worker, undefined if it is the list without the bootstrap
 */
function execArgvFor(given) {
  // Node refuses what is no array.
  if (given && !isArray(given)) return { list: given, shown: undefined };
  // Node takes a proxy of an array for a given list, and then finds no list where it reads the elements.
  if (given && !types.isProxy(given)) return { list: appended(withBootstrap(), given), shown: undefined };
  const inherited = inheritable();
  const shown = inherited.length === ofThisThread.length ? undefined : ofThisThread;
  return { list: appended(withBootstrap(), inherited), shown };
}

/** @returns {any[]} a new list with the bootstrap first */
const withBootstrap = () => appended([], preload.option);

/**
 * Appends the elements of a list to another one, by index, as Node reads arrays, whatever their iterator or prototype.
 * @param {any[]} list
 * @param {ArrayLike<any>} others
 */
function appended(list, others) {
  const { length } = others;
  for (let i = 0; i < length; i++) list[list.length] = others[i];
  return list;
}

/**
 * A worker that gets no execArgv has its parent's. That may hold options that Node refuses in a given list.
 * @param {string[]} list
 * @returns {string[]} the options that Node accepts
 */
function fitForWorkers(list) {
  if (list.length === 0 || isAccepted(list)) return list;
  /** @type {string[]} */
  const fit = [];
  for (let i = 0; i < list.length; i++) {
    // This word was the value of an option that has been left out. As a word of its own it would end the options.
    if (!startsWith(list[i], '-')) continue;
    if (isAccepted([list[i]])) {
      fit[fit.length] = list[i];
    } else if (i + 1 < list.length && isAccepted([list[i], list[i + 1]])) {
      fit[fit.length] = list[i];
      fit[fit.length] = list[++i];
    }
  }
  return fit;
}

/** No option of Node's: Node names it in its error. */
const NO_OPTION = '--ferroport-is-no-option';

/** Node's error message for NO_OPTION alone. */
const refusalOfNone = lazy(() => refusalOf([]));

/**
 * Whether Node refuses nothing in a list besides NO_OPTION, which is added to it.
 * @param {string[]} execArgv
 */
const isAccepted = (execArgv) => refusalOf(execArgv) === refusalOfNone();

/**
 * Node's error message for a list to which NO_OPTION is added. Because Node refuses the list, no worker is made and no
 * thread's id is used up.
 * @param {string[]} execArgv
 * @returns {string | undefined} undefined where nothing is refused for its execArgv
 */
function refusalOf(execArgv) {
  const options = {
    eval: true,
    stdout: true,
    stderr: true,
    execArgv: appended([NO_OPTION], execArgv),
    // Node reads this after it has checked execArgv and before anything starts.
    get workerData() {
      throw ACCEPTED;
    },
  };
  try {
    new threads.Worker('', options);
    return undefined;
  } catch (/** @type {any} */ error) {
    if (error === ACCEPTED) return undefined;
    // The caller keeps the answer, so an error for want of stack must not become one.
    if (!isRefusal(error)) throw error;
    return error.code === 'ERR_WORKER_INVALID_EXEC_ARGV' ? error.message : undefined;
  }
}

module.exports = { execArgvFor };
