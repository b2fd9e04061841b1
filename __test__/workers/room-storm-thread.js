'use strict';

// A thread of room-storm.test.js: sends on the ports that it gets as there is room, reads slowly on others, and closes ports or hands them
// on at random, also while it waits.

const { parentPort, workerData } = require('../..');
const { randomOf } = require('../support/random');

const { shared, seed } = workerData;

/** How many waits this thread has begun, and how many of those have settled. */
const counts = new Int32Array(shared);
const random = randomOf(seed);
const receivers = new Set();
let hasEnded = false;

/** Lets the event loop turn. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * @param {'sender' | 'receiver'} role in which the next thread has the port
 * @param {any} port
 */
function handOn(role, port) {
  receivers.delete(port);
  if (hasEnded) return port.close();
  try {
    parentPort.postMessage({ role, port }, [port]);
  } catch (error) {
    // It has closed, or was handed on.
    if (error.name !== 'DataCloneError') throw error;
  }
}

/** @param {any} port */
async function send(port) {
  for (let i = 0; !hasEnded; i++) {
    if (random.chance(5)) await turn();
    const isPosted = random.chance(90) ? port.tryPostMessage(i) : port.postMessage(i);
    if (isPosted) continue;
    const { ready } = port;
    counts[0]++;
    if (random.chance(3)) {
      const end = random.pick([() => handOn('sender', port), () => port.close(), () => port.close()]);
      if (random.chance(50)) end();
      else setTimeout(end, random.below(4));
    }
    const hasRoom = await ready;
    counts[1]++;
    if (typeof hasRoom !== 'boolean') throw new Error(`ready has given ${hasRoom}`);
    if (!hasRoom) return;
  }
  port.close();
}

/** @param {any} port */
function receive(port) {
  receivers.add(port);
  const read = () => {
    if (random.chance(1)) port.highWaterMark = random.pick([1, 3, { bytes: 64 }, { messages: 2, bytes: 1000 }]);
    if (random.chance(1)) {
      port.off('message', read);
      port.ref();
      setTimeout(() => {
        if (receivers.has(port)) port.on('message', read);
      }, random.below(5));
    }
    const fate = random.below(1000);
    if (fate < 2) handOn('receiver', port);
    else if (fate < 4) port.close();
  };
  port.on('message', read);
  port.on('close', () => receivers.delete(port));
}

parentPort.on('message', (message) => {
  if (message === 'exit') process.exit(7);
  if (message !== 'end') {
    if (message.role === 'sender') send(message.port);
    else receive(message.port);
    return;
  }
  hasEnded = true;
  parentPort.close();
  for (const port of receivers) port.close();
});
