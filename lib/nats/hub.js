// Hub: what the program has of a connection to NATS. Everything happens in the thread of links; this asks for it.
'use strict';

const { globals, isObject, methods, statics, uncurry } = require('../language/originals');
const { isUsedAsSignal } = require('../channel/signals');
const { Map, mapDelete, mapGet, mapSet, mapSize } = require('../language/intrinsics');
const { invalidArgType, nodeError } = require('../node/errors');
const { nextTick } = require('../runtime/ticks');
const { makePair } = require('../post/message-port');
const connectPeer = require('../call/connect');
const { closedError, lostError } = require('./errors');
const { isName } = require('./names');
const { readOptions } = require('./options');

const { Promise } = globals;
const { assign, freeze } = statics;
const then = uncurry(methods.promiseThen);
const disposeSymbol = /** @type {any} */ (Symbol).dispose;
const asyncDisposeSymbol = /** @type {any} */ (Symbol).asyncDispose;

/** Only this file may make a hub. */
const MAKE = Symbol('ferroport.makeHub');

/** @typedef {import('./greeting').PeerInfo} PeerInfo */

class Hub {
  #control;
  #peer;
  /** @type {Map<number, (port: any, from: PeerInfo) => void>} */
  #listeners = new Map();
  #lastListener = 0;
  #timeout;
  /** @type {Promise<void> | undefined} */
  #closing;
  #isClosed = false;
  /** @type {Promise<Error | undefined>} */
  #closed;
  /** @type {(error: Error | undefined) => void} */
  #tellClosed = () => {};

  /**
   * @param {symbol} make
   * @param {any} control
   * @param {number} timeout of a dial that has none, in milliseconds
   */
  constructor(make, control, timeout) {
    if (make !== MAKE) throw nodeError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    this.#control = control;
    this.#timeout = timeout;
    this.#closed = new Promise((resolve) => (this.#tellClosed = resolve));
    this.#peer = connectPeer(control, {
      api: {
        arrived: (/** @type {number} */ listener, /** @type {any} */ port, /** @type {PeerInfo} */ from) => {
          const onPort = mapGet(this.#listeners, listener);
          if (onPort === undefined) port.close();
          // What it throws is the program's, and concerns nobody else.
          else nextTick(onPort, port, freeze(from));
        },
        closed: (/** @type {string | undefined} */ text) => this.#end(text === undefined ? undefined : lostError(text)),
      },
    });
    control.on('close', () => {
      // Otherwise the thread has ended, and the client with it.
      this.#end(this.#closing === undefined ? lostError('its thread has ended') : undefined);
    });
    control.unref();
  }

  /** @param {Error | undefined} error */
  #end(error) {
    this.#isClosed = true;
    this.#listeners = new Map();
    this.#control.unref();
    this.#tellClosed(error);
  }

  /** @returns {Promise<void>} when there is a connection to NATS */
  static async begin(/** @type {Hub} */ hub) {
    try {
      await hub.#peer.call('begin');
    } catch (error) {
      hub.#control.close();
      throw error;
    }
  }

  get closed() {
    return this.#closed;
  }

  /**
   * @param {string} name
   * @param {(port: any, from: PeerInfo) => void} onPort
   * @param {{ queue?: string, signal?: AbortSignal }} [options]
   */
  async listen(name, onPort, options) {
    checkName(name);
    if (typeof onPort !== 'function') throw invalidArgType('onPort', 'of type function', onPort);
    const { queue, signal } = checkOptions(options);
    if (queue !== undefined && !isName(queue)) throw badName('options.queue', queue);
    if (this.#isClosed) throw closedError();
    if (signal?.aborted) throw signal.reason;
    const id = ++this.#lastListener;
    mapSet(this.#listeners, id, onPort);
    const close = () => {
      signal?.removeEventListener('abort', close);
      if (!mapDelete(this.#listeners, id)) return;
      if (mapSize(this.#listeners) === 0) this.#control.unref();
      if (!this.#isClosed) then(this.#peer.call('unlisten', [id]), ignore, ignore);
    };
    try {
      await this.#peer.call('listen', [id, name, queue], { signal });
    } catch (error) {
      close();
      throw error;
    }
    if (signal?.aborted) {
      close();
      throw signal.reason;
    }
    signal?.addEventListener('abort', close);
    if (mapGet(this.#listeners, id) !== undefined) this.#control.ref();
    return new Listening(MAKE, close);
  }

  /**
   * @param {string} name
   * @param {{ timeout?: number, signal?: AbortSignal }} [options]
   * @returns {Promise<any>} a port
   */
  async dial(name, options) {
    checkName(name);
    const { timeout = this.#timeout, signal } = checkOptions(options);
    if (this.#isClosed) throw closedError();
    return this.#peer.call('dial', [name], { timeout, signal });
  }

  /** @returns {Promise<void>} */
  close() {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close() {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#listeners = new Map();
      try {
        await this.#peer.call('close');
      } catch {
        // The thread of links has ended, and everything with it.
      }
    }
    this.#end(undefined);
    this.#control.close();
  }
}

if (asyncDisposeSymbol !== undefined) {
  /** @type {any} */ (Hub.prototype)[asyncDisposeSymbol] = {
    /** @this {any} */
    asyncDispose() {
      return this.close();
    },
  }.asyncDispose;
}

/** What ends listening. */
class Listening {
  #close;

  /**
   * @param {symbol} make
   * @param {() => void} close
   */
  constructor(make, close) {
    if (make !== MAKE) throw nodeError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    this.#close = close;
  }

  close() {
    this.#close();
  }
}

if (disposeSymbol !== undefined) {
  /** @type {any} */ (Listening.prototype)[disposeSymbol] = {
    /** @this {any} */
    dispose() {
      this.close();
    },
  }.dispose;
}

/** @param {unknown} name */
function checkName(name) {
  if (typeof name !== 'string') throw invalidArgType('name', 'of type string', name);
  if (!isName(name)) throw badName('name', name);
}

/**
 * @param {string} what
 * @param {unknown} name
 */
function badName(what, name) {
  if (typeof name !== 'string') return invalidArgType(what, 'of type string', name);
  const message = `The ${what} must be words with dots between them, without spaces, '*' and '>', of at most 200 characters. Received '${name}'`;
  return nodeError(TypeError, 'ERR_INVALID_ARG_VALUE', message);
}

/** @param {any} options */
function checkOptions(options) {
  if (options === undefined || options === null) return {};
  if (!isObject(options)) throw invalidArgType('options', 'of type object', options);
  const { signal } = options;
  if (signal !== undefined && !isUsedAsSignal(signal)) {
    throw invalidArgType('options.signal', 'an instance of AbortSignal', signal);
  }
  return options;
}

function ignore() {}

/**
 * Where there is no thread of links, the client runs in this one, and the other sides are told that it may be busy.
 * @param {import('./options').Begin} begin
 */
function serveHere(begin) {
  const pair = makePair();
  require('./serve')(pair[1], assign(begin, { settings: assign(begin.settings, { answersAlways: false }) }));
  return pair[0];
}

/**
 * Connects to NATS.
 * @param {any} [given]
 * @returns {Promise<Hub>}
 * @throws as readOptions, at once; the promise is rejected with what the client says
 */
async function connect(given) {
  const begin = readOptions(given);
  const control = require('../link/thread').serve('nats', begin) ?? serveHere(begin);
  const hub = new Hub(MAKE, control, begin.settings.deadAfter);
  await Hub.begin(hub);
  return hub;
}

module.exports = connect;
