// What one hub does in the thread of links: it answers dials, dials, and has an association with each hub that it has met.
//
//   the hub that dials, A                                    the hub that listens, B
//
//   ferroport.dial.prices, reply to A.t1      ──────────►    makes the tokens t2 and `line`, and keeps them for a while
//   A has an association with B: `line` is
//   opened there. Otherwise t1 and t2 become  ◄──────────    A.t1: { to: B.t2, line }
//   the two directions of one
//   B.t2: the first datagram                  ──────────►    the association begins here, too; `line` is opened there
//
// That B answers to A.t1, and A sends to B.t2, proves to each who the other is: only A has subscribed to A.*, and only B to B.*.
'use strict';

const { clearTimeout, setTimeout } = require('node:timers');
const { Association } = require('./association');
const { closedError, noListenerError, refusedError, unreachableError } = require('./errors');
const { FIRST_BYTE, isNone, readAnswer, readDial, writeAnswer, writeDial, writeNone } = require('./greeting');
const { dialSubject, hubOf, isAddress, newToken, tokenOf } = require('./names');
const { ENDED, isAsking } = require('./reliable');

/** How long an offer holds that nobody takes, in milliseconds, and how many there may be. */
const OFFERED = 15_000;
const MOST_OFFERS = 4096;

/** How many associations there may be. */
const MOST_ASSOCIATIONS = 16_384;

/** How often a dial begins anew because the association that it has found ends. */
const ATTEMPTS = 3;

/** How often a dial asks again because who has heard it listens no more. */
const QUESTIONS = 8;

/** What the server answers where nobody has subscribed. */
const NO_RESPONDERS = 503;

/** @typedef {import('./greeting').PeerInfo} PeerInfo */
/** @typedef {import('@nats-io/transport-node').Msg} Msg */

/** @typedef {{ arrived: (message: Msg) => void }} Receiver gets what is sent to an address */
/** @typedef {import('./association').AnyAssociation} AnyAssociation */

/**
 * @typedef {object} Offer a line that a hub may open
 * @property {string} hub
 * @property {(association: AnyAssociation) => void} expectAt lets it be opened there
 * @property {() => void} forget
 */

/**
 * @typedef {object} Dial that waits for an answer
 * @property {string} subject
 * @property {() => void} send
 * @property {(error: unknown) => void} reject
 */

/** @typedef {InstanceType<typeof Exchange>} AnyExchange */

class Exchange {
  #means;
  #connection;
  /** @type {PeerInfo} */
  #info;
  /** What all addresses of this hub begin with. */
  #address;
  /** By token. @type {Map<string, Receiver>} */
  #receivers = new Map();
  /** @type {Set<AnyAssociation>} */
  #associations = new Set();
  /** By line. @type {Map<string, Offer>} */
  #offers = new Map();
  /** @type {Set<Dial>} */
  #dials = new Set();
  /** Why nothing can be begun any more. @type {Error | undefined} */
  #ended;

  /**
   * @param {import('./association').Means} means
   * @param {string} prefix of this hub's addresses
   * @param {PeerInfo} info what is told of it
   */
  constructor(means, prefix, info) {
    this.#means = means;
    this.#connection = means.connection;
    this.#address = `${prefix}.${info.id}`;
    this.#info = info;
  }

  /**
   * @returns {Promise<void>} when it can be reached
   * @throws {Error} ERR_FERROPORT_NATS_REFUSED
   */
  async begin() {
    try {
      await this.#connection.subscribe(`${this.#address}.*`, undefined, (message) => this.#arrived(message));
    } catch (error) {
      throw refusedError(`to subscribe to '${this.#address}.*' (the option inboxPrefix sets where it begins)`, error);
    }
  }

  /** @param {Msg} message */
  #arrived(message) {
    const receiver = this.#receivers.get(tokenOf(message.subject));
    if (receiver !== undefined) receiver.arrived(message);
    // Who asks would otherwise go on asking until it takes this hub for dead.
    else if (isAsking(message.data) && isAddress(message.reply)) this.#connection.send(message.reply, ENDED);
  }

  // What NATS tells.

  up() {
    this.#associations.forEach((association) => association.resume());
    this.#dials.forEach((dial) => dial.send());
  }

  /**
   * @param {string} subject to which the server lets nothing through
   * @param {Error} error
   */
  refused(subject, error) {
    this.#dials.forEach((dial) => {
      if (dial.subject === subject) dial.reject(refusedError(`to publish to '${subject}'`, error));
    });
    this.#associations.forEach((association) => {
      if (association.to === subject) association.refused(refusedError(`to publish to '${subject}'`, error));
    });
  }

  // Listening.

  /**
   * @param {string} name
   * @param {string | undefined} queue
   * @param {(outer: any, info: PeerInfo) => void} onPort
   * @returns {Promise<{ close(): Promise<void> }>}
   * @throws {Error} ERR_FERROPORT_NATS_REFUSED, ERR_FERROPORT_HUB_CLOSED
   */
  async listen(name, queue, onPort) {
    if (this.#ended !== undefined) throw this.#ended;
    let isOpen = true;
    const onMessage = (/** @type {Msg} */ message) => {
      if (isOpen && this.#ended === undefined) this.#onDial(message, onPort);
      // It was on its way when this end stopped listening: others may still do.
      else if (isAddress(message.reply)) this.#connection.send(message.reply, writeNone());
    };
    try {
      const subscription = await this.#connection.subscribe(dialSubject(name), queue, onMessage);
      const close = () => {
        isOpen = false;
        return subscription.close();
      };
      return { close };
    } catch (error) {
      throw refusedError(`to listen to '${name}'`, error);
    }
  }

  /**
   * @param {Msg} message
   * @param {(outer: any, info: PeerInfo) => void} onPort
   */
  #onDial({ data, reply }, onPort) {
    const info = readDial(data);
    if (info === undefined || !isAddress(reply)) return;
    if (this.#offers.size >= MOST_OFFERS) return;
    const hub = hubOf(reply);
    const knows = this.#knows(hub);
    const { line, token } = this.#offer(hub, reply, (outer) => onPort(outer, info));
    this.#connection.send(reply, writeAnswer({ to: `${this.#address}.${token}`, line, knows, info: this.#info }));
  }

  /** @param {string} hub @returns {boolean} whether there is an association with a hub, or may soon be */
  #knows(hub) {
    if (this.#associationWith(hub) !== undefined) return true;
    let knows = false;
    this.#offers.forEach((offer) => {
      if (offer.hub === hub) knows = true;
    });
    return knows;
  }

  /** @param {string} hub @returns {AnyAssociation | undefined} */
  #associationWith(hub) {
    /** @type {AnyAssociation | undefined} */
    let found;
    this.#associations.forEach((association) => {
      if (association.isOpen && hubOf(association.to) === hub) found ??= association;
    });
    return found;
  }

  /**
   * @param {string} hub that may open the line
   * @param {string} to its address, if an association begins
   * @param {(outer: any) => void} onPort
   */
  #offer(hub, to, onPort) {
    const line = newToken();
    const token = newToken();
    /** @type {AnyAssociation[]} */
    const told = [];
    const forget = () => {
      clearTimeout(timer);
      this.#offers.delete(line);
      for (let i = 0; i < told.length; i++) told[i].forget(line);
      if (this.#receivers.get(token) === receiver) this.#receivers.delete(token);
    };
    const timer = setTimeout(forget, OFFERED);
    const expectAt = (/** @type {AnyAssociation} */ association) => {
      told[told.length] = association;
      association.expect(line, (/** @type {any} */ outer) => {
        forget();
        onPort(outer);
      });
    };
    /** @type {Receiver} */
    const receiver = {
      arrived: (message) => {
        const isDatagram = message.headers === undefined && message.data[0] !== FIRST_BYTE;
        if (!isDatagram || this.#associations.size >= MOST_ASSOCIATIONS) return;
        this.#begin(token, to).arrived(message);
      },
    };
    this.#receivers.set(token, receiver);
    this.#associations.forEach((association) => {
      if (association.isOpen && hubOf(association.to) === hub) expectAt(association);
    });
    this.#offers.set(line, { hub, expectAt, forget });
    return { line, token };
  }

  /**
   * @param {string} token of this side
   * @param {string} to
   */
  #begin(token, to) {
    /** @type {AnyAssociation} */
    const association = new Association(
      this.#means,
      `${this.#address}.${token}`,
      to,
      () => this.#associations.delete(association),
      () => this.#receivers.get(token) === association && this.#receivers.delete(token),
    );
    this.#associations.add(association);
    this.#receivers.set(token, association);
    // What the other hub was offered before, it may open here.
    const hub = hubOf(to);
    this.#offers.forEach((offer) => {
      if (offer.hub === hub) offer.expectAt(association);
    });
    return association;
  }

  // Dialling.

  /**
   * @param {string} name
   * @param {AbortSignal} signal aborted when nobody waits any more
   * @returns {Promise<{ outer: any, info: PeerInfo }>}
   * @throws {Error} ERR_FERROPORT_NO_LISTENER, ERR_FERROPORT_NATS_REFUSED, ERR_FERROPORT_HUB_CLOSED, ERR_FERROPORT_UNREACHABLE
   */
  async dial(name, signal) {
    /** @type {Error | undefined} */
    let error;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { answer, token } = await this.#answerOf(name, signal);
      const hub = hubOf(answer.to);
      /** @type {AnyAssociation | undefined} */
      let association = this.#associationWith(hub);
      // The other side has lost it.
      if (association !== undefined && !answer.knows) {
        association.lost();
        association = undefined;
      }
      if (association === undefined) association = this.#begin(token, answer.to);
      else this.#receivers.delete(token);
      /** @type {any} */
      const outer = await association.open(answer.line);
      if (outer !== undefined && !signal.aborted) return { outer, info: answer.info };
      if (signal.aborted) {
        outer?.close();
        throw signal.reason;
      }
      if (this.#ended !== undefined) throw this.#ended;
      error = association.error;
    }
    throw unreachableError(name, error);
  }

  /**
   * @param {string} name
   * @param {AbortSignal} signal
   * @returns {Promise<{ answer: import('./greeting').Answer, token: string }>} the first answer, and the token of this side
   */
  async #answerOf(name, signal) {
    for (let question = 0; question < QUESTIONS; question++) {
      const { answer, token } = await this.#ask(name, signal);
      if (answer !== undefined) return { answer, token };
    }
    throw noListenerError(name);
  }

  /**
   * @param {string} name
   * @param {AbortSignal} signal
   * @returns {Promise<{ answer: import('./greeting').Answer | undefined, token: string }>} no answer from who listens no more
   */
  #ask(name, signal) {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      const token = newToken();
      const subject = dialSubject(name);
      const send = () => void this.#connection.send(subject, writeDial(this.#info), `${this.#address}.${token}`);
      const finish = () => {
        signal.removeEventListener('abort', abort);
        this.#dials.delete(dial);
        if (this.#receivers.get(token) === receiver) this.#receivers.delete(token);
      };
      const dial = {
        subject,
        send,
        reject: (/** @type {unknown} */ error) => {
          finish();
          reject(error);
        },
      };
      const abort = () => dial.reject(signal.reason);
      const receiver = {
        arrived: (/** @type {Msg} */ { data, headers }) => {
          if (headers?.code === NO_RESPONDERS) {
            dial.reject(noListenerError(name));
            return;
          }
          const answer = readAnswer(data);
          if (answer === undefined && !isNone(data)) return;
          finish();
          resolve({ answer, token });
        },
      };
      this.#receivers.set(token, receiver);
      this.#dials.add(dial);
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort);
      return send();
    });
  }

  // The end.

  /**
   * Nothing is begun any more.
   * @param {unknown} cause
   */
  #refuseAll(cause) {
    const ended = closedError(cause);
    this.#ended = ended;
    this.#dials.forEach((dial) => dial.reject(ended));
    this.#offers.forEach((offer) => offer.forget());
  }

  /** @returns {Promise<void>} when everything has gone, as far as it goes in time, and NATS knows nothing of the hub any more */
  async close() {
    if (this.#ended === undefined) this.#refuseAll(undefined);
    /** @type {Promise<void>[]} */
    const closing = [];
    this.#associations.forEach((association) => {
      closing[closing.length] = association.close();
    });
    for (let i = 0; i < closing.length; i++) await closing[i];
    await this.#connection.close();
  }

  /**
   * The connection to NATS has ended for good.
   * @param {Error | undefined} error
   */
  closed(error) {
    if (this.#ended === undefined) this.#refuseAll(error);
    this.#associations.forEach((association) =>
      error === undefined ? association.lost() : association.refused(error),
    );
  }
}

module.exports = { Exchange };
