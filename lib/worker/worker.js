// Worker: Node's class, with messages over a channel of ferroport's.
'use strict';

const native = require('../native/native');
const { globals, methods, statics, uncurry } = require('../language/originals');
const { letReplace } = require('../node/replaceable');
const threads = require('../node/threads').original;
const { forgetLink, linkOf, setLink } = require('./links');

const { apply, defineProperty } = statics;
const { Promise } = globals;

/**
 * The links of workers that have ended, if somebody has asked for their messages one by one.
 * @type {WeakMap<Worker, import('./link')>}
 */
const ended = new globals.WeakMap();

/** @type {(worker: Worker) => import('./link') | undefined} */
const endedLinkOf = uncurry(methods.weakMapGet, ended);

/** @type {(worker: Worker, link: import('./link')) => unknown} */
const setEndedLink = uncurry(methods.weakMapSet, ended);

/**
 * A thread (Node.js, worker_threads). Node's Worker starts and ends it; ferroport brings workerData and messages.
 */
class Worker extends threads.Worker {
  /**
   * @param {string | URL} filename
   * @param {any} [options] Node's
   * @throws Node's errors; nothing is detached and no thread has started then
   */
  constructor(filename, options = {}) {
    native.reserveDeepStack();
    const link = new (require('./link'))();
    try {
      super(filename, link.optionsFor(options));
    } catch (error) {
      link.end();
      throw error;
    }
    // Messages wait for a listener only where the runtime's own Worker listens to 'newListener', as Node's does.
    // Elsewhere nobody may ever emit that event, and messages would wait for ever.
    link.canWait = this.listenerCount('newListener') > 0;
    // Elsewhere nobody tells of a listener for 'drain' either.
    if (link.isBounded || !link.canWait) link.drainOn(this);
    link.belongTo(this);
    setLink(this, link);
  }

  /**
   * Posts to the worker's parentPort. Messages wait there until the worker runs, and are dropped once it has ended.
   * @override
   * @type {(value: any, transfer?: any) => void}
   */
  postMessage() {
    linkOf(this)?.post(arguments);
  }

  /**
   * Posts to the worker's parentPort if there is room.
   * @type {(value: any, transfer?: any) => boolean} false if there is none, or the worker has ended
   */
  tryPostMessage() {
    const link = linkOf(this);
    if (link === undefined) return false;
    link.drainOn(this);
    return apply(link.port.tryPostMessage, link.port, arguments);
  }

  /**
   * Posts to the worker's parentPort, and blocks the thread until there is room.
   * @type {(value: any, options?: any) => boolean} false if the worker has ended
   */
  postMessageSync() {
    const link = linkOf(this);
    return link !== undefined && apply(link.port.postMessageSync, link.port, arguments);
  }

  /**
   * Takes what the worker has posted next, and blocks the thread until there is something.
   * @type {(options?: any) => any}
   */
  receiveSync(options) {
    const link = linkOf(this);
    if (link === undefined) throw require('../port/block').closed();
    return link.port.receiveSync(options);
  }

  /**
   * @override
   * @type {(...values: any[]) => Promise<any>}
   */
  terminate() {
    const ended = apply(super.terminate, this, /** @type {any} */ (arguments));
    // The worker may be blocked.
    linkOf(this)?.wake();
    return ended;
  }

  /** As of a port: how much of what comes from the worker may wait. */
  get highWaterMark() {
    return linkOf(this)?.port.highWaterMark ?? null;
  }

  set highWaterMark(mark) {
    const link = linkOf(this);
    if (link === undefined) require('../port/mark').readMark('highWaterMark', mark);
    else link.port.highWaterMark = mark;
  }

  get bufferedAmount() {
    return linkOf(this)?.port.bufferedAmount ?? 0;
  }

  get bufferedMessages() {
    return linkOf(this)?.port.bufferedMessages ?? 0;
  }

  get ready() {
    const link = linkOf(this);
    return link === undefined
      ? new Promise((/** @type {(hasRoom: boolean) => void} */ resolve) => resolve(false))
      : link.port.ready;
  }

  /** As of a port: what has gone between the worker and its parent, and what waits. */
  stats() {
    const link = linkOf(this);
    return link === undefined ? require('../port/flow').statsAt(0) : link.port.stats();
  }

  /** As of a port: lets messages wait that would go to the worker's listeners. */
  pause() {
    portOf(this).pause();
    return this;
  }

  resume() {
    if (isPulled(this)) portOf(this).resume();
    return this;
  }

  /** @returns {boolean} */
  isPaused() {
    return isPulled(this) && portOf(this).isPaused();
  }

  /**
   * As of a port: what the worker posts, each message taken when it is asked for.
   * @param {any} [options]
   * @returns {AsyncIterableIterator<any>}
   */
  messages(options) {
    return portOf(this).messages(options);
  }

  /** @returns {AsyncIterableIterator<any>} */
  [Symbol.asyncIterator]() {
    return portOf(this).messages(undefined);
  }

  get readable() {
    return portOf(this).readable;
  }

  get writable() {
    return portOf(this).writable;
  }

  /**
   * @override
   * @type {(name: any, ...values: any[]) => boolean}
   */
  emit(name) {
    const value = arguments[1];
    if (name === 'error' || name === 'exit') {
      native.reserveDeepStack();
      linkOf(this)?.deliver(this);
      // A program may emit 'exit' itself.
      if (name === 'exit' && hasEnded(this)) end(this, value);
    } else if (name === 'online') {
      linkOf(this)?.begin();
    } else if ((name === 'newListener' || name === 'removeListener') && value === 'message') {
      // The first listener is about to be added, or the last one has been removed. Node's Worker uses both events for
      // the same purpose.
      if (this.listenerCount('message') === 0) linkOf(this)?.want(name === 'newListener');
    } else if (name === 'newListener' && value === 'drain') {
      linkOf(this)?.drainOn(this);
    }
    try {
      return apply(super.emit, this, arguments);
    } finally {
      // In `finally`, so that it happens also if a listener throws.
      if (name === 'online') linkOf(this)?.emitOn(this);
    }
  }

  /**
   * @override
   * @type {(name?: any) => this}
   */
  removeAllListeners(name) {
    if (name === 'message') linkOf(this)?.keep(this.rawListeners(name));
    return apply(super.removeAllListeners, this, arguments);
  }
}

letReplace(Worker.prototype, ['bufferedAmount', 'bufferedMessages', 'ready', 'readable', 'writable']);
// EventEmitter's methods are enumerable.
defineProperty(Worker.prototype, 'emit', { enumerable: true });
defineProperty(Worker.prototype, 'removeAllListeners', { enumerable: true });

/**
 * Whether a worker has ended: Node takes its id away, or its name, or both; Deno only its name.
 * @param {any} worker
 */
const hasEnded = ({ threadId, threadName }) => threadId === -1 || threadName === null;

/**
 * @param {Worker} worker
 * @param {number} code
 */
function end(worker, code) {
  const link = linkOf(worker);
  if (link === undefined) return;
  link.end(code);
  forgetLink(worker);
  if (link.isPulled) setEndedLink(worker, link);
}

/**
 * The port at the parent's end, for who asks for messages one by one.
 * @param {Worker} worker
 * @returns {any} a closed port if the worker has ended
 */
function portOf(worker) {
  const link = linkOf(worker) ?? endedLinkOf(worker);
  if (link !== undefined) return link.pulledFor(worker);
  const { 0: port } = require('../post/message-port').makePair();
  port.close();
  return port;
}

/** @param {Worker} worker */
const isPulled = (worker) => (linkOf(worker) ?? endedLinkOf(worker))?.isPulled === true;

module.exports = Worker;
