// The message with which a Worker of Node's begins: it is read before anything can be loaded in the thread, so that the hook
// hears of ports of ferroport in workerData by another way, when it comes.
'use strict';

const { MessagePort: NodePort, getEnvironmentData, setEnvironmentData } = require('../node-threads').original;
const builtin = /** @type {any} */ (require('node:worker_threads'));
const { getOwnPropertyDescriptor } = require('../codec/originals').statics;
const { isRefusal } = require('../errors');
const { open } = require('../worker/envelope');

/** Environment data: which ones of the ports in workerData, in the order of a walk. Threads without the hook never look. */
const SERVED = 'ferroport.workerData';

/** @param {unknown} object */
const isNodePort = (object) => object instanceof NodePort;

/** @param {unknown} data */
const portsIn = (data) => [...require('./walk').objectsIn(data, isNodePort)].filter(isNodePort);

/** @param {any} value posted by Node or by a program */
const isOne = (value) =>
  isNodePort(getOwnPropertyDescriptor(Object(value), 'publicPort')?.value) && 'workerData' in value;

/**
 * Whether nobody can tell if its thread will have the hook: a program has made a Worker of Node's own, which may have other
 * options than this thread. Ferroport's begin with the hook, and Node's internal ones have the options of the main thread.
 * @param {any} message such a one
 */
const isOfNodeWorker = ({ doEval, workerData: data }) => doEval !== 'internal' && open(data) === undefined;

/**
 * @param {any} message such a one, cloned
 * @param {object[]} served the ports in it that stand for ports of ferroport
 */
function note({ workerData: data, environmentData }, served) {
  const places = portsIn(data).flatMap((port, place) => (served.includes(port) ? [place] : []));
  if (environmentData instanceof Map) environmentData.set(SERVED, places);
}

/**
 * Puts ports of ferroport into this thread's workerData for those that stand for one. To be called when the hook comes. Those
 * that the program uses by then stay what they are.
 */
function arrive() {
  const places = /** @type {number[] | undefined} */ (getEnvironmentData(SERVED));
  if (places === undefined) return;
  // Not for the workers of this one.
  setEnvironmentData(SERVED, undefined);
  require('../connect');
  const ports = portsIn(builtin.workerData);
  const served = places.map((place) => ports[place]).filter(isUnused);
  if (served.length === 0) return;
  const { takeOut } = require('./unpacking');
  const { putInto } = require('./arrival');
  builtin.workerData = putInto(builtin.workerData, new Map(served.map((port) => [port, takeOut('served', port)])));
}

/** @param {any} port of Node's; undefined if the program has taken it out of workerData */
function isUnused(port) {
  if (port === undefined || ['message', 'messageerror', 'close'].some((name) => port.listenerCount(name) > 0)) {
    return false;
  }
  try {
    // Not if it has been closed or sent on.
    require('../oracle').checkTransferList([port]);
    return true;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return false;
  }
}

module.exports = { isOne, isOfNodeWorker, note, arrive };
