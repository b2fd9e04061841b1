'use strict';

// Blocking calls: receiveSync, receiveAnySync, postMessageSync. The built-in has none of them.

const assert = require('node:assert');
const { closed, exit, message, start, thrownBy, turn } = require('./support');

/** A limit that is never reached where all is well, so that a failure does not hang. */
const timeout = 20_000;

const codeOf = (work) => {
  const { code, name } = thrownBy(work);
  return typeof code === 'string' ? code : name;
};

module.exports = {
  'receiveSync takes what waits, in order, started or not, and listeners never get it'(lib) {
    const { port1, port2 } = new lib.MessageChannel();
    const heard = [];
    port2.on('message', (value) => heard.push(value));
    const buffer = new ArrayBuffer(8);
    port1.postMessage({ n: 1 });
    port1.postMessage(buffer, [buffer]);
    port1.postMessage(undefined);
    assert.deepStrictEqual(port2.receiveSync(), { n: 1 });
    assert.strictEqual(port2.receiveSync({ timeout: 0 }).byteLength, 8);
    assert.strictEqual(port2.receiveSync({}), undefined);
    assert.deepStrictEqual(heard, []);
    port1.close();
  },

  async 'receiveSync and listeners see one order'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const seen = [];
    port2.on('message', (value) => {
      seen.push(value);
      if (value % 3 === 0) seen.push(port2.receiveSync({ timeout }));
    });
    for (let i = 0; i < 200; i++) port1.postMessage(i);
    while (seen.length < 200) await turn();
    assert.deepStrictEqual(
      seen,
      Array.from({ length: 200 }, (_, i) => i),
    );
    port1.close();
  },

  'ports that come with a message that is taken so work at once'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const inner = new MessageChannel();
    inner.port1.postMessage('waiting');
    port1.postMessage({ port: inner.port2 }, [inner.port2]);
    assert.strictEqual(port2.receiveSync().port.receiveSync(), 'waiting');
    port1.close();
    inner.port1.close();
  },

  'receiveSync blocks until a worker posts, a thousand times'(lib) {
    const worker = start(lib, 'echoSync');
    for (let i = 0; i < 1000; i++) {
      worker.postMessage({ i });
      assert.deepStrictEqual(worker.receiveSync({ timeout }), { i });
    }
    worker.postMessage('end');
    assert.strictEqual(worker.receiveSync({ timeout }), 'ended');
    return exit(worker);
  },

  async 'a limit of time ends with a TimeoutError, and the message that comes later is there'(lib) {
    const worker = start(lib, 'echoSync');
    const error = thrownBy(() => worker.receiveSync({ timeout: 5 }));
    assert.ok(error instanceof DOMException);
    assert.deepStrictEqual([error.name, error.code], ['TimeoutError', 23]);
    worker.postMessage(1);
    assert.strictEqual(worker.receiveSync({ timeout }), 1);
    await worker.terminate();
    assert.strictEqual(
      codeOf(() => worker.receiveSync({ timeout })),
      'ERR_FERROPORT_CLOSED',
    );
    assert.strictEqual(worker.postMessageSync(1), false);
  },

  'bad options are refused, and nothing is taken'({ MessageChannel, receiveAnySync }) {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage('still there');
    const bad = [
      [{ timeout: '1' }, 'ERR_INVALID_ARG_TYPE'],
      [{ timeout: null }, 'ERR_INVALID_ARG_TYPE'],
      [{ timeout: -1 }, 'ERR_OUT_OF_RANGE'],
      [{ timeout: NaN }, 'ERR_OUT_OF_RANGE'],
      [5, 'ERR_INVALID_ARG_TYPE'],
    ];
    for (const [options, code] of bad) {
      for (const work of [
        () => port2.receiveSync(options),
        () => receiveAnySync([port2], options),
        () => port2.postMessageSync('not posted', options),
      ]) {
        assert.strictEqual(codeOf(work), code);
      }
    }
    for (const ports of [undefined, 5, port2, [port2, {}], [null]]) {
      assert.strictEqual(
        codeOf(() => receiveAnySync(ports)),
        'ERR_INVALID_ARG_TYPE',
      );
    }
    assert.strictEqual(
      codeOf(() => receiveAnySync([])),
      'ERR_INVALID_ARG_VALUE',
    );
    assert.strictEqual(port2.receiveSync(), 'still there');
    assert.deepStrictEqual(port2.stats().sent, 0);
    port1.close();
  },

  async 'what is left is read before the end is told, and each end says so'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage('last');
    const end = closed(port2);
    port1.close();
    await turn();
    assert.strictEqual(port2.receiveSync({ timeout }), 'last');
    for (let i = 0; i < 2; i++) {
      assert.strictEqual(
        codeOf(() => port2.receiveSync({ timeout })),
        'ERR_FERROPORT_CLOSED',
      );
    }
    await end;
    assert.strictEqual(
      codeOf(() => port1.receiveSync()),
      'ERR_FERROPORT_CLOSED',
    );
  },

  'where both ends are in the thread, waiting for a message or for room is told as a deadlock'({
    MessageChannel,
    receiveAnySync,
  }) {
    const { port1, port2 } = new MessageChannel({ highWaterMark: 1 });
    const other = new MessageChannel();
    for (const work of [
      () => port1.receiveSync(),
      () => port1.receiveSync({ timeout }),
      () => receiveAnySync([port1, other.port1]),
      () => port1.postMessage('fills') && port1.postMessageSync('waits'),
    ]) {
      assert.strictEqual(codeOf(work), 'ERR_FERROPORT_DEADLOCK');
    }
    assert.strictEqual(port2.receiveSync(), 'fills');
    assert.strictEqual(port1.postMessageSync('fits'), true);
    assert.strictEqual(port2.receiveSync(), 'fits');
    port1.close();
    other.port1.close();
  },

  'threads that wait for one another are told so, one of them, and the others go on'(lib) {
    const { port1, port2 } = new lib.MessageChannel();
    const { port1: far1, port2: far2 } = new lib.MessageChannel();
    const { port1: ring1, port2: ring2 } = new lib.MessageChannel();
    const first = start(lib, 'ring', { from: port2, to: ring1 }, [port2, ring1]);
    const second = start(lib, 'ring', { from: ring2, to: far1 }, [ring2, far1]);
    // port1 ─► first ─► second ─► far2: all three wait. Whoever is told breaks the ring.
    const errors = [];
    let value;
    try {
      value = far2.receiveSync();
    } catch (error) {
      errors.push(error.code);
      port1.postMessage('broken by main');
      value = far2.receiveSync({ timeout });
    }
    assert.match(value, /^broken by (main|ring)$/);
    assert.deepStrictEqual(errors, value === 'broken by main' ? ['ERR_FERROPORT_DEADLOCK'] : []);
    port1.close();
    return Promise.all([exit(first), exit(second)]);
  },

  async 'receiveAnySync is fair between ports that all have messages'({ MessageChannel, receiveAnySync }) {
    const channels = Array.from({ length: 3 }, () => new MessageChannel());
    channels.forEach(({ port1 }, i) => {
      for (let n = 0; n < 20; n++) port1.postMessage(i);
    });
    const ports = channels.map(({ port2 }) => port2);
    const taken = [0, 0, 0];
    for (let n = 0; n < 30; n++) {
      const { port, message: value } = receiveAnySync(new Set(ports), { timeout });
      assert.strictEqual(port, ports[value]);
      taken[value]++;
    }
    assert.deepStrictEqual(taken, [10, 10, 10]);
    // Ports that have closed are passed over.
    channels[0].port2.close();
    channels[1].port1.close();
    await closed(channels[0].port2);
    for (let n = 0; n < 20; n++) assert.ok(receiveAnySync(ports, { timeout }).message > 0);
    channels[2].port1.close();
    assert.strictEqual(
      codeOf(() => receiveAnySync(ports)),
      'ERR_FERROPORT_CLOSED',
    );
  },

  'receiveAnySync blocks until one of several workers posts'(lib) {
    const workers = ['a', 'b', 'c'].map((name) => {
      const { port1, port2 } = new lib.MessageChannel();
      return { name, port: port1, worker: start(lib, 'sayLate', { port: port2, name }, [port2]) };
    });
    const ports = workers.map(({ port }) => port);
    const seen = new Set();
    while (seen.size < 3) {
      const { port, message: value } = lib.receiveAnySync(ports, { timeout });
      assert.strictEqual(workers.find((each) => each.port === port).name, value);
      seen.add(value);
    }
    for (const { port } of workers) port.postMessage('end');
    return Promise.all(workers.map(({ worker }) => exit(worker)));
  },

  'postMessageSync blocks until a worker has read, and nothing is lost'(lib) {
    const { port1, port2 } = new lib.MessageChannel({ highWaterMark: 3 });
    const worker = start(lib, 'countSync', { port: port2 }, [port2]);
    for (let i = 0; i < 2000; i++) {
      const buffer = new ArrayBuffer(4);
      assert.strictEqual(port1.postMessageSync([i, buffer], { transfer: [buffer], timeout }), true);
      assert.strictEqual(buffer.byteLength, 0);
      assert.ok(port1.bufferedMessages <= 3);
    }
    port1.postMessage('end');
    assert.strictEqual(port1.receiveSync({ timeout }), 2000);
    return exit(worker);
  },

  async 'postMessageSync gives up in time, and when the other end has ended; nothing is detached then'(lib) {
    const { port1, port2 } = new lib.MessageChannel({ highWaterMark: 1 });
    const worker = start(lib, 'holder', { port: port2 }, [port2]);
    const buffer = new ArrayBuffer(4);
    port1.postMessage('fills');
    assert.strictEqual(
      codeOf(() => port1.postMessageSync(buffer, { transfer: [buffer], timeout: 5 })),
      'TimeoutError',
    );
    assert.strictEqual(buffer.byteLength, 4);
    worker.postMessage('close');
    // Blocks until the worker has closed its end.
    assert.strictEqual(port1.postMessageSync(buffer, { transfer: [buffer], timeout }), false);
    assert.strictEqual(buffer.byteLength, 4);
    await exit(worker);
  },

  async 'a shared signal ends a wait at once, with its reason as the cause, and what comes later is there'(lib) {
    const worker = start(lib, 'abortLate');
    const signal = worker.receiveSync({ timeout });
    for (const work of [
      () => worker.receiveSync({ signal, timeout }),
      () => worker.receiveSync({ signal }),
      () => worker.postMessageSync('not posted', { signal }),
    ]) {
      const error = thrownBy(work);
      assert.deepStrictEqual([error.name, error.code, error.cause], ['AbortError', 'ABORT_ERR', { why: 'late' }]);
    }
    assert.strictEqual(worker.receiveSync({ timeout }), 'after');
    assert.strictEqual(worker.bufferedMessages, 0);
    await worker.terminate();
  },

  'a message that is there is taken though the signal might be aborted, and a plain signal is refused'(lib) {
    const { port1, port2 } = new lib.MessageChannel();
    port1.postMessage('there');
    const { signal } = new lib.SharedAbortController();
    for (const plain of [new AbortController().signal, {}, null]) {
      assert.strictEqual(
        codeOf(() => port2.receiveSync({ signal: plain })),
        'ERR_INVALID_ARG_TYPE',
      );
    }
    assert.strictEqual(lib.receiveAnySync([port2], { signal }).message, 'there');
    // Nobody can post, whoever might abort.
    assert.strictEqual(
      codeOf(() => port2.receiveSync({ signal })),
      'ERR_FERROPORT_DEADLOCK',
    );
    const late = lib.SharedAbortSignal.timeout(10);
    const worker = start(lib, 'echoSync');
    assert.strictEqual(thrownBy(() => worker.receiveSync({ signal: late })).cause.name, 'TimeoutError');
    port1.close();
    return worker.terminate();
  },

  async 'a blocked worker is ended by terminate()'(lib) {
    for (const role of ['blocked', 'blockedForRoom']) {
      const worker = start(lib, role);
      assert.strictEqual(await message(worker), 'blocks now');
      await worker.terminate();
      // Deno says that the worker has ended, and does not take its number away; the thread stays blocked.
      if (!('deno' in process.versions)) assert.strictEqual(worker.threadId, -1);
    }
  },
};
