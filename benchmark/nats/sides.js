// One process of a side: it sends, or it takes what is sent, as its parent says, and tells how much processor time that took.
'use strict';

const { payloads } = require('./payloads');

const [, , sideName, role, url] = process.argv;

/** After how many messages the client's own way waits until the server has them: the client keeps everything otherwise. */
const FLUSHED = 1000;

/**
 * @typedef {object} Side
 * @property {(onMessage: (value: any) => void) => Promise<(value: any) => void>} take begins to take messages; gives what answers one
 * @property {() => Promise<{ send: (value: any, count: number) => Promise<void>, ask: (value: any) => Promise<any> }>} open
 */

/** @type {Record<string, Side>} */
const sides = {
  client: {
    async take(onMessage) {
      const { deserialize, serialize } = require('ferroport');
      const nats = await require('@nats-io/transport-node').connect({ servers: url });
      nats.subscribe('bench', { callback: (_error, { data }) => onMessage(deserialize(data)) });
      await nats.flush();
      return (value) => nats.publish('answers', serialize(value));
    },
    async open() {
      const { deserialize, serialize } = require('ferroport');
      const nats = await require('@nats-io/transport-node').connect({ servers: url });
      /** @type {(value: any) => void} */
      let answered = () => {};
      nats.subscribe('answers', { callback: (_error, { data }) => answered(deserialize(data)) });
      await nats.flush();
      return {
        async send(value, count) {
          for (let i = 1; i <= count; i++) {
            nats.publish('bench', serialize(value));
            if (i % FLUSHED === 0) await nats.flush();
          }
        },
        ask: (value) =>
          new Promise((resolve) => {
            answered = resolve;
            nats.publish('bench', serialize(value));
          }),
      };
    },
  },

  ferroport: {
    async take(onMessage) {
      const hub = await require('ferroport/nats').connect({ servers: url });
      /** @type {any} */
      let taken;
      await hub.listen('bench', (/** @type {any} */ port) => {
        taken = port;
        port.on('message', onMessage);
      });
      return (value) => taken.postMessage(value);
    },
    async open() {
      const hub = await require('ferroport/nats').connect({ servers: url });
      const port = await hub.dial('bench');
      return {
        async send(value, count) {
          for (let i = 0; i < count; i++) while (!port.tryPostMessage(value)) await port.ready;
        },
        ask: (value) =>
          new Promise((resolve) => {
            port.once('message', resolve);
            port.postMessage(value);
          }),
      };
    },
  },
};

const tell = (/** @type {any} */ message) => process.send?.(message);

/** @param {NodeJS.CpuUsage} since */
function microseconds(since) {
  const { user, system } = process.cpuUsage(since);
  return user + system;
}

async function main() {
  const side = sides[sideName];
  if (role === 'take') {
    let left = 0;
    let answers = false;
    let since = process.cpuUsage();
    const answer = await side.take((value) => {
      if (answers) answer(value);
      if (--left === 0) tell({ done: microseconds(since) });
    });
    process.on('message', (/** @type {any} */ order) => {
      left = order.count;
      answers = order.answers;
      since = process.cpuUsage();
      tell({ ready: true });
    });
  } else {
    const { send, ask } = await side.open();
    process.on('message', async (/** @type {any} */ { payload, count, answers }) => {
      const value = payloads[payload];
      const since = process.cpuUsage();
      if (answers) for (let i = 0; i < count; i++) await ask(value);
      else await send(value, count);
      tell({ sent: microseconds(since) });
    });
  }
  tell({ open: true });
}

void main();
