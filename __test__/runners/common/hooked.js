'use strict';

// What test files on the hook do: the scenarios, with node:worker_threads, and what the hook alone makes possible.

const assert = require('node:assert');
const threads = require('node:worker_threads');
const scenarios = require('./scenarios');

/**
 * @param {any} ferroport what the test file gets under this name
 * @param {Parameters<typeof scenarios>[1]} [options]
 * @returns {ReturnType<typeof scenarios>}
 */
const hooked = (ferroport, options) => ({
  ...scenarios(threads, options),

  async 'node:worker_threads and the globals are ferroport’s'() {
    for (const name of /** @type {const} */ (['MessageChannel', 'MessagePort', 'BroadcastChannel'])) {
      assert.strictEqual(threads[name], ferroport[name]);
      assert.strictEqual(globalThis[name], ferroport[name]);
    }
    assert.strictEqual(threads.Worker, ferroport.Worker);
  },

  async 'structuredClone and Node’s own ports take a port'() {
    const { port1, port2 } = new threads.MessageChannel();
    const copy = structuredClone({ port1 }, { transfer: [port1] });
    assert.ok(copy.port1 instanceof threads.MessagePort);
    copy.port1.postMessage('from the clone');
    assert.strictEqual(threads.receiveMessageOnPort(port2)?.message, 'from the clone');
    port2.close();
  },
});

module.exports = hooked;
