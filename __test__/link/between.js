'use strict';

// A link between this runtime and another one, over a Unix socket: node between.js <the other runtime, with its options>. What the two say to
// each other is compared here. scripts/runtimes.js runs it; the last line is "N passed, N failed".

const assert = require('node:assert');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { once } = require('node:events');
const { link } = require('../../dist/link');
const { MessageChannel } = require('../..');

const COUNT = 5000;

/** @param {number} n */
const value = (n) => ({
  n,
  text: `grüße ${'x'.repeat(n % 300)}`,
  parts: [new Set([n]), new Map([[n, BigInt(n) ** 5n]]), new Date(n), new Float64Array([n, NaN]), /x/gi, null],
  error: new RangeError(String(n)),
});

/**
 * This side asks: each value comes back, in order; a port goes, and what waits in it; the other side hears why the port ends.
 * @param {net.Socket} socket
 */
async function ask(socket) {
  const { port, closed } = link(socket);
  const { port1, port2 } = new MessageChannel();
  port2.postMessage('waits');
  port.postMessage({ inner: port1 }, [port1]);
  assert.strictEqual((await once(port2, 'message'))[0], 'heard: waits');
  let next = 0;
  const all = new Promise((resolve, reject) => {
    port.on('message', (/** @type {any} */ answer) => {
      try {
        assert.deepStrictEqual(answer, value(next++));
      } catch (error) {
        reject(error);
      }
      if (next === COUNT) resolve(undefined);
    });
  });
  for (let n = 0; n < COUNT; n++) port.postMessage(value(n));
  await all;
  const ended = once(port2, 'close');
  port2.ref();
  port.postMessage('end');
  assert.strictEqual((await ended)[0].reason, 'peer closed');
  port.ref();
  assert.strictEqual(await closed, undefined);
}

/** @param {net.Socket} socket */
function answer(socket) {
  const { port } = link(socket);
  /** @type {any} */
  let inner;
  port.on('message', (/** @type {any} */ message) => {
    if (message === 'end') {
      inner.close();
      port.close();
    } else if (message.inner !== undefined) {
      inner = message.inner;
      inner.on('message', (/** @type {string} */ text) => inner.postMessage(`heard: ${text}`));
    } else {
      port.postMessage(message);
    }
  });
}

/** @param {string[]} other program and arguments */
async function main(other) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-between-'));
  const address = path.join(folder, 'socket');
  let passed = 0;
  /** @type {unknown[]} */
  const failures = [];
  for (const role of ['ask', 'answer']) {
    const server = net.createServer();
    server.listen(address);
    await once(server, 'listening');
    const [program, ...args] = other;
    const child = spawn(program, [...args, __filename, `--${role}`, address], { stdio: 'inherit' });
    const exited = once(child, 'exit');
    const [socket] = await once(server, 'connection');
    server.close();
    try {
      if (role === 'ask') answer(socket);
      else await ask(socket);
      assert.deepStrictEqual(await exited, [0, null]);
      passed++;
    } catch (error) {
      child.kill();
      console.error(error);
      failures.push(error);
    }
  }
  fs.rmSync(folder, { recursive: true });
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}

const [first, address] = process.argv.slice(2);
if (first === '--ask') ask(net.connect(address));
else if (first === '--answer') answer(net.connect(address));
else main(process.argv.slice(2));
