// The transport of a link that goes on in the user's thread, over descriptors that threads of Rust serve (pump.js): they tell the other side that
// this one is there, also while JavaScript is busy.
'use strict';

const { clearTimeout, setTimeout } = require('node:timers');
const { allocUnsafeSlow, bytesSet, Uint8Array } = require('../language/intrinsics');
const { hasRoom } = require('../port/flow');
const { reasons } = require('../port/reasons');
const { showAs } = require('../port/shown');
const { now } = require('./clock');
const { lostError } = require('./errors');
const { pump } = require('./pump');

/** How many milliseconds what was written is given to go, and the other side to part. */
const PARTING = 1000;

/** How many milliseconds the end of the thread gives each link at least, however long others have taken. */
const LEAST = 100;

/** @typedef {ReturnType<typeof pump>} Port */

/** @implements {Transport} */
class PumpTransport {
  /** @type {Port} */
  #reads;
  /** The same port, if one descriptor is both read and written. @type {Port} */
  #writes;
  #hasEnded = false;
  #isClosed = false;
  #hasFinished = false;
  /** Whether the thread ends, so that nothing comes by itself any more. */
  #isLeaving = false;
  #leavesAt = Infinity;
  /** A keep-alive that waits for the first bytes: nothing goes before the other side has been greeted. @type {[number, Uint8Array] | undefined} */
  #keepAlive;
  #hasWritten = false;
  /** Whether something was posted after the last question. */
  #isUnasked = false;
  /** How many questions were posted of which no answer has come: it comes when all before has been written. */
  #questions = 0;
  /** @type {any} */
  #timer;
  /** Called when everything has been written after `close`, or has had its time. */
  onFinish = () => {};

  /** @type {(bytes: Uint8Array) => void} */
  onData = () => {};
  onDrain = () => {};
  /** @type {(error?: Error) => void} */
  onEnd = () => {};

  /**
   * Takes the descriptors over, also if this throws. What comes is told from the next turn on.
   * @param {number[]} descriptors as of `duplicate`: one to read and one to write, or one for both
   * @throws {Error} ERR_FERROPORT_DESCRIPTOR
   */
  constructor(descriptors) {
    const { reads, writes } = pumpAll(descriptors);
    this.#reads = reads;
    this.#writes = writes;
    this.#listen(reads);
    if (writes !== reads) this.#listen(writes);
    writes.on('drain', () => this.onDrain());
  }

  /** @param {Port} port */
  #listen(port) {
    showAs(port, null);
    port.on('message', (/** @type {Uint8Array | null} */ message) => this.#hear(message));
    port.on('close', (/** @type {{ reason?: string }} */ { reason }) => this.#end(reason));
    port.unref();
  }

  /** @param {Uint8Array | null} message bytes that have come, or the answer to a question */
  #hear(message) {
    if (message !== null) {
      this.hear(message);
      return;
    }
    this.#questions--;
    if (this.#questions > 0) return;
    this.#writes.unref();
    if (this.#isClosed) this.#finish();
  }

  /** @param {Uint8Array} bytes that have come */
  hear(bytes) {
    if (!this.#isClosed) this.onData(bytes);
  }

  /** @param {string | undefined} reason */
  #end(reason) {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (this.#isClosed) this.#finish();
    else this.onEnd(reason === reasons.PEER_CLOSED ? undefined : lostError());
  }

  /** @param {Uint8Array[]} chunks which end where a frame ends: they go as one message, which nothing is written into */
  write(chunks) {
    if (this.#hasEnded || this.#isClosed) return false;
    this.#writes.postMessage(joined(chunks));
    this.#isUnasked = true;
    if (!this.#hasWritten) {
      this.#hasWritten = true;
      if (this.#keepAlive !== undefined) this.#writes.postMessage(this.#keepAlive);
    }
    return hasRoom(this.#writes);
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} after
   */
  keepAlive(bytes, after) {
    // The view's own bytes, and not all of the memory that the view is of.
    this.#keepAlive = [after, joined([bytes])];
    if (this.#hasWritten && !this.#hasEnded && !this.#isClosed) this.#writes.postMessage(this.#keepAlive);
  }

  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#hasEnded) {
      this.#finish();
      return;
    }
    this.#ask();
    if (this.#isLeaving) {
      while (this.#questions > 0 && this.#receive());
      this.#finish();
      return;
    }
    this.#timer = setTimeout(() => this.#finish(), PARTING);
    this.#timer.unref();
  }

  #ask() {
    this.#isUnasked = false;
    this.#questions++;
    this.#writes.postMessage(null);
  }

  #finish() {
    if (this.#hasFinished) return;
    this.#hasFinished = true;
    clearTimeout(this.#timer);
    this.#reads.close();
    this.#writes.close();
    this.onFinish();
  }

  // The end of the thread.

  /** Keeps the thread running until what was written here has gone. */
  stay() {
    if (this.#hasEnded || this.#hasFinished) return;
    if (this.#isUnasked) this.#ask();
    if (this.#questions > 0) this.#writes.ref();
  }

  /**
   * The thread is about to end: the session parts here and now, for which the thread is blocked.
   * @param {import('./session').OneSession} session
   * @param {number} until when, by the clock of clock.js
   */
  leave(session, until) {
    this.#isLeaving = true;
    const soonest = now() + LEAST;
    this.#leavesAt = until < soonest ? soonest : until;
    let hasEnded = false;
    let isParting = false;
    session.close(() => (hasEnded = true));
    while (!hasEnded && !this.#hasEnded) {
      session.flush();
      if (this.#isUnasked) this.#ask();
      if (session.isParting && !isParting) {
        isParting = true;
        const partsAt = now() + PARTING;
        if (partsAt < this.#leavesAt) this.#leavesAt = partsAt;
      }
      if (hasEnded || !this.#receive()) break;
      if (this.#questions === 0) this.onDrain();
    }
    session.part();
    while (this.#isClosed && !this.#hasFinished && this.#questions > 0 && this.#receive());
    this.#finish();
  }

  /** Waits for what comes next. @returns {boolean} false if nothing has come in time, or will come */
  #receive() {
    const left = this.#leavesAt - now();
    if (!(left > 0)) return false;
    try {
      const { receiveAnySync } = require('../delivery/receive-sync');
      const ports = this.#reads === this.#writes ? [this.#reads] : [this.#reads, this.#writes];
      this.#hear(receiveAnySync(ports, { timeout: left }).message);
      return true;
    } catch {
      return false;
    }
  }
}

/**
 * @param {number[]} descriptors
 * @returns {{ reads: Port, writes: Port }}
 * @throws {Error} ERR_FERROPORT_DESCRIPTOR; all are closed then
 */
function pumpAll(descriptors) {
  let reads;
  try {
    reads = pump(descriptors[0]);
  } catch (error) {
    if (descriptors.length > 1) pump(descriptors[1]).close();
    throw error;
  }
  try {
    return { reads, writes: descriptors.length > 1 ? pump(descriptors[1]) : reads };
  } catch (error) {
    reads.close();
    throw error;
  }
}

/**
 * @param {Uint8Array[]} chunks
 * @returns {Uint8Array} all of them, in memory of its own
 */
function joined(chunks) {
  if (chunks.length === 1 && chunks[0].length === chunks[0].buffer.byteLength) return chunks[0];
  let length = 0;
  for (let i = 0; i < chunks.length; i++) length += chunks[i].length;
  const { buffer } = allocUnsafeSlow(length);
  const bytes = new Uint8Array(buffer);
  let at = 0;
  for (let i = 0; i < chunks.length; i++) {
    bytesSet(bytes, chunks[i], at);
    at += chunks[i].length;
  }
  return bytes;
}

/** @typedef {import('./session').Transport} Transport */

module.exports = { PumpTransport };
