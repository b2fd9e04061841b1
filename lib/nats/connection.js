// The connection to NATS: what it has been given and has not handed over yet is bounded here, because the client keeps everything.
'use strict';

/** @typedef {import('@nats-io/transport-node').NatsConnection} NatsConnection */

/**
 * @typedef {object} Sender who wants to hear when there is room
 * @property {() => void} pump
 */

/** @typedef {{ up: () => void, down: () => void, closed: (error: Error | undefined) => void, refused: (subject: string, error: Error) => void }} Watcher */

/** @typedef {InstanceType<typeof Connection>} AnyConnection */

class Connection {
  /** @type {NatsConnection} */
  #nats;
  #limit;
  /** @type {Watcher} */
  #watcher;
  /** How many bytes the client was given, of those how many the server has for sure, and up to where the server is being asked. */
  #given = 0;
  #through = 0;
  #asked = 0;
  /** Who has found no room, in turn. @type {Set<Sender>} */
  #waiting = new Set();
  isUp = true;
  isClosed = false;

  /**
   * @param {NatsConnection} nats
   * @param {number} limit how many bytes may be with the client
   * @param {Watcher} watcher
   */
  constructor(nats, limit, watcher) {
    this.#nats = nats;
    this.#limit = limit;
    this.#watcher = watcher;
    void this.#watch();
    nats.closed().then(
      (error) => this.#close(error ?? undefined),
      (error) => this.#close(error),
    );
  }

  /** How many bytes a message may have. */
  get maxPayload() {
    return this.#nats.info?.max_payload ?? 2 ** 20;
  }

  /** How many bytes the client may still have. */
  get pending() {
    return this.#given - this.#through;
  }

  async #watch() {
    const statuses = this.#nats.status()[Symbol.asyncIterator]();
    for (let next = await statuses.next(); !next.done; next = await statuses.next()) {
      const status = next.value;
      if (status.type === 'disconnect' || status.type === 'staleConnection') this.#down();
      else if (status.type === 'reconnect') this.#up();
      else if (status.type === 'error') {
        const error = /** @type {any} */ (status.error);
        if (error?.operation === 'publish' && typeof error.subject === 'string') {
          this.#watcher.refused(error.subject, error);
        }
      }
    }
  }

  #down() {
    if (!this.isUp) return;
    this.isUp = false;
    this.#watcher.down();
  }

  #up() {
    if (this.isUp || this.isClosed) return;
    this.isUp = true;
    // The client has dropped what it had.
    this.#through = this.#asked = this.#given;
    this.#watcher.up();
    this.#wake();
  }

  /** @param {Error | undefined} error */
  #close(error) {
    if (this.isClosed) return;
    this.isClosed = true;
    this.isUp = false;
    this.#waiting.clear();
    this.#watcher.closed(error);
  }

  /**
   * @param {Sender} sender who is told when there is room, if there is none
   * @returns {boolean}
   */
  hasRoom(sender) {
    if (this.isUp && this.pending < this.#limit) return true;
    this.#waiting.add(sender);
    return false;
  }

  /**
   * @param {string} subject
   * @param {Uint8Array} bytes which the client keeps until they are on their way
   * @param {string} [reply]
   * @returns {boolean} whether the client has taken them
   */
  send(subject, bytes, reply) {
    if (!this.isUp) return false;
    try {
      this.#nats.publish(subject, bytes, reply === undefined ? undefined : { reply });
    } catch {
      // It is closing, or the server allows less than the last one did. What is not acknowledged is sent again.
      return false;
    }
    this.#given += bytes.length;
    // Two questions are under way at most: the second half fills while the first is asked about.
    if (this.#given - this.#asked >= this.#limit / 4) this.#ask();
    return true;
  }

  /** Asks the server for an answer, which comes when the server has all that was sent before. */
  #ask() {
    const given = this.#given;
    this.#asked = given;
    this.#nats.flush().then(
      () => {
        if (given > this.#through) this.#through = given;
        this.#wake();
      },
      () => {
        // The connection has broken: `#up` follows, or `#close`.
      },
    );
  }

  #wake() {
    const waiting = this.#waiting;
    if (waiting.size === 0) return;
    this.#waiting = new Set();
    // Who finds no room again waits behind those that have not had their turn.
    waiting.forEach((sender) => sender.pump());
  }

  /** @param {Sender} sender */
  forget(sender) {
    this.#waiting.delete(sender);
  }

  /**
   * @param {string} subject
   * @param {string | undefined} queue
   * @param {(message: import('@nats-io/transport-node').Msg) => void} onMessage
   * @returns {Promise<{ close(): Promise<void> }>} when the server knows it. What the server has sent before it knows of the end still comes
   * @throws {Error} if the server does not allow it
   */
  async subscribe(subject, queue, onMessage) {
    /** @type {Error | undefined} */
    let refused;
    const subscription = this.#nats.subscribe(subject, {
      queue,
      callback: (error, message) => {
        if (error) refused = error;
        else onMessage(message);
      },
    });
    try {
      await this.#nats.flush();
    } catch {
      // It subscribes again when it is connected again.
    }
    if (refused !== undefined) throw refused;
    return { close: () => subscription.drain().catch(() => {}) };
  }

  /** @returns {Promise<void>} when what was sent before has gone */
  async close() {
    try {
      if (this.isUp) await this.#nats.flush();
    } catch {
      // It has broken.
    }
    await this.#nats.close();
  }
}

module.exports = { Connection };
