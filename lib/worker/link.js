// The channel between a Worker and the code in its thread, from the parent's side.
'use strict';

const native = require('../native/native');
const { apply, create } = require('../language/intrinsics');
const delivery = require('../delivery/receive');
const ticks = require('../runtime/ticks');
const { nodeProcess: process } = require('../language/originals');
const { keyOf, contextOf, emitMessage } = require('../port/port');
const { makePair } = require('../post/message-port');
const { park } = require('../port/parking');
const { checkEnvironmentData } = require('./environment-data');
const { seal } = require('../through-node/envelope');
const { shareCompiled } = require('./compiled');
const { execArgvFor } = require('./exec-argv');
const { bootstrap, environmentFor, isBundled, preloadsFor } = require('./preload');

/** @typedef {ReturnType<typeof import('../post/message-port').make>} Port */

const NOT_LOADED = {
  message: 'A worker has ended that never loaded ferroport: it had no workerData, and what was posted to it is lost',
  options: {
    type: 'FerroportWarning',
    code: 'FERROPORT_NOT_IN_WORKER',
    detail: isBundled
      ? 'Nothing of a bundle is loaded ahead of a worker’s code: its first module must require or import ferroport, of the same ' +
        'bundle or with the same addon (docs/bundlers.md).'
      : 'On this runtime its first module must require or import ferroport.',
  },
};

class Link {
  /**
   * The peer of the worker's parentPort, once there is something to send.
   * @type {Port | undefined}
   */
  #port;
  /**
   * Under which the worker finds its end.
   * @type {string | undefined}
   */
  #token;
  /** Whether the port has listeners. */
  #emits = false;
  /** Whether the last 'message' listener of the worker has gone: messages wait for the next one then, as in Node. */
  #waits = false;
  /** Whether it is told of that. */
  canWait = false;
  /** Whether the worker's code has begun to run. */
  #hasBegun = false;
  /**
   * How much may wait at each end, if there is a mark.
   * @type {import('../port/mark').Mark | undefined}
   */
  #mark;
  /** Whether the worker is told that there is room again. */
  #drains = false;
  /** The 'message' listeners that were removed in this tick. */
  /** @type {Function[]} */
  #removed = [];

  /**
   * The options for Node's Worker: the user's, with our own way for workerData, transferList and execArgv.
   * @param {any} options as the user gave them
   * @returns {any}
   * @throws as readMark
   */
  optionsFor(options) {
    // Node's error.
    if (options === null) return options;
    const { highWaterMark } = options;
    if (highWaterMark !== undefined) {
      this.#mark = require('../port/mark').readMark('options.highWaterMark', highWaterMark);
    }
    const { list, shown } = execArgvFor(options.execArgv);
    const { env, nodeOptions } = environmentFor(options.env);
    /** @type {ReturnType<typeof park> | undefined} */
    let packed;
    const pack = () => (packed ??= this.#pack(options));
    return create(Object(options), {
      ...readThrough(options),
      execArgv: { value: list, enumerable: true },
      env: { value: env, enumerable: true },
      preload: { get: () => preloadsFor(options.preload), enumerable: true },
      // These two are read when all other options have been found to be good: nothing is detached in vain.
      transferList: { get: () => pack().transferList, enumerable: true },
      workerData: {
        get: () => seal({ token: pack().token, companion: pack().companion, execArgv: shown, nodeOptions }),
        enumerable: true,
      },
    });
  }

  /**
   * Posts workerData ahead of all messages.
   * @param {any} options
   * @returns {ReturnType<typeof park>} how the worker finds its end
   */
  #pack(options) {
    native.reserveDeepStack();
    checkEnvironmentData();
    if (bootstrap !== undefined) shareCompiled(bootstrap);
    const { workerData, transferList } = options;
    // As Node does: by the iterator of arrays, whatever it is.
    const list = [];
    for (let i = 0; transferList && i < transferList.length; i++) list[i] = transferList[i];
    const pair = makePair();
    this.#port = pair[0];
    if (this.#mark !== undefined) require('../port/flow').setMarks(pair, this.#mark);
    pair[0].postMessage(workerData, list);
    const parked = park(pair[1]);
    this.#token = parked.token;
    return parked;
  }

  /**
   * Hands what comes from the worker to the listeners of `worker`, once that is 'online': no message comes before.
   *
   * The port never keeps the event loop alive: Node's own pair of ports, unused, is ref'ed by listeners as ever.
   * @param {import('node:events').EventEmitter} worker
   */
  emitOn(worker) {
    if (this.#emits) return;
    this.#emits = true;
    const port = /** @type {Port} */ (this.#port);
    port.on('message', (/** @type {unknown} */ value) => worker.emit('message', value));
    port.on('messageerror', (/** @type {unknown} */ value) => worker.emit('messageerror', value));
    port.unref();
    if (this.#waits) native.stop(keyOf(port));
  }

  /**
   * The worker has its first 'message' listener, or none any more. What comes before it has ever had one is lost.
   * @param {boolean} wanted
   */
  want(wanted) {
    if (!this.canWait) return;
    this.#waits = !wanted;
    if (!this.#emits) return;
    const key = keyOf(/** @type {Port} */ (this.#port));
    if (wanted) native.start(key);
    else native.stop(key);
  }

  /**
   * @param {ArrayLike<any>} values the arguments of postMessage
   * @throws what postMessage throws
   */
  post(values) {
    const port = /** @type {Port} */ (this.#port);
    apply(port.postMessage, port, values);
  }

  /** Whether the program has given a mark. */
  get isBounded() {
    return this.#mark !== undefined;
  }

  /** The port, for what only asks. */
  get port() {
    return /** @type {Port} */ (this.#port);
  }

  /**
   * Lets the worker emit 'drain' as the port does. Nothing keeps the event loop alive for it.
   * @param {import('node:events').EventEmitter} worker
   */
  drainOn(worker) {
    if (this.#drains) return;
    this.#drains = true;
    this.port.on('drain', () => worker.emit('drain'));
  }

  /**
   * Keeps 'message' listeners that are about to be removed for the rest of this tick: Node removes them in the tick in
   * which it emits 'error' and 'exit', and before that.
   * @param {Function[]} listeners
   */
  keep(listeners) {
    if (listeners.length === 0) return;
    this.#removed = listeners;
    ticks.queueMicrotask(() => {
      if (this.#removed === listeners) this.#removed = [];
    });
  }

  /**
   * Delivers what the worker has posted until now.
   * @param {import('node:events').EventEmitter} worker
   */
  deliver(worker) {
    const port = /** @type {Port} */ (this.#port);
    const listeners = this.#removed;
    this.#removed = [];
    let waiting = native.queued(keyOf(port));
    if (waiting <= 0) return;
    // A preload may have posted, and then failed.
    this.emitOn(worker);
    for (let i = 0; i < listeners.length; i++) worker.on('message', /** @type {any} */ (listeners[i]));
    for (; waiting > 0; waiting--) {
      deliverNext(port);
      ticks.run();
    }
  }

  /** The worker is online. */
  begin() {
    this.#hasBegun = true;
  }

  /**
   * The worker has ended, or will not begin.
   * @param {number} [code] with which it ended; 0: by itself, if it has begun
   */
  end(code) {
    const isUnclaimed = this.#token !== undefined && native.revoke(this.#token);
    // Where no bootstrap is loaded (preload.js), the worker's own code has to load ferroport.
    if (isUnclaimed && this.#hasBegun && code === 0) process.emitWarning(NOT_LOADED.message, NOT_LOADED.options);
    this.#port?.close();
  }
}

/**
 * Properties that give an object's own: Bun does not see those that options inherit.
 * @param {any} options
 */
function readThrough(options) {
  /** @type {PropertyDescriptorMap} */
  const properties = {};
  for (const name in options) properties[name] = { get: () => options[name], enumerable: true };
  return properties;
}

/** @param {Port} port */
function deliverNext(port) {
  /** @type {'message' | 'messageerror'} */
  let type = 'message';
  let value;
  try {
    value = delivery.receive(keyOf(port))?.message;
  } catch (error) {
    type = 'messageerror';
    value = error;
  }
  contextOf(port).runInAsyncScope(emitMessage, undefined, port, type, value, []);
}

module.exports = Link;
