// The streams of the web platform over a port: `readable`, of what the other end posts, and `writable`, whose chunks are posted.
//
// A chunk is a message. The end of a stream is an order, which is a message for ferroport itself and comes behind the last chunk. That a
// reader wants no more is a notice, which reaches the writer past everything that waits. Nothing else goes over the channel: the writer
// waits where the other end's queue is full.
'use strict';

const { ReadableStream, WritableStream } = require('node:stream/web');
const native = require('../native/native');
const Session = require('../codec/message/session');
const { dataCloneError, isDOMException, nodeError } = require('../node/errors');
const { globals, methods, uncurry } = require('../language/originals');
const { setImmediate } = require('../runtime/ticks');
const { isActive, keyOf } = require('../port/port');
const { markOf, setMark, whenRoom } = require('../port/flow');
const { byKey, giveBack, pullOf, stand, takeNow, update, changeUses, withdraw } = require('../port/pull');
const postMessage = require('./post-message');

/** @typedef {ReturnType<typeof import('../port/port').make>} Port */
/** @typedef {import('../port/pull').Taker} Taker */
/** @typedef {import('../port/pull').Order} Order */

const { Promise, Uint8Array } = globals;
const { FULL, MESSAGE, SERVED } = native.outcomes;
/** A writer writes so many chunks at most before the event loop has its turn, as many as listeners get messages. */
const { LEAST_BUDGET: TURN } = native.limits;

/** @type {(port: Port, value: unknown) => boolean | undefined} */
const post = uncurry(methods.functionCall, postMessage);

/** @type {(promise: Promise<any>, then: (value: any) => void) => unknown} */
const afterwards = uncurry(methods.promiseThen);

/** How much may wait for a stream at a port that has no mark. */
const DEFAULT = { messages: 1024, bytes: 1024 * 1024 };

const closedError = () =>
  nodeError(Error, 'ERR_FERROPORT_CLOSED', 'The channel has ended for this port, and the stream had not ended before');

/** The streams over one port. */
class Streams {
  #port;
  #key;
  #pull;
  /** @type {ReadableStream | null} */
  #readable = null;
  /** @type {any} */
  #reading = null;
  /** Whether nothing more is read. */
  #isRead = false;
  /** @type {WritableStream | null} */
  #writable = null;
  /** @type {any} */
  #writing = null;
  /** Whether nothing more is written. */
  #isWritten = false;
  /** How many chunks are written before the event loop has its turn. */
  #left = TURN;
  /** Ends the waiting for room. @type {(() => void) | null} */
  #stopWaiting = null;
  /** What has come that ends `readable`, before that was asked for. @type {Order | undefined} */
  #order;

  /** @param {Port} port */
  constructor(port) {
    this.#port = port;
    this.#key = isActive(port) ? keyOf(port) : 0;
    this.#pull = pullOf(port);
    this.#pull.streams = this;
    if (this.#key !== 0) this.#order = byKey.addStreams(this.#key, this);
  }

  // --- readable ---

  get readable() {
    return (this.#readable ??= this.#makeReadable());
  }

  #makeReadable() {
    if (this.#key !== 0 && markOf(this.#port) === null) setMark(this.#port, DEFAULT);
    const readable = new ReadableStream(
      {
        start: (controller) => void (this.#reading = controller),
        pull: () => this.#read(),
        cancel: (reason) => this.#cancel(reason),
      },
      { highWaterMark: 0 },
    );
    changeUses(this.#pull, 1);
    if (this.#order !== undefined) this.#obey(this.#order);
    else if (!isActive(this.#port)) this.#failReading(closedError());
    return readable;
  }

  /** Brings the stream one chunk. */
  #read() {
    while (isActive(this.#port)) {
      let received;
      try {
        received = takeNow(this.#pull);
      } catch (error) {
        this.#fault(error);
        return;
      }
      if (received === undefined) break;
      if (!received.isOrder) {
        if (this.#isRead) giveBack(this.#pull, received.message);
        else this.#reading.enqueue(received.message);
        return;
      }
      if (this.#isRead) return;
    }
    if (!isActive(this.#port)) return this.#failReading(closedError());
    return new Promise((resolve, reject) => stand(this.#pull, { receiver: this, resolve, reject, next: null }));
  }

  /** @type {(taker: Taker, value: unknown) => void} */
  receive(taker, value) {
    this.#reading.enqueue(value);
    taker.resolve();
  }

  /** @type {(taker: Taker, error: unknown) => void} */
  fail(taker, error) {
    this.#fault(error);
    taker.resolve();
  }

  /**
   * A chunk could not be read, so that the stream would have a gap.
   * @param {unknown} error
   */
  #fault(error) {
    this.#failReading(error);
    this.#refuse(error);
  }

  /** @param {unknown} reason */
  #cancel(reason) {
    this.#endReading();
    this.#refuse(reason);
  }

  /**
   * Lets the writer know that nothing more is read.
   * @param {unknown} reason
   */
  #refuse(reason) {
    if (isActive(this.#port)) native.leaveNotice(this.#key, new Uint8Array(encoded('cancel', reason)));
  }

  /** @param {unknown} error */
  #failReading(error) {
    if (this.#isRead) return;
    this.#reading.error(error);
    this.#endReading();
  }

  /** @param {Order} order */
  obey(order) {
    if (this.#readable === null) this.#order ??= order;
    else this.#obey(order);
  }

  /** @param {Order} order */
  #obey(order) {
    if (this.#isRead) return;
    if (order.stream === 'end') this.#reading.close();
    else this.#reading.error(order.reason);
    this.#endReading();
  }

  #endReading() {
    this.#isRead = true;
    const waiting = withdraw(this.#pull, this);
    for (let i = 0; i < waiting.length; i++) waiting[i].resolve();
    changeUses(this.#pull, -1);
  }

  // --- writable ---

  get writable() {
    return (this.#writable ??= this.#makeWritable());
  }

  #makeWritable() {
    const writable = new WritableStream({
      start: (controller) => void (this.#writing = controller),
      write: (chunk) => this.#write(chunk),
      close: () => this.#close(),
      abort: (reason) => this.#abort(reason),
    });
    if (!isActive(this.#port)) {
      this.#failWriting(closedError());
    } else {
      native.boundPeer(this.#key, DEFAULT.messages, DEFAULT.bytes);
      this.refused();
    }
    return writable;
  }

  /**
   * @param {unknown} chunk
   * @returns {Promise<void> | undefined}
   */
  #write(chunk) {
    let isPosted;
    try {
      isPosted = post(this.#port, chunk);
    } catch (error) {
      // The stream ends with the error at this end, and so it does at the other.
      this.#abort(error);
      throw error;
    }
    if (isPosted !== true) throw closedError();
    if (native.room(this.#key) === FULL) return this.#untilRoom();
    if (--this.#left > 0) return undefined;
    // Otherwise a writer who is never kept waiting would keep the event loop waiting.
    this.#left = TURN;
    return new Promise((resolve) => void setImmediate(resolve));
  }

  /** @returns {Promise<void>} */
  #untilRoom() {
    return new Promise((resolve, reject) => {
      const { signal } = this.#writing;
      const stop = () => {
        if (this.#stopWaiting !== stop) return;
        this.#stopWaiting = null;
        signal.removeEventListener('abort', stop);
        this.#pull.isWriting = false;
        update(this.#pull);
        resolve();
      };
      this.#left = TURN;
      this.#stopWaiting = stop;
      this.#pull.isWriting = true;
      update(this.#pull);
      signal.addEventListener('abort', stop, { once: true });
      afterwards(whenRoom(this.#port), (hasRoom) => {
        if (!hasRoom) reject(closedError());
        stop();
      });
    });
  }

  #close() {
    this.#isWritten = true;
    if (!this.#send('end')) throw closedError();
  }

  /** @param {unknown} reason */
  #abort(reason) {
    this.#isWritten = true;
    this.#send('abort', reason);
  }

  /**
   * @param {'end' | 'abort'} stream
   * @param {unknown} [reason]
   * @returns {boolean} whether the order has been sent
   */
  #send(stream, reason) {
    if (!isActive(this.#port)) return false;
    const outcome = native.sendOrder(this.#key, new Uint8Array(encoded(stream, reason)));
    return outcome === MESSAGE || outcome === SERVED;
  }

  /** The other end may have let know that nothing more is read there. */
  refused() {
    if (this.#writing === null) return;
    const notice = native.notice(this.#key);
    if (notice !== undefined) this.#failWriting(decoded(notice)?.reason);
  }

  /** @param {unknown} error */
  #failWriting(error) {
    if (this.#isWritten) return;
    this.#isWritten = true;
    this.#writing.error(error);
    if (this.#stopWaiting !== null) this.#stopWaiting();
  }

  // --- both ---

  /**
   * The port has closed, or has left the thread.
   * @param {Taker} [taker]
   */
  end(taker) {
    if (this.#reading !== null) this.#failReading(closedError());
    if (this.#writing !== null) this.#failWriting(closedError());
    taker?.resolve();
  }
}

/**
 * What one end of a stream tells the other, in bytes.
 * @param {'end' | 'abort' | 'cancel'} stream
 * @param {unknown} reason
 * @returns {ArrayBuffer}
 */
function encoded(stream, reason) {
  try {
    return native.serialize({ stream, ...packed(reason) }, new Session(null, true));
  } catch (error) {
    // What cannot be cloned says why.
    const told = isDOMException(error) ? error : dataCloneError('The reason could not be cloned');
    return native.serialize({ stream, ...packed(told) }, new Session(null, true));
  }
}

/**
 * Only V8 can clone a DOMException, and it does not go along here. Most aborted signals have one as their reason.
 * @param {unknown} reason
 */
function packed(reason) {
  return isDOMException(reason) ? { message: reason.message, name: reason.name } : { reason };
}

/**
 * @param {ArrayBuffer} bytes which may have come from another process
 * @returns {Order | undefined} undefined if they are no order
 */
function decoded(bytes) {
  /** @type {any} */
  let told;
  try {
    told = native.deserialize(new Uint8Array(bytes));
  } catch (error) {
    if (!isDOMException(error)) throw error;
  }
  if (typeof told !== 'object' || told === null) return undefined;
  const { stream, name, message, reason } = told;
  if (stream !== 'end' && stream !== 'abort' && stream !== 'cancel') return undefined;
  if (name === undefined) return { stream, reason };
  const { DOMException } = require('../node/classes');
  return { stream, reason: new DOMException(message, name) };
}

/** @param {Port} port */
const streamsOf = (port) => /** @type {Streams} */ (pullOf(port).streams ?? new Streams(port));

/** @param {Port} port */
const readableOf = (port) => streamsOf(port).readable;

/** @param {Port} port */
const writableOf = (port) => streamsOf(port).writable;

/**
 * An order has come that ends the stream to a port.
 * @param {number} key of the port's endpoint
 */
function heardOrder(key) {
  const order = decoded(native.order());
  if (order === undefined) return;
  const streams = byKey.streamsAt(key);
  if (streams === undefined) byKey.noteOrder(key, order);
  else streams.obey(order);
}

/**
 * The other end of a channel has let know that nothing more is read there.
 * @param {number} key of the endpoint
 */
function heardNotice(key) {
  byKey.streamsAt(key)?.refused();
}

module.exports = { readableOf, writableOf, heardOrder, heardNotice };
