// Worker: Node's, whose messages go through ferroport.
'use strict';

const native = require('../native/native');
const { globals, methods, statics, uncurry } = require('../language/originals');
const threads = require('../node/threads').original;

const { apply, defineProperty } = statics;
const { Promise } = globals;

/** @type {WeakMap<Worker, import('./link')>} */
const links = new globals.WeakMap();

/** @type {(worker: Worker) => import('./link') | undefined} */
const linkOf = uncurry(methods.weakMapGet, links);

/** @type {(worker: Worker, link: import('./link')) => unknown} */
const setLink = uncurry(methods.weakMapSet, links);

/** @type {(worker: Worker) => boolean} */
const forgetLink = uncurry(methods.weakMapDelete, links);

/**
 * A thread (Node.js, worker_threads). Node's Worker starts and ends it; workerData and messages are ours.
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
    // Elsewhere nobody may emit the one of the two events without which messages would wait for ever.
    link.canWait = this.listenerCount('newListener') > 0;
    if (link.isBounded) link.drainOn(this);
    setLink(this, link);
  }

  /**
   * Posts to the worker's parentPort; waits there until the worker is up, and is dropped once it has ended.
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

  /**
   * @override
   * @type {(name: any, ...values: any[]) => boolean}
   */
  emit(name) {
    const value = arguments[1];
    if (name === 'error' || name === 'exit') {
      native.reserveDeepStack();
      linkOf(this)?.deliver(this);
      // Not for a user's own emit('exit').
      if (name === 'exit' && hasEnded(this)) end(this, value);
    } else if (name === 'online') {
      linkOf(this)?.begin();
    } else if ((name === 'newListener' || name === 'removeListener') && value === 'message') {
      // The first comes, or the last has gone. Node's Worker listens to both events for the same reason.
      if (this.listenerCount('message') === 0) linkOf(this)?.want(name === 'newListener');
    }
    try {
      return apply(super.emit, this, arguments);
    } finally {
      // Also if a listener throws.
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

// As EventEmitter's are.
defineProperty(Worker.prototype, 'emit', { enumerable: true });
defineProperty(Worker.prototype, 'removeAllListeners', { enumerable: true });

/**
 * Node takes an ended worker's id away, or its name, or both; Deno only the name.
 * @param {any} worker
 */
const hasEnded = ({ threadId, threadName }) => threadId === -1 || threadName === null;

/**
 * @param {Worker} worker
 * @param {number} code
 */
function end(worker, code) {
  linkOf(worker)?.end(code);
  forgetLink(worker);
}

module.exports = Worker;
