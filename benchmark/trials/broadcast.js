// How long it takes until all members of a broadcast channel have got a message, in one thread and in a worker.
'use strict';

const { once } = require('node:events');
const { smallObject, text } = require('../payloads');
const { startThread } = require('../threads/start');

const MEMBERS = [1, 8, 64];

/** So many deliveries a round has, over all members. */
const DELIVERIES = 20_000;

/** Its number makes the name of a case's channel. */
let opened = 0;

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} members that get it; the sender is one more
 * @param {number} atOnce how many are posted before the first can arrive
 * @returns {import('../rounds').Case}
 */
function withinThread(name, value, members, atOnce) {
  return {
    name: `${name}, ${members} in the thread`,
    unit: 'us',
    open({ threads }) {
      const rounds = Math.ceil(DELIVERIES / members / atOnce);
      const channel = `benchmark ${opened++}`;
      const sender = new threads.BroadcastChannel(channel);
      const receivers = Array.from({ length: members }, () => new threads.BroadcastChannel(channel));
      let received = 0;
      let left = 0;
      let finish = () => {};
      const post = () => {
        for (let i = 0; i < atOnce; i++) sender.postMessage(value);
      };
      for (const receiver of receivers) {
        receiver.onmessage = () => {
          if (++received < members * atOnce) return;
          received = 0;
          if (--left === 0) finish();
          else post();
        };
      }
      return {
        async round() {
          left = rounds;
          const finished = new Promise((resolve) => (finish = () => resolve(undefined)));
          const began = performance.now();
          post();
          await finished;
          return ((performance.now() - began) * 1e3) / (rounds * atOnce);
        },
        close: () => [sender, ...receivers].forEach((each) => each.close()),
      };
    },
  };
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} members in the worker
 * @returns {import('../rounds').Case}
 */
function toWorker(name, value, members) {
  return {
    name: `${name}, ${members} in a worker`,
    unit: 'us',
    async open(side) {
      const count = Math.ceil(DELIVERIES / members);
      const channel = `benchmark ${opened++}`;
      const { port, close } = startThread(side, 'members.js', { name: channel, members, count });
      await once(port, 'message');
      const sender = new side.threads.BroadcastChannel(channel);
      return {
        async round() {
          const answer = once(port, 'message');
          const began = performance.now();
          for (let i = 0; i < count; i++) sender.postMessage(value);
          await answer;
          return ((performance.now() - began) * 1e3) / count;
        },
        close() {
          sender.close();
          return close();
        },
      };
    },
  };
}

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'broadcast',
  cases: MEMBERS.flatMap((members) => [
    withinThread('small object, one by one', smallObject(), members, 1),
    withinThread('small object, queued', smallObject(), members, 50),
    withinThread('string of 4 KiB, queued', text(4096), members, 50),
    toWorker('small object', smallObject(), members),
    toWorker('string of 4 KiB', text(4096), members),
  ]),
};
