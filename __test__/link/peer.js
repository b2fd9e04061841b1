'use strict';

// The other side of links in tests: a process of its own, `node peer.js role [address]`.

const net = require('node:net');
const { link } = require(process.env.LINK_PACKAGE ?? '../../dist/link.js');
const { connect } = require('../../dist/call.js');

const [role, address] = process.argv.slice(2);
const options = JSON.parse(process.env.LINK_OPTIONS ?? 'null') ?? undefined;
const busy = (/** @type {number} */ span) => {
  const until = Date.now() + span;
  while (Date.now() < until);
};

const stream =
  role === 'stdio'
    ? { readable: process.stdin, writable: process.stdout }
    : address === '3'
      ? new net.Socket({ fd: 3 })
      : net.connect(/** @type {string} */ (address));
const { port, closed, stats, close } = link(stream, options);
void [stats, close, closed];

/** @param {any} message answers, with the ports in it answering, too */
function echo(message, from = port) {
  const ports = [];
  if (message?.port !== undefined) ports.push(message.port);
  for (const each of ports) {
    each.on('message', (/** @type {any} */ inner) => echo(inner, each));
  }
  from.postMessage({ echo: ports.length > 0 ? 'a port' : message });
}

/** @type {Record<string, () => void>} */
const ROLES = {
  echo: () => port.on('message', echo),
  stdio: () => port.on('message', echo),
  /** Is busy when it is told, and says so afterwards. */
  busy: () =>
    port.on('message', ({ span }) => {
      busy(span);
      port.postMessage({ was: span });
    }),
  /** Counts what comes, and says what it has counted at the end. */
  count: () => {
    let count = 0;
    let bytes = 0;
    port.on('message', (message) => {
      if (message.end) {
        port.postMessage({ count, bytes, memory: process.memoryUsage().rss });
        return;
      }
      if (message.number !== count) port.postMessage({ wrong: [message.number, count] });
      count++;
      bytes += message.data?.length ?? 0;
    });
  },
  /** Reads nothing before it is told to, by a port of its own. */
  slow: () => {
    port.pause();
    port.on('message', () => {});
    setInterval(() => {}, 1000);
  },
  /** Posts without end to a reader that does not read, and says how much memory it has. */
  pour: async () => {
    for (let number = 0; ;) {
      if (port.tryPostMessage({ number, data: new Uint8Array(2000) })) number++;
      else if (!(await port.ready)) break;
    }
  },
  /** Posts, and comes to its end. */
  last: () => {
    for (let number = 0; number < 500; number++) port.postMessage({ number });
    port.unref();
  },
  exit: () =>
    port.on('message', () => {
      for (let number = 0; number < 500; number++) port.postMessage({ number });
      process.exit();
    }),
  /** Ends with more posted than may be under way. */
  'exit with much': () =>
    port.on('message', () => {
      for (let number = 0; number < 100; number++) port.postMessage({ number, data: new Uint8Array(60_000) });
      process.exit();
    }),
  /** Ends with two links whose other sides have said nothing yet. */
  'exit unheard': () => {
    const second = net.connect(/** @type {string} */ (address));
    void link(second, options);
    second.on('close', () => setTimeout(() => process.exit(), 100));
  },
  /** Does nothing. */
  idle: () => port.on('message', () => {}),
  calls: () =>
    void connect(port, {
      api: {
        add: (/** @type {number} */ a, /** @type {number} */ b) => a + b,
        fail: () => {
          throw new RangeError('no');
        },
        /** @this {any} */
        hang() {
          return new Promise((_, reject) =>
            this.signal.addEventListener('abort', () => {
              aborted = this.signal.reason;
              reject(new Error('given up'));
            }),
          );
        },
        aborted: () => aborted,
      },
    }),
};

/** @type {any} */
let aborted;
ROLES[role]();
