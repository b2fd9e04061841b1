'use strict';

// How a drain shares the thread: with the event loop, and among ports.

const test = require('ava');
const fs = require('node:fs');
const { MessageChannel } = require('../..');
const { settle } = require('../support/observe');

/** Two ports that answer each other until they are closed. */
function chatter() {
  const { port1, port2 } = new MessageChannel();
  const state = { count: 0, close: () => port1.close() };
  for (const port of [port1, port2]) port.on('message', (value) => (state.count++, port.postMessage(value)));
  port1.postMessage(1);
  port2.postMessage(2);
  return state;
}

test.serial(
  'between two turns of the event loop, ports that answer each other for ever get a bounded share',
  async (t) => {
    const chat = chatter();
    let most = 0;
    for (let turn = 0; turn < 50; turn++) {
      const before = chat.count;
      await settle(1);
      most = Math.max(most, chat.count - before);
    }
    t.true(chat.count > 0 && most <= 2000, `${most} messages in a turn`);
    let ticked = false;
    setTimeout(() => (ticked = true), 1);
    while (!ticked) await settle(1);
    await fs.promises.stat(__filename);
    chat.close();
    await settle();
  },
);

test.serial('a busy port does not hold up a quiet one', async (t) => {
  const busy = new MessageChannel();
  const quiet = new MessageChannel();
  const order = [];
  busy.port1.on('message', () => order.push('busy'));
  quiet.port1.on('message', () => order.push('quiet'));
  for (let n = 0; n < 5000; n++) busy.port2.postMessage(n);
  for (let n = 0; n < 3; n++) quiet.port2.postMessage(n);
  while (order.length < 5003) await settle(1);
  t.true(order.lastIndexOf('quiet') < 10, `the last quiet message came at ${order.lastIndexOf('quiet')}`);
  busy.port1.close();
  quiet.port1.close();
  await settle();
});

test.serial('what was waiting when a drain began is delivered by it, however much', async (t) => {
  const { port1, port2 } = new MessageChannel();
  let count = 0;
  port1.on('message', () => count++);
  for (let n = 0; n < 20_000; n++) port2.postMessage(n);
  let turns = 0;
  while (count < 20_000) await settle(1).then(() => turns++);
  t.true(turns < 10, `${turns} turns`);
  port1.close();
  await settle();
});
