// The frames of a link: how they are written, many into one piece of memory, and how a stream of bytes is cut into frames again.
//
//   frame    ┌ length ┬ type ┬ fields … ┬ bytes … ┐
//              varint   byte   varints    the rest of `length`
//
// A varint has seven bits in each byte, the low ones first; the top bit says that another byte follows.
'use strict';

const { allocUnsafeSlow, bytesSet, floor, Uint8Array } = require('../language/intrinsics');
const { Violation } = require('./errors');

/** The types of frames, with their fields. */
const types = {
  /** What a side is, and what it takes; the first frame: magic, version, flags, and the numbers of `Hello` in session.js. */
  HELLO: 1,
  /** "I am here": how many messages stand in queues here. */
  BEAT: 2,
  /** A whole message: line, length of the part about ports; that part, and the message's bytes. */
  MESSAGE: 3,
  /** The first piece of a message: line, length of the whole, length of the part about ports; as many of its bytes as fit. */
  FIRST: 4,
  /** The next piece of the line's message: line; bytes. */
  PIECE: 5,
  /** A line begins, by an id that the other side has given out: line; 16 bytes. */
  OPEN: 6,
  /** A line that was offered has begun: line; 16 bytes, the id of the offer. */
  ACCEPT: 7,
  /** A line ends, and this side sends no more on it: line, reason. */
  CLOSE: 8,
  /** The other side may send more on a line: line, messages, bytes. */
  CREDIT: 9,
  /** A stream's reader wants no more: line; why, past all that waits. */
  NOTICE: 11,
  /** The session ends: reason; text. */
  BYE: 10,
};

/** How many bytes of a message go in one frame at most. */
const PIECE = 65_536;

/** The longest frame that is read: a piece and its fields. */
const LONGEST = PIECE + 128;

/** The longest varint, of numbers up to 2^53 - 1. */
const LONGEST_NUMBER = 8;

/** Bodies up to this length are copied behind one another; longer ones are handed on as they are. */
const COPIED = 4096;

/** The memory into which fields and short bodies are written. It is never written twice, because who sends may keep what was written. */
const SLAB = 65_536;

/** The largest integer of seven bits. */
const TOP = 0x80;

/** @param {number} number */
function sizeOfNumber(number) {
  let size = 1;
  for (let rest = number; rest >= TOP; rest = floor(rest / TOP)) size++;
  return size;
}

/** Writes frames one after the other, and gives what it has written as few chunks. */
class FrameWriter {
  /** @type {Uint8Array} */
  #slab = allocUnsafeSlow(SLAB);
  /** Where the bytes in the slab begin that are not among the chunks yet. */
  #from = 0;
  #at = 0;
  /** @type {Uint8Array[]} */
  #chunks = [];
  /** How many bytes wait to be taken. */
  size = 0;

  /**
   * @param {number} type
   * @param {readonly number[]} fields at most 10
   * @param {Uint8Array} [body]
   * @param {number} [start] in the body
   * @param {number} [end]
   */
  write(type, fields, body, start = 0, end = body === undefined ? 0 : body.length) {
    const bodyLength = end - start;
    let length = 1 + bodyLength;
    for (let i = 0; i < fields.length; i++) length += sizeOfNumber(fields[i]);
    const copied = bodyLength <= COPIED ? bodyLength : 0;
    this.#reserve(LONGEST_NUMBER + length - bodyLength + copied);
    const before = this.#at;
    this.#number(length);
    this.#slab[this.#at++] = type;
    for (let i = 0; i < fields.length; i++) this.#number(fields[i]);
    if (copied > 0) this.#copy(/** @type {Uint8Array} */ (body), start, end);
    this.size += this.#at - before;
    if (bodyLength === copied) return;
    this.#cut();
    const whole = /** @type {Uint8Array} */ (body);
    this.#chunks[this.#chunks.length] = new Uint8Array(whole.buffer, whole.byteOffset + start, bodyLength);
    this.size += bodyLength;
  }

  /** @returns {Uint8Array[]} what was written since it was last taken */
  take() {
    this.#cut();
    const chunks = this.#chunks;
    this.#chunks = [];
    this.size = 0;
    return chunks;
  }

  /** @param {number} number */
  #number(number) {
    const slab = this.#slab;
    let rest = number;
    while (rest >= TOP) {
      slab[this.#at++] = TOP + (rest % TOP);
      rest = floor(rest / TOP);
    }
    slab[this.#at++] = rest;
  }

  /**
   * @param {Uint8Array} body
   * @param {number} start
   * @param {number} end
   */
  #copy(body, start, end) {
    const slab = this.#slab;
    const length = end - start;
    // Calls cost more than a few bytes.
    if (length <= 64) for (let i = 0; i < length; i++) slab[this.#at + i] = body[start + i];
    else bytesSet(slab, new Uint8Array(body.buffer, body.byteOffset + start, length), this.#at);
    this.#at += length;
  }

  /** @param {number} size */
  #reserve(size) {
    if (this.#at + size <= this.#slab.length) return;
    this.#cut();
    this.#slab = allocUnsafeSlow(SLAB);
    this.#from = this.#at = 0;
  }

  /** What stands in the slab becomes a chunk. */
  #cut() {
    if (this.#at === this.#from) return;
    const { buffer, byteOffset } = this.#slab;
    this.#chunks[this.#chunks.length] = new Uint8Array(buffer, byteOffset + this.#from, this.#at - this.#from);
    this.#from = this.#at;
  }
}

/** @typedef {FrameWriter} Writer */

/** @typedef {Fields} Frame */

/** Reads the fields of a frame, and checks each. */
class Fields {
  /** @type {Uint8Array} */
  bytes = new Uint8Array(0);
  at = 0;
  end = 0;

  /**
   * @param {Uint8Array} bytes
   * @param {number} start
   * @param {number} end
   */
  begin(bytes, start, end) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /**
   * @returns {number}
   * @throws {Violation} if no number stands there
   */
  number() {
    const { bytes, end } = this;
    let number = 0;
    let factor = 1;
    for (let i = 0; i < LONGEST_NUMBER && this.at < end; i++) {
      const byte = bytes[this.at++];
      if (byte < TOP) {
        number += byte * factor;
        if (number > MOST) break;
        return number;
      }
      number += (byte - TOP) * factor;
      factor *= TOP;
    }
    throw new Violation('a frame has no number where one must stand');
  }

  /**
   * @param {number} length
   * @returns {Uint8Array} a view of the next bytes
   * @throws {Violation} if there are fewer
   */
  take(length) {
    if (length > this.end - this.at) throw new Violation('a frame is shorter than its fields say');
    const taken = viewOf(this.bytes, this.at, this.at + length);
    this.at += length;
    return taken;
  }

  /** @returns {number} how many bytes are left */
  get left() {
    return this.end - this.at;
  }

  /** @throws {Violation} if something is left */
  finish() {
    if (this.at !== this.end) throw new Violation('a frame is longer than its fields say');
  }
}

const MOST = 2 ** 53 - 1;

/**
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} end
 */
const viewOf = (bytes, start, end) => new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);

const NOTHING = new Uint8Array(0);

/**
 * Cuts a stream of bytes into frames, wherever the stream was cut before. A frame that has come in one chunk is read where it stands; one
 * that has not is put together in memory of its own, which is never longer than the longest frame.
 */
class FrameReader {
  /** The beginning of a frame whose length is not known yet. */
  #head = new Uint8Array(3);
  #headLength = 0;
  /** Where frames are put together that have come in several chunks: whoever reads one is done with it when the next begins. @type {Uint8Array} */
  #scratch = NOTHING;
  /** The length of the frame that is being put together; 0 if there is none. */
  #wanted = 0;
  #filled = 0;
  /** Whether no more frames are wanted. */
  isOver = false;
  #fields = new Fields();

  /**
   * @param {Uint8Array} bytes
   * @param {(type: number, fields: Fields) => void} onFrame is called for each frame that is complete now; what the fields give is only valid
   *   during the call
   * @throws {Violation} for a length that no frame has; what `onFrame` throws
   */
  push(bytes, onFrame) {
    const end = bytes.length;
    let at = 0;
    while (at < end && !this.isOver) {
      if (this.#wanted > 0) {
        at = this.#fill(bytes, at, onFrame);
        continue;
      }
      // The length: nearly always the whole frame follows.
      let start = at;
      if (this.#headLength === 0) {
        let length = bytes[start++];
        if (length >= TOP && start < end) {
          length += bytes[start++] * TOP - TOP;
          if (length >= TOP * TOP && start < end) length += bytes[start++] * TOP * TOP - TOP * TOP;
        }
        const size = start - at;
        const isWhole = bytes[start - 1] < TOP;
        if (isWhole) {
          check(length);
          if (start + length <= end) {
            this.#hand(bytes, start, start + length, onFrame);
            at = start + length;
          } else {
            this.#begin(length);
            at = start;
          }
          continue;
        }
        if (size === 3) throw new Violation('a frame is too long');
      }
      at = this.#readHead(bytes, at);
    }
  }

  /**
   * Takes one byte of a length that was cut.
   * @param {Uint8Array} bytes
   * @param {number} at
   */
  #readHead(bytes, at) {
    const byte = bytes[at];
    this.#head[this.#headLength++] = byte;
    if (byte >= TOP) {
      if (this.#headLength === 3) throw new Violation('a frame is too long');
      return at + 1;
    }
    let length = 0;
    for (let i = this.#headLength - 1; i >= 0; i--) length = length * TOP + (this.#head[i] % TOP);
    this.#headLength = 0;
    check(length);
    this.#begin(length);
    return at + 1;
  }

  /** @param {number} length */
  #begin(length) {
    // Small ones need not have room for the longest.
    if (this.#scratch.length < length) this.#scratch = allocUnsafeSlow(length > 1024 ? LONGEST : 1024);
    this.#wanted = length;
    this.#filled = 0;
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} at
   * @param {(type: number, fields: Fields) => void} onFrame
   * @returns {number} where the rest begins
   */
  #fill(bytes, at, onFrame) {
    const frame = this.#scratch;
    const wanted = this.#wanted - this.#filled;
    const there = bytes.length - at;
    const taken = wanted < there ? wanted : there;
    bytesSet(frame, viewOf(bytes, at, at + taken), this.#filled);
    this.#filled += taken;
    if (taken === wanted) {
      const length = this.#wanted;
      this.#wanted = 0;
      this.#hand(frame, 0, length, onFrame);
    }
    return at + taken;
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} start
   * @param {number} end
   * @param {(type: number, fields: Fields) => void} onFrame
   */
  #hand(bytes, start, end, onFrame) {
    this.#fields.begin(bytes, start + 1, end);
    onFrame(bytes[start], this.#fields);
  }
}

/** @param {number} length */
function check(length) {
  if (length === 0) throw new Violation('a frame is empty');
  if (length > LONGEST) throw new Violation('a frame is too long');
}

module.exports = { FrameReader, FrameWriter, Fields, LONGEST, PIECE, sizeOfNumber, types, viewOf };
