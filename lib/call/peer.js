// One end of a connection: calls functions at the other end, and serves the calls that come from there.
'use strict';

const native = require('../native/native');
const { mapGet, mapSet, mapDelete, mapForEach } = require('../language/intrinsics');
const { globals, statics, isObject } = require('../language/originals');
const { invalidArgType, isDOMException, isForWantOfRoom, nodeError } = require('../node/errors');
const { setImmediate, nextTick } = require('../runtime/ticks');
const { readLimits } = require('../port/block');
const {
  closedError,
  framesHere,
  framesOfWaiting,
  pack,
  refusal,
  shortenPath,
  timeoutError,
  tracedTo,
  unpack,
} = require('./errors');
const { Line, hasEnded, keepAlive } = require('./line');
const { listOfAll } = require('./moved');
const records = require('./records');
const { remoteOf } = require('./remote');
const { Serving } = require('./serving');
const { checkSignal, givingUp } = require('./signals');

const { CALL, RESULT, THROWN, REFUSED, ABORT, BYE, UNREADABLE, ASK, NOT_SERVED, BLOCKED, NESTED } = records;
const { floor, isArray, nanoseconds } = statics;
const { Map, Number, Promise } = globals;
const { random } = Math;
const { clearTimeout, setTimeout } = require('node:timers');

/** Timers of the runtime's cannot be set for longer, in milliseconds. */
const LONGEST = 2 ** 30;

/**
 * What has arrived is heard within so many turns of the event loop after another message, or is not heard: somebody has paused the port, or
 * has taken what waited.
 */
const STILL = 4;

/** The first number of a peer's calls is below this. */
const NUMBERS = 2 ** 30;

/**
 * Makes the error that a call ends with, when it is known where the program waits.
 * @typedef {(frames: string) => any} Failure
 */

/**
 * A call that has not ended.
 * @typedef {object} Pending
 * @property {(value: any) => void} resolve
 * @property {(failure: Failure) => void} reject
 * @property {(reason: any) => boolean} tell tells the function at the other end why it is given up, if a signal can
 * @property {() => void} forget stops listening to timer and signal
 */

/** Only this file may make a peer. */
const MAKE = Symbol('ferroport.makePeer');

class Peer {
  /** @type {InstanceType<typeof Line>} */
  #line;
  /** @type {InstanceType<typeof Serving>} */
  #serving;
  /** By number. @type {Map<number, Pending>} */
  #pending = new Map();
  /** How many of them keep the event loop alive. */
  #kept = 0;
  /**
   * The number of the last call. The first one is random: a port may have had another user, whose answers are still to come.
   */
  #last = floor(random() * NUMBERS);
  /** How many calls block the thread, each within the next. */
  #blocking = 0;
  /** What has come for others while the thread was blocked. @type {any[]} */
  #forOthers = [];
  /** Why the connection has ended, if it has. @type {(() => any) | undefined} */
  #ended;
  /** @type {() => void} */
  #onEnd;
  /** @type {any} */
  #remote;

  /**
   * @param {symbol} make
   * @param {any} source
   * @param {any} api
   * @param {() => void} onEnd
   */
  constructor(make, source, api, onEnd) {
    if (make !== MAKE) throw nodeError(globals.TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    this.#onEnd = onEnd;
    const isOver = hasEnded(source);
    const listener = {
      hear: (/** @type {any} */ message) => void this.#hear(message),
      couldNotRead: (/** @type {any} */ error) => this.#couldNotRead(error),
      end: (/** @type {any} */ cause) => this.#end(() => closedError('The channel has ended', cause), false),
    };
    this.#line = new Line(source, listener, api !== undefined);
    this.#serving = new Serving(api, this.#line);
    if (isOver) this.#end(() => closedError('The channel has ended'), false);
  }

  /**
   * Calls a function at the other end.
   * @param {string} name
   * @param {any[]} [args]
   * @param {{ signal?: any, timeout?: number, transfer?: any }} [options]
   * @returns {Promise<any>}
   */
  call(name, args, options) {
    return this.#call(name, args, options);
  }

  /**
   * The frames of an error are noted when the call has failed: in an async function, V8 knows then who waits for its promise. To note
   * them before each call would take longer than all else that this end does for the call.
   * @param {string} name
   * @param {any[] | undefined} args
   * @param {any} options
   * @returns {Promise<any>} rejected with whatever is wrong
   */
  async #call(name, args, options) {
    /** @type {Failure | undefined} */
    let failure;
    const value = await new Promise((resolve) => {
      const reject = (/** @type {Failure} */ made) => {
        failure = made;
        resolve(undefined);
      };
      this.#start(name, args, options, { resolve, reject });
    });
    if (failure !== undefined) throw /** @type {Failure} */ (failure)(framesOfWaiting(this.#call));
    return value;
  }

  /**
   * Begins a call that does not block the thread.
   * @param {any} name
   * @param {any} args
   * @param {any} options
   * @param {Pick<Pending, 'resolve' | 'reject'>} settling
   * @throws as #begin
   */
  #start(name, args, options, settling) {
    const { id, pending, limits, signal } = this.#begin(name, args, options, settling, false);
    if (this.#kept++ === 0) keepAlive(1);
    const hear = signal === undefined ? undefined : () => this.#giveUp(id, signal.reason);
    const stop = limits.timeout < Infinity ? this.#limit(id, limits.timeout) : undefined;
    pending.forget = () => {
      if (--this.#kept === 0) keepAlive(-1);
      if (hear !== undefined) signal.removeEventListener('abort', hear);
      if (stop !== undefined) stop();
    };
    if (hear !== undefined) signal.addEventListener('abort', hear);
  }

  /**
   * As `call`, but blocks the thread until there is an answer. Calls that come from the other end meanwhile are served.
   * @param {string} name
   * @param {any[]} [args]
   * @param {{ signal?: any, timeout?: number, transfer?: any }} [options]
   * @returns {any}
   */
  callSync(name, args, options) {
    /** @type {{ value: any } | undefined} */
    let result;
    /** @type {Failure | undefined} */
    let failure;
    const settling = {
      resolve: (/** @type {any} */ value) => void (result = { value }),
      reject: (/** @type {Failure} */ made) => void (failure = made),
    };
    const { id, limits, signal } = this.#begin(name, args, options, settling, true);
    const deadline = limits.timeout < Infinity ? now() + limits.timeout : Infinity;
    /** How many messages are still read after the time is over: those that had arrived by then. */
    let overtime = -1;
    this.#blocking++;
    try {
      while (result === undefined && failure === undefined) {
        const left = deadline - now();
        if (left <= 0 && overtime < 0) overtime = this.#line.waiting ?? Infinity;
        if (overtime === 0) {
          this.#timeOut(id, limits.timeout);
          break;
        }
        overtime--;
        this.#receive(id, limits.timeout, left, signal);
      }
    } finally {
      this.#blocking--;
      // A script may have been ended in the middle.
      if (result === undefined && failure === undefined) this.#giveUp(id, undefined);
      if (this.#blocking === 0 && this.#forOthers.length > 0) this.#handOn();
    }
    if (result !== undefined) return /** @type {any} */ (result).value;
    throw /** @type {any} */ (failure)(framesHere(this.callSync));
  }

  /** The same functions, to be called as methods. */
  get remote() {
    return (this.#remote ??= remoteOf((name, args) => this.#call(name, args, undefined)));
  }

  /** Ends the connection at both ends. */
  close() {
    if (this.#ended !== undefined) return;
    this.#line.post(records.noteOf(BYE));
    this.#end(() => closedError('The peer was closed'), true);
  }

  /**
   * Posts a call.
   * @param {any} name
   * @param {any} args
   * @param {any} options
   * @param {Pick<Pending, 'resolve' | 'reject'>} settling
   * @param {boolean} isBlocking
   * @throws whatever is wrong with them; nothing was sent or moved then
   */
  #begin(name, args, options, { resolve, reject }, isBlocking) {
    if (typeof name !== 'string') throw invalidArgType('name', 'of type string', name);
    if (args !== undefined && !isArray(args)) throw invalidArgType('args', 'an instance of Array', args);
    const list = args ?? [];
    if (options !== undefined && options !== null && !isObject(options)) {
      throw invalidArgType('options', 'of type object', options);
    }
    const limits = readLimits(isObject(options) ? { timeout: options.timeout } : undefined);
    const signal = options?.signal ?? undefined;
    let transfer = options?.transfer ?? undefined;
    if (transfer !== undefined && !isObject(transfer)) {
      throw invalidArgType('options.transfer', 'an iterable object', transfer);
    }
    if (signal !== undefined) {
      checkSignal(signal, isBlocking);
      if (signal.aborted) throw signal.reason;
    }
    if (this.#ended !== undefined) throw this.#ended();
    // Before anything is sent. A call that failed for want of stack after that would be served all the same, and the other end might call
    // back, for ever.
    native.reserveDeepStack();
    const { given, tell } = givingUp(signal, limits.timeout, this.#line.leavesProcess);
    transfer = listOfAll(list, transfer);
    const id = ++this.#last;
    const mode = (isBlocking ? BLOCKED : 0) | (this.#serving.isAwaited ? NESTED : 0);
    /** @type {Pending} */
    const pending = { resolve, reject, tell, forget: nothing };
    try {
      const record =
        given === undefined
          ? records.callOf(id, name, list, mode)
          : records.callWithSignals(id, name, list, mode, given);
      this.#line.post(record, transfer);
    } catch (error) {
      shortenPath(error, '.args');
      // The frames of the program's are what helps.
      throw isDOMException(error) ? tracedTo(error, framesHere(isBlocking ? this.callSync : this.#call)) : error;
    }
    mapSet(this.#pending, id, pending);
    return { id, pending, limits, signal };
  }

  /**
   * Ends a call that has not been answered in time.
   * @param {number} id
   * @param {number} timeout
   * @returns {() => void} takes the timer off
   */
  #limit(id, timeout) {
    const deadline = now() + timeout;
    /** @type {any} */
    let timer;
    const set = (/** @type {number} */ left) => {
      timer = setTimeout(check, left < LONGEST ? left : LONGEST);
      // The pending call keeps the event loop alive.
      timer.unref?.();
    };
    const check = () => {
      const left = deadline - now();
      // Timers are rounded to milliseconds.
      if (left >= 1) return set(left);
      // The thread may have been busy for longer than the limit: what has arrived by now is heard first.
      const line = this.#line;
      const { waiting } = line;
      const until = waiting === undefined ? Infinity : line.heard + waiting;
      let { heard } = line;
      let turns = STILL;
      const wait = () => {
        if (waiting !== undefined && line.heard > heard) {
          ({ heard } = line);
          turns = STILL;
        }
        const isHeard = line.heard >= until || line.waiting === 0 || turns-- === 0;
        if (isHeard) this.#timeOut(id, timeout);
        else if (mapGet(this.#pending, id) !== undefined) setImmediate(wait);
      };
      wait();
    };
    set(timeout);
    return () => clearTimeout(timer);
  }

  /**
   * Takes the next message while a call blocks the thread.
   * @param {number} id
   * @param {number} timeout
   * @param {number} left of it
   * @param {any} signal
   */
  #receive(id, timeout, left, signal) {
    let message;
    try {
      message = this.#line.receive({ timeout: left > 0 ? left : 0, signal });
    } catch (/** @type {any} */ error) {
      if (signal?.aborted) return this.#giveUp(id, signal.reason);
      if (error?.name === 'TimeoutError') return left > 0 ? undefined : this.#timeOut(id, timeout);
      if (error?.code === 'ERR_FERROPORT_CLOSED') return this.#end(() => closedError('The channel has ended'), false);
      if (error?.code === 'ERR_FERROPORT_DEADLOCK' || isForWantOfRoom(error)) return this.#giveUp(id, error);
      return this.#couldNotRead(error);
    }
    if (!this.#hear(message) && this.#line.isShared) this.#forOthers[this.#forOthers.length] = message;
  }

  /** Hands on what has come for others: in a tick, before what arrives later is delivered. */
  #handOn() {
    const all = this.#forOthers;
    this.#forOthers = [];
    nextTick(() => {
      for (let i = 0; i < all.length; i++) this.#line.handOn(all[i]);
    });
  }

  /**
   * @param {any} message
   * @returns {boolean} whether it was for the peer
   */
  #hear(message) {
    const kind = records.kindOf(message);
    if (kind === 0) return false;
    if (this.#ended !== undefined) return true;
    const { id } = message;
    switch (kind) {
      case CALL:
        this.#serving.serve(message, this.#blocking > 0);
        break;
      case RESULT:
        this.#take(id)?.resolve(message.value);
        break;
      case THROWN: {
        const pending = this.#take(id);
        pending?.reject((frames) => unpack(message, frames));
        break;
      }
      case REFUSED: {
        const pending = this.#take(id);
        pending?.reject((frames) => tracedTo(refusal(message), frames));
        break;
      }
      case ABORT:
        this.#serving.abort(id, () => unpack(message, ''));
        break;
      case BYE:
        this.#end(() => closedError('The other end has closed'), false);
        break;
      case UNREADABLE:
        this.#ask();
        break;
      case ASK:
        this.#tellNotServed(message.ids);
        break;
      case NOT_SERVED:
        this.#lose(message.ids);
        break;
    }
    return true;
  }

  /**
   * Takes a call off the list. What comes for it from here on is dropped.
   * @param {any} id
   * @returns {Pending | undefined}
   */
  #take(id) {
    const pending = mapGet(this.#pending, id);
    if (pending === undefined) return undefined;
    mapDelete(this.#pending, id);
    pending.forget();
    return pending;
  }

  /**
   * Ends a call before there is an answer.
   * @param {number} id
   * @param {any} reason as its promise is rejected with, unless `failure` says so
   * @param {Failure} [failure]
   */
  #giveUp(id, reason, failure = () => reason) {
    const pending = this.#take(id);
    if (pending === undefined) return;
    pending.reject(failure);
    if (this.#ended !== undefined || pending.tell(reason)) return;
    try {
      this.#line.post(records.thrownOf(ABORT, id, pack(reason, true)));
    } catch {
      this.#line.post(records.thrownOf(ABORT, id, pack(undefined, false)));
    }
  }

  /**
   * @param {number} id
   * @param {number} timeout that is over
   */
  #timeOut(id, timeout) {
    const error = timeoutError(timeout);
    this.#giveUp(id, error, (frames) => tracedTo(error, frames));
  }

  /** @type {any} What the last message that could not be read has failed with. */
  #unread;

  /**
   * A message could not be read: the answer to any of the calls, or a call.
   * @param {any} error
   */
  #couldNotRead(error) {
    if (this.#ended !== undefined) return;
    this.#unread = error;
    this.#line.post(records.noteOf(UNREADABLE));
    this.#ask();
  }

  /** Asks the other end which calls are being served. */
  #ask() {
    const ids = /** @type {number[]} */ ([]);
    mapForEach(
      this.#pending,
      (/** @type {Pending} */ _pending, /** @type {number} */ id) => void (ids[ids.length] = id),
    );
    if (ids.length > 0) this.#line.post(records.noteOf(ASK, ids));
  }

  /** @param {any} ids */
  #tellNotServed(ids) {
    if (!isArray(ids)) return;
    const all = /** @type {any[]} */ ([]);
    for (let i = 0; i < ids.length; i++) if (!this.#serving.isServing(ids[i])) all[all.length] = ids[i];
    this.#line.post(records.noteOf(NOT_SERVED, all));
  }

  /**
   * Ends calls whose answers have been lost.
   * @param {any} ids
   */
  #lose(ids) {
    if (!isArray(ids)) return;
    for (let i = 0; i < ids.length; i++) {
      const message = 'The call, or its answer, could not be read where it arrived';
      const error = nodeError(globals.Error, 'ERR_FERROPORT_UNREADABLE', message);
      if (this.#unread !== undefined) /** @type {any} */ (error).cause = this.#unread;
      this.#take(ids[i])?.reject((frames) => tracedTo(error, frames));
    }
  }

  /**
   * @param {() => any} reason
   * @param {boolean} closes whether this end has closed, and its port closes, too
   */
  #end(reason, closes) {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#line.end(closes);
    this.#onEnd();
    const all = /** @type {number[]} */ ([]);
    mapForEach(
      this.#pending,
      (/** @type {Pending} */ _pending, /** @type {number} */ id) => void (all[all.length] = id),
    );
    for (let i = 0; i < all.length; i++) {
      this.#take(all[i])?.reject((frames) => tracedTo(reason(), frames));
    }
    this.#serving.abortAll(reason);
  }
}

const nothing = () => {};

/** @returns {number} milliseconds */
const now = () => Number(nanoseconds()) / 1e6;

/** Contexts of node:vm and some runtimes have no such symbol. */
const disposeSymbol = /** @type {any} */ (Symbol).dispose;
if (disposeSymbol !== undefined) {
  statics.defineProperty(Peer.prototype, disposeSymbol, {
    value: /** @type {any} */ ({
      /** @this {Peer} */
      dispose() {
        this.close();
      },
    }).dispose,
    writable: true,
    configurable: true,
  });
}

/**
 * @param {any} source
 * @param {any} api
 * @param {() => void} onEnd
 */
const makePeer = (source, api, onEnd) => new Peer(MAKE, source, api, onEnd);

module.exports = { makePeer };
