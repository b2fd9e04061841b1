// The message with which a Worker of Node's begins: it is read before anything can be loaded in the thread, so that the hook
// hears of ports of ferroport in workerData by another way, when it comes.
'use strict';

const { MessagePort: NodePort, getEnvironmentData, setEnvironmentData } = require('../node/threads').original;
const builtin = /** @type {any} */ (require('node:worker_threads'));
const { Map, getOwnPropertyDescriptor, mapSet, types } = require('../language/intrinsics');
const { isAmong } = require('../language/originals');
const { isRefusal } = require('../node/errors');
const { open } = require('./envelope');

/** Environment data: which ones of the ports in workerData, in the order of a walk. Threads without the hook never look. */
const SERVED = 'ferroport.workerData';

/** @param {unknown} object */
const isNodePort = (object) => object instanceof NodePort;

/** @param {unknown} data */
const portsIn = (data) => require('./walk').findIn(data, isNodePort);

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
  const ports = portsIn(data);
  /** @type {number[]} */
  const places = [];
  for (let place = 0; place < ports.length; place++) {
    if (isAmong(served, ports[place])) places[places.length] = place;
  }
  if (types.isMap(environmentData)) mapSet(environmentData, SERVED, places);
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
  const ports = portsIn(builtin.workerData);
  /** @type {Map<unknown, object> | undefined} */
  let arrived;
  for (let i = 0; i < places.length; i++) {
    const port = ports[places[i]];
    if (!isUnused(port)) continue;
    mapSet((arrived ??= new Map()), port, require('./packing').takeOut('served', port));
  }
  if (arrived !== undefined) builtin.workerData = require('./arrival').putInto(builtin.workerData, arrived);
}

/** To whoever listens to one of these, a port is of use. */
const EVENTS = ['message', 'messageerror', 'close'];

/** @param {any} port of Node's; undefined if the program has taken it out of workerData */
function isUnused(port) {
  if (port === undefined) return false;
  for (let i = 0; i < EVENTS.length; i++) if (port.listenerCount(EVENTS[i]) > 0) return false;
  try {
    // Not if it has been closed or sent on.
    require('../runtime/oracle').checkTransferList([port]);
    return true;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return false;
  }
}

module.exports = { isOne, isOfNodeWorker, note, arrive };
