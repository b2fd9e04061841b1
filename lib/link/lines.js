// The lines of a session: many ports over one stream of frames, in turn. A line has a number, which the side that opens it chooses. It is
// opened at the start, by a message that has a port in it, or by an id that the other side has given out.
'use strict';

const { randomFillSync } = require('node:crypto');
const {
  Map,
  Uint8Array,
  allocUnsafeSlow,
  bytesSet,
  fromCharCode,
  mapDelete,
  mapForEach,
  mapGet,
  mapSet,
  mapSize,
} = require('../language/intrinsics');
const { sizeOfNumber, types, Fields } = require('./frames');
const { Line } = require('./relay');
const { PLACES, places } = require('./counts');
const { reasons } = require('../port/reasons');
const { Violation } = require('./errors');

/** @typedef {import('./relay').Inner} Inner */

/** @typedef {import('./relay').AnyLine} AnyLine */

/**
 * @typedef {object} Limits what a side takes
 * @property {number} maxMessage bytes of one message
 * @property {number} maxLines how many lines the other side may have opened at a time
 * @property {number} underWay bytes of messages that are coming in pieces
 * @property {{ messages: number, bytes: number }} window what may be on its way on one line, or wait for its reader
 */

/**
 * @typedef {object} Host what a session is to its lines
 * @property {import('./frames').Writer} writer
 * @property {() => void} wake something has been written, or may be
 * @property {() => { inner: Inner, outer: any }} makeChannel an inner end, and the other end for the user
 * @property {(outer: any) => void} discard closes the other end, which nobody gets
 * @property {() => void} onEmpty there are no lines any more
 */

/** How much memory of messages that have arrived is kept. */
const MOST_KEPT = 16 * 1024 * 1024;

/** How many bytes an id has. */
const ID = 16;

/** How many bytes are gathered before they are written. */
const BATCH = 262_144;

/** @param {Uint8Array} id */
const textOf = (id) => {
  let text = '';
  for (let i = 0; i < id.length; i++) text += fromCharCode(id[i]);
  return text;
};

/** How many random bytes are asked for at once: each time costs a microsecond. */
const RANDOM = ID * 64;
let random = new Uint8Array(0);
let randomAt = 0;

/** @returns {Uint8Array} 16 bytes that nobody can guess */
function newId() {
  if (randomAt === random.length) {
    random = new Uint8Array(RANDOM);
    randomFillSync(random);
    randomAt = 0;
  }
  const id = new Uint8Array(random.buffer, randomAt, ID);
  randomAt += ID;
  return id;
}

/** @typedef {Lines} LineSet */

class Lines {
  /** @type {Host} */
  #host;
  /** @type {Map<number, AnyLine>} */
  #lines = new Map();
  /** What was given out to the other side, by ids as texts. @type {Map<string, () => Inner>} */
  #expected = new Map();
  /** The lines that may have something to send, in their turn. @type {(AnyLine | undefined)[]} */
  #ready = [];
  #firstReady = 0;
  /** The number of the line that this side opens next. */
  #next = 1;
  #ownCount = 0;
  #theirCount = 0;
  /** How many bytes are going in pieces, and the lines that wait until there are fewer. */
  #going = 0;
  /** @type {AnyLine[]} */
  #waiting = [];
  /** How many bytes are coming in pieces. */
  underWay = 0;
  /** What has gone and come, by `places`. Other threads may look. @type {Float64Array} */
  counts;
  /** @type {import('./frames').Writer} */
  writer;
  /** @type {() => void} */
  wake;

  /**
   * @param {Host} host
   * @param {Limits} ours
   * @param {Float64Array} [counts] what is told of them; of the length `PLACES`
   */
  constructor(host, ours, counts = new Float64Array(PLACES)) {
    this.counts = counts;
    this.#host = host;
    this.writer = host.writer;
    this.wake = host.wake;
    this.ours = ours;
    /** What the other side takes: nothing before it has said so. @type {Limits} */
    this.theirs = { maxMessage: 0, maxLines: 0, underWay: 0, window: { messages: 0, bytes: 0 } };
    this.mostUnderWay = ours.underWay;
  }

  /** How many lines there are. */
  get count() {
    return mapSize(this.#lines);
  }

  /** Whether all that was posted has been written, as far as this side knows. */
  get isIdle() {
    let isIdle = true;
    mapForEach(this.#lines, (line) => {
      if (!line.isIdle) isIdle = false;
    });
    return isIdle;
  }

  // What this side does. `theirs` must be known.

  /**
   * Begins the line that both sides have from the start.
   * @param {Inner} inner
   */
  root(inner) {
    this.#add(0, 0, true).begin(inner);
  }

  /**
   * Opens a line by an id that the other side has given out.
   * @param {Uint8Array} id 16 bytes
   * @param {Inner} inner closes as 'refused' if the other side does not know the id
   * @param {(isAccepted: boolean) => void} [onAnswer] is called once when the other side has answered, or will not
   * @returns {boolean} false if the other side takes no more lines; the inner end has been closed then
   */
  open(id, inner, onAnswer) {
    const line = this.#openOwn();
    if (line === undefined) {
      inner.close(reasons.REFUSED);
      return false;
    }
    this.writer.write(types.OPEN, [line.key], id);
    if (onAnswer !== undefined) line.onAnswer = onAnswer;
    line.begin(inner, id);
    this.wake();
    return true;
  }

  /**
   * This side has given out an id.
   * @param {Uint8Array} id
   * @param {() => Inner} onOpen is called when the other side opens a line by it, once; gives the inner end of the line
   */
  expect(id, onOpen) {
    mapSet(this.#expected, textOf(id), onOpen);
  }

  /** @param {Uint8Array} id that was given out, and is to be refused from now on */
  forget(id) {
    mapDelete(this.#expected, textOf(id));
  }

  /** @returns {AnyLine | undefined} undefined if the other side takes no more */
  #openOwn() {
    if (this.#ownCount >= this.theirs.maxLines) return undefined;
    const key = this.#next++ * 2 + 1;
    return this.#add(key, key, true);
  }

  /**
   * @param {number} key
   * @param {number} number what this side calls the line in its frames
   * @param {boolean} isOwn
   */
  #add(key, number, isOwn) {
    const line = new Line(this, key, number, isOwn);
    mapSet(this.#lines, key, line);
    if (isOwn) this.#ownCount++;
    else this.#theirCount++;
    this.counts[places.PORTS]++;
    return line;
  }

  /** @param {AnyLine} line that has ended at both sides */
  remove(line) {
    if (!mapDelete(this.#lines, line.key)) return;
    if (line.isOwn) this.#ownCount--;
    else this.#theirCount--;
    this.counts[places.PORTS]--;
    if (this.count === 0) this.#host.onEmpty();
  }

  /**
   * Makes lines for the ports of a message.
   * @param {Inner[]} ports
   * @returns {{ part: Uint8Array, offers: AnyLine[] }} what goes ahead of the message's bytes: for each port number and id, and 0 for one that the other
   *   side takes no line for, so that it arrives closed
   */
  offer(ports) {
    /** @type {AnyLine[]} */
    const offers = [];
    /** @type {{ number: number, id: Uint8Array | undefined }[]} */
    const entries = [];
    let length = 0;
    for (let i = 0; i < ports.length; i++) {
      const line = this.#openOwn();
      if (line === undefined) {
        ports[i].close(reasons.REFUSED);
        entries[i] = { number: 0, id: undefined };
        length++;
        continue;
      }
      const id = newId();
      line.begin(ports[i], id, false);
      offers[offers.length] = line;
      entries[i] = { number: line.key, id };
      length += sizeOfNumber(line.key) + ID;
    }
    const part = allocUnsafeSlow(length);
    let at = 0;
    for (let i = 0; i < entries.length; i++) {
      const { number, id } = entries[i];
      let rest = number;
      for (; rest >= 0x80; rest = (rest - (rest % 0x80)) / 0x80) part[at++] = 0x80 + (rest % 0x80);
      part[at++] = rest;
      if (id === undefined) continue;
      bytesSet(part, id, at);
      at += ID;
    }
    return { part, offers };
  }

  /**
   * @param {Inner} inner
   * @returns {{ bytes: Uint8Array, ports: Inner[] } | undefined | null} null if the message cannot leave the process
   */
  takeFrom(inner) {
    try {
      return inner.take();
    } catch {
      return null;
    }
  }

  /** @param {AnyLine} line that may have something to send */
  list(line) {
    if (line.isListed) return;
    line.isListed = true;
    this.#ready[this.#ready.length] = line;
    this.wake();
  }

  /** Looks at every line, whether or not its inner end has told of something. */
  listAll() {
    mapForEach(this.#lines, (line) => this.list(line));
  }

  /**
   * Lets the lines write in turn, until enough has been gathered.
   * @returns {boolean} whether there may be more
   */
  fill() {
    const ready = this.#ready;
    const { writer } = this;
    while (writer.size < BATCH && this.#firstReady < ready.length) {
      const line = /** @type {AnyLine} */ (ready[this.#firstReady]);
      ready[this.#firstReady++] = undefined;
      line.isListed = false;
      if (line.send(writer) && !line.isListed) {
        line.isListed = true;
        ready[ready.length] = line;
      }
      if (this.#firstReady === ready.length) this.#firstReady = ready.length = 0;
      else if (this.#firstReady >= 1024) this.#compact();
    }
    return this.#firstReady < ready.length;
  }

  #compact() {
    const ready = this.#ready;
    const count = ready.length - this.#firstReady;
    for (let i = 0; i < count; i++) ready[i] = ready[this.#firstReady + i];
    ready.length = count;
    this.#firstReady = 0;
  }

  /**
   * Whether a message may go in pieces, beside those that do. If not, its line is listed when it may.
   * @param {AnyLine} line
   * @param {number} size
   */
  mayGo(line, size) {
    if (this.#going > 0 && this.#going + size > this.theirs.underWay) {
      this.#waiting[this.#waiting.length] = line;
      return false;
    }
    this.#going += size;
    return true;
  }

  /** @param {number} size of a message of which the last piece has gone, or will never go */
  hasGone(size) {
    this.#going -= size;
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (let i = 0; i < waiting.length; i++) this.list(waiting[i]);
  }

  /** Memory of a message in pieces that has arrived, for the next one: memory that is new has to be got from the system. @type {Uint8Array | undefined} */
  #kept;

  /**
   * Memory that nothing is written to costs nothing, so a length that is a lie costs its sender more.
   * @param {number} size
   * @returns {Uint8Array} of that length
   */
  memoryFor(size) {
    const kept = this.#kept;
    if (kept === undefined || kept.buffer.byteLength < size) return allocUnsafeSlow(size);
    this.#kept = undefined;
    return new Uint8Array(kept.buffer, 0, size);
  }

  /** @param {Uint8Array} memory that nobody uses any more */
  keep(memory) {
    if (memory.buffer.byteLength <= MOST_KEPT) this.#kept = memory;
  }

  /** Nothing has come for a while. */
  relax() {
    this.#kept = undefined;
  }

  // What the other side does.

  /**
   * @param {number} type
   * @param {import('./frames').Frame} fields
   * @throws {Violation}
   */
  onFrame(type, fields) {
    const number = fields.number();
    if (type === types.OPEN) return this.#onOpen(number, fields);
    const line = mapGet(this.#lines, keyOf(number));
    if (line === undefined) throw new Violation('a frame is for a line that is not there');
    switch (type) {
      case types.MESSAGE:
        return line.onMessage(fields);
      case types.FIRST:
        return line.onFirst(fields);
      case types.PIECE:
        return line.onPiece(fields);
      case types.CREDIT:
        return line.onCredit(fields);
      case types.CLOSE:
        return line.onClose(fields);
      case types.NOTICE:
        return line.onNotice(fields);
      case types.ACCEPT: {
        const id = fields.take(ID);
        fields.finish();
        return line.accepted(id);
      }
      default:
        throw new Violation('a frame is of no known type');
    }
  }

  /**
   * @param {number} number
   * @param {import('./frames').Frame} fields
   */
  #onOpen(number, fields) {
    const id = fields.take(ID);
    fields.finish();
    const line = this.#addTheirs(number);
    const text = textOf(id);
    const onOpen = mapGet(this.#expected, text);
    if (onOpen === undefined) {
      // The id may have been taken back while this was on its way.
      line.begin(undefined);
      line.close(reasons.REFUSED, 1);
      return;
    }
    mapDelete(this.#expected, text);
    this.writer.write(types.ACCEPT, [line.key], id);
    line.begin(onOpen());
    this.wake();
  }

  /**
   * @param {number} number as the other side calls the line
   * @throws {Violation} if it may not open that one
   */
  #addTheirs(number) {
    if (number < 3 || number % 2 !== 1) throw new Violation('a line was opened by a number that none can have');
    const key = keyOf(number);
    if (mapGet(this.#lines, key) !== undefined) throw new Violation('a line was opened twice');
    if (this.#theirCount >= this.ours.maxLines) throw new Violation('more lines were opened than may be');
    return this.#add(key, key, false);
  }

  /**
   * Makes lines for what the other side has offered in a message.
   * @param {Uint8Array} part
   * @param {boolean} isWanted whether somebody gets the message
   * @returns {any[]} the ends for the user, one for each port
   * @throws {Violation}
   */
  take(part, isWanted) {
    /** @type {any[]} */
    const outers = [];
    try {
      this.#takeInto(part, isWanted, outers);
    } catch (error) {
      this.discard(outers);
      throw error;
    }
    this.wake();
    return outers;
  }

  /** @param {any[]} outers that nobody gets */
  discard(outers) {
    for (let i = 0; i < outers.length; i++) this.#host.discard(outers[i]);
  }

  /**
   * @param {Uint8Array} part
   * @param {boolean} isWanted
   * @param {any[]} outers
   * @throws {Violation}
   */
  #takeInto(part, isWanted, outers) {
    const fields = new Fields();
    fields.begin(part, 0, part.length);
    while (fields.left > 0) {
      const number = fields.number();
      if (number === 0) {
        if (isWanted) {
          const { inner, outer } = this.#host.makeChannel();
          outers[outers.length] = outer;
          inner.close(reasons.REFUSED);
        }
        continue;
      }
      const id = fields.take(ID);
      const line = this.#addTheirs(number);
      this.writer.write(types.ACCEPT, [line.key], id);
      if (isWanted) {
        const { inner, outer } = this.#host.makeChannel();
        outers[outers.length] = outer;
        line.begin(inner);
      } else {
        line.begin(undefined);
        line.close(reasons.CLOSED, 0);
      }
    }
  }

  /**
   * The session has ended.
   * @param {string} reason for all ports
   */
  end(reason) {
    const lines = this.#lines;
    this.#lines = new Map();
    this.#expected = new Map();
    this.#ready = [];
    this.#firstReady = 0;
    this.counts[places.PORTS] = 0;
    mapForEach(lines, (line) => line.end(reason));
  }
}

/** @param {number} number what the other side calls a line @returns {number} the key of the line here */
const keyOf = (number) => (number === 0 ? 0 : number % 2 === 1 ? number - 1 : number + 1);

module.exports = { Lines, newId };
