'use strict';

// A process with a hub: what it does, it is told by its first argument, and what is to be known of it, it tells by messages.

const { isDeepStrictEqual } = require('node:util');
const { MessageChannel } = require('../../..');
const { connect: connectCalls } = require('../../../dist/call');
const { connect } = require('../../../dist/nats');
const { bringsPort, mixed } = require('./mixed');

const [, , role, text] = process.argv;
const { options, name, count = 0, seed = 0, queue } = JSON.parse(text);

const tell = (/** @type {any} */ message) => process.send?.(message);

/** @param {any} port */
const reasonOf = (port) =>
  new Promise((resolve) => port.on('close', (/** @type {any} */ event) => resolve(event.reason)));

/** @type {Record<string, (hub: any) => unknown>} */
const roles = {
  /** Answers each message with itself. */
  echo: (hub) =>
    hub.listen(
      name,
      (/** @type {any} */ port, /** @type {any} */ from) => {
        tell({ from });
        port.on('message', (/** @type {any} */ value) => {
          const list = value?.port === undefined ? [] : [value.port];
          port.postMessage(value, list);
        });
        void reasonOf(port).then((reason) => tell({ closed: reason }));
      },
      { queue },
    ),

  /** Says who it is. */
  who: (hub) =>
    hub.listen(
      name,
      (/** @type {any} */ port) => {
        port.postMessage(process.pid);
        port.close();
      },
      { queue },
    ),

  /** Is sent the mixed messages, and checks each. */
  sink: (hub) =>
    hub.listen(name, (/** @type {any} */ port) => {
      let next = 0;
      let ports = 0;
      const fail = (/** @type {any} */ value) => {
        tell({ failed: next, value: String(value).slice(0, 200) });
        port.close();
      };
      port.on('message', (/** @type {any} */ value) => {
        const number = next++;
        if (bringsPort(number)) {
          if (value.number !== number) return fail(value);
          // What was posted before the port left has come along.
          value.port.once('message', (/** @type {any} */ queued) => {
            if (queued !== number) fail(queued);
            value.port.postMessage(`${number} there`);
            ports++;
          });
        } else if (!isDeepStrictEqual(value, mixed(seed, number))) {
          return fail(value);
        }
        if (next === count) setTimeout(() => tell({ received: next, ports }), 500);
      });
      void reasonOf(port).then((reason) => tell({ closed: reason, received: next }));
    }),

  /** Sends the mixed messages, as fast as they are taken. */
  source: async (hub) => {
    const port = await hub.dial(name);
    void reasonOf(port).then((reason) => tell({ closed: reason }));
    let answered = 0;
    for (let number = 0; number < count; number++) {
      let value = mixed(seed, number);
      const list = [];
      if (bringsPort(number)) {
        const { port1, port2 } = new MessageChannel();
        port1.postMessage(number);
        port1.once('message', (/** @type {any} */ answer) => {
          if (answer === `${number} there`) answered++;
          port1.close();
        });
        value = { number, port: port2 };
        list.push(port2);
      }
      // What was refused is whole: it goes again.
      while (!port.tryPostMessage(value, list)) if (!(await port.ready)) return tell({ failed: number });
      if (number % 1000 === 999) tell({ sent: number + 1 });
    }
    tell({ sent: count, all: true });
    process.on('message', () => tell({ answered }));
    return port;
  },

  /** Is busy for as long as it is told, and answers then. */
  busy: (hub) =>
    hub.listen(name, (/** @type {any} */ port) => {
      port.on('message', (/** @type {any} */ value) => {
        if (value.busy !== undefined) for (const end = Date.now() + value.busy; Date.now() < end;);
        port.postMessage(value);
      });
      void reasonOf(port).then((reason) => tell({ closed: reason }));
    }),

  /** Takes a message when it is told to. */
  slow: (hub) =>
    hub.listen(name, (/** @type {any} */ port) => {
      port.ref();
      const messages = port.messages()[Symbol.asyncIterator]();
      process.on('message', async (/** @type {any} */ { take }) => {
        for (let i = 0; i < take; i++) await messages.next();
        tell({ taken: take, memory: memory() });
      });
      tell({ memory: memory() });
    }),

  /** Posts without looking whether there is room, until it holds some megabytes; tells of its memory. */
  eager: async (hub) => {
    const port = await hub.dial(name);
    let sent = 0;
    const bytes = new Uint8Array(10_000);
    for (;;) {
      if (port.tryPostMessage(bytes)) sent++;
      else {
        tell({ sent, memory: memory() });
        if (!(await port.ready)) return;
      }
    }
  },

  /** Its functions can be called. */
  calls: (hub) =>
    hub.listen(name, (/** @type {any} */ port) => {
      connectCalls(port, {
        api: {
          add: (/** @type {number} */ a, /** @type {number} */ b) => a + b,
          fail() {
            throw new RangeError('as asked');
          },
          /** @this {any} */
          wait() {
            return new Promise((_resolve, reject) =>
              this.signal.addEventListener('abort', () => {
                tell({ aborted: String(this.signal.reason) });
                reject(this.signal.reason);
              }),
            );
          },
        },
      });
    }),

  nothing: () => {},
};

function memory() {
  const gc = /** @type {any} */ (globalThis).gc;
  gc?.();
  return process.memoryUsage().rss;
}

process.on('disconnect', () => process.exit());
process.on('message', (/** @type {any} */ message) => {
  if (message.end) void hub.then((/** @type {any} */ there) => there.close()).then(() => process.exit());
});

const hub = connect(options);
hub
  .then(async (/** @type {any} */ there) => {
    await roles[role](there);
    tell({ ready: true });
  })
  .catch((/** @type {any} */ error) => tell({ error: { code: error.code, message: error.message } }));
