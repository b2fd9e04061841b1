'use strict';

// What runtimes differ in. Each scenario asks the runtime's own messaging first, and expects the same, or the answer that
// docs/compatibility.md gives for a runtime that cannot.

const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const threads = require('node:worker_threads');
const { closed, exit, message, sent, turn, watched } = require('./support');

/** A worker's code that knows nothing of ferroport. */
const PLAIN = path.join(__dirname, 'plain-thread.js');

/**
 * How a value fares through a channel: its class on arrival, or the error that refuses it.
 * @param {any} lib
 * @param {() => [value: unknown, list?: unknown[]]} make
 */
function fate(lib, make) {
  try {
    const arrived = sent(lib, ...make());
    return `arrives as ${Object.prototype.toString.call(arrived)} of ${arrived?.constructor?.name}`;
  } catch (error) {
    return `${/** @type {any} */ (error).name}: ${/** @type {any} */ (error).message}`;
  }
}

/**
 * Links a folder to another.
 * @param {string} folder
 * @param {string} link
 * @returns {boolean} whether the system has links
 */
function linked(folder, link) {
  try {
    fs.symlinkSync(folder, link, 'junction');
    return true;
  } catch (error) {
    // Wine has none.
    if (/** @type {any} */ (error).code !== 'ENOTSUP') throw error;
    return false;
  }
}

/** @param {any} value */
const listed = (value) => [value, [value]];

/** @type {Record<string, () => any>} */
const hosts = {
  DOMException: () => [new DOMException('message', 'AbortError')],
  URL: () => [new URL('http://localhost/')],
  Headers: () => [new Headers()],
  'an AbortSignal': () => [new AbortController().signal],
  'an EventTarget': () => [new EventTarget()],
  'a ReadableStream, listed': () => listed(new ReadableStream()),
  'a WritableStream, listed': () => listed(new WritableStream()),
  'a ReadableStream, not listed': () => [new ReadableStream()],
  'a port, not listed': () => [new threads.MessageChannel().port1],
  'a BlockList': () => [new (require('node:net').BlockList)()],
  'a Histogram': () => [require('node:perf_hooks').createHistogram()],
  'a key': () => [require('node:crypto').createSecretKey(Buffer.from('secret'))],
  'a WebAssembly.Memory, shared': () => [new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })],
};

/** @type {Record<string, (lib: any) => unknown>} */
const scenarios = {};

for (const [name, make] of Object.entries(hosts)) {
  scenarios[`${name} fares as through the runtime’s own channel`] = (lib) => {
    assert.strictEqual(fate(lib, make), fate(threads, make));
  };
}

Object.assign(scenarios, {
  async 'shared memory that was posted before close() arrives late if the runtime’s own messages do'(lib) {
    const own = new threads.MessageChannel();
    const { port1, port2 } = new lib.MessageChannel();
    const shared = new SharedArrayBuffer(4);
    own.port1.postMessage(shared);
    port1.postMessage(shared);
    own.port1.close();
    port1.close();
    await Promise.race([closed(own.port2), new Promise((resolve) => setTimeout(resolve, 50))]);
    const late = new Promise((resolve) => {
      port2.once('message', (value) => resolve(value.constructor.name));
      port2.once('messageerror', (error) => resolve(error.message));
    });
    const keeps = threads.receiveMessageOnPort(own.port2) !== undefined;
    if (keeps) assert.strictEqual(await late, 'SharedArrayBuffer');
    // What has not been lost yet arrives.
    else assert.match(await late, /^SharedArrayBuffer$|^The objects that belong to the message have not come with it$/);
  },

  async 'a worker whose code does not know ferroport has its ports, if the runtime loads a bootstrap'(lib) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-'));
    const warned = [];
    const listener = (warning) => warned.push(warning.code);
    process.on('warning', listener);
    try {
      // What a worker of the runtime's own loads first when it is asked to in either way that ferroport does.
      const preload = path.join(folder, 'preload.js');
      fs.writeFileSync(preload, 'globalThis.isPreloaded = true;');
      const options = { execArgv: ['--require', preload], preload: [preload], workerData: { port: null } };
      const probe = new threads.Worker(PLAIN, options);
      const { isPreloaded } = await message(probe);
      probe.unref();
      await probe.terminate();

      const worker = watched(new lib.Worker(PLAIN, { workerData: { greeting: 'hello' } }));
      const { workerData } = await message(worker);
      worker.postMessage('end');
      if (isPreloaded) {
        assert.deepStrictEqual(workerData, { greeting: 'hello' });
        assert.strictEqual(await exit(worker), 0);
      } else {
        // It waits for what cannot reach it.
        assert.strictEqual(workerData.greeting, undefined);
        await worker.terminate();
        const lost = watched(new lib.Worker(PLAIN, { workerData: { greeting: 'hello' }, argv: ['end'] }));
        assert.strictEqual(await exit(lost), 0);
        await turn();
      }
      assert.deepStrictEqual(warned, isPreloaded ? [] : ['FERROPORT_NOT_IN_WORKER']);
    } finally {
      process.off('warning', listener);
      fs.rmSync(folder, { recursive: true });
    }
  },

  async 'ES modules import each export by its name'(lib) {
    if (!path.isAbsolute(lib.module)) return;
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-'));
    try {
      fs.mkdirSync(path.join(folder, 'node_modules'));
      const name = linked(lib.module, path.join(folder, 'node_modules', 'ferroport'))
        ? 'ferroport'
        : pathToFileURL(require.resolve(lib.module)).href;
      fs.writeFileSync(path.join(folder, 'package.json'), '{ "dependencies": { "ferroport": "*" } }');
      const file = path.join(folder, 'worker.mjs');
      fs.writeFileSync(
        file,
        `import { parentPort, workerData, MessagePort } from '${name}';
        parentPort.postMessage([workerData, parentPort instanceof MessagePort]);`,
      );
      const worker = watched(new lib.Worker(file, { workerData: 'data' }));
      assert.deepStrictEqual(await message(worker), ['data', true]);
      await exit(worker);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  },
});

module.exports = scenarios;
