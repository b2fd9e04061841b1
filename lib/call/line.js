// The port, or the worker, under a peer: who posts on it, listens to it and hears of its end.
'use strict';

const { errorMonitor } = require('node:events');
const { clearTimeout, setTimeout } = require('node:timers');
const mailbox = require('../channel/mailbox');
const native = require('../native/native');
const { isPort, keyOf, queuedOn } = require('../port/port');
const { linkOf } = require('../worker/links');

/** How many milliseconds a worker that has closed its port is given to end. */
const GRACE = 500;

/** @typedef {any} Source a port, or a Worker */

/**
 * @typedef {object} Listener
 * @property {(message: any) => void} hear
 * @property {(error: any) => void} couldNotRead
 * @property {(cause: any) => void} end the channel has ended; with what the worker has failed, if it has
 */

class Line {
  /** @type {Source} */
  #source;
  /** The port through which the messages come, if it is one of this copy of ferroport. @type {any} */
  #inner;
  /** @type {Listener} */
  #listener;
  /** What the worker has failed with. @type {any} */
  #failure;
  /** @type {any} */
  #timer;
  /** How many messages have come, to whomever they were. */
  heard = 0;

  /**
   * @param {Source} source
   * @param {Listener} listener
   * @param {boolean} keeps whether listening keeps the thread alive
   */
  constructor(source, listener, keeps) {
    this.#source = source;
    this.#listener = listener;
    this.#inner = isPort(source) ? source : linkOf(source)?.port;
    const wasRefed = source.hasRef?.();
    source.on('message', this.#onMessage);
    // A Worker keeps its parent alive itself.
    if (!keeps && wasRefed === false) source.unref();
    source.on('messageerror', this.#onUnread);
    if (isPort(source) || source.terminate === undefined) source.on('close', this.#onEnd);
    else {
      source.on('exit', this.#onEnd);
      // An 'error' listener would change what becomes of the error.
      source.on(errorMonitor, this.#onFailure);
      // A worker may close its parentPort and go on.
      this.#inner?.on('close', this.#onClose);
    }
  }

  #onMessage = (/** @type {any} */ message) => {
    this.heard++;
    this.#listener.hear(message);
  };

  #onUnread = (/** @type {any} */ error) => {
    this.heard++;
    this.#listener.couldNotRead(error);
  };

  #onFailure = (/** @type {any} */ error) => {
    this.#failure = error;
  };

  /** A worker that ends closes its port first, and what it has failed with is told after that. */
  #onClose = () => {
    this.#timer = setTimeout(this.#onEnd, GRACE);
    this.#timer.unref?.();
  };

  #onEnd = () => this.#listener.end(this.#failure);

  /** Whether the other end has ended, although this thread may not have been told yet. */
  get isCutOff() {
    const inner = this.#inner;
    return inner !== undefined && native.whereabouts(keyOf(inner)) === 'closed';
  }

  /** Whether what is posted leaves the process. */
  get leavesProcess() {
    const inner = this.#inner;
    return inner !== undefined && native.bars(keyOf(inner)) === native.limits.LINKED;
  }

  /** How many messages wait to be read; undefined if that is not known. */
  get waiting() {
    const inner = this.#inner;
    return inner === undefined ? undefined : queuedOn(inner);
  }

  /**
   * @param {any} record
   * @param {any} [transfer]
   * @throws as postMessage; nothing was sent then
   */
  post(record, transfer) {
    if (transfer === undefined) this.#source.postMessage(record);
    else this.#source.postMessage(record, transfer);
  }

  /**
   * The next message, for which the thread is blocked.
   * @param {any} options as receiveSync takes them
   */
  receive(options) {
    const message = this.#source.receiveSync(options);
    this.heard++;
    return message;
  }

  /** Whether somebody else listens to the port. */
  get isShared() {
    return this.#source.listenerCount('message') > 1;
  }

  /**
   * Hands a message to those who listen to the port, as if it had just arrived.
   * @param {any} message that is not for the peer
   */
  handOn(message) {
    this.#source.emit('message', message);
  }

  /**
   * Listens no more.
   * @param {boolean} closes whether the port is closed, too, if it was made for this
   */
  end(closes) {
    const source = this.#source;
    source.off('message', this.#onMessage);
    source.off('messageerror', this.#onUnread);
    source.off('close', this.#onEnd);
    source.off('exit', this.#onEnd);
    source.off(errorMonitor, this.#onFailure);
    this.#inner?.off('close', this.#onClose);
    clearTimeout(this.#timer);
    if (closes && isPort(source) && source !== parentPort()) source.close();
  }
}

/**
 * Whether nothing goes over a port or worker any more, without its telling so again.
 * @param {Source} source
 * @returns {boolean}
 */
function hasEnded(source) {
  if (isPort(source)) return queuedOn(source) < 0;
  // Node takes the id of a worker that has ended away, or its name, or both; Deno only its name.
  return source.threadId === -1 || source.threadName === null;
}

/** This thread's port to its parent, which stands on Node's module. */
const parentPort = () => /** @type {any} */ (require('node:worker_threads')).parentPort;

/**
 * Keeps the event loop alive while calls are pending, whatever the program does with the ref of the port.
 * @param {1 | -1} change
 */
const keepAlive = (change) => mailbox.countRef(change);

module.exports = { Line, hasEnded, keepAlive };
