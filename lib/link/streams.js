// The transport of a link over streams of Node's: one that is read and one that is written, which may be the same.
'use strict';

const { clearTimeout, setTimeout } = require('node:timers');

/** How many milliseconds a stream that has been closed here is given to write what it still has, and the other side to close. */
const PARTING = 1000;

/** @implements {Transport} */
class StreamTransport {
  /** @type {any} */
  #readable;
  /** @type {any} */
  #writable;
  #isClosed = false;
  #hasEnded = false;
  /** @type {any} */
  #timer;
  /** @type {Error | undefined} */
  #error;
  /** Called when everything has been written after `close`, or will not be. */
  onFinish = () => {};
  #hasFinished = false;

  /** @type {(bytes: Uint8Array) => void} */
  onData = () => {};
  onDrain = () => {};
  /** @type {(error?: Error) => void} */
  onEnd = () => {};

  /**
   * Takes the streams over. What comes is told from the next turn on.
   * @param {any} readable
   * @param {any} writable
   */
  constructor(readable, writable) {
    this.#readable = readable;
    this.#writable = writable;
    readable.on('data', (/** @type {Uint8Array} */ bytes) => this.hear(bytes));
    readable.on('end', () => this.#end());
    readable.on('error', this.#onError);
    readable.on('close', () => this.#end());
    if (writable !== readable) {
      writable.on('error', this.#onError);
      writable.on('close', () => this.#end());
    }
    writable.on('drain', () => this.onDrain());
  }

  /** @param {Uint8Array} bytes that have come, and are valid during the call */
  hear(bytes) {
    if (!this.#isClosed) this.onData(bytes);
  }

  /** @param {Error} error */
  #onError = (error) => {
    this.#error ??= error;
    this.#end();
  };

  #end() {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (this.#isClosed) this.#destroy();
    else this.onEnd(this.#error);
  }

  /** @param {Uint8Array[]} chunks */
  write(chunks) {
    const writable = this.#writable;
    if (this.#hasEnded || writable.writableEnded || writable.destroyed) return false;
    if (chunks.length > 1) writable.cork();
    for (let i = 0; i < chunks.length; i++) writable.write(chunks[i]);
    if (chunks.length > 1) writable.uncork();
    return !writable.writableNeedDrain;
  }

  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#hasEnded || this.#writable.destroyed) {
      this.#destroy();
      return;
    }
    this.#writable.end(() => this.#finished());
    this.#timer = setTimeout(() => this.#destroy(), PARTING);
    this.#timer.unref();
  }

  #finished() {
    this.#finish();
    // The other side closes when it has read that. What it still sends is read, so that the connection is not reset.
    this.#readable.resume();
    if (this.#readable.readableEnded) this.#destroy();
  }

  #destroy() {
    clearTimeout(this.#timer);
    this.#readable.destroy();
    this.#writable.destroy();
    this.#finish();
  }

  #finish() {
    if (this.#hasFinished) return;
    this.#hasFinished = true;
    this.onFinish();
  }
}

/** @typedef {import('./session').Transport} Transport */

module.exports = { StreamTransport };
