// One end of a channel as a link has it: messages are taken from it as bytes, and put into it as bytes, and never become values in this
// thread. The other end is a port of a program's, wherever that is.
'use strict';

const native = require('../native/native');
const inners = require('../channel/inners');
const mailbox = require('../channel/mailbox');
const { cells, places } = require('../native/block');
const { Uint8Array, WeakMap, isArray, weakMapSet } = require('../language/intrinsics');
const { globals } = require('../language/originals');
const { nodeError } = require('../node/errors');
const { REASONS, numberOf } = require('../port/reasons');
const ports = require('../port/port');

const { CLOSED, FULL, MESSAGE, NOTHING, SERVED } = native.outcomes;
const { LENGTH, OUTCOME } = places;
const { Error } = globals;

/** @typedef {import('../port/reasons').Reason} Reason */

/** So many bytes are set aside at once for messages that are taken. Longer ones have memory of their own. */
const POOL = 64 * 1024;

/** A message of more bytes than this is not put where only that is left of the pool. */
const LARGE = 8 * 1024;

let pool = new Uint8Array(0);
let used = 0;

/** Where the mark of the endpoint stands in its counts. */
const MARK = 8;

/** @type {number[]} */
const NO_PORTS = [];

/**
 * The ports that had the endpoints, held as long as these are used here: a port that is collected closes what it had.
 * @type {WeakMap<Inner, any>}
 */
const sources = new WeakMap();

/** Only this file may construct one. */
const MAKE = Symbol('ferroport.inner');

class Inner {
  #key;
  /** Whether the drain tells of the next message that comes. */
  #isArmed = true;
  /** Why the other end has closed, if it has. @type {Reason | undefined} */
  #closed;
  #isRefed = false;
  /** @type {(() => void) | null} */
  #onMessage = null;
  /** There is room at the other end again, or it has closed. To be told, ask `hasRoom`. @type {(() => void) | null} */
  onRoom = null;
  /** The other end has closed, and everything it had sent was taken; or this end was closed by `close`. @type {((reason: Reason | undefined) => void) | null} */
  onClose = null;
  /** The other end wants no more of a stream; the bytes say why, for `notify` at the other side of the link. @type {((bytes: Uint8Array) => void) | null} */
  onNotice = null;

  /**
   * @param {symbol} make
   * @param {number} key of an attached endpoint
   * @param {any} port that had it
   */
  constructor(make, key, port) {
    if (make !== MAKE) throw new Error('Inner.of, Inner.pair and take make them');
    this.#key = key;
    if (port !== undefined) weakMapSet(sources, this, port);
    inners.add(key, this);
    native.takeFrom(key);
    native.start(key);
  }

  /**
   * Takes a port's endpoint. The port is closed for its program, without an event.
   * @param {any} port of this copy of ferroport, open
   * @returns {Inner}
   */
  static of(port) {
    if (!ports.isOpen(port)) throw new Error('The port has been closed');
    native.reserveStack();
    const key = ports.keyOf(port);
    ports.leave(port);
    return new Inner(MAKE, key, port);
  }

  /**
   * The two ends of a new channel that belongs to a link: one stays here, and the other goes along with a message.
   * @returns {[Inner, Inner]}
   */
  static pair() {
    const { key, peerKey } = mailbox.createChannel();
    native.becomeNative([key], true);
    return [new Inner(MAKE, key, undefined), new Inner(MAKE, peerKey, undefined)];
  }

  /** Whether this end is used here, and has not been closed. */
  get isOpen() {
    return this.#key !== 0;
  }

  /** Of the endpoint in this thread; 0 if it is not here any more. */
  get key() {
    return this.#key;
  }

  /** Why the other end has closed; undefined if it has not. */
  get closed() {
    return this.#closed;
  }

  /**
   * Messages wait. Called once; then again when messages have come after `take` has found none.
   * @type {(() => void) | null}
   */
  get onMessage() {
    return this.#onMessage;
  }

  set onMessage(listener) {
    this.#onMessage = listener;
    // Whoever was there before has been told.
    if (!this.#isArmed && listener !== null) this.#arm();
  }

  #arm() {
    if (this.#key === 0) return;
    this.#isArmed = true;
    native.start(this.#key);
  }

  /**
   * Takes the oldest message.
   * @returns {{ bytes: Uint8Array, ports: Inner[] } | undefined} undefined if none waits. The bytes are in the form for links
   *   (docs/wire-format.md), and are the caller's
   * @throws {Error} ERR_FERROPORT_LINK if it cannot leave the process; it is gone then
   */
  take() {
    while (this.#key !== 0) {
      if (pool.length - used < LARGE) {
        pool = new Uint8Array(POOL);
        used = 0;
      }
      const taken = native.takePortable(this.#key, pool, used);
      const outcome = cells[OUTCOME];
      if (outcome === MESSAGE) return taken === undefined ? { bytes: inPool(), ports: [] } : madeOf(taken);
      if (outcome === NOTHING || outcome === CLOSED) break;
      throw unportable();
    }
    if (!this.#isArmed) this.#arm();
    return undefined;
  }

  /** How many messages wait to be taken. */
  get waiting() {
    return this.#key === 0 ? 0 : native.queued(this.#key);
  }

  /**
   * Sends a message that has come over a link.
   * @param {Uint8Array} bytes in the form for links. They are checked, and not used after the call
   * @param {Inner[]} [moved] the ends that go along. They are the receiver's then
   * @returns {boolean} false if the other end has closed: nothing has been sent, and the ends are still here
   * @throws {DOMException} DataCloneError if the bytes are no message, or have more ports; nothing has changed then
   */
  put(bytes, moved) {
    if (this.#key === 0) return false;
    let keys = NO_PORTS;
    if (moved !== undefined && moved.length > 0) {
      keys = [];
      for (let i = 0; i < moved.length; i++) keys[i] = moved[i].#key;
    }
    const outcome = native.postPortable(this.#key, bytes, keys);
    if (outcome === NOTHING || outcome === CLOSED) return false;
    for (let i = 0; i < keys.length; i++) /** @type {Inner[]} */ (moved)[i].#leave();
    // Otherwise the channel is lost: the message had its other end in it.
    return outcome === MESSAGE || outcome === SERVED;
  }

  /** Whether less waits at the other end than may, or it has closed. If not, `onRoom` will be called. */
  hasRoom() {
    return this.#key === 0 || native.room(this.#key) !== FULL;
  }

  /**
   * How much may wait here before who posts at the other end is told that there is no room.
   * @param {number} messages Infinity for any number
   * @param {number} bytes
   */
  setMark(messages, bytes) {
    if (this.#key !== 0) native.setMark(this.#key, messages, bytes);
  }

  /**
   * Bounds both ends, where their programs have not.
   * @param {{ messages: number, bytes: number }} here how much may wait at this end
   * @param {{ messages: number, bytes: number }} there how much may wait at the other end
   */
  bound(here, there) {
    const key = this.#key;
    if (key === 0) return;
    const counts = native.counts(key);
    // A mark travels with its port.
    if (counts[MARK] === Infinity && counts[MARK + 1] === Infinity) native.setMark(key, here.messages, here.bytes);
    native.boundPeer(key, there.messages, there.bytes);
  }

  /** How much may wait at the other end: its high-water mark is the window of a link. */
  get counts() {
    return this.#key === 0 ? [] : native.counts(this.#key);
  }

  /**
   * What the other side of the link has been told by `onNotice`.
   * @param {Uint8Array} bytes
   */
  notify(bytes) {
    if (this.#key !== 0) native.leaveNotice(this.#key, bytes);
  }

  /**
   * Closes this end. What waits here is dropped. The port at the other end gets what has been put, and then 'close', with the reason.
   * @param {Reason} [reason]
   */
  close(reason = 'peer closed') {
    const key = this.#key;
    if (key === 0) return;
    this.#leave();
    native.closeWith(key, numberOf(reason));
    mailbox.closeEndpoint(key);
  }

  /** Lets this end keep the thread running, or not. */
  ref() {
    if (this.#isRefed || this.#key === 0) return;
    this.#isRefed = true;
    mailbox.countRef(1);
  }

  unref() {
    if (!this.#isRefed) return;
    this.#isRefed = false;
    mailbox.countRef(-1);
  }

  #leave() {
    inners.remove(this.#key);
    this.unref();
    this.#key = 0;
  }

  // --- for the drain ---

  heardMessage() {
    this.#isArmed = false;
    this.#onMessage?.();
  }

  heardRoom() {
    this.onRoom?.();
  }

  heardNotice() {
    const notice = native.notice(this.#key);
    if (notice !== undefined) this.onNotice?.(new Uint8Array(notice));
  }

  /** @param {number} reason */
  heardClose(reason) {
    const key = this.#key;
    this.#closed = REASONS[reason] ?? 'peer closed';
    this.#leave();
    mailbox.closeEndpoint(key);
    this.onClose?.(this.#closed);
  }

  /**
   * What `native.takePortable` has returned where a message has ports, or was too long for the pool.
   * @param {ArrayBuffer | (ArrayBuffer | number | undefined)[]} taken
   * @returns {{ bytes: Uint8Array, ports: Inner[] }}
   */
  static madeOf(taken) {
    if (!isArray(taken)) return { bytes: new Uint8Array(taken), ports: [] };
    const bytes = taken[0] === undefined ? inPool() : new Uint8Array(/** @type {ArrayBuffer} */ (taken[0]));
    /** @type {Inner[]} */
    const arrived = [];
    for (let i = 1; i < taken.length; i++) {
      arrived[i - 1] = new Inner(MAKE, /** @type {number} */ (taken[i]), undefined);
    }
    return { bytes, ports: arrived };
  }
}

const { madeOf } = Inner;

/** The message that has just been taken into the pool. The next one begins at a multiple of 8. */
function inPool() {
  const length = cells[LENGTH];
  const bytes = new Uint8Array(pool.buffer, used, length);
  used += (length + 7) & -8;
  return bytes;
}

/** A message that was being sent when its channel became a link's. The port cannot go on without it. */
const unportable = () =>
  nodeError(Error, 'ERR_FERROPORT_LINK', 'A message that has come from the port has what cannot leave the process');

module.exports = { Inner };
