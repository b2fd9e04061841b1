'use strict';

// What cannot leave the process is refused where it is posted, with its place; what can, leaves.

const crypto = require('node:crypto');
const fs = require('node:fs/promises');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const builtIn = require('node:worker_threads');
const test = require('ava');
const { Inner } = require('../../lib/link/inner');
const { markAsLinked } = require('../../lib/post/hand-over');
const { MessageChannel, SharedAbortController, deserialize, receiveMessageOnPort } = require('../../index.js');

/** @returns {{ port: any, inner: any }} */
function ends() {
  const { port1, port2 } = new MessageChannel();
  markAsLinked([port1]);
  return { port: port1, inner: Inner.of(port2) };
}

const refusal = { any: true, name: 'DataCloneError', message: /could not be cloned/ };
const leaving = { any: true, name: 'DataCloneError', message: /the message leaves the process/ };

/** Whether the running Node clones DOM exceptions, and does not send their properties. */
function movesExceptions() {
  const { port1, port2 } = new builtIn.MessageChannel();
  port1.postMessage(new DOMException('x'));
  return builtIn.receiveMessageOnPort(port2)?.message instanceof DOMException;
}

const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** What only this process, or only V8, can have, and what is said of it. */
const bound = async () => {
  const handle = await fs.open(__filename);
  return {
    values: [
      [new SharedArrayBuffer(8), leaving],
      [new Int32Array(new SharedArrayBuffer(8)), leaving],
      [new WebAssembly.Module(EMPTY_MODULE), leaving],
      [new Blob(['x']), leaving],
      [crypto.createSecretKey(Buffer.alloc(16)), leaving],
      [new SharedAbortController().signal, leaving],
      ...(movesExceptions() ? [[new DOMException('x', 'AbortError'), leaving]] : []),
      [() => {}, refusal],
      [Symbol('x'), refusal],
    ],
    listed: [
      [handle, leaving],
      [new builtIn.MessageChannel().port1, leaving],
      [new ReadableStream(), leaving],
      [new WritableStream(), leaving],
    ],
    end: () => handle.close(),
  };
};

/** Makes the thread load the fast lane, if it may. */
function becomeBusy() {
  const { port1 } = new MessageChannel();
  port1.postMessage(new Array(1000).fill({ a: 1 }));
  port1.close();
}

for (const lane of ['as the thread begins', 'when it is busy']) {
  test.serial(`what cannot leave is refused, with its place and with nothing changed, ${lane}`, async (t) => {
    if (lane === 'when it is busy') becomeBusy();
    const { port, inner } = ends();
    const { values, listed, end } = await bound();
    const buffer = new ArrayBuffer(8);
    for (const [value, expected] of values) {
      for (const list of [undefined, [], [buffer]]) {
        const error = t.throws(() => port.postMessage({ deep: [value] }, list), expected);
        t.is(/** @type {any} */ (error)?.path, '.deep[0]', String(value?.constructor.name));
        t.throws(() => port.postMessage(value, list), expected);
      }
    }
    for (const [value, expected] of listed) {
      const error = t.throws(() => port.postMessage({ deep: [value] }, [buffer, value]), expected);
      t.is(/** @type {any} */ (error)?.path, '.deep[0]');
    }
    t.is(buffer.byteLength, 8);
    t.is(inner.take(), undefined);
    port.postMessage('fine');
    t.is(deserialize(inner.take().bytes), 'fine');
    port.close();
    await end();
  });
}

test('listed buffers leave as bytes, and are gone here', (t) => {
  const { port, inner } = ends();
  for (const length of [3, 5 << 20]) {
    const { buffer } = new Uint8Array(length).fill(9);
    port.postMessage({ view: new Uint8Array(buffer, 1), buffer }, [buffer]);
    t.is(buffer.byteLength, 0);
    const { view, buffer: arrived } = deserialize(inner.take().bytes);
    t.is(view.buffer, arrived);
    t.true(view.length === length - 1 && view.every((/** @type {number} */ byte) => byte === 9));
    const whole = new ArrayBuffer(length);
    port.postMessage(whole, [whole]);
    t.is(whole.byteLength, 0);
    t.is(deserialize(inner.take().bytes).byteLength, length);
    const large = new Uint8Array(length).fill(5);
    port.postMessage(large);
    t.is(deserialize(inner.take().bytes)[length - 1], 5);
    t.is(large.length, length, 'what is not listed is copied');
  }
  port.close();
});

test('ports that go along are marked in turn', (t) => {
  const { port, inner } = ends();
  const { port1, port2 } = new MessageChannel();
  port1.postMessage({ waits: 1 });
  port.postMessage([port2], [port2]);
  t.throws(() => port1.postMessage(new SharedArrayBuffer(8)), leaving);
  t.throws(() => port1.postMessage([new SharedAbortController().signal]), leaving);
  const [there] = inner.take().ports;
  t.deepEqual(deserialize(there.take().bytes), { waits: 1 });
  for (const each of [port, port1]) each.close();
});

test('ports that wait in the queue of one that goes along are marked when they are taken', (t) => {
  const { port, inner } = ends();
  const outer = new MessageChannel();
  const nested = new MessageChannel();
  outer.port1.postMessage(nested.port2, [nested.port2]);
  port.postMessage(outer.port2, [outer.port2]);
  nested.port1.postMessage('unread');
  const [there] = inner.take().ports;
  const [deep] = there.take().ports;
  t.throws(() => nested.port1.postMessage(new SharedArrayBuffer(8)), leaving);
  t.is(deserialize(deep.take().bytes), 'unread');
  for (const each of [port, outer.port1, nested.port1]) each.close();
});

test('a port for which a message waits that cannot leave does not go, and nothing has changed', (t) => {
  const waiting = [
    [() => [new SharedArrayBuffer(8)], undefined],
    [(buffer = new ArrayBuffer(8)) => [buffer, [buffer]], undefined],
    [() => [{ signal: new SharedAbortController().signal }], undefined],
  ];
  for (const [make] of waiting) {
    const { port, inner } = ends();
    const first = new MessageChannel();
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(.../** @type {any} */ (make)());
    const buffer = new ArrayBuffer(8);
    const list = [first.port2, port2, buffer];
    const error = t.throws(() => port.postMessage({ list }, list), { code: 'ERR_FERROPORT_LINK' });
    t.is(/** @type {any} */ (error).path, '.list[1]');
    t.throws(() => markAsLinked([first.port2, port2]), { code: 'ERR_FERROPORT_LINK' });
    t.is(buffer.byteLength, 8);
    t.is(inner.take(), undefined);

    // Neither has been marked.
    first.port1.postMessage(new SharedArrayBuffer(8));
    t.true(receiveMessageOnPort(first.port2)?.message instanceof SharedArrayBuffer);
    port1.postMessage(new SharedArrayBuffer(8));
    t.truthy(receiveMessageOnPort(port2));
    t.truthy(receiveMessageOnPort(port2));
    port.postMessage({ list }, list);
    t.is(inner.take().ports.length, 2);
    for (const each of [port, port1, first.port1]) each.close();
  }
});

test('a port that is no link’s takes all of it, before and after', (t) => {
  const { port1, port2 } = new MessageChannel();
  const { port } = ends();
  const { signal } = new SharedAbortController();
  port1.postMessage([new SharedArrayBuffer(8), signal]);
  t.truthy(receiveMessageOnPort(port2)?.message[1]);
  for (const each of [port, port1]) each.close();
});

/**
 * Carries what is posted on one port to the other one, as a link does.
 * @param {any} from
 * @param {any} to
 */
function carry(from, to) {
  const move = () => {
    for (let taken = from.take(); taken !== undefined; taken = from.take()) to.put(taken.bytes, taken.ports);
  };
  from.onMessage = move;
  from.onNotice = (/** @type {Uint8Array} */ bytes) => to.notify(bytes);
  from.onClose = (/** @type {any} */ reason) => {
    move();
    to.close(reason);
  };
  move();
}

/** @returns {any[]} two ports with a link between them */
function linked() {
  const [one, other] = [ends(), ends()];
  carry(one.inner, other.inner);
  carry(other.inner, one.inner);
  return [one.port, other.port];
}

test('streams over ports go through a link: chunks, their end, an abort, and that a reader wants no more', async (t) => {
  const [one, other] = linked();
  const writer = one.writable.getWriter();
  const chunks = [];
  const reading = (async () => {
    for await (const chunk of other.readable) chunks.push(chunk);
  })();
  for (let i = 0; i < 10; i++) await writer.write({ i });
  await writer.close();
  await reading;
  t.deepEqual(
    chunks,
    Array.from({ length: 10 }, (_, i) => ({ i })),
  );

  const [three, four] = linked();
  const reader = four.readable.getReader();
  const aborted = three.writable.getWriter();
  await aborted.write(1);
  t.deepEqual(await reader.read(), { value: 1, done: false });
  void aborted.abort(new RangeError('enough'));
  await t.throwsAsync(reader.read(), { instanceOf: RangeError, message: 'enough' });

  const [five, six] = linked();
  const refused = five.writable.getWriter();
  await refused.write(1);
  await six.readable.cancel('no more');
  t.is(await refused.closed.catch((/** @type {unknown} */ reason) => reason), 'no more');
  for (const port of [one, other, three, four, five, six]) port.close();
});

test('a link ends as its ports do', async (t) => {
  const [one, other] = linked();
  one.postMessage('last');
  /** @type {any[]} */
  const heard = [];
  other.on('message', (/** @type {unknown} */ value) => heard.push(value));
  one.close();
  const [[own], [event]] = await Promise.all([once(one, 'close'), once(other, 'close')]);
  t.deepEqual([...heard, own.reason, event.reason], ['last', 'closed', 'peer closed']);
  await sleep(0);
});
