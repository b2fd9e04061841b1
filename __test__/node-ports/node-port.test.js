'use strict';

// MessagePort.toNode and fromNode: ports that travel by ways which know only Node's.

const test = require('ava');
const threads = require('node:worker_threads');
const { once } = require('node:events');
const { MessageChannel, MessagePort, Worker, receiveMessageOnPort, markAsUntransferable } = require('../..');
const { FERROPORT } = require('../support/program');
const { randomOf } = require('../support/random');

const load = `const { MessagePort, receiveMessageOnPort, parentPort, workerData } = require(${JSON.stringify(FERROPORT)});
  const threads = require('node:worker_threads');`;

/** A worker of Node's own that knows where ferroport is. */
const plainWorker = (body, options) => new threads.Worker(`${load} ${body}`, { eval: true, ...options });

test('a port goes through the workerData of Node’s Worker with its queue', async (t) => {
  const { port1, port2 } = new MessageChannel();
  port2.postMessage('queued before');
  const carrier = MessagePort.toNode(port1);
  t.true(carrier instanceof threads.MessagePort);
  port2.postMessage('queued inside');
  const body = `const port = MessagePort.fromNode(workerData);
    port.on('message', (value) => { port.postMessage({ echo: value }); if (value === 'end') port.close(); });`;
  const worker = plainWorker(body, { workerData: carrier, transferList: [carrier] });
  port2.postMessage('end');
  const echoes = [];
  port2.on('message', (value) => echoes.push(value.echo));
  await Promise.all([once(port2, 'close'), once(worker, 'exit')]);
  t.deepEqual(echoes, ['queued before', 'queued inside', 'end']);
});

test('a port comes back in a message of Node’s, from a worker that ends at once', async (t) => {
  for (const end of ['', 'process.exit();']) {
    const { port1, port2 } = new MessageChannel();
    const carrier = MessagePort.toNode(port1);
    const body = `const port = MessagePort.fromNode(workerData);
      port.postMessage('from the worker');
      const back = MessagePort.toNode(port);
      threads.parentPort.postMessage(back, [back]); ${end}`;
    const worker = plainWorker(body, { workerData: carrier, transferList: [carrier] });
    let arrived;
    worker.on('message', (value) => (arrived = value));
    await once(worker, 'exit');
    const port = MessagePort.fromNode(arrived);
    port.postMessage('from here');
    t.deepEqual(
      [receiveMessageOnPort(port2), receiveMessageOnPort(port2)].map((taken) => taken?.message),
      ['from the worker', 'from here'],
    );
    port.close();
  }
});

test('a port that has been sent away outlives the thread that packed it, however that ends', async (t) => {
  const { port1, port2 } = new MessageChannel();
  const carrier = MessagePort.toNode(port1);
  const body = `const back = MessagePort.toNode(MessagePort.fromNode(workerData));
    threads.parentPort.postMessage(back, [back]);
    back.on('close', () => { threads.parentPort.postMessage('sent'); for (;;); });`;
  const worker = plainWorker(body, { workerData: carrier, transferList: [carrier] });
  const [arrived] = await once(worker, 'message');
  await once(worker, 'message');
  await worker.terminate();
  const port = MessagePort.fromNode(arrived);
  port.postMessage('from here');
  t.deepEqual(receiveMessageOnPort(port2), { message: 'from here' });
  port.close();
});

test('a port that comes out is neither started nor ref’ed, and the carrier is closed', async (t) => {
  const { port1, port2 } = new MessageChannel();
  const carrier = MessagePort.toNode(port1);
  const closed = once(carrier, 'close');
  const port = MessagePort.fromNode(carrier);
  t.false(port.hasRef());
  port2.postMessage(1);
  t.deepEqual(receiveMessageOnPort(port), { message: 1 });
  await closed;
  port.close();
});

test('the port that was packed emits close and drops what is posted on it', async (t) => {
  const { port1, port2 } = new MessageChannel();
  const heard = once(port1, 'close');
  const carrier = MessagePort.toNode(port1);
  t.notThrows(() => port1.postMessage('dropped'));
  await heard;
  t.is(receiveMessageOnPort(port2), undefined);
  carrier.close();
});

test('the peer hears close when the carrier is closed unread', async (t) => {
  const { port1, port2 } = new MessageChannel();
  const heard = once(port2, 'close');
  MessagePort.toNode(port1).close();
  await heard;
  t.pass();
});

for (const [title, end] of [
  ['has nothing left to do', ''],
  ['exits', 'process.exit();'],
  ['throws', 'throw new Error("thrown");'],
  ['is terminated', 'for (;;);'],
]) {
  test(`the peer hears close when the thread that holds the carrier ${title}`, async (t) => {
    const packed = new MessageChannel();
    const received = new MessageChannel();
    const carrier = MessagePort.toNode(received.port1);
    const all = Promise.all([once(packed.port2, 'close'), once(received.port2, 'close')]);
    const body = `${load} globalThis.mine = MessagePort.toNode(workerData.port);
      parentPort.postMessage('up'); ${end}`;
    const worker = new Worker(body, { eval: true, workerData: { port: packed.port1 }, transferList: [packed.port1] });
    const other = new threads.Worker(`require('node:worker_threads').parentPort.postMessage('up'); ${end}`, {
      eval: true,
      workerData: carrier,
      transferList: [carrier],
    });
    for (const each of [worker, other]) {
      each.on('message', () => end === 'for (;;);' && each.terminate()).on('error', () => {});
    }
    await all;
    t.pass();
  });
}

test('what is no port is refused', (t) => {
  const { port1, port2 } = new threads.MessageChannel();
  for (const value of [undefined, null, 5, 'port', {}, port1, Object.create(MessagePort.prototype)]) {
    t.throws(() => MessagePort.toNode(value), { instanceOf: TypeError, code: 'ERR_INVALID_ARG_TYPE' });
  }
  const ours = new MessageChannel();
  for (const value of [undefined, null, 5, 'port', {}, ours.port1]) {
    t.throws(() => MessagePort.fromNode(value), { instanceOf: TypeError, code: 'ERR_INVALID_ARG_TYPE' });
  }
  port1.close();
  t.is(port2.listenerCount('message'), 0);
});

test('a port that is gone, or marked untransferable, is refused as in a transfer list', (t) => {
  const closed = new MessageChannel().port1;
  closed.close();
  const packed = new MessageChannel().port1;
  MessagePort.toNode(packed).close();
  const marked = new MessageChannel().port1;
  markAsUntransferable(marked);
  for (const port of [closed, packed, marked]) {
    const error = t.throws(() => MessagePort.toNode(port), { any: true });
    t.deepEqual([error.name, error.code], ['DataCloneError', 25]);
  }
});

test('a second fromNode finds nothing', (t) => {
  const carrier = MessagePort.toNode(new MessageChannel().port1);
  MessagePort.fromNode(carrier).close();
  t.throws(() => MessagePort.fromNode(carrier), { instanceOf: TypeError, code: 'ERR_INVALID_ARG_VALUE' });
});

test('nothing is lost from a Node port that is no carrier', async (t) => {
  const { port1, port2 } = new threads.MessageChannel();
  for (const value of [{ first: 1 }, 'second', 'third']) port1.postMessage(value);
  // Nobody listens: what had to be taken to look at it is handed out.
  const error = t.throws(() => MessagePort.fromNode(port2), { code: 'ERR_INVALID_ARG_VALUE' });
  t.deepEqual(error.received, { message: { first: 1 } });
  // In use: nothing is taken.
  const seen = [];
  port2.on('message', (value) => seen.push(value));
  t.is(t.throws(() => MessagePort.fromNode(port2), { code: 'ERR_INVALID_ARG_VALUE' }).received, undefined);
  port1.close();
  await once(port2, 'close');
  t.deepEqual(seen, ['second', 'third']);
});

test('a token that nobody gave away opens nothing', (t) => {
  const { port1, port2 } = new threads.MessageChannel();
  for (const token of ['', 'f'.repeat(32), 'no token', 5, null]) {
    port1.postMessage({ 'ferroport.port': token });
    t.throws(() => MessagePort.fromNode(port2), { code: 'ERR_INVALID_ARG_VALUE' });
  }
  port1.close();
});

test('any number of hops by either way keeps queue and order', (t) => {
  const seed = Number(process.env.SEED ?? Date.now() % 1e6);
  t.log(`SEED=${seed}`);
  const { below } = randomOf(seed);
  const { port1, port2 } = new MessageChannel();
  let port = port1;
  let sent = 0;
  const got = [];
  for (let step = 0; step < 500; step++) {
    for (let count = below(4); count > 0; count--) port2.postMessage(sent++);
    for (let count = below(3); count > 0; count--) got.push(receiveMessageOnPort(port)?.message);
    if (below(2) === 0) {
      port = MessagePort.fromNode(MessagePort.toNode(port));
    } else {
      const through = new MessageChannel();
      through.port1.postMessage(port, [port]);
      port = receiveMessageOnPort(through.port2).message;
      through.port1.close();
    }
  }
  for (let taken; (taken = receiveMessageOnPort(port));) got.push(taken.message);
  t.deepEqual(
    got.filter((value) => value !== undefined),
    Array.from({ length: sent }, (_, index) => index),
  );
  port.close();
});
