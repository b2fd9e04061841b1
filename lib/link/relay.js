// One line of a session: a port of this side with its other end at the other side. A line stands beside an inner end, which is the end of
// an ordinary channel whose other end somebody holds; what comes from the inner end goes over the session, and the reverse.
//
//   user's port ═══ channel ═══ inner end │ line ─────────────── session ─────────────── line │ inner end ═══ channel ═══ user's port
//                                         │  takes while it has credit       gives credit while the user's queue has room
'use strict';

const { allocUnsafeSlow, bytesSet } = require('../language/intrinsics');
const { PIECE, types, viewOf } = require('./frames');
const { places } = require('./counts');
const { numberOf, reasons } = require('../port/reasons');
const { Violation } = require('./errors');

const { RECEIVED, RECEIVED_BYTES, SENT, SENT_BYTES } = places;

/**
 * @typedef {object} Inner the inner end of a line. What it calls, it calls from the event loop, never from within a call of its own
 *   methods
 * @property {() => { bytes: Uint8Array, ports: Inner[] } | undefined} take the oldest message that has come from the user, with what the
 *   ports in it become. The bytes are the caller's. Undefined if there is none; `onMessage` is called when there is one again
 * @property {(bytes: Uint8Array, outers: any[]) => boolean} put posts a message to the user, with the other ends of inner ends that were
 *   made for the ports in it. The bytes are valid during the call. False if the user has closed the port: nothing has become of the ends
 *   then. Throws if the bytes are no message; nothing has changed then
 * @property {() => boolean} hasRoom whether what waits for the user is below the mark; if not, `onRoom` is called when it is, or when the
 *   user has closed the port
 * @property {any} [closed] the reason, if the user has closed the port and `onClose` was due before anybody listened; undefined otherwise
 * @property {(reason?: any) => void} close what has been put before still arrives
 * @property {(here: Mark, there: Mark) => void} bound says how much may wait here, and for the user, where nobody has said so
 * @property {(bytes: Uint8Array) => void} notify tells the user's end past its queue that a stream's reader wants no more
 * @property {(() => void) | null} onMessage
 * @property {(() => void) | null} onRoom
 * @property {((bytes: Uint8Array) => void) | null} onNotice
 * @property {((reason?: any) => void) | null} onClose the user has closed the port, and everything from it has been taken. The reason says
 *   more if the port is itself one of a link
 */

/** @typedef {import('./lines').LineSet} Lines */

/** @typedef {{ messages: number, bytes: number }} Mark */

/** What CLOSE says, by number. */
const CLOSE_REASONS = [reasons.PEER_CLOSED, reasons.REFUSED, reasons.LOST, reasons.DEAD];

/** How many small messages one line sends before others have their turn. */
const TURN = 32;

/** What a line has of the message that is coming in pieces. */
class Incoming {
  filled = 0;

  /**
   * @param {Uint8Array} body where it is put together
   * @param {number} portsLength
   */
  constructor(body, portsLength) {
    this.body = body;
    this.portsLength = portsLength;
  }
}

/** @typedef {Line} AnyLine */

class Line {
  /** @type {Lines} */
  #lines;
  /** How frames of this side call the line. */
  #number;
  /** The key among the lines of this side. */
  key;
  /** Whether this side has opened it. */
  isOwn;
  /** @type {Inner | undefined} */
  #inner;
  /** The id by which the line was offered, until the other side has named it. @type {Uint8Array | undefined} */
  #offer;
  /** Told whether the other side has accepted the line, once. @type {(isAccepted: boolean) => void} */
  onAnswer = ignore;
  /** Whether the message that offers the line has left, so that the line may send. */
  #isGiven = true;

  // What goes.
  #creditMessages = 0;
  #creditBytes = 0;
  /** The message that goes in pieces, and how much of it has gone. @type {Uint8Array | undefined} */
  #outgoing;
  #gone = 0;
  /** A message that was taken and cannot go yet, because too many bytes are under way in pieces. @type {Uint8Array | undefined} */
  #held;
  #heldPorts = 0;
  /** Whether something may wait for which there is no credit. */
  #isBlocked = false;
  /** The lines that the outgoing message offers. @type {Line[]} */
  #offers = [];
  /** Whether the line stands among those that have something to send. */
  isListed = false;
  /** What CLOSE will say when everything has gone; undefined while the line is open. @type {number | undefined} */
  #closing;
  #hasSentClose = false;
  /** Whether the line closes without sending what waits. */
  #isAborted = false;

  // What comes.
  /** @type {Incoming | undefined} */
  #incoming;
  /** What has come for which no credit was given back. */
  #owedMessages = 0;
  #owedBytes = 0;
  /** Whether the inner end will say when there is room for the user. */
  #waitsForRoom = false;
  #hasHeardClose = false;

  /**
   * @param {Lines} lines
   * @param {number} key
   * @param {number} number
   * @param {boolean} isOwn
   */
  constructor(lines, key, number, isOwn) {
    this.#lines = lines;
    this.key = key;
    this.#number = number;
    this.isOwn = isOwn;
    const { window } = lines.theirs;
    this.#creditMessages = window.messages;
    this.#creditBytes = window.bytes;
  }

  /**
   * The line begins.
   * @param {Inner | undefined} inner undefined if nobody wants what comes
   * @param {Uint8Array} [offer] the id by which the other side knows the line, until it has accepted the line
   * @param {boolean} [isGiven] false if the message that offers the line has not left yet
   */
  begin(inner, offer, isGiven = true) {
    this.#inner = inner;
    this.#offer = offer;
    this.#isGiven = isGiven;
    if (inner !== undefined) {
      inner.bound(this.#lines.theirs.window, this.#lines.ours.window);
      inner.onMessage = this.#list;
      inner.onRoom = this.#onRoom;
      inner.onClose = this.#onInnerClose;
      inner.onNotice = this.#onInnerNotice;
      // The user may have closed the port before the other side was known.
      if (inner.closed !== undefined) this.#onInnerClose(inner.closed);
    }
    if (isGiven) this.#list();
  }

  #list = () => this.#lines.list(this);

  #onRoom = () => {
    this.#waitsForRoom = false;
    this.#giveCredit();
  };

  #onInnerNotice = (/** @type {Uint8Array} */ bytes) => {
    if (this.#hasSentClose || !this.#isGiven || bytes.length > PIECE) return;
    this.#lines.writer.write(types.NOTICE, [this.#number], bytes);
    this.#lines.wake();
  };

  #onInnerClose = (/** @type {import('../port/reasons').Reason | undefined} */ reason) => {
    if (this.#closing !== undefined || this.#hasSentClose) return;
    this.#inner = undefined;
    this.#closing = numberOf(reason, CLOSE_REASONS);
    this.#list();
  };

  /** Whether the line has sent everything that the user has posted, as far as this side knows. */
  get isIdle() {
    return this.#outgoing === undefined && !this.isListed && !this.#isBlocked;
  }

  /** The message that offers the line has left. */
  given() {
    this.#isGiven = true;
    this.#list();
  }

  /**
   * Writes what has its turn.
   * @param {import('./frames').Writer} writer
   * @returns {boolean} whether there may be more
   */
  send(writer) {
    if (!this.#isGiven || this.#hasSentClose) return false;
    if (this.#isAborted) return this.#sendClose(writer);
    if (this.#outgoing !== undefined) {
      this.#sendPiece(writer, this.#outgoing);
      return true;
    }
    this.#isBlocked = false;
    if (this.#held !== undefined) return this.#sendHeld(writer, this.#held);
    const until = writer.size + PIECE;
    for (let i = 0; i < TURN && writer.size < until; i++) {
      if (this.#inner === undefined) return this.#sendClose(writer);
      // Without credit, what waits goes on waiting where the user can see it.
      if (this.#creditMessages <= 0 || this.#creditBytes <= 0) {
        this.#isBlocked = true;
        return false;
      }
      const message = this.#lines.takeFrom(this.#inner);
      if (message === undefined) return false;
      if (message === null) {
        this.close(reasons.REFUSED, 1);
        return this.#sendClose(writer);
      }
      if (!this.#sendMessage(writer, message)) return true;
    }
    return true;
  }

  /**
   * @param {import('./frames').Writer} writer
   * @param {{ bytes: Uint8Array, ports: Inner[] }} message
   * @returns {boolean} whether the whole message has gone
   */
  #sendMessage(writer, { bytes, ports }) {
    const lines = this.#lines;
    if (bytes.length > lines.theirs.maxMessage) {
      for (let i = 0; i < ports.length; i++) ports[i].close(reasons.REFUSED);
      this.close(reasons.REFUSED, 1);
      this.#sendClose(writer);
      return false;
    }
    let body = bytes;
    let portsLength = 0;
    if (ports.length > 0) {
      const { part, offers } = lines.offer(ports);
      this.#offers = offers;
      portsLength = part.length;
      body = allocUnsafeSlow(portsLength + bytes.length);
      bytesSet(body, part, 0);
      bytesSet(body, bytes, portsLength);
    }
    this.#creditMessages--;
    this.#creditBytes -= body.length;
    lines.counts[SENT]++;
    lines.counts[SENT_BYTES] += body.length;
    if (body.length <= PIECE) {
      writer.write(types.MESSAGE, [this.#number, portsLength], body);
      if (ports.length > 0) this.#give();
      return true;
    }
    this.#held = body;
    this.#heldPorts = portsLength;
    this.#sendHeld(writer, body);
    return false;
  }

  /**
   * Begins to send a message in pieces, if it may be under way beside those that are.
   * @param {import('./frames').Writer} writer
   * @param {Uint8Array} body
   * @returns {boolean} whether it has begun; if not, the line is listed when it may
   */
  #sendHeld(writer, body) {
    if (!this.#lines.mayGo(this, body.length)) {
      this.#isBlocked = true;
      return false;
    }
    writer.write(types.FIRST, [this.#number, body.length, this.#heldPorts], body, 0, PIECE);
    this.#held = undefined;
    this.#outgoing = body;
    this.#gone = PIECE;
    return true;
  }

  /**
   * @param {import('./frames').Writer} writer
   * @param {Uint8Array} body
   */
  #sendPiece(writer, body) {
    const rest = body.length - this.#gone;
    const end = this.#gone + (rest < PIECE ? rest : PIECE);
    writer.write(types.PIECE, [this.#number], body, this.#gone, end);
    this.#gone = end;
    if (end < body.length) return;
    this.#outgoing = undefined;
    this.#lines.hasGone(body.length);
    this.#give();
  }

  #give() {
    const offers = this.#offers;
    if (offers.length === 0) return;
    this.#offers = [];
    for (let i = 0; i < offers.length; i++) offers[i].given();
  }

  /** @param {import('./frames').Writer} writer */
  #sendClose(writer) {
    this.#hasSentClose = true;
    // Only now: the other side counts what is under way until it reads this.
    if (this.#outgoing !== undefined) this.#lines.hasGone(this.#outgoing.length);
    this.#outgoing = undefined;
    writer.write(types.CLOSE, [this.#number, this.#closing ?? 0]);
    this.#drop();
    if (this.#hasHeardClose) this.#lines.remove(this);
    return false;
  }

  /**
   * Closes the line from this side, without sending what waits.
   * @param {string} reason for the user's port
   * @param {number} number for the other side
   */
  close(reason, number) {
    const inner = this.#inner;
    this.#inner = undefined;
    this.#closing = number;
    this.#isAborted = true;
    this.#held = undefined;
    this.#dropOffers(reason);
    if (inner !== undefined) inner.close(reason);
    this.#list();
  }

  /**
   * The session has ended, or the line has been offered in a message that has not left.
   * @param {string} reason
   */
  end(reason) {
    const inner = this.#inner;
    this.#inner = undefined;
    this.#hasSentClose = this.#hasHeardClose = true;
    this.#outgoing = undefined;
    this.#drop();
    this.#dropOffers(reason);
    if (this.#offer !== undefined) this.onAnswer(false);
    this.#offer = undefined;
    if (inner !== undefined) inner.close(reason);
  }

  /** @param {string} reason */
  #dropOffers(reason) {
    const offers = this.#offers;
    this.#offers = [];
    for (let i = 0; i < offers.length; i++) {
      offers[i].end(reason);
      this.#lines.remove(offers[i]);
    }
  }

  /** What has come in pieces is not wanted any more. */
  #drop() {
    if (this.#incoming === undefined) return;
    this.#lines.underWay -= this.#incoming.body.length;
    this.#incoming = undefined;
  }

  /** @throws {Violation} if the other side may send nothing on this line */
  #check() {
    if (this.#hasHeardClose) throw new Violation('a line was used after its end');
    if (this.#offer !== undefined) throw new Violation('a line was used that has not been accepted');
  }

  /**
   * The other side has taken the line that it was offered.
   * @param {Uint8Array} id
   * @throws {Violation}
   */
  accepted(id) {
    const offer = this.#offer;
    if (offer === undefined || !this.#isGiven || this.#hasHeardClose) {
      throw new Violation('a line was accepted that is not offered');
    }
    for (let i = 0; i < id.length; i++) {
      if (id[i] !== offer[i]) throw new Violation('a line was accepted by an id that was not given out');
    }
    this.#offer = undefined;
    this.onAnswer(true);
  }

  /**
   * @param {import('./frames').Frame} fields
   * @throws {Violation}
   */
  onMessage(fields) {
    this.#check();
    const portsLength = fields.number();
    const body = fields.take(fields.left);
    this.#checkLengths(body.length, portsLength);
    if (this.#incoming !== undefined) throw new Violation('a message came within another');
    this.#arrived(body, portsLength);
  }

  /**
   * @param {import('./frames').Frame} fields
   * @throws {Violation}
   */
  onFirst(fields) {
    this.#check();
    const total = fields.number();
    const portsLength = fields.number();
    if (fields.left !== PIECE || total <= PIECE) throw new Violation('a first piece of a length that none has');
    this.#checkLengths(total, portsLength);
    if (this.#incoming !== undefined) throw new Violation('a message came within another');
    const lines = this.#lines;
    lines.underWay += total;
    if (lines.underWay > lines.mostUnderWay) {
      lines.underWay -= total;
      throw new Violation('more bytes are under way than may be');
    }
    if (this.#hasSentClose) {
      // Nobody wants it.
      lines.underWay -= total;
      fields.take(PIECE);
      return;
    }
    this.#incoming = new Incoming(lines.memoryFor(total), portsLength);
    this.#append(this.#incoming, fields);
  }

  /**
   * @param {import('./frames').Frame} fields
   * @throws {Violation}
   */
  onPiece(fields) {
    this.#check();
    const incoming = this.#incoming;
    if (incoming !== undefined) {
      const rest = incoming.body.length - incoming.filled;
      if (fields.left !== (rest < PIECE ? rest : PIECE)) throw new Violation('a piece of a length that it cannot have');
      this.#append(incoming, fields);
      return;
    }
    // A piece of a message that was dropped when this side closed the line.
    if (!this.#hasSentClose) throw new Violation('a piece of no message');
    fields.take(fields.left);
  }

  /**
   * @param {Incoming} incoming
   * @param {import('./frames').Frame} fields
   */
  #append(incoming, fields) {
    const piece = fields.take(fields.left);
    bytesSet(incoming.body, piece, incoming.filled);
    incoming.filled += piece.length;
    if (incoming.filled < incoming.body.length) return;
    this.#drop();
    this.#arrived(incoming.body, incoming.portsLength);
    this.#lines.keep(incoming.body);
  }

  /**
   * @param {number} total
   * @param {number} portsLength
   * @throws {Violation}
   */
  #checkLengths(total, portsLength) {
    const { ours } = this.#lines;
    if (portsLength > total) throw new Violation('a message whose ports are longer than the message');
    if (total - portsLength > ours.maxMessage) throw new Violation('a message is longer than may be');
    if (this.#owedMessages >= ours.window.messages || this.#owedBytes >= ours.window.bytes) {
      throw new Violation('a message came for which there was no credit');
    }
  }

  /**
   * @param {Uint8Array} body
   * @param {number} portsLength
   */
  #arrived(body, portsLength) {
    const lines = this.#lines;
    lines.counts[RECEIVED]++;
    lines.counts[RECEIVED_BYTES] += body.length;
    this.#owedMessages++;
    this.#owedBytes += body.length;
    const inner = this.#inner;
    const outers = portsLength === 0 ? [] : lines.take(viewOf(body, 0, portsLength), inner !== undefined);
    if (inner !== undefined) {
      const bytes = portsLength === 0 ? body : viewOf(body, portsLength, body.length);
      let isPut = false;
      try {
        isPut = inner.put(bytes, outers);
      } catch (error) {
        throw new Violation(`a message cannot be read: ${/** @type {any} */ (error)?.message}`);
      } finally {
        if (!isPut) lines.discard(outers);
      }
    }
    const { window } = lines.ours;
    if (this.#owedMessages >= window.messages / 4 || this.#owedBytes >= window.bytes / 4) this.#giveCredit();
  }

  /** Tells the other side that there is room again, if there is. */
  #giveCredit = () => {
    if (this.#owedMessages === 0 || this.#hasSentClose || this.#hasHeardClose) return;
    // For who has closed the port, everything is dropped, so that what the other side still has goes on.
    if (this.#waitsForRoom) return;
    if (this.#inner !== undefined && !this.#inner.hasRoom()) {
      this.#waitsForRoom = true;
      return;
    }
    this.#lines.writer.write(types.CREDIT, [this.#number, this.#owedMessages, this.#owedBytes]);
    this.#owedMessages = this.#owedBytes = 0;
    this.#lines.wake();
  };

  /**
   * @param {import('./frames').Frame} fields
   * @throws {Violation}
   */
  onCredit(fields) {
    this.#check();
    const { window } = this.#lines.theirs;
    const messages = fields.number();
    const bytes = fields.number();
    fields.finish();
    this.#creditMessages += messages;
    this.#creditBytes += bytes;
    if (this.#creditMessages > window.messages || this.#creditBytes > window.bytes) {
      throw new Violation('more credit was given back than was used');
    }
    this.#list();
  }

  /**
   * @param {import('./frames').Frame} fields
   * @throws {Violation}
   */
  onNotice(fields) {
    this.#check();
    this.#inner?.notify(fields.take(fields.left));
  }

  /**
   * @param {import('./frames').Frame} fields
   * @throws {Violation}
   */
  onClose(fields) {
    if (this.#hasHeardClose) throw new Violation('a line was closed twice');
    if (!this.#isGiven) throw new Violation('a line was closed that was not given');
    const number = fields.number();
    fields.finish();
    if (number >= CLOSE_REASONS.length) throw new Violation('a line was closed for no reason');
    this.#hasHeardClose = true;
    if (this.#offer !== undefined) this.onAnswer(false);
    this.#offer = undefined;
    this.#drop();
    if (this.#hasSentClose) {
      this.#lines.remove(this);
      return;
    }
    this.close(CLOSE_REASONS[number], 0);
  }
}

function ignore() {}

module.exports = { Line };
