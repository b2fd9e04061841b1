'use strict';

// Ports whose endpoints have gone, and those that have taken their place in the thread's table.

const test = require('ava');
const { MessageChannel, receiveMessageOnPort } = require('../..');
const { settle } = require('../support/observe');

test.serial('100,000 ports are open at once, each with its own queue', async (t) => {
  const channels = Array.from({ length: 50_000 }, () => new MessageChannel());
  let wrong = 0;
  let heard = 0;
  channels.forEach(({ port1, port2 }, n) => {
    port2.on('message', (value) => (value === n ? heard++ : wrong++));
    port1.postMessage(n);
  });
  await settle();
  while (heard + wrong < channels.length) await settle(1);
  t.deepEqual({ heard, wrong }, { heard: channels.length, wrong: 0 });
  let closed = 0;
  for (const { port1, port2 } of channels) {
    port2.on('close', () => closed++);
    port1.close();
  }
  await settle();
  while (closed < channels.length) await settle(1);
  t.is(closed, channels.length);
});

/** A port that has closed without anybody noticing, as its peer did, and another channel that uses its slot now. */
async function stale() {
  const { port1: peer, port2: old } = new MessageChannel();
  peer.close();
  await settle();
  const channels = Array.from({ length: 8 }, () => new MessageChannel());
  const heard = [];
  channels.forEach(({ port1, port2 }, n) => port1.on('message', (value) => heard.push([n, value])) && port2.unref());
  const post = async () => {
    heard.length = 0;
    channels.forEach(({ port2 }, n) => port2.postMessage(n));
    await settle();
    return heard.sort(([a], [b]) => a - b);
  };
  return { old, post, close: () => channels.forEach(({ port1 }) => port1.close()) };
}

const EACH = Array.from({ length: 8 }, (_, n) => [n, n]);

for (const [title, act] of Object.entries({
  'listening for messages on it': (port) => port.on('message', () => {}),
  'listening for close on it': (port) => port.on('close', () => {}),
  'listening and leaving': (port) => port.on('close', test).off('close', test),
  'ref() and unref()': (port) => (port.ref(), port.unref()),
  'closing it': (port) => port.close(() => {}),
  'posting on it': (port) => port.postMessage('nobody hears this'),
  'reading from it': (port) => receiveMessageOnPort(port),
  'start()': (port) => port.start(),
  'sending it away': (port) => {
    const { port1 } = new MessageChannel();
    try {
      port1.postMessage(0, [port]);
    } catch {
      // It is detached.
    }
  },
})) {
  test.serial(`a port that has closed unnoticed does not get in the way of those after it: ${title}`, async (t) => {
    const { old, post, close } = await stale();
    t.deepEqual(await post(), EACH);
    act(old);
    t.deepEqual(await post(), EACH);
    t.is(old.hasRef(), false);
    close();
  });
}

test.serial('ports that follow each other in one slot never hear each other’s messages', async (t) => {
  const heard = [];
  for (let n = 0; n < 3000; n++) {
    const { port1, port2 } = new MessageChannel();
    port2.on('message', (value) => heard.push(value === n));
    port1.postMessage(n);
    port1.close();
    if (n % 7 === 0) await settle(1);
  }
  await settle();
  t.is(heard.length, 3000);
  t.true(heard.every(Boolean));
});
