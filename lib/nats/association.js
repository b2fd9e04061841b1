// What two hubs have with one another: one session, over a stream that is made of NATS's messages. All ports between the two are its lines.
'use strict';

const { Session } = require('../link/session');
const { HEADER, Reliable } = require('./reliable');
const { FIRST_BYTE } = require('./greeting');

const { max, min } = Math;

/** How many bytes of the stream one message of NATS has at most. */
const LARGEST = 262_144;

/** How long what was written last is given to arrive, after the session's end, in milliseconds. */
const LINGER = 2000;

/** How many windows of bytes are kept until they are acknowledged, and how much is at least and at most. */
const WINDOWS = 4;
const LEAST_KEPT = 2 ** 18;
const MOST_KEPT = 2 ** 22;

/** How long an association without ports is kept, in milliseconds. */
const IDLE = 60_000;

/** @typedef {import('@nats-io/transport-node').Msg} Msg */
/** @typedef {import('../link/session').Clock} Clock */
/** @typedef {import('../link/session').Settings} Settings */
/** @typedef {import('../link/session').Callbacks} Callbacks */

/**
 * @typedef {object} Means what all associations of a hub share
 * @property {import('./connection').AnyConnection} connection
 * @property {Settings} settings
 * @property {Clock} clock
 * @property {Pick<Callbacks, 'makeChannel' | 'discard'> & { makePort: () => { inner: any, outer: any } }} channels
 */

/** @typedef {InstanceType<typeof Association>} AnyAssociation */

class Association {
  #connection;
  #clock;
  /** @type {Means['channels']} */
  #channels;
  /** @type {InstanceType<typeof Reliable>} */
  #reliable;
  /** @type {InstanceType<typeof Session>} */
  #session;
  /** @type {import('../link/session').Transport} */
  #transport;
  /** The address of the other hub. */
  to;
  /** Lines that are expected, or are to be opened when the other side is known. */
  #wanted = 0;
  /** Whether it can have more lines. */
  isOpen = true;
  /** @type {(() => void)[]} */
  #whenReady = [];
  /** @type {(error: Error | undefined) => void} */
  #onEnd;
  /** @type {any} */
  #idleTimer;
  /** @type {any} */
  #lingerTimer;
  #isGone = false;
  /** @type {() => void} */
  #onGone;
  /** Why it has ended, if it has. @type {Error | undefined} */
  error;
  #hasEnded = false;

  /**
   * @param {Means} means
   * @param {string} own address, at which the other hub sends
   * @param {string} to
   * @param {(error: Error | undefined) => void} onEnd it has no lines any more, and takes none
   * @param {() => void} onGone nothing goes any more
   */
  constructor({ connection, settings, clock, channels }, own, to, onEnd, onGone) {
    this.#connection = connection;
    this.#clock = clock;
    this.#channels = channels;
    this.to = to;
    this.#onEnd = onEnd;
    this.#onGone = onGone;
    const sender = { pump: () => this.#reliable.pump() };
    this.sender = sender;
    const datagrams = {
      size: min(HEADER + LARGEST, connection.maxPayload),
      isUp: () => connection.isUp,
      canSend: () => connection.hasRoom(sender),
      send: (/** @type {Uint8Array} */ bytes, /** @type {boolean} */ asks) =>
        connection.send(to, bytes, asks ? own : undefined),
    };
    /** @type {import('../link/session').Transport} */
    const transport = {
      write: (/** @type {Uint8Array[]} */ chunks) => this.#reliable.write(chunks),
      close: () => this.#linger(),
      get isUp() {
        return connection.isUp;
      },
      onData: ignore,
      onDrain: ignore,
      onEnd: ignore,
    };
    this.#transport = transport;
    this.#reliable = new Reliable(
      datagrams,
      clock,
      {
        data: (bytes) => transport.onData(bytes),
        drain: () => transport.onDrain(),
        alive: () => this.#session.alive(),
        end: (error) => transport.onEnd(error),
      },
      min(MOST_KEPT, max(LEAST_KEPT, WINDOWS * settings.window.bytes)),
    );
    this.#session = new Session(transport, settings, clock, {
      makeChannel: channels.makeChannel,
      discard: channels.discard,
      onReady: () => this.#ready(),
      onEmpty: () => this.#onEmpty(),
      onEnd: (_reason, error) => this.#end(error),
    });
    this.#onEmpty();
  }

  /** @param {Msg} message */
  arrived({ data, headers }) {
    // The server says that the other hub is not connected at the moment. It may come back.
    if (headers !== undefined) return;
    // A second answer to a dial, of somebody else who listens.
    if (data[0] !== FIRST_BYTE) this.#reliable.arrived(data);
  }

  /** The connection to NATS is there again. */
  resume() {
    this.#reliable.resume();
  }

  /** @param {Error} error the server does not let through what this side sends */
  refused(error) {
    this.#transport.onEnd(error);
  }

  /** The other hub has no such association any more. */
  lost() {
    this.#transport.onEnd();
  }

  #ready() {
    const whenReady = this.#whenReady;
    this.#whenReady = [];
    for (let i = 0; i < whenReady.length; i++) whenReady[i]();
  }

  /**
   * @param {string} line in hexadecimals, which the other side has given out
   * @returns {Promise<any>} the user's end; undefined if the other side has refused it, or the association has ended
   */
  open(line) {
    this.#want(1);
    return new Promise((resolve) => {
      const open = () => {
        this.#want(-1);
        if (this.#hasEnded) return resolve(undefined);
        const { inner, outer } = this.#channels.makePort();
        const answered = (/** @type {boolean} */ isAccepted) => {
          if (!isAccepted) outer.close();
          resolve(isAccepted ? outer : undefined);
        };
        if (!this.#session.lines.open(bytesOf(line), inner, answered)) answered(false);
        return undefined;
      };
      if (this.#session.isReady || this.#hasEnded) open();
      else this.#whenReady[this.#whenReady.length] = open;
    });
  }

  /**
   * @param {string} line
   * @param {(outer: any) => void} onOpen
   */
  expect(line, onOpen) {
    if (!this.isOpen) return;
    this.#want(1);
    this.#session.lines.expect(bytesOf(line), () => {
      const { inner, outer } = this.#channels.makePort();
      onOpen(outer);
      return inner;
    });
  }

  /** @param {string} line that was expected */
  forget(line) {
    if (this.#hasEnded) return;
    this.#want(-1);
    this.#session.lines.forget(bytesOf(line));
  }

  /** @param {number} change */
  #want(change) {
    this.#wanted += change;
    this.#onEmpty();
  }

  /** An association that nobody needs ends after a while. */
  #onEmpty() {
    this.#clock.clearTimer(this.#idleTimer);
    if (this.#isIdle) this.#idleTimer = this.#clock.setTimer(() => this.#isIdle && this.close(), IDLE);
  }

  get #isIdle() {
    return !this.#hasEnded && this.#wanted === 0 && this.#session.lines.count === 0;
  }

  /** @returns {Promise<void>} when everything has gone, as far as it goes in time */
  close() {
    this.isOpen = false;
    return new Promise((resolve) => {
      this.#session.close(() => this.#whenGone(resolve));
    });
  }

  /** @param {() => void} call */
  #whenGone(call) {
    if (this.#isGone) call();
    else {
      const before = this.#onGone;
      this.#onGone = () => {
        before();
        call();
      };
    }
  }

  /** @param {Error | undefined} error */
  #end(error) {
    this.#hasEnded = true;
    this.isOpen = false;
    this.error = error;
    this.#clock.clearTimer(this.#idleTimer);
    this.#ready();
    this.#onEnd(error);
  }

  /** The session has ended. What it has written last still goes. */
  #linger() {
    const gone = () => {
      if (this.#isGone) return;
      this.#isGone = true;
      this.#clock.clearTimer(this.#lingerTimer);
      this.#reliable.close();
      this.#connection.forget(this.sender);
      this.#onGone();
    };
    this.#lingerTimer = this.#clock.setTimer(gone, LINGER);
    this.#reliable.finish(gone);
  }
}

function ignore() {}

/** @param {string} hexadecimals */
const bytesOf = (hexadecimals) => new Uint8Array(Buffer.from(hexadecimals, 'hex'));

module.exports = { Association };
