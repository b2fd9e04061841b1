'use strict';

// The streams of the web platform over a port. The built-in has none of them.

const assert = require('node:assert');
const { Duplex, Readable } = require('node:stream');
const { exit, inProcess, start, turn } = require('./support');

/** Asserts that an error, or another reason, has come as it was given. */
function isReason(came, given) {
  if (!(given instanceof Error)) return assert.deepStrictEqual(came, given);
  const parts = ({ constructor, name, message }) => [constructor, name, message];
  assert.deepStrictEqual(parts(came), parts(given));
}

const numbers = (count) => Array.from({ length: count }, (_, i) => i);

/** All that a stream gives. */
async function all(stream) {
  const found = [];
  for await (const value of stream) found.push(value);
  return found;
}

/** A stream of numbers. */
const counting = (count) =>
  new ReadableStream({
    start(controller) {
      for (let i = 0; i < count; i++) controller.enqueue(i);
      controller.close();
    },
  });

/** What a promise rejects with. */
const failure = (promise) =>
  promise.then(
    () => assert.fail('it has not failed'),
    (error) => error,
  );

/** An end of a channel for which a writer waits that has found the other end full. */
async function fullWriter(MessageChannel) {
  const { port1, port2 } = new MessageChannel({ highWaterMark: 2 });
  const writer = port1.writable.getWriter();
  await writer.write(0);
  let isWritten = false;
  const writing = writer.write(1).then(
    () => (isWritten = true),
    () => (isWritten = true),
  );
  await turn();
  assert.strictEqual(isWritten, false);
  return { port1, port2, writer, writing };
}

module.exports = {
  async 'what is written at one end is read at the other, and both end'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const writing = counting(5000).pipeTo(port1.writable);
    assert.deepStrictEqual(await all(port2.readable), numbers(5000));
    await writing;
    assert.deepStrictEqual(await all(port2.readable), []);
    port1.close();
  },

  async 'the streams of a port are always the same two'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    assert.ok(port1.readable instanceof ReadableStream && port1.writable instanceof WritableStream);
    assert.strictEqual(port1.readable, port1.readable);
    assert.strictEqual(port1.writable, port1.writable);
    assert.notStrictEqual(port1.readable, port2.readable);
    assert.strictEqual(port1.readable.locked, false);
    port1.readable.getReader();
    assert.strictEqual(port1.readable.locked, true);
    port1.close();
  },

  async 'nothing is read before it is asked for, and the writer waits at the mark'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel({ highWaterMark: 10 });
    let given = 0;
    const source = new ReadableStream({ pull: (controller) => controller.enqueue(given++) }, { highWaterMark: 0 });
    const writing = source.pipeTo(port1.writable).catch((error) => error);
    const reader = port2.readable.getReader();
    for (let i = 0; i < 100; i++) {
      await turn();
      assert.ok(port1.bufferedMessages <= 10 && given <= i + 12, `${port1.bufferedMessages}, ${given} after ${i}`);
      assert.deepStrictEqual(await reader.read(), { value: i, done: false });
    }
    await reader.cancel('enough');
    assert.strictEqual(await writing, 'enough');
    port1.close();
  },

  async 'a port without a mark gets one with either stream, and keeps one that it has'({ MessageChannel }) {
    const mark = { messages: 1024, bytes: 1024 * 1024 };
    const read = new MessageChannel();
    void read.port2.readable;
    assert.deepStrictEqual([read.port1.highWaterMark, read.port2.highWaterMark], [null, mark]);
    const written = new MessageChannel();
    void written.port1.writable;
    assert.deepStrictEqual([written.port1.highWaterMark, written.port2.highWaterMark], [null, mark]);
    written.port2.highWaterMark = null;
    void written.port1.writable;
    assert.strictEqual(written.port2.highWaterMark, null);
    const given = new MessageChannel({ highWaterMark: 5 });
    void given.port1.writable;
    void given.port2.readable;
    assert.deepStrictEqual(given.port2.highWaterMark, { messages: 5 });
    for (const { port1 } of [read, written, given]) port1.close();
  },

  async 'closing comes behind all chunks, also for who asks for the stream later'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const writer = port1.writable.getWriter();
    for (let i = 0; i < 10; i++) await writer.write(i);
    await writer.close();
    // What is posted afterwards is no chunk.
    port1.postMessage('plain');
    assert.deepStrictEqual(await all(port2.readable), numbers(10));
    const iterator = port2.messages();
    assert.deepStrictEqual(await iterator.next(), { value: 'plain', done: false });
    // Another channel, whose end has come past before anybody asked for the stream.
    const other = new MessageChannel();
    await other.port1.writable.close();
    const heard = [];
    other.port2.on('message', (value) => heard.push(value));
    other.port1.postMessage('heard');
    while (heard.length < 1) await turn();
    assert.deepStrictEqual(heard, ['heard']);
    assert.deepStrictEqual(await all(other.port2.readable), []);
    for (const port of [port1, other.port1]) port.close();
  },

  async 'listeners and iterators get chunks as messages, and hear nothing of the end'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const writer = port1.writable.getWriter();
    const iterator = port2.messages();
    const waiting = iterator.next();
    await writer.write('chunk');
    assert.deepStrictEqual(await waiting, { value: 'chunk', done: false });
    await writer.close();
    const late = iterator.next();
    port1.postMessage('on');
    assert.deepStrictEqual(await late, { value: 'on', done: false });
    port1.close();
  },

  async 'abort goes to the reader behind the chunks, with its reason'({ MessageChannel }) {
    const reasons = [
      new RangeError('too far'),
      'text',
      { some: ['object'] },
      undefined,
      new DOMException('stopped', 'AbortError'),
    ];
    for (const reason of reasons) {
      const { port1, port2 } = new MessageChannel();
      const writer = port1.writable.getWriter();
      const reader = port2.readable.getReader();
      await writer.write('chunk');
      await writer.abort(reason);
      assert.deepStrictEqual(await reader.read(), { value: 'chunk', done: false });
      const error = await failure(reader.read());
      isReason(error, reason);
      port1.close();
    }
  },

  async 'cancel goes to the writer with its reason, though the writer reads nothing'({ MessageChannel }) {
    const reasons = [new RangeError('too far'), 'text', undefined, new DOMException('stopped', 'AbortError')];
    for (const reason of reasons) {
      const { port1, port2 } = new MessageChannel();
      port2.postMessage('unread');
      const writer = port1.writable.getWriter();
      await port2.readable.cancel(reason);
      const error = await failure(writer.closed);
      isReason(error, reason);
      assert.deepStrictEqual(await failure(writer.write(1)), error);
      port1.close();
    }
    // The writer comes later.
    const { port1, port2 } = new MessageChannel();
    await port2.readable.cancel('early');
    await turn();
    assert.strictEqual(await failure(port1.writable.getWriter().write(1)), 'early');
    port1.close();
  },

  async 'a reason that cannot be cloned says so'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const [reader, writer] = [port1.readable.getReader(), port1.writable.getWriter()];
    await port2.readable.cancel(() => {});
    await port2.writable.abort({ deep: () => {} });
    for (const error of [await failure(writer.closed), await failure(reader.read())]) {
      assert.ok(error instanceof DOMException);
      assert.strictEqual(error.name, 'DataCloneError');
    }
    port1.close();
  },

  async 'a chunk that cannot be cloned ends the stream at both ends'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const writer = port1.writable.getWriter();
    const reader = port2.readable.getReader();
    writer.closed.catch(() => {});
    for (const error of [await failure(writer.write(() => {})), await failure(reader.read())]) {
      assert.strictEqual(error.name, 'DataCloneError');
    }
    port1.close();
  },

  async 'cancel, abort, close and hand-over free a writer that waits for room'({ MessageChannel }) {
    const ends = {
      cancel: ({ port2 }) => port2.readable.cancel('enough'),
      abort: ({ writer }) => writer.abort('enough'),
      'the reader closes': ({ port2 }) => port2.close(),
      'the writer closes': ({ port1 }) => port1.close(),
      'the port leaves': ({ port1 }) => new MessageChannel().port1.postMessage(port1, [port1]),
      room: ({ port2 }) => port2.messages().next(),
    };
    for (const [name, end] of Object.entries(ends)) {
      const full = await fullWriter(MessageChannel);
      full.writer.closed.catch(() => {});
      await end(full);
      await full.writing;
      if (name === 'cancel' || name === 'abort') assert.strictEqual(await failure(full.writer.closed), 'enough');
      else if (name !== 'room') assert.strictEqual((await failure(full.writer.closed)).code, 'ERR_FERROPORT_CLOSED');
      full.port1.close();
      full.port2.close();
    }
  },

  async 'a stream that is cut short does not look complete'({ MessageChannel }) {
    for (const end of [(port1) => port1.close(), (port1, port2) => port2.close()]) {
      const { port1, port2 } = new MessageChannel();
      const [reader, writer] = [port2.readable.getReader(), port1.writable.getWriter()];
      writer.closed.catch(() => {});
      await writer.write('chunk');
      assert.deepStrictEqual(await reader.read(), { value: 'chunk', done: false });
      const reading = failure(reader.read());
      end(port1, port2);
      assert.strictEqual((await reading).code, 'ERR_FERROPORT_CLOSED');
      assert.strictEqual((await failure(writer.closed)).code, 'ERR_FERROPORT_CLOSED');
    }
    const { port1 } = new MessageChannel();
    port1.close();
    assert.strictEqual((await failure(port1.readable.getReader().read())).code, 'ERR_FERROPORT_CLOSED');
    assert.strictEqual((await failure(port1.writable.getWriter().write(1))).code, 'ERR_FERROPORT_CLOSED');
  },

  async 'a writer that closes its stream and then its port has written all'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const writer = port1.writable.getWriter();
    for (let i = 0; i < 100; i++) writer.write(i);
    await writer.close();
    port1.close();
    assert.deepStrictEqual(await all(port2.readable), numbers(100));
  },

  async 'tee, pipeThrough, Readable.fromWeb and Duplex.fromWeb work'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const writing = counting(100).pipeTo(port1.writable);
    const [one, other] = port2.readable.tee();
    const double = new TransformStream({ transform: (value, controller) => controller.enqueue(value * 2) });
    const read = await Promise.all([all(one.pipeThrough(double)), all(other)]);
    assert.deepStrictEqual(read, [numbers(100).map((value) => value * 2), numbers(100)]);
    await writing;
    port1.close();

    const texts = new MessageChannel();
    const bytes = counting(50).pipeThrough(
      new TransformStream({ transform: (value, controller) => controller.enqueue(new Uint8Array([value])) }),
    );
    const sending = bytes.pipeTo(texts.port1.writable);
    assert.deepStrictEqual([...Buffer.concat(await all(Readable.fromWeb(texts.port2.readable)))], numbers(50));
    await sending;
    texts.port1.close();

    const both = new MessageChannel();
    const [a, b] = [both.port1, both.port2].map((port) =>
      Duplex.fromWeb({ readable: port.readable, writable: port.writable }, { objectMode: true }),
    );
    b.on('data', (value) => b.write({ answer: value.question + 1 }));
    b.on('end', () => b.end());
    const answers = [];
    a.on('data', ({ answer }) => answers.push(answer));
    for (let question = 0; question < 100; question++) a.write({ question });
    a.end();
    await new Promise((resolve) => a.on('close', () => resolve(undefined)));
    assert.deepStrictEqual(answers, numbers(101).slice(1));
    both.port1.close();
  },

  async 'a worker streams both ways'(lib) {
    const worker = start(lib, 'doubling');
    const writing = counting(5000).pipeTo(worker.writable);
    assert.deepStrictEqual(
      await all(worker.readable),
      numbers(5000).map((value) => value * 2),
    );
    await writing;
    assert.strictEqual(await exit(worker), 0);
  },

  async 'a reader that has enough stops a worker that writes for ever'(lib) {
    const worker = start(lib, 'flooding', undefined, [], { highWaterMark: 20 });
    const reader = worker.readable.getReader();
    for (let i = 0; i < 500; i++) assert.deepStrictEqual(await reader.read(), { value: i, done: false });
    await reader.cancel(new RangeError('enough'));
    reader.releaseLock();
    // What was written and not read is a message like others.
    let last;
    for await (const value of worker) if ((last = value).reason !== undefined) break;
    assert.ok(last.reason instanceof RangeError);
    assert.ok(last.count >= 500 && last.count <= 2600, `${last.count}`);
    await exit(worker);
  },

  async 'a writer that is never kept waiting lets the event loop have its turns'({
    MessageChannel,
    receiveMessageOnPort,
  }) {
    const { port1, port2 } = new MessageChannel();
    const writer = port1.writable.getWriter();
    writer.closed.catch(() => {});
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    while (turns < 3) {
      await writer.write('chunk');
      receiveMessageOnPort(port2);
    }
    clearInterval(timer);
    port1.close();
  },

  async 'a worker that is ended cuts its streams short'(lib) {
    const worker = start(lib, 'flooding');
    const reader = worker.readable.getReader();
    await reader.read();
    const reading = failure(
      (async () => {
        while (!(await reader.read()).done);
      })(),
    );
    await worker.terminate();
    assert.strictEqual((await reading).code, 'ERR_FERROPORT_CLOSED');
    assert.strictEqual((await failure(worker.writable.getWriter().write(1))).code, 'ERR_FERROPORT_CLOSED');
  },

  async 'who reads a stream, or waits for room, keeps the thread running'(lib) {
    const channel = 'const { port1, port2 } = new MessageChannel({ highWaterMark: 1 }); ';
    const cases = {
      'port2.readable.getReader().read().then(({ value }) => console.log(value)); setTimeout(() => port1.postMessage("read"), 30);':
        'read\n',
      'const writer = port1.writable.getWriter(); writer.write(1).then(() => console.log("written")); setTimeout(() => port2.messages().next(), 30);':
        'written\n',
      'void port1.readable; void port2.writable;': '',
    };
    for (const [source, expected] of Object.entries(cases)) {
      const { code, output } = await inProcess(lib, `${channel}${source}`);
      assert.deepStrictEqual([code, output], [0, expected], source);
    }
  },

  async 'a dropped stream is collected with its port, and the other end hears of it'({ MessageChannel, collect }) {
    let isClosed = false;
    const listen = () => {
      const { port1, port2 } = new MessageChannel();
      port1.on('close', () => (isClosed = true));
      void port2.readable;
      void port2.writable.getWriter();
    };
    listen();
    for (let i = 0; i < 1000 && !isClosed; i++) {
      collect();
      await turn();
    }
    assert.ok(isClosed);
  },
};
