'use strict';

// Ports that leave without a sidecar, and get one when it is needed: whoever needs it first, whatever has become of the port over
// which they have left.

const test = require('ava');
const { once } = require('node:events');
const { setTimeout: wait } = require('node:timers/promises');
const { MessageChannel, receiveMessageOnPort } = require('../../index.js');
const { startThread } = require('./threads');

/** What only V8 can move: a buffer, and shared memory. */
const parcel = (id) => ({
  id,
  moved: new Uint8Array([id]).buffer,
  shared: new Uint8Array(new SharedArrayBuffer(1)).fill(id),
});

/** @param {any} received */
const told = ({ id, moved, shared }) => [
  id,
  new Uint8Array(moved)[0],
  shared[0],
  shared.buffer instanceof SharedArrayBuffer,
];

/** @param {number} id */
const right = (id) => [id, id, id, true];

/** @param {any} port */
async function next(port) {
  const [message] = await once(port, 'message');
  return message;
}

/** A thread that answers parcels on every port it gets, and sends one first if it is asked to. */
function answering(ferroport, port) {
  port.on('message', ({ port: each, starts, closes, answers = 1 }) => {
    const parcelOf = (id) => ({
      id,
      moved: new Uint8Array([id]).buffer,
      shared: new Uint8Array(new SharedArrayBuffer(1)).fill(id),
    });
    if (closes) port.close();
    each.on('message', (message) => {
      each.postMessage(message, [message.moved]);
      if (--answers === 0) each.close();
    });
    if (starts !== undefined) {
      const first = parcelOf(starts);
      each.postMessage(first, [first.moved]);
    }
  });
}

/**
 * @param {any} port
 * @param {number} id
 */
function sendParcel(port, id) {
  const message = parcel(id);
  port.postMessage(message, [message.moved]);
}

test('this thread needs it first, the other one, or both at once', async (t) => {
  const { port1: trunk, port2 } = new MessageChannel();
  const { ended } = startThread(port2, answering);
  for (let id = 0; id < 240; id++) {
    const { port1: here, port2: there } = new MessageChannel();
    const arrived = [];
    const isDone = new Promise((resolve) => here.on('close', resolve));
    here.on('message', (message) => {
      arrived.push(told(message));
      if (id % 3 === 1) sendParcel(here, id);
    });
    trunk.postMessage({ port: there, starts: id % 3 === 0 ? undefined : id }, [there]);
    if (id % 3 !== 1) sendParcel(here, id);
    // The other thread is there already, or is not.
    if (id % 2 === 0) await isDone;
    else if (id % 16 === 15) await wait(1);
    await isDone;
    t.deepEqual(arrived, id % 3 === 0 ? [right(id)] : [right(id), right(id)]);
  }
  trunk.close();
  await ended;
});

for (const closer of ['this thread', 'the other thread']) {
  test(`${closer} has closed the port over which they left`, async (t) => {
    for (let id = 0; id < 12; id++) {
      const { port1: trunk, port2 } = new MessageChannel();
      const { ended } = startThread(port2, answering);
      const { port1: here, port2: there } = new MessageChannel();
      trunk.postMessage({ port: there, starts: id % 2 ? id : undefined, closes: closer === 'the other thread' }, [
        there,
      ]);
      if (closer === 'this thread') trunk.close();
      if (id % 3 === 0) await wait(20);
      if (id % 2 === 0) sendParcel(here, id);
      t.deepEqual(told(await next(here)), right(id));
      if (id % 2 === 1) {
        sendParcel(here, id);
        t.deepEqual(told(await next(here)), right(id));
      }
      here.close();
      trunk.close();
      await ended;
    }
  });
}

test('in one thread, before and after the port with the message has left it', async (t) => {
  for (let id = 0; id < 8; id++) {
    const { port1: trunk, port2 } = new MessageChannel();
    const { port1: here, port2: there } = new MessageChannel();
    trunk.postMessage({ port: there, answers: 2 }, [there]);
    if (id & 1) sendParcel(here, id);
    const { ended } = startThread(port2, answering);
    if (id & 2) trunk.close();
    if (!(id & 1)) sendParcel(here, id);
    t.deepEqual(told(await next(here)), right(id));
    sendParcel(here, id);
    t.deepEqual(told(await next(here)), right(id));
    trunk.close();
    await ended;
  }
});

test('handed on, from this thread and from the other one', async (t) => {
  const [one, other] = [new MessageChannel(), new MessageChannel()];
  const forward = (ferroport, port, { delay }) => {
    port.once('message', ({ port: onward }) => {
      port.on('message', (message) => setTimeout(() => onward.postMessage(message, [message.port]), delay));
      port.on('close', () => onward.close());
    });
  };
  const threads = [startThread(one.port2, forward, { delay: 1 }), startThread(other.port2, answering)];
  one.port1.postMessage({ port: other.port1 }, [other.port1]);
  for (let id = 0; id < 30; id++) {
    const { port1: here, port2: there } = new MessageChannel();
    if (id % 5 === 0) sendParcel(here, id);
    one.port1.postMessage({ port: there, starts: id % 3 === 2 ? id : undefined, answers: 2 }, [there]);
    if (id % 3 === 0) sendParcel(here, id);
    // This end leaves, too, and comes back.
    const inner = new MessageChannel();
    inner.port1.postMessage(here, [here]);
    const { message: back } = receiveMessageOnPort(inner.port2);
    inner.port1.close();
    if (id % 3 === 1) sendParcel(back, id);
    t.deepEqual(told(await next(back)), right(id));
    back.close();
  }
  one.port1.close();
  await Promise.all(threads.map(({ ended }) => ended));
});

test('what is read ahead of its turn goes along with the port over which all has come', async (t) => {
  const { port1: trunk, port2 } = new MessageChannel();
  const { port1: report, port2: reporter } = new MessageChannel();
  const { port1: here, port2: there } = new MessageChannel();
  const [second, third] = [new MessageChannel(), new MessageChannel()];
  trunk.postMessage({ port: there, reporter }, [there, reporter]);
  trunk.postMessage({ port: second.port2 }, [second.port2]);
  trunk.postMessage({ port: third.port2 }, [third.port2]);
  const { ended } = startThread(port2, (ferroport, port) => {
    const { message } = ferroport.receiveMessageOnPort(port);
    // Not before what follows has been sent.
    const timer = setInterval(() => {
      const received = ferroport.receiveMessageOnPort(message.port);
      if (received === undefined) return;
      clearInterval(timer);
      message.reporter.postMessage({ ...received.message, port }, [received.message.moved, port]);
      message.reporter.close();
    }, 1);
  });
  sendParcel(third.port1, 3);
  sendParcel(trunk, 7);
  trunk.postMessage(new Uint8Array(1024).fill(9).buffer);
  sendParcel(second.port1, 2);
  sendParcel(here, 1);
  const message = await next(report);
  t.deepEqual(told(message), right(1));
  const rest = message.port;
  const { port: secondThere } = receiveMessageOnPort(rest).message;
  const { port: thirdThere } = receiveMessageOnPort(rest).message;
  t.deepEqual(told(receiveMessageOnPort(thirdThere).message), right(3));
  t.deepEqual(told(receiveMessageOnPort(rest).message), right(7));
  t.deepEqual(told(receiveMessageOnPort(secondThere).message), right(2));
  t.is(new Uint8Array(receiveMessageOnPort(rest).message)[1023], 9);
  sendParcel(secondThere, 4);
  t.deepEqual(told(receiveMessageOnPort(second.port1).message), right(4));
  trunk.close();
  await ended;
});

test('a long chain of ports, each sent over the one before', async (t) => {
  const { port1: trunk, port2 } = new MessageChannel();
  const ports = [trunk];
  let last = trunk;
  for (let id = 0; id < 2000; id++) {
    const { port1, port2: there } = new MessageChannel();
    last.postMessage({ port: there, answers: 1 }, [there]);
    ports.push((last = port1));
  }
  const { ended } = startThread(port2, (ferroport, port) => {
    const follow = (each) =>
      each.on('message', (message) => {
        if (message.port !== undefined) return follow(message.port);
        each.postMessage(message, [message.moved]);
      });
    follow(port);
    port.on('close', () => process.exit());
  });
  for (const id of [200, 1]) {
    sendParcel(last, id);
    t.deepEqual(told(await next(last)), right(id));
  }
  ports[0].close();
  await ended;
});
