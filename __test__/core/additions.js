'use strict';

// What ferroport has and the built-in has not.

const assert = require('node:assert');
const threads = require('node:worker_threads');
const { closed, exit, inProcess, message, thrownBy, turn, watched, THREAD } = require('./support');

module.exports = {
  'a refused value has the path to the culprit'({ MessageChannel }) {
    const { port1 } = new MessageChannel();
    const error = thrownBy(() => port1.postMessage({ jobs: [0, 1, { onDone() {} }] }));
    assert.strictEqual(error.path, '.jobs[2].onDone');
    port1.close();
  },

  async 'all members of a broadcast channel hear a message before the next one'({ BroadcastChannel }) {
    const heard = [];
    const members = ['a', 'b', 'c'].map((letter) => {
      const member = new BroadcastChannel('in order');
      member.onmessage = ({ data }) => heard.push(`${letter} ${data}`);
      return member;
    });
    const [a, , c] = members;
    for (let number = 0; number < 10; number += 2) {
      a.postMessage(number);
      c.postMessage(number + 1);
    }
    while (heard.length < 20) await turn();
    const expected = Array.from({ length: 10 }, (_, number) => (number % 2 ? ['a', 'b'] : ['b', 'c']));
    assert.deepStrictEqual(
      heard,
      expected.flatMap((letters, number) => letters.map((letter) => `${letter} ${number}`)),
    );
    for (const member of members) member.close();
  },

  'what serialize writes, deserialize reads'({ serialize, deserialize }) {
    const value = { list: [1, , 'é', 2n], map: new Map([[{}, new Set(['x'])]]), error: new TypeError('t') };
    const read = deserialize(serialize(value));
    assert.deepStrictEqual(read.list, value.list);
    assert.strictEqual(read.map.size, 1);
    assert.ok(read.error instanceof TypeError);
  },

  'malformed bytes are refused'({ serialize, deserialize }) {
    const bytes = new Uint8Array(serialize({ a: [1, 'two', new Map([[3, 4]])] }));
    for (let i = 0; i < bytes.length; i++) {
      for (const bit of [1, 16, 128]) {
        const broken = bytes.slice();
        broken[i] ^= bit;
        try {
          deserialize(broken);
        } catch (error) {
          assert.ok(error instanceof Error);
        }
      }
      assert.ok(thrownBy(() => deserialize(bytes.subarray(0, i))) instanceof Error);
    }
  },

  async 'values deeper than the stack arrive'({ MessageChannel, receiveMessageOnPort }) {
    const { port1, port2 } = new MessageChannel();
    let deep = {};
    for (let i = 0; i < 20_000; i++) deep = { deep };
    port1.postMessage(deep);
    let depth = 0;
    for (let at = receiveMessageOnPort(port2).message; at.deep !== undefined; at = at.deep) depth++;
    assert.strictEqual(depth, 20_000);
    port1.close();
  },

  async 'a dropped port is collected, and its peer hears the close'({ MessageChannel, collect }) {
    // In a function of its own, so that no register holds the other port.
    const heard = (() => closed(new MessageChannel().port1))();
    let isClosed = false;
    void heard.then(() => (isClosed = true));
    while (!isClosed) {
      collect();
      await turn();
    }
  },

  async 'toNode and fromNode take a port through a worker of the runtime’s own'({
    MessageChannel,
    MessagePort,
    module,
  }) {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage({ early: new Uint8Array(4) });
    const carrier = MessagePort.toNode(port2);
    assert.ok(carrier instanceof threads.MessagePort);
    const worker = watched(
      new threads.Worker(THREAD, { argv: [module, 'carrier'], workerData: carrier, transferList: [carrier] }),
    );
    assert.deepStrictEqual(await message(port1), { back: { early: new Uint8Array(4) } });
    await exit(worker);
  },

  async 'the hook hands out ferroport’s classes as the runtime’s own'(lib) {
    const source = `
      require(${JSON.stringify(`${lib.module}/dist/register.js`)});
      const threads = require('node:worker_threads');
      const { port1, port2 } = new threads.MessageChannel();
      console.log(threads.MessageChannel === MessageChannel, globalThis.MessageChannel === MessageChannel);
      port2.once('message', ({ map }) => { console.log(map.get(1)); port2.close(); });
      port1.postMessage({ map: new Map([[1, 'heard']]) });`;
    assert.deepStrictEqual(await inProcess(lib, source), { code: 0, output: 'true true\nheard\n' });
  },

  'toNode and fromNode refuse what is no port of theirs'({ MessagePort }) {
    assert.strictEqual(thrownBy(() => MessagePort.fromNode({})).code, 'ERR_INVALID_ARG_TYPE');
    assert.strictEqual(thrownBy(() => MessagePort.toNode({})).code, 'ERR_INVALID_ARG_TYPE');
    const { port1, port2 } = new threads.MessageChannel();
    assert.strictEqual(thrownBy(() => MessagePort.fromNode(port1)).code, 'ERR_INVALID_ARG_VALUE');
    port2.close();
  },
};
