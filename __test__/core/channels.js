'use strict';

// Channels in one thread: order, tasks, listeners, queues, arguments.

const assert = require('node:assert');
const { closed, message, messages, sent, thrownBy, turn } = require('./support');

module.exports = {
  async 'messages arrive in the order in which they were posted'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    for (let i = 0; i < 10_000; i++) port1.postMessage({ i });
    const found = await messages(port2, 10_000);
    assert.deepStrictEqual(
      found.map(({ i }) => i),
      Array.from({ length: 10_000 }, (_, i) => i),
    );
    port1.close();
  },

  async 'both ends send and receive'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    port2.on('message', (value) => port2.postMessage(value * 2));
    port1.postMessage(21);
    assert.strictEqual(await message(port1), 42);
    port1.close();
  },

  async 'each message is a task: ticks, then microtasks, run before the next'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const log = [];
    port2.on('message', (value) => {
      log.push(`message ${value}`);
      queueMicrotask(() => log.push(`microtask ${value}`));
      process.nextTick(() => log.push(`tick ${value}`));
    });
    for (let i = 1; i <= 3; i++) port1.postMessage(i);
    while (log.length < 9) await turn();
    const turns = [1, 2, 3].map((i) => [`message ${i}`, `tick ${i}`, `microtask ${i}`]);
    assert.deepStrictEqual(log, turns.flat());
    port1.close();
  },

  async 'nothing is delivered before the listener has been added and the script has ended'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const log = [];
    port1.postMessage(1);
    await turn();
    port2.on('message', (value) => log.push(value));
    port1.postMessage(2);
    assert.deepStrictEqual(log, []);
    while (log.length < 2) await turn();
    assert.deepStrictEqual(log, [1, 2]);
    port1.close();
  },

  async 'messages wait until a listener of whatever kind is added, or start() is called'({ MessageChannel }) {
    for (const listen of [
      (port, log) => port.on('message', (value) => log.push(value)),
      (port, log) => port.addEventListener('message', ({ data }) => log.push(data)),
      (port, log) => void (port.onmessage = ({ data }) => log.push(data)),
    ]) {
      const { port1, port2 } = new MessageChannel();
      const log = [];
      port1.postMessage('waiting');
      await turn();
      listen(port2, log);
      while (log.length < 1) await turn();
      port1.postMessage('next');
      while (log.length < 2) await turn();
      assert.deepStrictEqual(log, ['waiting', 'next']);
      port1.close();
    }
  },

  async 'an event listener gets a MessageEvent, on every listener of the port'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const seen = [];
    const look = (event) =>
      seen.push([event.type, event.data, event.target === port2, event.ports.length, event instanceof MessageEvent]);
    port2.addEventListener('message', look);
    port2.onmessage = look;
    port2.on('message', (value) => seen.push(value));
    port1.postMessage('hello');
    while (seen.length < 3) await turn();
    const event = ['message', 'hello', true, 0, true];
    assert.deepStrictEqual(seen, [event, event, 'hello']);
    port1.close();
  },

  async 'once() hears one message, off() stops hearing'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const log = [];
    const listener = (value) => log.push(`on ${value}`);
    port2.once('message', (value) => log.push(`once ${value}`));
    port2.on('message', listener);
    port1.postMessage(1);
    port1.postMessage(2);
    while (log.length < 3) await turn();
    port2.off('message', listener);
    port2.on('message', () => log.push('other'));
    port1.postMessage(3);
    while (log.length < 4) await turn();
    assert.deepStrictEqual(log, ['once 1', 'on 1', 'on 2', 'other']);
    port1.close();
  },

  'receiveMessageOnPort takes one message at a time'({ MessageChannel, receiveMessageOnPort }) {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(1);
    port1.postMessage({ two: 2 });
    assert.deepStrictEqual(receiveMessageOnPort(port2), { message: 1 });
    assert.deepStrictEqual(receiveMessageOnPort(port2), { message: { two: 2 } });
    assert.strictEqual(receiveMessageOnPort(port2), undefined);
    port1.close();
  },

  async 'two ports that answer each other let timers run'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    let count = 0;
    for (const port of [port1, port2]) port.on('message', (value) => void (count++, port.postMessage(value)));
    port1.postMessage('ping');
    while (count < 100) await turn();
    port1.close();
    await closed(port2);
  },

  async 'a busy port does not hold up a quiet one'({ MessageChannel }) {
    const busy = new MessageChannel();
    const quiet = new MessageChannel();
    let count = 0;
    busy.port2.on('message', () => void (count++, busy.port1.postMessage(0)));
    for (let i = 0; i < 100; i++) busy.port1.postMessage(0);
    quiet.port1.postMessage('heard');
    assert.strictEqual(await message(quiet.port2), 'heard');
    busy.port1.close();
    quiet.port1.close();
    await turn();
    assert.ok(count > 0);
  },

  async 'what a listener throws is an uncaught exception, and the next message comes all the same'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const log = [];
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const uncaught = (error) => log.push(`uncaught ${error.message}`);
    process.on('uncaughtException', uncaught);
    try {
      port2.on('message', (value) => {
        log.push(value);
        if (value === 1) throw new Error('of the listener');
      });
      port1.postMessage(1);
      port1.postMessage(2);
      while (log.length < 3) await turn();
    } finally {
      process.off('uncaughtException', uncaught);
      for (const listener of others) process.on('uncaughtException', listener);
    }
    assert.deepStrictEqual(log, [1, 'uncaught of the listener', 2]);
    port1.close();
  },

  'postMessage wants a value, and a list of objects'({ MessageChannel }) {
    const { port1 } = new MessageChannel();
    const codes = [[], [1, 2], [1, { transfer: 5 }]].map((args) => {
      const error = thrownBy(() => port1.postMessage(...args));
      assert.ok(error instanceof TypeError);
      return error.code;
    });
    assert.deepStrictEqual(codes, ['ERR_MISSING_ARGS', 'ERR_INVALID_ARG_TYPE', 'ERR_INVALID_ARG_TYPE']);
    port1.close();
  },

  'ports are made by channels only'({ MessagePort }) {
    assert.strictEqual(thrownBy(() => new MessagePort()).code, 'ERR_CONSTRUCT_CALL_INVALID');
  },

  'large messages arrive whole'(lib) {
    const list = Array.from({ length: 100_000 }, (_, i) => ({ i, text: `number ${i}` }));
    const arrived = sent(lib, list);
    assert.strictEqual(arrived.length, list.length);
    for (const i of [0, 1, 50_000, 99_999]) assert.deepStrictEqual(arrived[i], list[i]);
    for (const text of ['x'.repeat(300_000), 'é'.repeat(300_000), '€'.repeat(300_000), '😀\ud83d'.repeat(100_000)]) {
      assert.ok(sent(lib, text) === text);
    }
  },
};
