// A stream of bytes, in order, without a gap and without a double, over datagrams that may be lost, doubled or overtaken.
//
//   ┌───────┬────────────────┬────────────────┬───────────────┐
//   │ flags │ offset, 8 byte │ ack, 8 byte    │ bytes         │   numbers are big-endian
//   └───────┴────────────────┴────────────────┴───────────────┘
//
// The stream is numbered by its bytes. `offset` is the number of the first byte here, also where none follow; `ack` is the number of the
// byte that the sender of the datagram waits for: all before it have arrived. Who gets a datagram with an offset beyond that lacks some,
// says so once (LACKS), and the other side sends everything from there again. What is lost at the end nobody notices who gets nothing more: so
// who waits for an acknowledgement too long asks for it (ASKS), with the offset of what would come next. Nothing is sent again before the other
// side has said that it lacks it, so that a side that is gone costs one small datagram now and then. Who is asked about a stream that it does not
// have says so (ENDS).
'use strict';

const { protocolError } = require('../link/errors');

const { floor, max, min } = Math;

const HEADER = 17;

/** The flags of a datagram. */
const LACKS = 1;
const ASKS = 2;
const ENDS = 4;
const KNOWN = LACKS | ASKS;

/** What is sent to who asks about a stream that is not there. */
const ENDED = new Uint8Array(HEADER);
ENDED[0] = ENDS;

/** @param {Uint8Array} bytes @returns {boolean} whether they are a datagram that asks for an answer */
const isAsking = (bytes) => bytes.length >= HEADER && (bytes[0] & ~KNOWN) === 0 && (bytes[0] & ASKS) !== 0;

/** How many bytes that have arrived are acknowledged at once, and how long fewer of them may wait for it, in milliseconds. */
const ACK_BYTES = 512 * 1024;
const ACK_DELAY = 20;

/** How long an acknowledgement may take before it is asked for, in milliseconds; twice as long each time, up to `LONGEST`. */
const SHORTEST = 250;
const LONGEST = 2000;

/** How long what was sent again is given to arrive before it is sent once more, in milliseconds. */
const AGAIN = 200;

const HIGH = 2 ** 32;

/** No stream is longer: numbers up to here are exact. */
const LARGEST = 2 ** 52;

/**
 * @typedef {object} Datagrams what carries datagrams
 * @property {number} size how many bytes one may have
 * @property {() => boolean} isUp whether any can be sent
 * @property {() => boolean} canSend whether one with bytes of the stream may be sent now; what is only about such is small, and may always
 * @property {(bytes: Uint8Array, asks: boolean) => void} send `asks`: an answer is wanted, also from who has no such stream
 */

/** @typedef {Pick<import('../link/session').Clock, 'now' | 'setTimer' | 'clearTimer'>} Clock */

/**
 * @typedef {object} Reader who is told
 * @property {(bytes: Uint8Array) => void} data bytes have arrived
 * @property {() => void} drain there is room again
 * @property {() => void} alive the other side has let itself be heard
 * @property {(error?: Error) => void} end the other side has broken a rule, or has no such stream any more
 */

/** A datagram of which not everything has been acknowledged: `HEADER` bytes, and those of the stream. */
class Kept {
  /**
   * @param {number} offset
   * @param {Uint8Array} bytes
   * @param {number} length how much of `bytes` is used
   */
  constructor(offset, bytes, length) {
    this.offset = offset;
    this.bytes = bytes;
    this.length = length;
  }

  get end() {
    return this.offset + this.length - HEADER;
  }
}

class Reliable {
  #datagrams;
  #clock;
  #reader;
  #window;
  /** Written and not acknowledged, oldest first. @type {Kept[]} */
  #kept = [];
  /** How many of `#kept` have been sent, since the last rewind. */
  #sentCount = 0;
  /** The end of what is acknowledged, of what was ever sent, and of what is written. */
  #acked = 0;
  #sent = 0;
  #written = 0;
  /** The number of the byte that comes next. */
  #expected = 0;
  /** The other side has been told of all before. */
  #told = 0;
  /** Where the last rewind went to, and when. */
  #rewoundTo = -1;
  #rewoundAt = 0;
  /** The gap that was told last, and when. */
  #lackedAt = 0;
  #lacked = -1;
  #patience = SHORTEST;
  /** @type {any} */
  #ackTimer;
  /** @type {any} */
  #askTimer;
  /** How much memory `#kept` has: many small datagrams have more than their bytes. */
  #memory = 0;
  /** Whether the writer waits for `drain`. */
  #isAwaited = false;
  #isClosed = false;
  /** Called when everything has arrived. @type {(() => void) | undefined} */
  #onEmpty;
  /** How often was something sent again. */
  rewinds = 0;

  /**
   * @param {Datagrams} datagrams
   * @param {Clock} clock
   * @param {Reader} reader
   * @param {number} window how many bytes of memory there may be for what is not acknowledged
   */
  constructor(datagrams, clock, reader, window) {
    this.#datagrams = datagrams;
    this.#clock = clock;
    this.#reader = reader;
    this.#window = window;
  }

  /** How many bytes have been written and not acknowledged. */
  get unacknowledged() {
    return this.#written - this.#acked;
  }

  /**
   * @param {Uint8Array[]} chunks which are copied
   * @returns {boolean} whether there is room for more; if not, `drain` tells when there is
   */
  write(chunks) {
    if (this.#isClosed) return false;
    let rest = 0;
    for (let i = 0; i < chunks.length; i++) rest += chunks[i].length;
    for (let i = 0; i < chunks.length; i++) {
      this.#append(chunks[i], rest);
      rest -= chunks[i].length;
    }
    this.pump();
    this.#isAwaited = this.#memory >= this.#window;
    return !this.#isAwaited;
  }

  /**
   * @param {Uint8Array} chunk
   * @param {number} rest how many bytes are to be written, with those of the chunk
   */
  #append(chunk, rest) {
    const { size } = this.#datagrams;
    for (let from = 0; from < chunk.length;) {
      let last = this.#kept.length > this.#sentCount ? this.#kept[this.#kept.length - 1] : undefined;
      if (last === undefined || last.length === size) {
        last = new Kept(this.#written, new Uint8Array(roomFor(rest - from, size)), HEADER);
        this.#kept.push(last);
        this.#memory += last.bytes.length;
      }
      const taken = min(chunk.length - from, size - last.length);
      if (last.length + taken > last.bytes.length) {
        this.#memory -= last.bytes.length;
        last.bytes = grown(last, last.length + taken, size);
        this.#memory += last.bytes.length;
      }
      last.bytes.set(from === 0 && taken === chunk.length ? chunk : chunk.subarray(from, from + taken), last.length);
      last.length += taken;
      this.#written += taken;
      from += taken;
    }
  }

  /** Sends what is written, as far as the datagrams can be sent. */
  pump() {
    while (this.#sentCount < this.#kept.length && this.#datagrams.canSend()) {
      const kept = this.#kept[this.#sentCount];
      this.#sentCount++;
      let { bytes } = kept;
      // The client may still hold what it has sent: what is sent again is a copy.
      if (kept.offset < this.#sent) bytes = bytes.slice(0, kept.length);
      this.#sent = max(this.#sent, kept.end);
      const asks = this.#sentCount === this.#kept.length && this.#memory >= this.#window;
      this.#send(bytes.subarray(0, kept.length), kept.offset, asks ? ASKS : 0);
    }
    this.#expectAck();
  }

  /**
   * @param {Uint8Array} bytes with room for the header
   * @param {number} offset
   * @param {number} flags
   */
  #send(bytes, offset, flags) {
    bytes[0] = flags;
    writeNumber(bytes, 1, offset);
    writeNumber(bytes, 9, this.#expected);
    this.#told = this.#expected;
    if (this.#ackTimer !== undefined) {
      this.#clock.clearTimer(this.#ackTimer);
      this.#ackTimer = undefined;
    }
    this.#datagrams.send(bytes, (flags & ASKS) !== 0);
  }

  /** @param {number} flags of a datagram without bytes */
  #tell(flags) {
    if (this.#isClosed || !this.#datagrams.isUp()) return;
    const next = this.#sentCount < this.#kept.length ? this.#kept[this.#sentCount].offset : this.#written;
    this.#send(new Uint8Array(HEADER), next, flags);
  }

  /** Asks for an acknowledgement when none comes. */
  #expectAck() {
    if (this.#askTimer !== undefined || this.#isClosed || this.#sent === this.#acked) return;
    this.#askTimer = this.#clock.setTimer(() => {
      this.#askTimer = undefined;
      this.#patience = min(2 * this.#patience, LONGEST);
      this.#tell(ASKS);
      this.#expectAck();
    }, this.#patience);
  }

  /** The way of the datagrams is open again: what was under way may be lost, in both directions. */
  resume() {
    this.#patience = SHORTEST;
    this.#tell(ASKS);
    this.pump();
  }

  /** @param {Uint8Array} bytes of a datagram that has arrived, from whomever */
  arrived(bytes) {
    if (this.#isClosed) return;
    if (bytes.length === HEADER && bytes[0] === ENDS) {
      this.close();
      this.#reader.end();
      return;
    }
    if (bytes.length < HEADER || (bytes[0] & ~KNOWN) !== 0) return this.#break('a datagram of an unknown form');
    const offset = readNumber(bytes, 1);
    const ack = readNumber(bytes, 9);
    if (ack > this.#sent) return this.#break('an acknowledgement of what was not sent');
    const end = offset + bytes.length - HEADER;
    if (offset > LARGEST) return this.#break('an impossible offset');
    this.#reader.alive();
    this.#acknowledged(ack);
    if ((bytes[0] & LACKS) !== 0) this.#rewind(ack);
    if (offset > this.#expected) return this.#lack();
    if (end > this.#expected) {
      const fresh = bytes.subarray(HEADER + this.#expected - offset);
      this.#expected = end;
      this.#reader.data(fresh);
      // What was read may have closed this.
      if (this.#isClosed) return;
    }
    if ((bytes[0] & ASKS) !== 0 || this.#expected - this.#told >= ACK_BYTES) this.#tell(0);
    else if (this.#expected > this.#told || end > offset) this.#tellSoon();
  }

  #tellSoon() {
    if (this.#ackTimer !== undefined) return;
    this.#ackTimer = this.#clock.setTimer(() => {
      this.#ackTimer = undefined;
      this.#tell(0);
    }, ACK_DELAY);
  }

  /** Something has not come: the other side is told, once for each gap, and again when that did not help. */
  #lack() {
    const now = this.#clock.now();
    if (this.#lacked === this.#expected && now - this.#lackedAt < AGAIN) return;
    this.#lacked = this.#expected;
    this.#lackedAt = now;
    this.#tell(LACKS);
  }

  /** @param {number} ack */
  #acknowledged(ack) {
    if (ack <= this.#acked) return;
    this.#acked = ack;
    this.#patience = SHORTEST;
    let count = 0;
    while (count < this.#kept.length && this.#kept[count].end <= ack) {
      this.#memory -= this.#kept[count].bytes.length;
      count++;
    }
    if (count > 0) {
      this.#kept.splice(0, count);
      this.#sentCount = max(0, this.#sentCount - count);
    }
    if (this.#askTimer !== undefined) {
      this.#clock.clearTimer(this.#askTimer);
      this.#askTimer = undefined;
    }
    this.#expectAck();
    if (this.#kept.length === 0 && this.#onEmpty !== undefined) {
      this.#onEmpty();
      return;
    }
    if (this.#isAwaited && this.#memory <= this.#window / 2) {
      this.#isAwaited = false;
      this.#reader.drain();
    }
  }

  /** @param {number} ack from where the other side lacks what was sent */
  #rewind(ack) {
    // Older than what has been acknowledged since.
    if (ack < this.#acked || this.#sentCount === 0) return;
    const now = this.#clock.now();
    if (this.#rewoundTo === ack && now - this.#rewoundAt < AGAIN) return;
    this.#rewoundTo = ack;
    this.#rewoundAt = now;
    this.#sentCount = 0;
    this.rewinds++;
    this.pump();
  }

  /** @param {string} what the other side has sent */
  #break(what) {
    this.close();
    this.#reader.end(protocolError(what));
  }

  /**
   * Nothing is read any more; what was written before still goes.
   * @param {() => void} onEmpty when all of that has arrived
   */
  finish(onEmpty) {
    this.#reader = { data() {}, drain() {}, alive() {}, end: onEmpty };
    if (this.#isClosed || this.#kept.length === 0) onEmpty();
    else this.#onEmpty = onEmpty;
  }

  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#ackTimer !== undefined) this.#clock.clearTimer(this.#ackTimer);
    if (this.#askTimer !== undefined) this.#clock.clearTimer(this.#askTimer);
    this.#kept = [];
  }
}

/**
 * @param {number} length of what is written now
 * @param {number} size of a datagram
 * @returns {number} how much memory a new datagram begins with: more may follow
 */
const roomFor = (length, size) => min(size, max(512, HEADER + length));

/**
 * @param {Kept} kept
 * @param {number} least
 * @param {number} size
 */
function grown(kept, least, size) {
  const bytes = new Uint8Array(min(size, max(least, 2 * kept.bytes.length)));
  bytes.set(kept.bytes.subarray(0, kept.length));
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} number
 */
function writeNumber(bytes, at, number) {
  let high = floor(number / HIGH);
  let low = number >>> 0;
  for (let i = 3; i >= 0; i--) {
    bytes[at + i] = high & 255;
    bytes[at + 4 + i] = low & 255;
    high >>>= 8;
    low >>>= 8;
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {number} up to 2^64, perhaps rounded
 */
function readNumber(bytes, at) {
  let high = 0;
  let low = 0;
  for (let i = 0; i < 4; i++) {
    high = high * 256 + bytes[at + i];
    low = low * 256 + bytes[at + 4 + i];
  }
  return high * HIGH + low;
}

module.exports = { ENDED, HEADER, Reliable, isAsking };
