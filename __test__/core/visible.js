'use strict';

// What is seen of ports and messages: inspectPorts, and the channels of node:diagnostics_channel. The built-in has none of it.

const assert = require('node:assert');
const { AsyncLocalStorage } = require('node:async_hooks');
const diagnostics = require('node:diagnostics_channel');
const { exit, message, start, thrownBy, turn } = require('./support');

/** Whether the runtime binds stores to channels. */
const hasStores = typeof diagnostics.channel('ferroport:message').bindStore === 'function';

/**
 * Subscribes while something runs.
 * @param {Record<string, (message: any) => void>} subscribers by the second part of the channel's name
 * @param {() => unknown} work
 */
async function subscribed(subscribers, work) {
  const all = Object.entries(subscribers).map(([name, subscriber]) => ({ name: `ferroport:${name}`, subscriber }));
  for (const { name, subscriber } of all) diagnostics.subscribe(name, subscriber);
  try {
    await work();
  } finally {
    for (const { name, subscriber } of all) diagnostics.unsubscribe(name, subscriber);
  }
}

/** Peers of ports that are sent: when a peer is collected, its port closes. */
const peers = [];

/** Values of all kinds of messages, with their transfer lists: each takes a way of its own. */
const kinds = ({ MessageChannel }) => {
  const buffer = new ArrayBuffer(8);
  const nested = new ArrayBuffer(8);
  const { port1, port2 } = new MessageChannel();
  const { port1: used, port2: peer } = new MessageChannel();
  used.start();
  peers.push(peer);
  return [
    [undefined],
    [1],
    ['a string'],
    ['x'.repeat(100_000)],
    [{ plain: [1, 2, { deep: true }] }],
    [{ shared: new SharedArrayBuffer(8) }],
    [buffer, [buffer]],
    [{ deep: { nested } }, [nested]],
    [{ port1 }, [port1]],
    [port2, { transfer: [port2] }],
    [{ used, list: [used] }, [used]],
    ...Array.from({ length: 40 }, (_, i) => [i]),
  ];
};

module.exports = {
  async 'subscribers hear of each message once at either end, in whatever way it is read'(lib) {
    const { MessageChannel, receiveMessageOnPort } = lib;
    const ways = {
      on: (port, read) => port.on('message', read),
      event: (port, read) => {
        port.addEventListener('message', ({ data }) => read(data));
        port.start();
      },
      attribute: (port, read) => void (port.onmessage = ({ data }) => read(data)),
      receive: async (port, read) => {
        for (let next; (next = receiveMessageOnPort(port)) !== undefined;) read(next.message);
      },
    };
    for (const [name, way] of Object.entries(ways)) {
      const { port1, port2 } = new MessageChannel();
      const posted = [];
      const told = [];
      const read = [];
      const values = kinds(lib);
      const post = (seen) => {
        assert.deepStrictEqual(Object.keys(seen).slice(0, 3), ['port', 'value', 'context']);
        assert.strictEqual(seen.context, undefined);
        seen.context = `context ${posted.push(seen)}`;
      };
      await subscribed({ post, message: (seen) => told.push({ ...seen, had: read.length }) }, async () => {
        for (const value of values) port1.postMessage(...value);
        await way(port2, (value) => read.push(value));
        while (read.length < values.length) await turn();
      });
      assert.deepStrictEqual([posted.length, told.length], [values.length, values.length], name);
      for (const [i, [value, transfer]] of values.entries()) {
        assert.ok(posted[i].port === port1 && posted[i].value === value && told[i].port === port2, name);
        assert.ok(told[i].value === read[i] || read[i] !== read[i], name);
        assert.deepStrictEqual(
          [told[i].context, posted[i].transfer !== undefined],
          [`context ${i + 1}`, transfer !== undefined],
        );
        if (name !== 'receive') assert.strictEqual(told[i].had, i, 'before its listeners');
      }
      port1.close();
    }
  },

  async 'one end may have subscribers alone'(lib) {
    const { port1, port2 } = new lib.MessageChannel();
    const seen = [];
    const post = (message) => void (message.context = 'unread');
    await subscribed({ post }, () => kinds(lib).forEach((value) => port1.postMessage(...value)));
    const count = kinds(lib).length;
    for (let i = 0; i < count; i++) assert.ok(lib.receiveMessageOnPort(port2) !== undefined);
    for (const value of kinds(lib)) port1.postMessage(...value);
    await subscribed({ message: (message) => seen.push(message.context) }, () => {
      for (let i = 0; i < count; i++) assert.ok(lib.receiveMessageOnPort(port2) !== undefined);
    });
    assert.deepStrictEqual(seen, new Array(count).fill(undefined));
    port1.close();
  },

  async 'what is no string is no context, and nothing was sent'(lib) {
    const { port1, port2 } = new lib.MessageChannel();
    const buffer = new ArrayBuffer(8);
    for (const context of [1, null, {}, Symbol('s'), new String('s')]) {
      await subscribed({ post: (message) => void (message.context = context) }, () => {
        const error = thrownBy(() => port1.postMessage(buffer, [buffer]));
        assert.deepStrictEqual([error.name, error.code], ['TypeError', 'ERR_INVALID_ARG_TYPE']);
      });
    }
    assert.strictEqual(buffer.byteLength, 8);
    assert.strictEqual(lib.receiveMessageOnPort(port2), undefined);
    for (const context of ['', 'a lone surrogate \ud800', 'é€😀']) {
      await subscribed({ post: (message) => void (message.context = context) }, () => port1.postMessage(1));
      await subscribed({ message: (message) => assert.strictEqual(message.context, context) }, () => {
        assert.deepStrictEqual(lib.receiveMessageOnPort(port2), { message: 1 });
      });
    }
    port1.close();
  },

  async 'a context counts for what waits, and goes with its own message only'(lib) {
    const { port1, port2 } = new lib.MessageChannel();
    const { port1: other, port2: otherEnd } = new lib.MessageChannel();
    other.postMessage(1);
    const plain = other.bufferedAmount;
    let depth = 0;
    const post = (message) => void (message.context = `${depth}`.padEnd(1000, '.'));
    await subscribed({ post }, () => {
      const value = {
        get property() {
          depth = 1;
          other.postMessage('from a getter');
          depth = 0;
          return new SharedArrayBuffer(1);
        },
      };
      port1.postMessage(value);
      assert.throws(() => port1.postMessage(() => {}), { name: 'DataCloneError' });
      port1.postMessage(2);
    });
    port1.postMessage(3);
    assert.ok(other.bufferedAmount > plain + 2000);
    const seen = [];
    await subscribed({ message: ({ context }) => seen.push(context?.[0]) }, () => {
      for (const port of [port2, port2, port2, otherEnd, otherEnd]) assert.ok(lib.receiveMessageOnPort(port));
    });
    assert.deepStrictEqual(seen, ['0', '0', undefined, undefined, '1']);
    port1.close();
    other.close();
  },

  async 'tryPostMessage tells of what it posts'(lib) {
    const { port1 } = new lib.MessageChannel({ highWaterMark: 1 });
    const seen = [];
    await subscribed({ post: ({ value }) => seen.push(value) }, () => {
      assert.deepStrictEqual([port1.tryPostMessage('posted'), port1.tryPostMessage('refused')], [true, false]);
    });
    assert.deepStrictEqual(seen, ['posted']);
    port1.close();
  },

  async 'a span of the sender is the parent of a span in another thread, and of what follows there'(lib) {
    const spans = new AsyncLocalStorage();
    const worker = start(lib, 'spans');
    const ports = [];
    const post = (seen) => {
      ports.push(seen.port);
      seen.context = spans.getStore();
    };
    await subscribed({ post }, async () => {
      for (const [i, [value, transfer]] of kinds(lib).entries()) {
        if (value === undefined) continue;
        const span = `span ${i}`;
        const answer = message(worker);
        spans.run(span, () => worker.postMessage(value, transfer));
        assert.deepStrictEqual(
          await answer,
          hasStores ? { told: span, inListener: span, later: span } : { told: span },
        );
      }
    });
    assert.ok(ports.every((port) => port === worker));
    const seen = [];
    await subscribed(
      { message: ({ port, value, context }) => seen.push([port === worker, value, context]) },
      async () => {
        worker.postMessage('answer in a span');
        await message(worker);
      },
    );
    assert.deepStrictEqual(seen, [[true, 'answered', 'span of the worker']]);
    await worker.terminate();
    await exit(worker);
  },

  async 'inspectPorts gives the open ports, and those that close are gone'({ MessageChannel, inspectPorts }) {
    const before = inspectPorts().map(({ id }) => id);
    const others = () => inspectPorts().filter(({ id }) => !before.includes(id));
    const { port1, port2 } = new MessageChannel();
    assert.deepStrictEqual(others(), [], 'its channel has not been used');
    port1.on('message', () => {});
    port1.on('close', () => {});
    const mine = others();
    assert.strictEqual(mine.length, 2);
    for (const { id, thread, createdAt, stats } of mine) {
      assert.ok(id > 0 && typeof thread === 'number' && createdAt === undefined);
      assert.deepStrictEqual(stats, { ...port1.stats(), peer: 'this thread' });
    }
    assert.deepStrictEqual(mine.map(({ listeners, isRefed }) => [listeners, isRefed]).sort(), [
      [0, false],
      [2, true],
    ]);
    port2.close();
    while (others().length > 0) await turn();
  },
};
