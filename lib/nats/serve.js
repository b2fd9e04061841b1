// The part of a hub in the thread of links: the client of NATS with all that goes through it.
'use strict';

const { createRequire } = require('node:module');
const { hostname } = require('node:os');
const { join } = require('node:path');
const connectPeer = require('../call/connect');
const { transfer } = require('../call/moved');
const { filename } = require('../here');
const { process, statics } = require('../language/originals');
const clock = require('../link/clock');
const { discard } = require('../link/hosted').channels;
const { leavers } = require('../link/serve');
const { Connection } = require('./connection');
const { makeChannel, makePort } = require('./ends');
const { clientError, closedError, connectError } = require('./errors');
const { Exchange } = require('./exchange');
const { LONGEST_TEXT } = require('./greeting');
const { newToken } = require('./names');

const { assign, floor } = statics;
const { max, min } = Math;

/** @typedef {import('./options').Begin} Begin */

/** The least that may be with the client. */
const LEAST_OUTBOUND = 16_384;

/**
 * @param {any} control a port whose other end the hub has in the thread of the program
 * @param {Begin} given
 */
function serve(control, given) {
  const serving = new Serving(given);
  const peer = connectPeer(control, {
    api: {
      begin: () =>
        serving.begin((listener, outer, from) => {
          peer.call('arrived', [listener, outer, from], { transfer: [outer] }).catch(() => outer.close());
        }),
      listen: (/** @type {number} */ id, /** @type {string} */ name, /** @type {string | undefined} */ queue) =>
        serving.listen(id, name, queue),
      unlisten: (/** @type {number} */ id) => serving.unlisten(id),
      /** @this {any} @param {string} name */
      dial(name) {
        return serving.dial(name, this.signal);
      },
      close: () => serving.close(),
    },
  });
  const end = async () => {
    try {
      await serving.close();
    } catch {
      // The connection to NATS has broken.
    }
    leavers.delete(leave);
  };
  const leave = (/** @type {() => void} */ done) => void end().then(done);
  leavers.add(leave);
  // The thread of the program has ended.
  control.on('close', end);
  serving.onClosed = (error) => void peer.call('closed', [error && `${error.message ?? error}`]).catch(() => {});
}

class Serving {
  #given;
  /** @type {import('./exchange').AnyExchange | undefined} */
  #exchange;
  /** @type {Map<number, { close(): Promise<void> }>} */
  #listeners = new Map();
  /** @type {(listener: number, outer: any, from: import('./greeting').PeerInfo) => void} */
  #onPort = () => {};
  /** @type {(error: Error | undefined) => void} */
  onClosed = () => {};
  #isClosed = false;

  /** @param {Begin} given */
  constructor(given) {
    this.#given = given;
  }

  /**
   * @param {(listener: number, outer: any, from: import('./greeting').PeerInfo) => void} onPort
   * @returns {Promise<string>} the id of the hub
   */
  async begin(onPort) {
    this.#onPort = onPort;
    const { settings, name } = this.#given;
    const { connect, options } = await clientOf(this.#given);
    let nats;
    try {
      nats = await connect(options);
    } catch (error) {
      throw connectError(error);
    }
    const limit = max(LEAST_OUTBOUND, settings.window.bytes);
    const watcher = {
      up: () => exchange.up(),
      down: () => {},
      closed: (/** @type {Error | undefined} */ error) => {
        exchange.closed(error);
        this.onClosed(error);
      },
      refused: (/** @type {string} */ subject, /** @type {Error} */ error) => exchange.refused(subject, error),
    };
    const connection = new Connection(nats, limit, watcher);
    const info = {
      id: newToken(),
      name: name?.slice(0, LONGEST_TEXT),
      host: hostname().slice(0, LONGEST_TEXT),
      pid: process.pid,
      runtime: runtime(),
    };
    const { window } = settings;
    const channels = { makeChannel: () => makeChannel(window), makePort: () => makePort(window), discard };
    const means = { connection, settings, clock, channels };
    const exchange = new Exchange(means, options.inboxPrefix ?? '_INBOX', info);
    this.#exchange = exchange;
    try {
      await exchange.begin();
    } catch (error) {
      await connection.close();
      throw error;
    }
    if (this.#isClosed) await exchange.close();
    return info.id;
  }

  /** @param {number} id @param {string} name @param {string | undefined} queue */
  async listen(id, name, queue) {
    const exchange = this.#there();
    const listener = await exchange.listen(name, queue, (outer, from) => {
      if (this.#listeners.has(id)) this.#onPort(id, outer, from);
      else outer.close();
    });
    this.#listeners.set(id, listener);
  }

  /** @param {number} id */
  unlisten(id) {
    const listener = this.#listeners.get(id);
    this.#listeners.delete(id);
    return listener?.close();
  }

  /** @param {string} name @param {AbortSignal} signal */
  async dial(name, signal) {
    const { outer } = await this.#there().dial(name, signal);
    return transfer(outer, [outer]);
  }

  #there() {
    if (this.#exchange === undefined || this.#isClosed) throw closedError();
    return this.#exchange;
  }

  async close() {
    this.#isClosed = true;
    this.#listeners.forEach((listener) => void listener.close());
    this.#listeners.clear();
    await this.#exchange?.close();
  }
}

/**
 * Where bundlers do not see it, because few programs have the client: as the package's own dependency, or, in a bundle, as the program's.
 * @param {string} name
 */
const findModule = (name) => createRequire(filename ?? process.argv[1] ?? join(process.cwd(), 'program.js'))(name);

/** @returns {string} such as 'node 24.1.0' */
function runtime() {
  const { versions } = /** @type {any} */ (process);
  if (versions.bun !== undefined) return `bun ${versions.bun}`;
  if (versions.deno !== undefined) return `deno ${versions.deno}`;
  return `node ${versions.node}`;
}

/**
 * The client, and what it is to be connected with.
 * @param {Begin} given
 * @returns {Promise<{ connect: typeof import('@nats-io/transport-node').connect, options: import('@nats-io/transport-node').ConnectionOptions }>}
 */
async function clientOf({ options, credentials, module, settings }) {
  /** @type {typeof import('@nats-io/transport-node')} */
  let nats;
  try {
    nats = findModule('@nats-io/transport-node');
  } catch (error) {
    throw clientError(error);
  }
  const { deadAfter, heartbeat } = settings;
  /** @type {import('@nats-io/transport-node').ConnectionOptions} */
  const own = {
    // A server that comes back is found in time, and one that is gone for good is no reason to end.
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 100,
    reconnectJitterTLS: 100,
    timeout: min(20_000, max(1000, floor(deadAfter / 2))),
    // A connection that has died without a word is noticed before the other sides are taken for dead.
    pingInterval: max(500, min(heartbeat, floor(deadAfter / 4))),
    maxPingOut: 2,
    noAsyncTraces: true,
  };
  const all = assign(own, options);
  const { creds, nkey, jwt } = credentials;
  const encode = (/** @type {string | Uint8Array} */ text) => (typeof text === 'string' ? Buffer.from(text) : text);
  if (creds !== undefined) all.authenticator = nats.credsAuthenticator(encode(creds));
  else if (jwt !== undefined) {
    all.authenticator = nats.jwtAuthenticator(jwt, nkey === undefined ? undefined : encode(nkey));
  } else if (nkey !== undefined) all.authenticator = nats.nkeyAuthenticator(encode(nkey));
  if (module !== undefined) {
    // Bundlers would look for the module when they see an import.
    const load = new Function('name', 'return import(name)');
    const loaded = await load(module);
    const more = loaded.default ?? loaded;
    assign(all, typeof more === 'function' ? await more(all) : more);
  }
  return { connect: nats.connect, options: all };
}

module.exports = serve;
