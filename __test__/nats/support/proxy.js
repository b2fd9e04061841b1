'use strict';

// A proxy between a client and its server: it delays, cuts, withholds and repeats what it has of a connection.
//
// Within one connection TCP gives each byte once and in order, so nothing is doubled there: the client or the server would find a broken
// protocol. What networks really do is to leave open how much has arrived when a connection breaks. So `cut` breaks connections in the
// middle of what is under way, and `repeatOnCut` lets the server have all that the client had sent although the client is told nothing: what
// the client sends again after its reconnect is there twice then.

const net = require('node:net');
const { once } = require('node:events');
const { HOST } = require('./server');

class Proxy {
  /** @type {Set<{ client: net.Socket, server: net.Socket }>} */
  #pairs = new Set();
  #target;
  #listener;
  /** How long bytes are kept, in milliseconds. */
  delay = 0;
  /** Nothing passes, in either direction, and nothing is closed: a network that is gone. */
  silent = false;
  /** New connections are closed at once. */
  refusing = false;
  /** How many bytes have passed, in either direction. */
  passed = 0;

  /** @param {number} target the server's port */
  constructor(target) {
    this.#target = target;
    this.#listener = net.createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
  }

  async listen(host = HOST) {
    this.#listener.listen(0, host);
    await once(this.#listener, 'listening');
    this.port = /** @type {net.AddressInfo} */ (this.#listener.address()).port;
    this.url = `nats://${host}:${this.port}`;
    return this;
  }

  /** How many connections there are. */
  get connections() {
    return this.#pairs.size;
  }

  /** @param {net.Socket} client */
  #accept(client) {
    if (this.refusing) {
      client.destroy();
      return;
    }
    const server = net.connect(this.#target, HOST);
    const pair = { client, server };
    this.#pairs.add(pair);
    this.#pass(client, server);
    this.#pass(server, client);
    for (const socket of [client, server]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#pairs.delete(pair);
        client.destroy();
        // What the server has been sent it gets.
        server.end();
      });
    }
  }

  /** @param {net.Socket} from @param {net.Socket} to */
  #pass(from, to) {
    /** @type {Buffer[]} */
    const kept = [];
    const flush = () => {
      if (this.silent) {
        setTimeout(flush, 20).unref();
        return;
      }
      const bytes = kept.shift();
      if (bytes === undefined || to.destroyed) return;
      this.passed += bytes.length;
      if (!to.write(bytes)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
    };
    from.on('data', (bytes) => {
      kept.push(bytes);
      if (this.delay === 0 && !this.silent && kept.length === 1) flush();
      else setTimeout(flush, this.delay);
    });
    from.on('end', () => setTimeout(() => to.end(), this.delay));
  }

  /**
   * Breaks all connections, with what is under way in them.
   * @param {{ repeat?: boolean }} [options] `repeat`: what the client has sent reaches the server although the client's connection is broken
   */
  cut({ repeat = false } = {}) {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      if (!repeat) server.resetAndDestroy();
    }
  }

  close() {
    this.cut();
    this.#listener.close();
  }
}

/**
 * @param {import('ava').ExecutionContext<any>} t at whose end the proxy ends
 * @param {number} target
 * @param {string} [host] on which it listens
 */
async function startProxy(t, target, host) {
  const proxy = await new Proxy(target).listen(host);
  t.teardown(() => proxy.close());
  return /** @type {Proxy & { port: number, url: string }} */ (proxy);
}

module.exports = { startProxy };
