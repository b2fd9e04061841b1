// The first message of a Worker of Node's, which carries workerData. The thread reads it before it can load anything.
// So the hook learns by environment data which ports in workerData stand for ports of ferroport.
'use strict';

const { MessagePort: NodePort, getEnvironmentData, setEnvironmentData } = require('../node/threads').original;
const builtin = /** @type {any} */ (require('node:worker_threads'));
const { Map, getOwnPropertyDescriptor, mapSet, types } = require('../language/intrinsics');
const { isAmong } = require('../language/originals');
const { isRefusal } = require('../node/errors');
const { open } = require('./envelope');

/**
 * The name in the environment data for the places, in the order of a walk, of the ports that stand for ports of
 * ferroport. Threads without the hook never look.
 */
const SERVED = 'ferroport.workerData';

/** @param {unknown} object */
const isNodePort = (object) => object instanceof NodePort;

/** @param {unknown} data */
const portsIn = (data) => require('./walk').findIn(data, isNodePort);

/** @param {any} value posted by Node or by a program; whether it is the first message of a worker */
const isFirstMessage = (value) =>
  isNodePort(getOwnPropertyDescriptor(Object(value), 'publicPort')?.value) && 'workerData' in value;

/**
 * Whether nobody can tell if the worker of a first message will have the hook: a program has made the worker by Node's
 * own class, perhaps with other options than this thread's. Workers of ferroport begin with the hook, and Node's
 * internal ones have the options of the main thread.
 * @param {any} message the first message of a worker
 */
const isOfNodeWorker = ({ doEval, workerData: data }) => doEval !== 'internal' && open(data) === undefined;

/**
 * Notes in the environment data of a first message which of its ports stand for ports of ferroport.
 * @param {any} message the first message of a worker, cloned
 * @param {object[]} served those ports
 */
function noteServed({ workerData: data, environmentData }, served) {
  const ports = portsIn(data);
  /** @type {number[]} */
  const places = [];
  for (let place = 0; place < ports.length; place++) {
    if (isAmong(served, ports[place])) places[places.length] = place;
  }
  if (types.isMap(environmentData)) mapSet(environmentData, SERVED, places);
}

/**
 * Puts ports of ferroport into this thread's workerData for the ports that stand for them. To be called when the hook
 * comes. A port that the program already uses stays as it is.
 */
function arrive() {
  const places = /** @type {number[] | undefined} */ (getEnvironmentData(SERVED));
  if (places === undefined) return;
  // Deleted, because the workers of this thread would get it, too.
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

/** A port with a listener for one of these events is in use. */
const EVENTS = ['message', 'messageerror', 'close'];

/** @param {any} port of Node's; undefined if the program has taken it out of workerData */
function isUnused(port) {
  if (port === undefined) return false;
  for (let i = 0; i < EVENTS.length; i++) if (port.listenerCount(EVENTS[i]) > 0) return false;
  try {
    // Node refuses a port that has been closed or sent on.
    require('../runtime/oracle').checkTransferList([port]);
    return true;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return false;
  }
}

module.exports = { isFirstMessage, isOfNodeWorker, noteServed, arrive };
