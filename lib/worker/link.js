// The channel between a Worker and its thread, at the parent's side.
'use strict';

const native = require('../native/native');
const { apply, create } = require('../language/intrinsics');
const delivery = require('../delivery/receive');
const { messages } = require('../node/diagnostics');
const { showAs } = require('../port/shown');
const ticks = require('../runtime/ticks');
const { lazy } = require('../language/lazy');
const { nodeProcess: process } = require('../language/originals');
const { keyOf, contextOf, emitMessage, isPulled } = require('../port/port');
const { makePair } = require('../post/message-port');
const { park } = require('../port/parking');
const { checkEnvironmentData } = require('./environment-data');
const { seal } = require('../through-node/envelope');
const { shareCompiled } = require('./compiled');
const { execArgvFor } = require('./exec-argv');
const { bootstrap, environmentFor, isBundled, preloadsFor } = require('./preload');

/** @typedef {ReturnType<typeof import('../post/message-port').make>} Port */

/** Loaded when first needed. */
const pulling = lazy(() => require('../port/pull'));

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
   * The peer of the worker's parentPort, once workerData has been posted.
   * @type {Port | undefined}
   */
  #port;
  /**
   * The token by which the worker claims its endpoint.
   * @type {string | undefined}
   */
  #token;
  /** Whether messages from the worker are emitted on the Worker. */
  #emits = false;
  /** Whether the Worker has lost its last 'message' listener. Messages wait for the next listener then, as in Node. */
  #waits = false;
  /** Whether the Worker tells this object of its 'message' listeners. */
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
  /** Whether somebody has asked for messages one by one, or has paused them. */
  isPulled = false;
  /** The 'message' listeners that were removed in this tick. */
  /** @type {Function[]} */
  #removed = [];

  /**
   * The options for Node's Worker: the program's, except that workerData, transferList and execArgv are ferroport's.
   * @param {any} options as the user gave them
   * @returns {any}
   * @throws as readMark
   */
  optionsFor(options) {
    // Node throws its own error.
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
      // Node reads these two when it has checked all other options, so nothing is detached in vain.
      transferList: { get: () => pack().transferList, enumerable: true },
      workerData: {
        get: () => seal({ token: pack().token, companion: pack().companion, execArgv: shown, nodeOptions }),
        enumerable: true,
      },
    });
  }

  /**
   * Posts workerData as the first message.
   * @param {any} options
   * @returns {ReturnType<typeof park>} the token and companion for the worker
   */
  #pack(options) {
    native.reserveDeepStack();
    checkEnvironmentData();
    if (bootstrap !== undefined) shareCompiled(bootstrap);
    const { workerData, transferList } = options;
    // By index, because programs may have patched the iterator of arrays.
    const list = [];
    for (let i = 0; transferList && i < transferList.length; i++) list[i] = transferList[i];
    const pair = makePair();
    this.#port = pair[0];
    // workerData is no message to programs.
    showAs(pair[0], null);
    if (this.#mark !== undefined) require('../port/flow').setMarks(pair, this.#mark);
    pair[0].postMessage(workerData, list);
    const parked = park(pair[1]);
    this.#token = parked.token;
    return parked;
  }

  /**
   * Emits on `worker` what comes from the worker. To be called once it is 'online', because no message comes before.
   *
   * The port never keeps the event loop alive. Listeners ref Node's own pair of ports, which is otherwise unused.
   * @param {import('node:events').EventEmitter} worker
   */
  emitOn(worker) {
    if (this.#emits) return;
    this.#emits = true;
    const port = /** @type {Port} */ (this.#port);
    port.on('message', (/** @type {unknown} */ value) => worker.emit('message', value));
    port.on('messageerror', (/** @type {unknown} */ value) => worker.emit('messageerror', value));
    port.unref();
    if (this.#waits && !isPulled(port)) native.stop(keyOf(port));
  }

  /**
   * The Worker has got its first 'message' listener, or has lost the last one. Messages that come before the first
   * listener ever are lost.
   * @param {boolean} wanted
   */
  want(wanted) {
    if (!this.canWait) return;
    this.#waits = !wanted;
    if (!this.#emits) return;
    const key = keyOf(/** @type {Port} */ (this.#port));
    if (isPulled(this.port)) pulling().listenersChanged(this.port);
    else if (wanted) native.start(key);
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

  /**
   * Subscribers to messages hear of the Worker where the port would stand.
   * @param {object} worker
   */
  belongTo(worker) {
    showAs(this.port, worker);
  }

  /** Whether the program has given a mark. */
  get isBounded() {
    return this.#mark !== undefined;
  }

  /** The port, for what only asks. */
  get port() {
    return /** @type {Port} */ (this.#port);
  }

  /** The worker is to end: it looks up from a blocking call, and whoever is blocked for what it posts hears that it will not begin. */
  wake() {
    native.wakePeer(keyOf(this.port));
    // A worker that has not begun to run never will. This thread may be blocked until it hears of that.
    if (this.#token !== undefined) native.revoke(this.#token);
  }

  /**
   * The port, for who asks for its messages one by one. From now on messages wait for which neither somebody asks nor the worker has a
   * listener.
   * @param {import('node:events').EventEmitter} worker
   */
  pulledFor(worker) {
    if (this.isPulled) return this.port;
    this.isPulled = true;
    this.#waits = worker.listenerCount('message') === 0;
    const pull = pulling().pullOf(this.port);
    // The worker keeps this thread running as long as it may post.
    pull.mayRef = false;
    pull.isListened = () => {
      if (!this.#emits) return false;
      if (this.canWait) return !this.#waits;
      return worker.listenerCount('message') > 0 || (pull.uses === 0 && !pull.isPaused && !pull.isAwaited);
    };
    if (!this.canWait) {
      // The listener is added after this event.
      worker.on('newListener', (name) => {
        if (name === 'message') ticks.queueMicrotask(() => pulling().listenersChanged(this.port));
      });
    }
    return this.port;
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
   * Keeps 'message' listeners that are about to be removed until the end of this tick. Node removes all listeners in
   * the tick in which it emits 'error' and 'exit', before it emits them.
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
   * Delivers everything that the worker has posted until now.
   * @param {import('node:events').EventEmitter} worker
   */
  deliver(worker) {
    const port = /** @type {Port} */ (this.#port);
    const listeners = this.#removed;
    this.#removed = [];
    let waiting = native.queued(keyOf(port));
    if (waiting <= 0) return;
    // The worker may have failed before it was online, after a preload has posted.
    this.emitOn(worker);
    for (let i = 0; i < listeners.length; i++) worker.on('message', /** @type {any} */ (listeners[i]));
    for (; waiting > 0; waiting--) {
      if (this.isPulled && !deliversPulled(port)) return;
      deliverNext(port);
      ticks.run();
    }
  }

  /** The worker is online. */
  begin() {
    this.#hasBegun = true;
  }

  /**
   * Closes the channel of a worker that has ended, or will not begin.
   * @param {number} [code] the exit code; 0 if the worker ended by itself
   */
  end(code) {
    const isUnclaimed = this.#token !== undefined && native.revoke(this.#token);
    // Where no bootstrap is loaded (preload.js), the worker's own code has to load ferroport.
    if (isUnclaimed && this.#hasBegun && code === 0) process.emitWarning(NOT_LOADED.message, NOT_LOADED.options);
    // What somebody will ask for stays. The worker has closed the other end, so this one closes when all is read.
    if (this.isPulled && isPulled(this.port) && native.queued(keyOf(this.port)) > 0) return;
    this.#port?.close();
  }
}

/**
 * Whether the next message of a port has come, and somebody is there for it.
 * @param {Port} port
 */
function deliversPulled(port) {
  const { isWanted, pullOf } = pulling();
  return native.queued(keyOf(port)) > 0 && (!isPulled(port) || isWanted(pullOf(port)));
}

/**
 * Own properties that give the values of all properties, inherited ones included: Bun does not see inherited options.
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
  delivery.takeContext();
  try {
    value = delivery.receive(keyOf(port))?.message;
  } catch (error) {
    type = 'messageerror';
    value = error;
  }
  const context = delivery.takeContext();
  const pull = isPulled(port) ? pulling().pullOf(port) : undefined;
  const emit = () => {
    if (pull !== undefined && pull.first !== null) pull.hand(type, value);
    else emitMessage(port, type, value, []);
  };
  const tell = () => {
    if (type === 'messageerror' || !messages.hasSubscribers) emit();
    else require('../delivery/hand-out').handOut(port, value, context, emit);
  };
  contextOf(port).runInAsyncScope(tell);
}

module.exports = Link;
