// The channel between a Worker and the code in its thread, from the parent's side.
'use strict';

const native = require('../native');
const delivery = require('../delivery');
const { makePair, keyOf, isOpen } = require('../message-port');
const { park } = require('../parking');
const { seal } = require('./envelope');
const { execArgvFor } = require('./exec-argv');

/** @typedef {ReturnType<typeof import('../message-port').make>} Port */

class Link {
  /** The peer of the worker's parentPort. */
  #port;
  #peer;
  /** Under which the worker finds its end. */
  /** @type {string | undefined} */
  #token;
  /** The 'message' listeners that were removed in this tick. */
  /** @type {Function[]} */
  #removed = [];

  constructor() {
    [this.#port, this.#peer] = makePair();
  }

  /**
   * The options for Node's Worker: the user's, with our own way for workerData, transferList and execArgv.
   * @param {any} options as the user gave them
   * @returns {any}
   */
  optionsFor(options) {
    // Node's error.
    if (options === null) return options;
    const { list, shown } = execArgvFor(options.execArgv);
    return Object.create(Object(options), {
      execArgv: { value: list },
      transferList: { value: undefined },
      // Read once, when all other options have been found to be good: nothing is detached in vain.
      workerData: { get: () => this.#pack(options, shown) },
    });
  }

  /**
   * @param {any} options
   * @param {string[] | undefined} execArgv
   */
  #pack(options, execArgv) {
    const { workerData, transferList } = options;
    // As Node does: by the iterator of arrays, whatever it is.
    const list = transferList ? [...Reflect.apply(Array.prototype[Symbol.iterator], transferList, [])] : [];
    this.#port.postMessage(workerData, list);
    this.#token = park(this.#peer);
    return seal({ token: this.#token, execArgv });
  }

  /**
   * Hands what comes from the worker to the listeners of `worker`, once Node has constructed it.
   *
   * The port never keeps the event loop alive: Node's own pair of ports, unused, is ref'ed by listeners as ever.
   * @param {import('node:events').EventEmitter} worker
   */
  emitOn(worker) {
    for (const name of ['message', 'messageerror']) this.#port.on(name, (value) => worker.emit(name, value));
    this.#port.unref();
  }

  /**
   * @param {ArrayLike<any>} values the arguments of postMessage
   */
  post(values) {
    if (isOpen(this.#port)) Reflect.apply(this.#port.postMessage, this.#port, values);
  }

  /**
   * Keeps 'message' listeners that are about to be removed for the rest of this tick: Node removes them in the tick in
   * which it emits 'error' and 'exit', and before that.
   * @param {Function[]} listeners
   */
  keep(listeners) {
    if (listeners.length === 0) return;
    this.#removed = listeners;
    process.nextTick(() => {
      if (this.#removed === listeners) this.#removed = [];
    });
  }

  /**
   * Delivers what the worker has posted until now.
   * @param {import('node:events').EventEmitter} worker
   */
  deliver(worker) {
    const listeners = this.#removed;
    this.#removed = [];
    if (native.queued(keyOf(this.#port)) === 0) return;
    for (const listener of listeners) worker.on('message', /** @type {any} */ (listener));
    delivery.flush(this.#port);
  }

  /** The worker has ended, or will not begin. */
  end() {
    if (this.#token !== undefined) native.revoke(this.#token);
    if (keyOf(this.#port) !== 0) this.#port.close();
  }
}

module.exports = Link;
