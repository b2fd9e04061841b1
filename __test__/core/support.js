'use strict';

// What the core scenarios share. They run on every runtime: nothing here but the language and what all of them have.

const assert = require('node:assert');
const { spawn } = require('node:child_process');
const path = require('node:path');

/** The code of the scenarios' workers. */
const THREAD = path.join(__dirname, 'thread.js');

/** A turn of the event loop, in which what is under way may happen. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

/**
 * The next `count` messages of a port or worker, in their order.
 * @param {any} source
 * @param {number} count
 * @returns {Promise<any[]>}
 */
function messages(source, count) {
  const found = [];
  return new Promise((resolve) => {
    source.on('message', function listener(value) {
      found.push(value);
      if (found.length < count) return;
      source.off('message', listener);
      resolve(found);
    });
  });
}

/** The next message of a port or worker. */
const message = async (source) => (await messages(source, 1))[0];

/** A port has closed. */
const closed = (port) => new Promise((resolve) => port.once('close', () => resolve(undefined)));

/**
 * What arrives at the other end of a channel of the thread.
 * @param {any} lib
 * @param {unknown} value
 * @param {unknown[]} [list]
 */
function sent({ MessageChannel, receiveMessageOnPort }, value, list) {
  const { port1, port2 } = new MessageChannel();
  try {
    port1.postMessage(value, list);
    const received = receiveMessageOnPort(port2);
    assert.ok(received, 'nothing has arrived');
    return received.message;
  } finally {
    port1.close();
  }
}

/**
 * What a function throws.
 * @param {() => unknown} work
 * @returns {any}
 */
function thrownBy(work) {
  try {
    work();
  } catch (error) {
    return error;
  }
  assert.fail('nothing was thrown');
}

/** Asserts that a function throws the DOMException that refuses a value. */
function refuses(work) {
  const error = thrownBy(work);
  assert.ok(error instanceof DOMException, `no DOMException but ${error}`);
  assert.strictEqual(error.name, 'DataCloneError');
  assert.strictEqual(error.code, 25);
}

/**
 * A worker that plays a role of thread.js.
 * @param {any} lib
 * @param {string} role
 * @param {unknown} [data]
 * @param {unknown[]} [transferList]
 * @param {object} [options] more of them
 */
function start(lib, role, data, transferList = [], options = {}) {
  return watched(new lib.Worker(THREAD, { argv: [lib.module, role], workerData: data, transferList, ...options }));
}

/** @type {WeakMap<object, Promise<number>>} */
const ends = new WeakMap();

/**
 * A worker whose end will be heard, whenever somebody asks for it.
 * @template T
 * @param {T} worker
 * @returns {T}
 */
function watched(worker) {
  ends.set(/** @type {any} */ (worker), new Promise((resolve) => /** @type {any} */ (worker).once('exit', resolve)));
  return worker;
}

/**
 * A watched worker has ended, with or without an error.
 * @param {any} worker
 * @returns {Promise<number>} its exit code
 */
const exit = (worker) => /** @type {Promise<number>} */ (ends.get(worker));

/**
 * Runs a script in a process of the same runtime.
 * @param {any} lib without its `module`, the process does not load that
 * @param {string} source with `MessageChannel` of the module
 * @returns {Promise<{ code: number | null, output: string }>} what it wrote, both ways
 */
function inProcess({ module, command }, source) {
  const loads = module === undefined ? '' : `const { MessageChannel } = require(${JSON.stringify(module)}); `;
  const [program, ...args] = command(loads + source);
  const child = spawn(program, args, { env: { ...process.env, NO_COLOR: '1' } });
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (output += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

module.exports = { closed, exit, inProcess, message, messages, refuses, sent, start, thrownBy, turn, watched, THREAD };
