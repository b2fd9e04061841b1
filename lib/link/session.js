// What goes on between a pair of processes: who they are, that both are there, and how they part. The lines of the session (lines.js) are the
// ports.
//
// A session knows neither streams nor timers: it is given a transport, which brings bytes in order, without gap and without double, and a
// clock.
'use strict';

const { Buffer } = require('node:buffer');
const { floor } = require('../language/intrinsics');
const { FrameReader, FrameWriter, types } = require('./frames');
const { Lines } = require('./lines');
const { places } = require('./counts');
const { reasons } = require('../port/reasons');
const { Violation, deadError, lostError, protocolError } = require('./errors');

/**
 * @typedef {object} Transport
 * @property {(chunks: Uint8Array[]) => boolean} write takes all chunks, whose memory is not written to again. False if it wants no more until it
 *   calls `onDrain`
 * @property {() => void} close what was written before still goes, if it can
 * @property {boolean} [isUp] false while the transport has no connection; absent: true
 * @property {(bytes: Uint8Array, after: number) => void} [keepAlive] where the transport can write while JavaScript is busy: these bytes, a frame,
 *   whenever nothing was written for so many milliseconds, between two calls of `write`, and not before the first
 * @property {(bytes: Uint8Array) => void} onData to be called with what comes, cut anywhere
 * @property {() => void} onDrain to be called when there is room again
 * @property {(error?: Error) => void} onEnd to be called when nothing comes any more
 */

/**
 * @typedef {object} Clock
 * @property {() => number} now in milliseconds, which never runs backwards
 * @property {(callback: () => void, delay: number) => any} setTimer keeps no thread running
 * @property {(timer: any) => void} clearTimer
 * @property {(callback: () => void) => void} soon calls it after what is going on now
 */

/**
 * @typedef {import('./lines').Limits & {
 *   heartbeat: number,
 *   deadAfter: number,
 *   isPatient?: boolean,
 *   answersAlways?: boolean,
 * }} Settings `heartbeat`, `deadAfter` in milliseconds. `isPatient`: silence of a side that only answers when its thread is free is no sign
 *   of death. `answersAlways`: this side does, whatever JavaScript does
 */

/**
 * @typedef {object} Callbacks
 * @property {import('./lines').Host['makeChannel']} makeChannel
 * @property {import('./lines').Host['discard']} discard
 * @property {Float64Array} [counts] where what goes and comes is counted, see lines.js
 * @property {() => void} [onReady] the other side is known: lines can be opened
 * @property {() => void} [onEmpty] the session has no lines any more
 * @property {(reason: string, error: Error | undefined) => void} onEnd the session has ended; without error if a side has ended it
 */

/** What a HELLO begins with: "FPLK". */
const MAGIC = 0x46504c4b;
const VERSION = 1;

/** Flag in HELLO: the side answers also while its JavaScript is busy. */
const ANSWERS_ALWAYS = 1;

/** What BYE says, by number. */
const BYE = { CLOSED: 0, PROTOCOL: 1 };

/** How many milliseconds the end of a session waits for the other side's answer. */
const PARTING = 1000;

/** How much may wait in memory of what is not counted by credit, while the transport takes nothing. */
const MOST_WAITING = 8 * 1024 * 1024;

/** After how many messages the other side hears of them, if nothing else tells. */
const RECEIPTS = 1024;

/** How many milliseconds later than asked for a timer may come before the thread counts as having been busy. */
const LATE = 250;

/** @typedef {Session} OneSession */

class Session {
  /** @type {Transport} */
  #transport;
  /** @type {Settings} */
  #settings;
  /** @type {Clock} */
  #clock;
  /** @type {Callbacks} */
  #callbacks;
  #writer = new FrameWriter();
  #reader = new FrameReader();
  /** @type {import('./lines').LineSet} */
  lines;
  /** Whether the other side has said who it is. */
  isReady = false;
  #hasEnded = false;
  #canWrite = true;
  #isAwake = false;
  /** How long a beat is waited for, in milliseconds; Infinity: for ever. */
  #patience;
  #beat;
  /** When this side has written last, by the clock. */
  #wroteAt;
  /** For how long nothing was heard, in time that this thread has seen pass. */
  #silence = 0;
  #tickedAt;
  #tickDelay = 0;
  /** Whether the next tick ends the session if nothing has come until then. */
  #isLastLook = false;
  /** @type {any} */
  #timer;
  /** How many messages it has been told that this side has. */
  #told = 0;
  /** Of beats that the transport writes by itself. @type {import('./frames').Writer | undefined} */
  #keeper;
  /** @type {(() => void)[]} */
  #closers = [];
  #isClosing = false;
  #hasSentBye = false;
  /** When to part whatever waits, by the clock. */
  #partAt = Infinity;

  /**
   * @param {Transport} transport
   * @param {Settings} settings
   * @param {Clock} clock
   * @param {Callbacks} callbacks
   */
  constructor(transport, settings, clock, callbacks) {
    this.#transport = transport;
    this.#settings = settings;
    this.#clock = clock;
    this.#callbacks = callbacks;
    this.#beat = settings.heartbeat;
    // Until it is known whether the other side can answer, it has the time of one that can.
    this.#patience = settings.deadAfter;
    this.#wroteAt = this.#tickedAt = clock.now();
    const { makeChannel, discard } = callbacks;
    const host = { writer: this.#writer, wake: this.#wake, makeChannel, discard, onEmpty: this.#onEmpty };
    this.lines = new Lines(host, settings, callbacks.counts);
    transport.onData = this.#onData;
    transport.onDrain = this.#onDrain;
    transport.onEnd = this.#onTransportEnd;
    this.#hello();
    this.#keepAlive();
    this.#plan();
  }

  #hello() {
    const { heartbeat, deadAfter, maxMessage, maxLines, underWay, window, answersAlways } = this.#settings;
    const flags = answersAlways === false ? 0 : ANSWERS_ALWAYS;
    const numbers = [heartbeat, deadAfter, maxMessage, maxLines, underWay, window.messages, window.bytes];
    const fields = [MAGIC, VERSION, flags];
    for (let i = 0; i < numbers.length; i++) fields[fields.length] = numbers[i];
    this.#writer.write(types.HELLO, fields);
    this.#wake();
  }

  /** @param {import('./frames').Frame} fields */
  #onHello(fields) {
    if (fields.number() !== MAGIC) throw new Violation('what has come is not of a link');
    const version = fields.number();
    if (version !== VERSION) throw new Violation(`the other side speaks version ${version}, this one ${VERSION}`);
    const flags = fields.number();
    const heartbeat = fields.number();
    const deadAfter = fields.number();
    const maxMessage = fields.number();
    const maxLines = fields.number();
    const underWay = fields.number();
    const messages = fields.number();
    const bytes = fields.number();
    // What a later version adds is passed over.
    if (heartbeat < 1 || deadAfter < 1 || messages < 1 || bytes < 1) throw new Violation('a side takes nothing');
    this.lines.theirs = { maxMessage, maxLines, underWay, window: { messages, bytes } };
    this.isReady = true;
    const third = floor(deadAfter / 3);
    if (third < this.#beat) this.#beat = third < 1 ? 1 : third;
    if (this.#settings.isPatient === true && flags % 2 === 0) this.#patience = Infinity;
    this.#keepAlive();
    this.#plan();
    this.#callbacks.onReady?.();
  }

  // Bytes.

  /** Something has come from the other side which is no data. */
  alive() {
    this.#isHeard = true;
    this.#heardAt = this.#clock.now();
  }

  /** Whether something has come since the last tick, and when. */
  #isHeard = false;
  #heardAt = 0;

  #onData = (/** @type {Uint8Array} */ bytes) => {
    if (this.#hasEnded) return;
    this.alive();
    try {
      if (this.#greeted < 2) this.#checkGreeting(bytes);
      this.#reader.push(bytes, this.#onFrame);
    } catch (error) {
      // Whatever it is, for want of memory, say: it ends this session and no other of the thread.
      this.#violate(/** @type {any} */ (error)?.message ?? 'something could not be read');
      return;
    }
    if (this.lines.counts[places.RECEIVED] - this.#told >= RECEIPTS) this.#sendBeat();
    if (this.#writer.size > MOST_WAITING && !this.#canWrite) this.#violate('the other side asks, and takes no answers');
  };

  /** How many bytes have come of the first two. */
  #greeted = 0;

  /**
   * What is not of a link at all shows by its second byte, and is not waited for to its end.
   * @param {Uint8Array} bytes
   */
  #checkGreeting(bytes) {
    const at = 1 - this.#greeted;
    if (at < bytes.length && bytes[at] !== types.HELLO) throw new Violation('what has come is not of a link');
    this.#greeted += bytes.length;
  }

  #onFrame = (/** @type {number} */ type, /** @type {import('./frames').Frame} */ fields) => {
    if (!this.isReady) {
      if (type !== types.HELLO) throw new Violation('what has come is not of a link');
      this.#onHello(fields);
      return;
    }
    if (type === types.BEAT) {
      const count = fields.number();
      fields.finish();
      if (count < this.lines.counts[places.ACKNOWLEDGED] || count > this.lines.counts[places.SENT]) {
        throw new Violation('more messages were acknowledged than were sent');
      }
      this.lines.counts[places.ACKNOWLEDGED] = count;
    } else if (type === types.BYE) {
      this.#onBye(fields);
    } else {
      this.lines.onFrame(type, fields);
    }
  };

  #wake = () => {
    if (this.#isAwake || !this.#canWrite || this.#hasEnded) return;
    this.#isAwake = true;
    this.#clock.soon(this.#flush);
  };

  #onDrain = () => {
    this.#canWrite = true;
    if (!this.#hasEnded && !this.#isAwake) this.#flush();
    if (this.#canWrite) this.#expectBye();
  };

  /** Writes what has been written for, and what lines have: all of one turn by one call. */
  #flush = () => {
    this.#isAwake = false;
    if (this.#hasEnded || !this.#canWrite) return;
    const hasMore = this.isReady && !this.#hasSentBye && this.lines.fill();
    if (this.#isClosing) this.#partIfDone();
    const { size } = this.#writer;
    if (size > 0) {
      this.#wroteAt = this.#clock.now();
      const chunks = this.#writer.take();
      if (!this.#transport.write(chunks)) this.#canWrite = false;
      else this.#expectBye();
    }
    // What has come in the meantime has its turn before the rest.
    if (hasMore) this.#wake();
  };

  // Time. There is one timer, which is not set again for each message.

  #plan() {
    const { now } = this.#clock;
    this.#clock.clearTimer(this.#timer);
    if (this.#hasEnded) return;
    const time = now();
    this.#tickedAt = time;
    let delay = this.#wroteAt + this.#beat - time;
    const left = this.#patience - this.#silence;
    if (left < delay) delay = left;
    if (this.#partAt - time < delay) delay = this.#partAt - time;
    if (delay < 1) delay = 1;
    this.#tickDelay = delay;
    this.#timer = this.#clock.setTimer(this.#tick, delay);
  }

  #tick = () => {
    if (this.#hasEnded) return;
    const time = this.#clock.now();
    const passed = time - this.#tickedAt;
    // While this thread was busy or stopped, bytes may have come that it has not seen yet.
    const seen = passed > this.#tickDelay + LATE ? this.#tickDelay : passed;
    if (!this.#isHeard) {
      this.#silence += seen;
      this.lines.relax();
    }
    if (this.#isHeard) this.#silence = time - this.#heardAt < seen ? time - this.#heardAt : seen;
    this.#isHeard = false;
    if (this.#silence >= this.#patience && passed > this.#tickDelay + 1 && !this.#isLastLook) {
      // What has come while this thread was busy is read before the next tick.
      this.#isLastLook = true;
      this.#silence = this.#patience - 1;
    } else {
      this.#isLastLook = false;
    }
    if (this.#silence >= this.#patience) {
      const isUp = this.#transport.isUp !== false;
      if (isUp) this.#end(reasons.DEAD, deadError(this.#patience));
      else this.#end(reasons.LOST, lostError());
      return;
    }
    if (time >= this.#partAt) {
      this.part();
      return;
    }
    if (time - this.#wroteAt >= this.#beat && this.isReady) this.#sendBeat();
    this.#plan();
  };

  #sendBeat() {
    // While nothing can be written, a beat would only wait.
    this.#wroteAt = this.#clock.now();
    if (!this.#canWrite || this.#hasSentBye) return;
    this.#told = this.lines.counts[places.RECEIVED];
    // Before the beat itself: what is acknowledged never becomes less.
    this.#keepAlive();
    this.#writer.write(types.BEAT, [this.#told]);
    this.#wake();
  }

  /** Gives the transport a beat for the time in which JavaScript is busy. */
  #keepAlive() {
    const transport = this.#transport;
    if (transport.keepAlive === undefined) return;
    this.#keeper ??= new FrameWriter();
    this.#keeper.write(types.BEAT, [this.#told]);
    transport.keepAlive(this.#keeper.take()[0], this.#beat);
  }

  // The end.

  /** Whether this side has said goodbye: it writes nothing more. */
  get isParting() {
    return this.#hasSentBye;
  }

  /**
   * Ends the session: what waits still goes, as far as the other side takes it in time.
   * @param {() => void} [onClosed] is called when the session has ended
   */
  close(onClosed = () => {}) {
    if (this.#hasEnded) {
      onClosed();
      return;
    }
    this.#closers[this.#closers.length] = onClosed;
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.lines.listAll();
    this.#partAt = this.#clock.now() + this.#settings.deadAfter;
    this.#plan();
    this.#wake();
  }

  #partIfDone() {
    if (this.#hasSentBye || !this.isReady || !this.lines.isIdle) return;
    this.#bye(BYE.CLOSED, '');
  }

  /** Goodbye has been said, and what was written before has gone: the other side has a while to say the same. */
  #expectBye() {
    if (this.#hasEnded || !this.#isClosing || !this.#hasSentBye) return;
    const time = this.#clock.now() + PARTING;
    if (time >= this.#partAt) return;
    this.#partAt = time;
    this.#plan();
  }

  /** Writes what there is now, as far as it may go. */
  flush() {
    // At once, and not in a turn that would keep the thread running.
    this.#isAwake = true;
    this.lines.listAll();
    this.#flush();
  }

  /** Ends the session at once: what may go is written, and the other side's answer is not waited for. */
  part() {
    if (this.#hasEnded) return;
    if (!this.#hasSentBye) {
      this.flush();
      this.#bye(BYE.CLOSED, '');
      this.#transport.write(this.#writer.take());
    }
    this.#end(reasons.CLOSED, undefined);
  }

  /**
   * @param {number} number
   * @param {string} text
   */
  #bye(number, text) {
    this.#hasSentBye = true;
    this.#writer.write(types.BYE, [number], Buffer.from(text, 'utf8'));
  }

  /** @param {import('./frames').Frame} fields */
  #onBye(fields) {
    const number = fields.number();
    const text = fields.take(fields.left);
    this.#reader.isOver = true;
    if (number !== BYE.CLOSED) {
      // The text is somebody else's: as much of it as a reason has.
      const said = Buffer.from(text.buffer, text.byteOffset, text.length > 200 ? 200 : text.length).toString('utf8');
      this.#end(reasons.REFUSED, protocolError(`the other side says that ${said}`));
      return;
    }
    if (!this.#hasSentBye) {
      this.#bye(BYE.CLOSED, '');
      this.#transport.write(this.#writer.take());
    }
    this.#end(this.#isClosing ? reasons.CLOSED : reasons.PEER_CLOSED, undefined);
  }

  /** @param {string} what the other side has done */
  #violate(what) {
    if (this.#hasEnded) return;
    if (!this.#hasSentBye) {
      this.#writer.take();
      this.#bye(BYE.PROTOCOL, what);
      this.#transport.write(this.#writer.take());
    }
    this.#end(reasons.REFUSED, protocolError(what));
  }

  #onTransportEnd = (/** @type {Error | undefined} */ error) => {
    // Whoever has said goodbye may be gone before the answer.
    if (this.#hasSentBye && this.#isClosing) this.#end(reasons.CLOSED, undefined);
    else this.#end(reasons.LOST, lostError(error));
  };

  /**
   * @param {string} reason
   * @param {Error | undefined} error
   */
  #end(reason, error) {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#reader.isOver = true;
    this.#clock.clearTimer(this.#timer);
    this.#transport.close();
    this.lines.end(reason);
    this.#callbacks.onEnd(reason, error);
    const closers = this.#closers;
    this.#closers = [];
    for (let i = 0; i < closers.length; i++) closers[i]();
  }

  #onEmpty = () => {
    if (!this.#hasEnded) this.#callbacks.onEmpty?.();
  };
}

module.exports = { Session };
