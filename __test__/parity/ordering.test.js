'use strict';

// Order of messages, and what runs between two of them.

const { same } = require('../support/scenario');

same('messages come in the order of posting, each once', async ({ log, open, settle }) => {
  const [port, peer] = open();
  const seen = [];
  port.on('message', (value) => seen.push(value));
  for (let number = 0; number < 3000; number++) peer.postMessage(number);
  await settle(40);
  log(
    seen.length,
    seen.every((value, index) => value === index),
  );
});

same('both directions are independent', async ({ log, open, settle }) => {
  const [port, peer] = open();
  const seen = { port: [], peer: [] };
  port.on('message', (value) => seen.port.push(value));
  peer.on('message', (value) => seen.peer.push(value));
  for (let number = 0; number < 10; number++) {
    port.postMessage(number);
    peer.postMessage(-number - 1);
  }
  await settle();
  log(seen);
});

same('nothing is delivered synchronously, or in a tick or microtask of the poster', async ({ log, open, settle }) => {
  const [port, peer] = open();
  port.on('message', () => log('message'));
  peer.postMessage(1);
  log('posted');
  process.nextTick(() => log('tick'));
  queueMicrotask(() => log('microtask'));
  await settle();
});

same('ticks and microtasks run between messages', async ({ log, open, settle }) => {
  const [port, peer] = open();
  port.on('message', (value) => {
    log(`message ${value}`);
    process.nextTick(() => {
      log(`tick ${value}`);
      queueMicrotask(() => log(`microtask of tick ${value}`));
    });
    Promise.resolve().then(() => {
      log(`microtask ${value}`);
      process.nextTick(() => log(`tick of microtask ${value}`));
    });
  });
  for (let number = 0; number < 3; number++) peer.postMessage(number);
  await settle();
});

same('the listeners of one message run back to back', async ({ log, open, settle }) => {
  const [port, peer] = open();
  for (const name of ['a', 'b']) {
    port.on('message', (value) => {
      log(name, value);
      queueMicrotask(() => log(name, value, 'microtask'));
      process.nextTick(() => log(name, value, 'tick'));
    });
  }
  peer.postMessage(1);
  peer.postMessage(2);
  await settle();
});

same('async listeners interleave message by message', async ({ log, open, settle }) => {
  const [port, peer] = open();
  port.on('message', async (value) => {
    log('begin', value);
    await null;
    log('middle', value);
    await null;
    log('end', value);
  });
  peer.postMessage(1);
  peer.postMessage(2);
  await settle();
});

same('an answer posted in a listener is delivered', async ({ log, open, settle }) => {
  const [port, peer] = open();
  port.on('message', (value) => log('question', value) ?? port.postMessage(value + 1));
  peer.on('message', (value) => log('answer', value) ?? (value < 8 && peer.postMessage(value + 1)));
  peer.postMessage(0);
  await settle(60);
});

same('a listener that is added in a listener hears the next message', async ({ log, open, settle }) => {
  const [port, peer] = open();
  port.on('message', (value) => {
    log('first', value);
    if (value === 0) port.on('message', (later) => log('second', later));
  });
  peer.postMessage(0);
  peer.postMessage(1);
  await settle();
});

same('a transferred port keeps its queue and its order', async ({ log, open, settle }) => {
  const [carrier, target] = open();
  const [port, peer] = open();
  const seen = [];
  for (let number = 0; number < 5; number++) peer.postMessage(number);
  carrier.postMessage(port, [port]);
  for (let number = 5; number < 10; number++) peer.postMessage(number);
  target.on('message', (moved) => moved.on('message', (value) => seen.push(value)));
  await settle();
  for (let number = 10; number < 15; number++) peer.postMessage(number);
  await settle();
  log(seen);
});

same('order holds over many hops', async ({ api, log, open }) => {
  const [port, peer] = open();
  const seen = [];
  let moving = port;
  for (let hop = 0; hop < 20; hop++) {
    const [carrier, target] = open();
    peer.postMessage(hop);
    carrier.postMessage(moving, [moving]);
    peer.postMessage(`${hop} on its way`);
    moving = api.receiveMessageOnPort(target).message;
    if (hop % 3 === 0) seen.push(api.receiveMessageOnPort(moving).message);
  }
  for (let taken; (taken = api.receiveMessageOnPort(moving));) seen.push(taken.message);
  log(seen);
  moving.close();
});

same('a port that is taken away in its own listener takes the rest along', async ({ log, open, settle }) => {
  const [carrier, target] = open();
  const [port, peer] = open();
  for (let number = 0; number < 4; number++) peer.postMessage(number);
  port.on('message', (value) => {
    log('here', value);
    if (value === 1) carrier.postMessage(port, [port]);
  });
  target.on('message', (moved) => moved.on('message', (value) => log('there', value)));
  await settle();
});
