// The messages of a port as an async iterator: each is taken when it is asked for.
'use strict';

const { invalidArgType } = require('../node/errors');
const { isUsedAsSignal } = require('../channel/signals');
const { methods, uncurry } = require('../language/originals');
const { getPrototypeOf, globals, isObject, setPrototypeOf } = require('../language/intrinsics');
const { isActive } = require('./port');
const { pullOf, stand, takeNow, changeUses, withdraw } = require('./pull');

/** @typedef {import('./pull').Taker} Taker */
/** @typedef {ReturnType<typeof import('./port').make>} Port */
/** @typedef {Promise<IteratorResult<any>>} Answer */

const { Promise } = globals;
const resolve = /** @type {(value: any) => Promise<any>} */ (uncurry(methods.promiseResolve, Promise));
const reject = /** @type {(error: unknown) => Promise<any>} */ (uncurry(methods.promiseReject, Promise));

/** @type {(value: unknown) => IteratorResult<any>} */
const valueOf = (value) => ({ value, done: false });

/** @type {(value?: unknown) => IteratorResult<any>} */
const doneWith = (value) => ({ value, done: true });

/**
 * The functions of the promise that is being made.
 * @type {(value?: any) => void}
 */
let settle;
/** @type {(error: unknown) => void} */
let refuse;

/**
 * What `new Promise` calls. It is one function for all promises, because making one for each takes as long as making the promise.
 * @type {(resolve: (value?: any) => void, reject: (error: unknown) => void) => void}
 */
const noteFunctions = (resolve, reject) => {
  settle = resolve;
  refuse = reject;
};

/** One iteration, as pull.js knows it. */
class Iteration {
  isDone = false;
  /** What `next` rejects with, once. @type {{ error: unknown } | null} */
  failure = null;
  /** @type {(() => void) | null} */
  onAbort = null;

  /**
   * @param {Port} port
   * @param {any} signal undefined for none
   */
  constructor(port, signal) {
    this.pull = pullOf(port);
    this.signal = signal;
    changeUses(this.pull, 1);
    if (signal === undefined) return;
    if (signal.aborted) {
      this.fail(undefined, signal.reason);
    } else {
      this.onAbort = () => this.fail(undefined, signal.reason);
      signal.addEventListener('abort', this.onAbort, { once: true });
    }
  }

  /** @returns {Answer} */
  next() {
    const { pull } = this;
    if (this.isDone) return this.#answerAtEnd();
    let received;
    try {
      do received = isActive(pull.port) ? takeNow(pull) : undefined;
      while (received?.isOrder);
    } catch (error) {
      this.finish();
      return reject(error);
    }
    if (received !== undefined) return resolve(valueOf(received.message));
    if (!isActive(pull.port)) {
      this.finish();
      return resolve(doneWith());
    }
    const promise = new Promise(noteFunctions);
    stand(pull, { receiver: this, resolve: settle, reject: refuse, next: null });
    return promise;
  }

  /** @returns {Answer} */
  #answerAtEnd() {
    const { failure } = this;
    if (failure === null) return resolve(doneWith());
    this.failure = null;
    return reject(failure.error);
  }

  /** @type {(taker: Taker, value: unknown) => void} */
  receive(taker, value) {
    taker.resolve(valueOf(value));
  }

  /**
   * Ends the iteration with an error, which one `next` gets: the given one, else the first that waits, else the next to be called.
   * @param {Taker | undefined} taker
   * @param {unknown} error
   */
  fail(taker, error) {
    if (this.isDone) return;
    const waiting = withdraw(this.pull, this);
    const first = taker ?? waiting[0];
    if (first === undefined) this.failure = { error };
    else first.reject(error);
    for (let i = 0; i < waiting.length; i++) if (waiting[i] !== first) waiting[i].resolve(doneWith());
    this.finish();
  }

  /** @type {(taker: Taker) => void} */
  end(taker) {
    taker.resolve(doneWith());
    this.finish();
  }

  finish() {
    if (this.isDone) return;
    this.isDone = true;
    const waiting = withdraw(this.pull, this);
    for (let i = 0; i < waiting.length; i++) waiting[i].resolve(doneWith());
    changeUses(this.pull, -1);
    if (this.onAbort !== null) this.signal.removeEventListener?.('abort', this.onAbort);
  }
}

class MessageIterator {
  #iteration;

  /** @param {Iteration} iteration */
  constructor(iteration) {
    this.#iteration = iteration;
  }

  /** @returns {Answer} */
  next() {
    return this.#iteration.next();
  }

  /**
   * Ends the iteration. The port stays open.
   * @param {any} [value]
   * @returns {Answer}
   */
  return(value) {
    this.#iteration.failure = null;
    this.#iteration.finish();
    return resolve(doneWith(value));
  }

  /**
   * Ends the iteration, as `return`.
   * @param {any} error
   * @returns {Answer}
   */
  throw(error) {
    this.#iteration.failure = null;
    this.#iteration.finish();
    return reject(error);
  }
}

// An async iterator inherits the method that gives the iterator itself, and whatever else the language has for all of them.
setPrototypeOf(MessageIterator.prototype, getPrototypeOf(getPrototypeOf(async function* () {}).prototype));

/**
 * @param {Port} port
 * @param {any} options
 * @returns {AsyncIterableIterator<any>}
 * @throws {TypeError} ERR_INVALID_ARG_TYPE; nothing has changed then
 */
function messages(port, options) {
  if (options !== undefined && !isObject(options)) throw invalidArgType('options', 'of type object', options);
  const signal = options?.signal;
  if (signal !== undefined && !isUsedAsSignal(signal)) {
    throw invalidArgType('options.signal', 'an instance of AbortSignal or SharedAbortSignal', signal);
  }
  return /** @type {any} */ (new MessageIterator(new Iteration(port, signal)));
}

module.exports = { messages };
