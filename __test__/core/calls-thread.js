'use strict';

// The other end of the connections in calls.js.

const path = require('node:path');

const [, , name] = process.argv;
const { parentPort, workerData } = require(name);
const { connect, transfer } = require(path.join(name, 'dist', 'call.js'));

class Refused extends TypeError {
  name = 'Refused';
  code = 'E_REFUSED';
  place = { line: 3, column: [4] };
}

/** What the signals of calls have told, by the names of the calls. */
const aborted = {};

const api = {
  add: (a, b) => a + b,
  same: (...values) => values,
  async later(value, ms = 5) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return value;
  },
  inside() {
    return Object.getPrototypeOf(this) !== api && this.signal.aborted;
  },
  fail() {
    throw new Refused('not today', { cause: new RangeError('too far', { cause: 'text' }) });
  },
  async failLater() {
    await null;
    throw new AggregateError([new SyntaxError('first'), 2], 'several');
  },
  failWith(kind) {
    if (kind === 'a value') throw { no: 'error' };
    if (kind === 'a DOMException') throw new DOMException('no access', 'NotAllowedError');
    if (kind === 'a function') throw () => {};
    if (kind === 'a property') throw Object.assign(new Error('with a function'), { run() {}, code: 'E_CODE' });
    if (kind === 'a circle') {
      const error = new Error('around');
      error.cause = error;
      throw error;
    }
    throw undefined;
  },
  uncloneable: () => ({ jobs: [{ onDone() {} }] }),
  take: (buffer) => buffer.byteLength,
  give: (length) => moved(length),
  compile: (files) => files.map((file) => peer.callSync('readFile', [file])).join(' '),
  down: (depth) => (depth === 0 ? 0 : 1 + peer.callSync('down', [depth - 1])),
  ask: (called, ...args) => peer.callSync(called, args),
  askLater: (called, ...args) => peer.call(called, args),
  async hold(key) {
    const { signal } = this;
    await new Promise((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', resolve);
    });
    aborted[key] = [signal.reason?.name, signal.reason?.message ?? signal.reason];
  },
  /** Never yields. Says in shared memory that it has begun. */
  spin(key, words = new Int32Array(1)) {
    const { signal } = this;
    Atomics.store(words, 0, 1);
    const limit = Date.now() + 20_000;
    while (!signal.aborted && Date.now() < limit);
    aborted[key] = [signal.reason?.name, signal.reason?.message];
  },
  told: (key) => aborted[key],
  never: () => new Promise(() => {}),
  exit: (code) => process.exit(code),
  throwLater: () =>
    void setImmediate(() => {
      throw new Error('thrown later');
    }),
  closePort: () => void setImmediate(() => parentPort.close()),
  close: () => void setImmediate(() => peer.close()),
  block(ms) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    return ms;
  },
  notify(called) {
    peer.call(called);
    return 'done';
  },
  /** As many messages that are no records as asked for, about a call back. */
  chat(count) {
    for (let i = 0; i < count; i++) {
      parentPort.postMessage(['chat', i]);
      if (i % 2 === 0) peer.callSync('readFile', [`${i}`]);
    }
    return count;
  },
};

/** @param {number} length */
function moved(length) {
  const bytes = new Uint8Array(length).fill(7);
  return transfer({ bytes, again: bytes }, [bytes.buffer]);
}

const peer = connect(workerData?.port ?? parentPort, { api });
