'use strict';

// What the package sync-message-port promises its users, in this package's words: it holds with receiveSync, without its channel, its
// wrapped ports and its memory beside the messages.

const test = require('ava');
const { MessageChannel, Worker, receiveMessageOnPort } = require('../..');

/** Longer than anything takes here that works. */
const timeout = 60_000;

/**
 * A worker that has one end of a channel as `port`, and the other end.
 * @param {import('ava').ExecutionContext} t
 * @param {string} body
 */
function begin(t, body) {
  const { port1, port2 } = new MessageChannel();
  const load = `const { workerData: { port }, MessageChannel } = require(${JSON.stringify(require.resolve('../..'))});`;
  const worker = new Worker(`${load} ${body}`, { eval: true, workerData: { port: port2 }, transferList: [port2] });
  worker.on('error', () => {});
  t.teardown(() => worker.terminate());
  return { worker, port: port1 };
}

/** @returns {any} the DOMException that a wait ends with */
function limitOf(t, port, limit) {
  const error = t.throws(() => port.receiveSync({ timeout: limit }), { any: true });
  t.true(error instanceof DOMException);
  t.is(error.name, 'TimeoutError');
  return error;
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

test('a message of a worker is received while this thread does nothing but wait', (t) => {
  const { port } = begin(t, `setTimeout(() => port.postMessage('from the worker'), 100)`);
  t.is(port.receiveSync({ timeout }), 'from the worker');
});

test('what asynchronous code of a worker comes to is had synchronously', (t) => {
  const { port } = begin(
    t,
    `const { readFile } = require('node:fs/promises');
    port.on('message', async (file) => port.postMessage(JSON.parse(await readFile(file, 'utf8')).name));`,
  );
  port.postMessage(require.resolve('../../package.json'));
  t.is(port.receiveSync({ timeout }), 'ferroport');
});

test('messages have any structure, and are received in the order of posting', (t) => {
  const { port } = begin(
    t,
    `for (let i = 0; i < 100; i++) port.postMessage({ i, map: new Map([[i, [new Date(i)]]]) })`,
  );
  for (let i = 0; i < 100; i++) t.deepEqual(port.receiveSync({ timeout }), { i, map: new Map([[i, [new Date(i)]]]) });
});

test('messages that were posted before anybody waits are not missed, nor are those before the port has moved', (t) => {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage('early');
  const { port1: carrier, port2: arrival } = new MessageChannel();
  carrier.postMessage(port2, [port2]);
  const moved = arrival.receiveSync({ timeout });
  port1.postMessage('late');
  t.deepEqual([moved.receiveSync(), moved.receiveSync()], ['early', 'late']);
  carrier.close();
  port1.close();
});

test('both threads may wait for one another in turn', (t) => {
  const { port } = begin(
    t,
    `for (;;) { const n = port.receiveSync(); if (n === 0) break; port.postMessage(n - 1); } port.close();`,
  );
  for (let n = 500; n > 0; n--) {
    port.postMessage(n);
    t.is(port.receiveSync({ timeout }), n - 1);
  }
  port.postMessage(0);
});

test('what moves with a message moves', (t) => {
  const { port } = begin(
    t,
    `const { buffer } = Uint8Array.of(1, 2, 3); port.postMessage(buffer, [buffer]); port.postMessage(buffer.byteLength)`,
  );
  t.deepEqual(new Uint8Array(port.receiveSync({ timeout })), Uint8Array.of(1, 2, 3));
  t.is(port.receiveSync({ timeout }), 0);
});

test('a look that does not wait tells no message from one that is undefined', (t) => {
  const { port1, port2 } = new MessageChannel();
  t.is(receiveMessageOnPort(port2), undefined);
  port1.postMessage(undefined);
  t.deepEqual(receiveMessageOnPort(port2), { message: undefined });
  t.is(receiveMessageOnPort(port2), undefined);
  port1.close();
});

test('a look at a port that has closed finds nothing, and does not throw', async (t) => {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  port1.close();
  t.is(receiveMessageOnPort(port2), undefined);
  await turn();
  t.is(receiveMessageOnPort(port1), undefined);
});

test('who waits for longer than the limit gets an error that says so', (t) => {
  const { port } = begin(t, `setInterval(() => port.ref(), 1000)`);
  const before = Date.now();
  const error = limitOf(t, port, 100);
  t.true(Date.now() - before >= 95);
  t.regex(error.message, /100 ms/);
  limitOf(t, port, 0);
});

test('after a limit has passed, the message that comes then is the next one', (t) => {
  const { port } = begin(t, `port.receiveSync(); port.postMessage('first'); port.postMessage('second');`);
  limitOf(t, port, 20);
  port.postMessage('now');
  t.is(port.receiveSync({ timeout }), 'first');
  t.is(port.receiveSync({ timeout }), 'second');
});

test('a message that waits is received whatever the limit', (t) => {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(1);
  t.is(port2.receiveSync({ timeout: 0 }), 1);
  port1.close();
});

test('what was posted before the end is received first, and then an error says that the channel has ended', (t) => {
  const { port } = begin(t, `for (let i = 0; i < 3; i++) port.postMessage(i); port.close();`);
  for (let i = 0; i < 3; i++) t.is(port.receiveSync({ timeout }), i);
  for (let i = 0; i < 3; i++) t.throws(() => port.receiveSync({ timeout }), { code: 'ERR_FERROPORT_CLOSED' });
});

test('who waits while the channel ends hears of it: it is closed, or its thread ends or fails', (t) => {
  for (const end of [`port.close()`, `process.exit()`, `(() => { throw new Error('on purpose') })()`]) {
    const { port } = begin(t, `setTimeout(() => ${end}, 50); port.ref()`);
    t.throws(() => port.receiveSync({ timeout }), { code: 'ERR_FERROPORT_CLOSED' });
  }
});

test('a worker that cannot even be loaded ends the wait for its first message', (t) => {
  const { port } = begin(t, `this is no JavaScript`);
  t.throws(() => port.receiveSync({ timeout }), { code: 'ERR_FERROPORT_CLOSED' });
});

test('who has closed a port does not wait for it', (t) => {
  const { port2 } = new MessageChannel();
  port2.close();
  t.throws(() => port2.receiveSync({ timeout }), { code: 'ERR_FERROPORT_CLOSED' });
});

test('listeners get what was not received synchronously, and only that', async (t) => {
  const { port } = begin(t, `port.on('message', (n) => { for (let i = 0; i < n; i++) port.postMessage(i); })`);
  const heard = [];
  port.on('message', (value) => heard.push(value));
  port.postMessage(4);
  t.deepEqual([port.receiveSync({ timeout }), port.receiveSync({ timeout })], [0, 1]);
  while (heard.length < 2) await turn();
  await turn();
  t.deepEqual(heard, [2, 3]);
  const closed = new Promise((resolve) => port.once('close', resolve));
  port.close();
  await closed;
});

test('a port has all events of ports, once nobody waits', async (t) => {
  const { port } = begin(t, `port.once('message', (value) => { port.postMessage(value); port.close(); })`);
  const events = [];
  port.addEventListener('message', ({ type, data }) => events.push([type, data]));
  const closed = new Promise((resolve) => port.on('close', resolve));
  port.postMessage('echo');
  await closed;
  t.deepEqual(events, [['message', 'echo']]);
});

test('many channels of one thread are received from independently', (t) => {
  const all = [1, 2, 3].map((n) => begin(t, `for (let i = 0; i < 20; i++) port.postMessage([${n}, i])`));
  for (let i = 0; i < 20; i++) {
    for (const [index, { port }] of all.entries()) t.deepEqual(port.receiveSync({ timeout }), [index + 1, i]);
  }
});
