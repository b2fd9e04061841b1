'use strict';

// How channels end, and what keeps a process running.

const assert = require('node:assert');
const { closed, inProcess, messages, turn } = require('./support');

module.exports = {
  async 'close() is heard at both ends'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const both = [closed(port1), closed(port2)];
    port1.close();
    await Promise.all(both);
  },

  async 'what was posted before close() arrives, then the close'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const log = [];
    port2.on('message', (value) => log.push(value));
    port2.on('close', () => log.push('close'));
    port1.postMessage(1);
    port1.postMessage({ two: 2 });
    port1.close();
    await closed(port2);
    assert.deepStrictEqual(log, [1, { two: 2 }, 'close']);
  },

  async 'a close is an event, too'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const event = new Promise((resolve) => port2.addEventListener('close', resolve));
    port1.close();
    const { type, target } = /** @type {any} */ (await event);
    assert.deepStrictEqual([type, target === port2], ['close', true]);
  },

  async 'a closed port takes messages and drops them'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    port1.close();
    await closed(port1);
    port1.postMessage('nobody');
    port2.postMessage('nobody');
    port1.close();
  },

  async 'a listener that closes its port hears nothing more'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const log = [];
    port1.postMessage(1);
    port2.on('message', (value) => {
      log.push(value);
      port2.close();
    });
    await closed(port2);
    port1.postMessage(2);
    await turn();
    assert.deepStrictEqual(log, [1]);
  },

  async 'a close callback runs once'({ MessageChannel }) {
    const { port1 } = new MessageChannel();
    let count = 0;
    port1.close(() => count++);
    port1.close();
    await closed(port1);
    await turn();
    assert.strictEqual(count, 1);
  },

  'listeners ref a port; ref() and unref() do, too'({ MessageChannel }) {
    const { port1 } = new MessageChannel();
    const listener = () => {};
    const states = [port1.hasRef()];
    port1.on('message', listener);
    states.push(port1.hasRef());
    port1.off('message', listener);
    states.push(port1.hasRef());
    port1.ref();
    states.push(port1.hasRef());
    port1.unref();
    states.push(port1.hasRef());
    port1.close();
    assert.deepStrictEqual(states, [false, true, false, true, false]);
  },

  async 'a hundred channels are made, used and closed'({ MessageChannel }) {
    const all = Array.from({ length: 100 }, () => new MessageChannel());
    await Promise.all(
      all.map(async ({ port1, port2 }, n) => {
        for (let i = 0; i < 10; i++) port1.postMessage({ n, i });
        const found = await messages(port2, 10);
        assert.deepStrictEqual(found[9], { n, i: 9 });
        port1.close();
        await closed(port2);
      }),
    );
  },

  async 'a channel nobody listens to does not keep the process'(lib) {
    const source = 'const { port1 } = new MessageChannel(); port1.postMessage(1); console.log("end");';
    assert.deepStrictEqual(await inProcess(lib, source), { code: 0, output: 'end\n' });
  },

  async 'a listener keeps the process until the port is closed'(lib) {
    const source = `
      const { port1, port2 } = new MessageChannel();
      port2.on('message', (value) => { console.log(value); port2.close(); });
      port2.on('close', () => console.log('closed'));
      setTimeout(() => port1.postMessage('heard'), 50).unref();`;
    assert.deepStrictEqual(await inProcess(lib, source), { code: 0, output: 'heard\nclosed\n' });
  },

  async 'unref() lets the process end'(lib) {
    const source = `
      const { port1, port2 } = new MessageChannel();
      port2.on('message', () => {});
      port2.unref();
      globalThis.kept = port1;
      console.log('end');`;
    assert.deepStrictEqual(await inProcess(lib, source), { code: 0, output: 'end\n' });
  },

  async 'a process ends with channels in use'(lib) {
    const source = `
      for (let i = 0; i < 1000; i++) {
        const { port1, port2 } = new MessageChannel();
        port2.on('message', () => { if (i === 500) { console.log('end'); process.exit(7); } });
        port1.postMessage({ i, bytes: new Uint8Array(1000) });
      }`;
    assert.deepStrictEqual(await inProcess(lib, source), { code: 7, output: 'end\n' });
  },
};
