'use strict';

// How much may wait on a port, and who is told when there is room. The built-in has none of it.

const assert = require('node:assert');
const { closed, exit, message, start, thrownBy, turn } = require('./support');

/** Posts numbers until the other end is full. */
function fill(port) {
  let count = 0;
  while (port.tryPostMessage(count)) count++;
  return count;
}

module.exports = {
  'a channel has the mark that it is made with, in both directions'({ MessageChannel }) {
    const shown = (mark) => {
      const { port1, port2 } = new MessageChannel({ highWaterMark: mark });
      assert.deepStrictEqual(port1.highWaterMark, port2.highWaterMark);
      return port1.highWaterMark;
    };
    assert.deepStrictEqual(shown(3), { messages: 3 });
    assert.deepStrictEqual(shown({ bytes: 5 }), { bytes: 5 });
    assert.deepStrictEqual(shown({ messages: 2, bytes: 5 }), { messages: 2, bytes: 5 });
    for (const none of [undefined, null, Infinity, { messages: Infinity }]) assert.strictEqual(shown(none), null);
    assert.strictEqual(new MessageChannel('not an object').port1.highWaterMark, null);
  },

  'a bad mark is refused, and nothing has changed'({ MessageChannel }) {
    const { port1 } = new MessageChannel({ highWaterMark: 7 });
    const bad = [
      ['7', 'TypeError', 'ERR_INVALID_ARG_TYPE'],
      [true, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
      [{}, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
      [{ messages: null }, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
      [{ messages: 1, bytes: '1' }, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
      [-1, 'RangeError', 'ERR_OUT_OF_RANGE'],
      [NaN, 'RangeError', 'ERR_OUT_OF_RANGE'],
      [{ bytes: 1.5 }, 'RangeError', 'ERR_OUT_OF_RANGE'],
    ];
    for (const [mark, name, code] of bad) {
      for (const work of [
        () => new MessageChannel({ highWaterMark: /** @type {any} */ (mark) }),
        () => void (port1.highWaterMark = mark),
      ]) {
        const error = thrownBy(work);
        assert.deepStrictEqual([error.name, error.code], [name, code]);
      }
    }
    assert.deepStrictEqual(port1.highWaterMark, { messages: 7 });
  },

  'tryPostMessage posts until the other end is full, and nothing is read of what finds no room'({
    MessageChannel,
    receiveMessageOnPort,
  }) {
    const { port1, port2 } = new MessageChannel({ highWaterMark: 2 });
    assert.strictEqual(fill(port1), 2);
    const buffer = new ArrayBuffer(8);
    const asked = [];
    const value = {
      get property() {
        asked.push('read');
        return buffer;
      },
    };
    assert.strictEqual(port1.tryPostMessage(value, [buffer]), false);
    assert.strictEqual(
      port1.tryPostMessage(() => {}),
      false,
    );
    assert.deepStrictEqual([buffer.byteLength, asked], [8, []]);
    assert.strictEqual(receiveMessageOnPort(port2).message, 0);
    assert.strictEqual(port1.tryPostMessage(value, [buffer]), true);
    assert.deepStrictEqual([buffer.byteLength, asked], [0, ['read']]);
    port1.close();
  },

  'postMessage goes beyond the mark'({ MessageChannel, receiveMessageOnPort }) {
    const { port1, port2 } = new MessageChannel({ highWaterMark: 1 });
    for (let i = 0; i < 100; i++) port1.postMessage(i);
    assert.strictEqual(port1.bufferedMessages, 100);
    for (let i = 0; i < 100; i++) assert.strictEqual(receiveMessageOnPort(port2).message, i);
    assert.deepStrictEqual([port1.bufferedMessages, port1.bufferedAmount], [0, 0]);
    port1.close();
  },

  'bytes count with what is moved, and an empty queue takes a message of any size'({
    MessageChannel,
    receiveMessageOnPort,
  }) {
    for (const post of [
      (port) => port.tryPostMessage('x'.repeat(5000)),
      (port, buffer = new ArrayBuffer(5000)) => port.tryPostMessage(buffer, [buffer]),
      (port, buffer = new ArrayBuffer(5000)) =>
        port.tryPostMessage({ deep: { view: new Uint8Array(buffer) } }, [buffer]),
    ]) {
      const { port1, port2 } = new MessageChannel({ highWaterMark: { bytes: 5000 } });
      assert.strictEqual(post(port1), true);
      assert.ok(port1.bufferedAmount >= 5000 && port1.bufferedAmount < 5200, `${port1.bufferedAmount}`);
      assert.strictEqual(port1.tryPostMessage(1), false);
      receiveMessageOnPort(port2);
      assert.strictEqual(port1.bufferedAmount, 0);
      assert.strictEqual(port1.tryPostMessage(1), true);
      port1.close();
    }
  },

  async "'drain' is told to listeners of all kinds, once for each time there was no room"({
    MessageChannel,
    receiveMessageOnPort,
  }) {
    const { port1, port2 } = new MessageChannel({ highWaterMark: 1 });
    const seen = [];
    port1.on('drain', (...args) => seen.push(['on', args]));
    port1.addEventListener('drain', (event) => seen.push([event.type, event.target === port1]));
    port1.ondrain = ({ type }) => seen.push(['ondrain', type]);
    port1.postMessage(1);
    await turn();
    assert.deepStrictEqual(seen, []);
    receiveMessageOnPort(port2);
    while (seen.length < 3) await turn();
    assert.deepStrictEqual(seen, [
      ['on', [undefined]],
      ['drain', true],
      ['ondrain', 'drain'],
    ]);
    port1.close();
  },

  async 'ready is true at once where there is room, else when there is'({ MessageChannel, receiveMessageOnPort }) {
    const { port1, port2 } = new MessageChannel();
    assert.strictEqual(await port1.ready, true);
    port2.highWaterMark = 1;
    assert.strictEqual(await port1.ready, true);
    fill(port1);
    let settled;
    const { ready } = port1;
    assert.strictEqual(port1.ready, ready);
    ready.then((value) => (settled = value));
    await turn();
    assert.strictEqual(settled, undefined);
    receiveMessageOnPort(port2);
    assert.strictEqual(await ready, true);
    fill(port1);
    const raised = port1.ready;
    port2.highWaterMark = null;
    assert.strictEqual(await raised, true);
    port1.close();
  },

  async 'ready is false when either end closes, or the port is sent away'({ MessageChannel }) {
    const ends = {
      'the other end closes': (port1, port2) => port2.close(),
      'it closes': (port1) => port1.close(),
      'it leaves': (port1) => new MessageChannel().port1.postMessage(port1, [port1]),
      'the other end is lost': (port1, port2) => {
        const { port1: carrier, port2: arrival } = new MessageChannel();
        carrier.postMessage(port2, [port2]);
        arrival.close();
      },
    };
    for (const [name, end] of Object.entries(ends)) {
      const { port1, port2 } = new MessageChannel({ highWaterMark: 1 });
      // What waits here must not keep it from being told.
      port2.postMessage('unread');
      fill(port1);
      const { ready } = port1;
      end(port1, port2);
      assert.strictEqual(await ready, false, name);
      assert.strictEqual(await port1.ready, false, name);
      assert.strictEqual(port1.tryPostMessage(1), false, name);
    }
  },

  'a mark goes with its port'({ MessageChannel, receiveMessageOnPort }) {
    const { port1, port2 } = new MessageChannel({ highWaterMark: 3 });
    const { port1: carrier, port2: arrival } = new MessageChannel();
    carrier.postMessage(port2, [port2]);
    assert.strictEqual(fill(port1), 3);
    const { message: moved } = receiveMessageOnPort(arrival);
    assert.deepStrictEqual(moved.highWaterMark, { messages: 3 });
    assert.strictEqual(port2.highWaterMark, null);
    port1.close();
    carrier.close();
  },

  'a mark goes with a port through a port of the runtime, and with what waits for it'({ MessageChannel, MessagePort }) {
    const { port1, port2 } = new MessageChannel({ highWaterMark: { messages: 3 } });
    assert.strictEqual(fill(port1), 3);
    const back = MessagePort.fromNode(MessagePort.toNode(port2));
    assert.deepStrictEqual(back.highWaterMark, { messages: 3 });
    assert.strictEqual(back.stats().waitingMessages, 3);
    assert.strictEqual(port1.tryPostMessage(1), false);
    port1.close();
  },

  async 'a sender that waits for room loses nothing and never has more under way than may wait'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel({ highWaterMark: 10 });
    const read = [];
    let most = 0;
    port2.on('message', (value) => read.push(value));
    for (let i = 0; i < 2000; i++) {
      while (!port1.tryPostMessage(i)) assert.strictEqual(await port1.ready, true);
      most = Math.max(most, port1.bufferedMessages);
    }
    while (read.length < 2000) await turn();
    assert.deepStrictEqual(
      read,
      Array.from({ length: 2000 }, (_, i) => i),
    );
    assert.ok(most <= 10);
    port1.close();
  },

  async 'a worker reads what is posted as there is room'(lib) {
    const worker = start(lib, 'bounded');
    const port = await message(worker);
    assert.deepStrictEqual(port.stats().peer, `thread ${worker.threadId}`);
    let refused = 0;
    for (let i = 0; i < 500; i++) {
      while (!port.tryPostMessage(i)) {
        refused++;
        assert.strictEqual(await port.ready, true);
      }
    }
    assert.ok(refused > 0);
    port.postMessage('end');
    assert.strictEqual(await message(port), 500);
    port.close();
    await exit(worker);
  },

  async 'a worker and its parent are bounded by an option'(lib) {
    const error = thrownBy(() => start(lib, 'slow', undefined, [], { highWaterMark: -1 }));
    assert.deepStrictEqual([error.name, error.code], ['RangeError', 'ERR_OUT_OF_RANGE']);
    const worker = start(lib, 'slow', undefined, [], { highWaterMark: 3 });
    assert.deepStrictEqual(worker.highWaterMark, { messages: 3 });
    let drains = 0;
    worker.on('drain', () => drains++);
    const answer = message(worker);
    for (let i = 0; i < 100; i++) {
      while (!worker.tryPostMessage(i)) assert.strictEqual(await worker.ready, true);
      assert.ok(worker.bufferedMessages <= 3);
    }
    assert.deepStrictEqual(await answer, { messages: 3 });
    assert.ok(drains > 0);
    const { ready } = worker;
    assert.strictEqual(await ready, true);
    worker.postMessage('wait');
    while (worker.bufferedMessages > 0) await turn();
    while (worker.tryPostMessage('waits in vain'));
    const ended = worker.ready;
    await worker.terminate();
    assert.strictEqual(await ended, false);
    assert.deepStrictEqual([worker.tryPostMessage(1), await worker.ready, worker.bufferedMessages], [false, false, 0]);
  },

  async 'a thread that waits for room of another goes on running, and ends when it has posted all'(lib) {
    const worker = start(lib, 'producer', undefined, [], { highWaterMark: 5 });
    const read = [];
    worker.on('message', (value) => read.push(value));
    assert.strictEqual(await exit(worker), 0);
    assert.deepStrictEqual(
      read,
      Array.from({ length: 500 }, (_, i) => i),
    );
  },

  async "a worker emits 'drain' though the mark is of its own making"(lib) {
    const worker = start(lib, 'strict');
    assert.strictEqual(await message(worker), 'bounded');
    const drained = new Promise((resolve) => worker.once('drain', resolve));
    for (let i = 0; i < 10; i++) worker.postMessage(i);
    await drained;
    const { sent, received, peer } = worker.stats();
    assert.deepStrictEqual(
      [sent, received, peer],
      [11, 1, `thread ${worker.threadId}`],
      'workerData is the first message',
    );
    await worker.terminate();
    assert.strictEqual(worker.stats().peer, 'closed');
  },

  async 'ready is false when the other end is collected'({ MessageChannel, receiveMessageOnPort, collect }) {
    const full = () => {
      const { port1, port2 } = new MessageChannel({ highWaterMark: 1 });
      fill(port1);
      assert.ok(receiveMessageOnPort(port2));
      fill(port1);
      return port1;
    };
    const port = full();
    let settled;
    port.ready.then((value) => (settled = value));
    for (let i = 0; settled === undefined && i < 1000; i++) {
      collect();
      await turn();
    }
    assert.strictEqual(settled, false);
  },

  async 'a mark that is lowered while somebody waits holds for who waits'({ MessageChannel, receiveMessageOnPort }) {
    const { port1, port2 } = new MessageChannel({ highWaterMark: 8 });
    fill(port1);
    let settled;
    const { ready } = port1;
    ready.then((value) => (settled = value));
    port2.highWaterMark = { messages: 4 };
    for (let left = 8; left > 4; left--) {
      assert.ok(receiveMessageOnPort(port2));
      await turn();
      assert.strictEqual(settled, undefined, `${left - 1} wait`);
    }
    assert.ok(receiveMessageOnPort(port2));
    assert.strictEqual(await ready, true);
    port1.close();
  },

  async 'who waits for a worker that is ended is told'(lib) {
    const worker = start(lib, 'bounded', { reads: false });
    const port = await message(worker);
    fill(port);
    const { ready } = port;
    const end = closed(port);
    port.ref();
    await worker.terminate();
    assert.strictEqual(await ready, false);
    await end;
  },

  async 'stats and inspectPorts count'({ MessageChannel, inspectPorts, receiveMessageOnPort }) {
    const { port1, port2 } = new MessageChannel();
    assert.deepStrictEqual(Object.values(port1.stats()), [0, 0, 0, 0, 0, 0, 'this thread']);
    const before = inspectPorts().map(({ id }) => id);
    port1.postMessage('one');
    port1.postMessage('two');
    port2.on('drain', () => {});
    receiveMessageOnPort(port2);
    const { sent, received, waitingMessages } = port2.stats();
    assert.deepStrictEqual([sent, received, waitingMessages], [0, 1, 1]);
    assert.strictEqual(port1.stats().sent, 2);
    assert.ok(port1.stats().sentBytes === 2 * port2.stats().receivedBytes);
    const mine = inspectPorts()
      .filter(({ id }) => !before.includes(id))
      .sort((a, b) => a.listeners - b.listeners);
    assert.deepStrictEqual(
      mine.map(({ listeners, isRefed, stats }) => [listeners, isRefed, stats]),
      [
        [0, false, port1.stats()],
        [1, false, port2.stats()],
      ],
    );
    const { port1: carrier, port2: arrival } = new MessageChannel();
    carrier.postMessage(port2, [port2]);
    assert.strictEqual(port1.stats().peer, 'in a message');
    arrival.close();
    while (port1.stats().peer !== 'closed') await turn();
  },

  async 'a port is closed at the end of its block'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const end = closed(port2);
    port2.ref();
    port1[Symbol.dispose]();
    await end;
  },
};
