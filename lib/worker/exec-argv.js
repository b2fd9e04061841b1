// The execArgv of a worker of ours.
'use strict';

const threads = require('../node/threads').original;
const { isRefusal } = require('../node/errors');
// In a worker, it restores process.execArgv.
require('./this-thread');
const { isArray, startsWith, types } = require('../language/intrinsics');
const { process } = require('../language/originals');
const preload = require('./preload');

/** Node hands on what a thread was started with, whatever becomes of the array. */
const ofThisThread = appended([], process.execArgv);

const ACCEPTED = new Error('Node accepts the list');

/** @type {string[] | undefined} */
let inheritable;

/**
 * @param {any} given the option of that name
 * @returns {{ list: any, shown: string[] | undefined }} what to give to Node; what process.execArgv is to show in the
 *   worker, unless it is the list without the bootstrap
 */
function execArgvFor(given) {
  // What is no array is Node's to refuse.
  if (given && !isArray(given)) return { list: given, shown: undefined };
  // To Node, a proxy of an array is one where it looks whether there is a list, and none where it reads the list.
  if (given && !types.isProxy(given)) return { list: appended(withBootstrap(), given), shown: undefined };
  inheritable ??= fitForWorkers(ofThisThread);
  const shown = inheritable.length === ofThisThread.length ? undefined : ofThisThread;
  return { list: appended(withBootstrap(), inheritable), shown };
}

/** @returns {any[]} a new list with the bootstrap first */
const withBootstrap = () => appended([], preload.option);

/**
 * Puts the elements of a list behind those of another. Node reads an array so: by index, whatever its iterator or prototype.
 * @param {any[]} list
 * @param {ArrayLike<any>} others
 */
function appended(list, others) {
  const { length } = others;
  for (let i = 0; i < length; i++) list[list.length] = others[i];
  return list;
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

/** Node names it among what it refuses. */
const NO_OPTION = '--ferroport-is-no-option';

/** @type {string | undefined} */
let ofNoOption;

/**
 * Whether Node finds nothing else to refuse in a list than what is no option at all.
 * @param {string[]} execArgv
 */
const isAccepted = (execArgv) => refusalOf(execArgv) === (ofNoOption ??= refusalOf([]));

/**
 * What Node says of a list in which it has to refuse something: so no worker is made, and no thread's id is used up.
 * @param {string[]} execArgv
 * @returns {string | undefined} undefined where nothing is refused for its execArgv
 */
function refusalOf(execArgv) {
  const options = {
    eval: true,
    stdout: true,
    stderr: true,
    execArgv: appended([NO_OPTION], execArgv),
    // Read after execArgv has been checked and before anything starts.
    get workerData() {
      throw ACCEPTED;
    },
  };
  try {
    new threads.Worker('', options);
    return undefined;
  } catch (/** @type {any} */ error) {
    if (error === ACCEPTED) return undefined;
    // The answer is kept.
    if (!isRefusal(error)) throw error;
    return error.code === 'ERR_WORKER_INVALID_EXEC_ARGV' ? error.message : undefined;
  }
}

module.exports = { execArgvFor };
