'use strict';

// Signals that threads share. The built-in has none of them, and its own signals say what they are like.

const assert = require('node:assert');
const { exit, message, messages, refuses, sent, start, thrownBy, turn } = require('./support');

/** The next 'abort' of a signal. */
const aborted = (signal) => new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));

/** Turns of the event loop until something is so. */
async function until(isSo) {
  for (let i = 0; !isSo(); i++) {
    assert.ok(i < 10_000, 'it takes too long');
    await turn();
  }
}

/** Collections until something is so. */
async function collectedUntil(collect, isSo) {
  await until(() => {
    collect();
    return isSo();
  });
}

module.exports = {
  'a signal may have as many listeners as a plain one before somebody warns'({ SharedAbortController }) {
    // Deno knows no limit for its own classes, and never warns of theirs.
    if ('deno' in process.versions) return;
    const { getMaxListeners } = require('node:events');
    assert.strictEqual(
      getMaxListeners(new SharedAbortController().signal),
      getMaxListeners(new AbortController().signal),
    );
  },

  'a controller has a signal that is not aborted, and aborts it once'({ SharedAbortController, SharedAbortSignal }) {
    const controller = new SharedAbortController();
    const { signal } = controller;
    assert.strictEqual(controller.signal, signal);
    assert.ok(signal instanceof SharedAbortSignal && signal instanceof EventTarget);
    assert.deepStrictEqual([signal.aborted, signal.reason, signal.onabort], [false, undefined, null]);
    signal.throwIfAborted();
    const why = { first: true };
    assert.strictEqual(controller.abort(why), undefined);
    controller.abort('second');
    assert.strictEqual(signal.aborted, true);
    assert.strictEqual(signal.reason, why);
    assert.strictEqual(
      thrownBy(() => signal.throwIfAborted()),
      why,
    );
  },

  'without a reason, the reason is the one of an AbortController'({ SharedAbortController }) {
    for (const args of [[], [undefined]]) {
      const controller = new SharedAbortController();
      const builtIn = new AbortController();
      controller.abort(...args);
      builtIn.abort(...args);
      const shown = ({ signal: { reason } }) => [
        reason instanceof DOMException,
        reason.name,
        reason.message,
        reason.code,
      ];
      assert.deepStrictEqual(shown(controller), shown(builtIn));
    }
  },

  'abort calls the listeners at once, each one once, with the event of an AbortSignal'({ SharedAbortController }) {
    const shown = (controller) => {
      const log = [];
      const { signal } = controller;
      const listener = (event) =>
        log.push([event.type, event.bubbles, event.cancelable, event instanceof Event, event.target === signal]);
      signal.onabort = listener;
      signal.addEventListener('abort', listener);
      signal.addEventListener('abort', { handleEvent: listener }, { once: true });
      signal.addEventListener('other', listener);
      const removed = () => log.push('removed');
      signal.addEventListener('abort', removed);
      signal.removeEventListener('abort', removed);
      controller.abort();
      controller.abort();
      signal.addEventListener('abort', () => log.push('too late'));
      return log;
    };
    const log = shown(new SharedAbortController());
    assert.deepStrictEqual(log, shown(new AbortController()));
    assert.strictEqual(log.length, 3);
  },

  'onabort is a function, an object or null'({ SharedAbortController }) {
    const controller = new SharedAbortController();
    const { signal } = controller;
    let calls = 0;
    const handler = () => calls++;
    for (const value of [handler, { handleEvent: handler }, null, handler]) {
      signal.onabort = value;
      assert.strictEqual(signal.onabort, value);
    }
    signal.onabort = () => calls--;
    controller.abort();
    assert.strictEqual(calls, -1);
  },

  async 'a signal that is aborted before somebody listens is heard of no more'({ SharedAbortController }) {
    const controller = new SharedAbortController();
    controller.abort();
    controller.signal.onabort = () => assert.fail('it was aborted before');
    for (let i = 0; i < 5; i++) await turn();
  },

  'a signal goes in a message and is the same one, anywhere and twice'(lib) {
    const { signal } = new lib.SharedAbortController();
    assert.strictEqual(sent(lib, signal), signal);
    const value = { signal, list: [signal], map: new Map([[signal, { deep: [[signal]] }]]), set: new Set([signal]) };
    const arrived = sent(lib, value);
    const found = [
      arrived.signal,
      arrived.list[0],
      ...arrived.map.keys(),
      arrived.map.get(signal).deep[0][0],
      ...arrived.set,
    ];
    assert.deepStrictEqual(
      found.map((each) => each === signal),
      [true, true, true, true, true],
    );
  },

  'several signals in a message are not mixed up'(lib) {
    const controllers = Array.from({ length: 40 }, () => new lib.SharedAbortController());
    const signals = controllers.map(({ signal }) => signal);
    controllers[17].abort('this one');
    const arrived = sent(lib, [signals, [...signals].reverse()]);
    assert.deepStrictEqual(
      arrived[0].map((each, i) => each === signals[i] && each.aborted === (i === 17)),
      Array(40).fill(true),
    );
    assert.ok(arrived[1].every((each, i) => each === signals[39 - i]));
  },

  'a signal goes along with ports, buffers and shared memory'(lib) {
    const { signal } = new lib.SharedAbortController();
    const { port1, port2 } = new lib.MessageChannel();
    const buffer = new ArrayBuffer(8);
    const shared = new SharedArrayBuffer(8);
    const arrived = sent(lib, { signal, buffer, port1, shared, again: [signal, buffer] }, [buffer, port1]);
    assert.deepStrictEqual([buffer.byteLength, arrived.buffer.byteLength], [0, 8]);
    assert.ok(arrived.signal === signal && arrived.again[0] === signal && arrived.again[1] === arrived.buffer);
    assert.ok(arrived.shared instanceof SharedArrayBuffer);
    arrived.port1.postMessage('hello');
    assert.deepStrictEqual(lib.receiveMessageOnPort(port2), { message: 'hello' });
    port2.close();
    const moved = new lib.MessageChannel();
    assert.strictEqual(sent(lib, [moved.port1, signal], [moved.port1])[1], signal);
    assert.strictEqual(sent(lib, [signal, shared])[0], signal);
    moved.port2.close();
  },

  async 'a signal waits in a queue that moves through other queues'(lib) {
    const { signal } = new lib.SharedAbortController();
    const { port1, port2 } = new lib.MessageChannel();
    port1.postMessage({ signal });
    const outer = new lib.MessageChannel();
    outer.port1.postMessage(port2, [port2]);
    const last = sent(lib, outer.port2, [outer.port2]);
    const inner = lib.receiveMessageOnPort(last).message;
    const received = message(inner);
    assert.strictEqual((await received).signal, signal);
    outer.port1.close();
    port1.close();
  },

  async 'a thread that never yields sees an abort, and has the reason'(lib) {
    const controller = new lib.SharedAbortController();
    const words = new Int32Array(new SharedArrayBuffer(4));
    const worker = start(lib, 'spinning', { signal: controller.signal, words: words.buffer });
    const both = messages(worker, 2);
    assert.strictEqual(await message(worker), 'begun');
    const why = { list: [1, new Date(0)], error: new RangeError('why') };
    controller.abort(why);
    const end = Date.now() + 30_000;
    // It stops although this thread does not yield either.
    while (Atomics.load(words, 0) === 0) assert.ok(Date.now() < end, 'it has not stopped');
    const [, arrived] = await both;
    assert.deepStrictEqual(arrived.list, why.list);
    assert.strictEqual(arrived.error.message, 'why');
    await exit(worker);
  },

  async 'the event comes to other threads like a message, and the signal comes back as the same object'(lib) {
    const controller = new lib.SharedAbortController();
    const worker = start(lib, 'relaying');
    worker.postMessage({ signal: controller.signal });
    const back = await message(worker);
    assert.strictEqual(back.signal, controller.signal);
    const heard = message(worker);
    controller.abort(['why']);
    assert.deepStrictEqual(await heard, ['abort', true, ['why']]);
    worker.terminate();
    await exit(worker);
  },

  async 'a signal goes through many threads, and all of them hear'(lib) {
    const controller = new lib.SharedAbortController();
    const workers = Array.from({ length: 4 }, () => start(lib, 'relaying'));
    let value = { signal: controller.signal };
    for (const worker of workers) {
      worker.postMessage(value);
      value = await message(worker);
    }
    const heard = workers.map(message);
    controller.abort(7);
    assert.deepStrictEqual(await Promise.all(heard), Array(4).fill(['abort', true, 7]));
    for (const worker of workers) worker.terminate();
    await Promise.all(workers.map(exit));
  },

  async 'this thread hears of what another one aborts, once, and has one clone of the reason'(lib) {
    const worker = start(lib, 'aborting');
    const { signal } = await message(worker);
    let calls = 0;
    signal.onabort = () => calls++;
    const heard = aborted(signal);
    const done = message(worker);
    worker.postMessage({ why: 'told' });
    const event = await heard;
    assert.strictEqual(event.target, signal);
    assert.deepStrictEqual([signal.aborted, signal.reason], [true, { why: 'told' }]);
    assert.strictEqual(signal.reason, signal.reason);
    assert.strictEqual(await done, true, 'there it is the very reason');
    assert.strictEqual(calls, 1);
    worker.terminate();
    await exit(worker);
    assert.strictEqual(calls, 1);
  },

  async 'a reason that is a DOMException arrives as one, wherever it stands'(lib) {
    const worker = start(lib, 'aborting');
    const { signal } = await message(worker);
    worker.postMessage(undefined);
    await until(() => signal.aborted);
    const shown = ({ name, message: text, code }) => [name, text, code];
    assert.ok(signal.reason instanceof DOMException);
    assert.deepStrictEqual(shown(signal.reason), shown(AbortSignal.abort().reason));

    const other = start(lib, 'excepting');
    const { signal: nested } = await message(other);
    await until(() => nested.aborted);
    const { list } = nested.reason;
    assert.ok(list[0] instanceof DOMException && list[0] === list[1]);
    assert.deepStrictEqual(shown(list[0]), ['NotFoundError', 'inner', 8]);
    for (const each of [worker, other]) each.terminate();
    await Promise.all([worker, other].map(exit));
  },

  async 'members of a broadcast channel get a signal, each of them the same'(lib) {
    const controller = new lib.SharedAbortController();
    const channels = [1, 2, 3].map(() => new lib.BroadcastChannel('signals'));
    const got = channels.slice(1).map((channel) => new Promise((resolve) => (channel.onmessage = resolve)));
    channels[0].postMessage({ signals: [controller.signal] });
    channels[0].postMessage({ signals: [controller.signal, 1] });
    for (const { data } of await Promise.all(got)) assert.strictEqual(data.signals[0], controller.signal);
    for (const channel of channels) channel.close();
  },

  async 'waiting for an abort keeps no thread running'(lib) {
    const controller = new lib.SharedAbortController();
    const worker = start(lib, 'waiting', { signal: controller.signal });
    assert.strictEqual(await exit(worker), 0);
    assert.strictEqual(controller.signal.aborted, false);
  },

  'what cannot be cloned is no reason, and nothing has changed then'(lib) {
    const controller = new lib.SharedAbortController();
    const { port1 } = new lib.MessageChannel();
    controller.signal.onabort = () => assert.fail('it is not aborted');
    for (const why of [
      () => {},
      Symbol('why'),
      { deep: [new WeakMap()] },
      new SharedArrayBuffer(8),
      { signal: controller.signal },
    ]) {
      refuses(() => controller.abort(why));
    }
    assert.strictEqual(thrownBy(() => controller.abort({ a: [() => {}] })).path, '.a[0]');
    assert.strictEqual(thrownBy(() => controller.abort({ a: [controller.signal] })).path, '.a[0]');
    assert.ok(thrownBy(() => controller.abort([port1])) instanceof Error);
    const error = new Error('from a getter');
    const throwing = {
      get property() {
        throw error;
      },
    };
    assert.strictEqual(
      thrownBy(() => controller.abort(throwing)),
      error,
    );
    assert.deepStrictEqual([controller.signal.aborted, controller.signal.reason], [false, undefined]);
    controller.signal.onabort = null;
    port1.close();
  },

  'bytes cannot hold a signal, nor a message its controller, and the error says where'(lib) {
    const controller = new lib.SharedAbortController();
    const place = { list: [{ signal: controller.signal }] };
    refuses(() => lib.serialize(place));
    assert.strictEqual(thrownBy(() => lib.serialize(place)).path, '.list[0].signal');
    const { port1, port2 } = new lib.MessageChannel();
    refuses(() => port1.postMessage({ controller }));
    assert.strictEqual(thrownBy(() => port1.postMessage({ controller })).path, '.controller');
    assert.ok(thrownBy(() => port1.postMessage(controller.signal, [controller.signal])) instanceof Error);
    assert.strictEqual(lib.receiveMessageOnPort(port2), undefined);
    port1.close();
  },

  async 'toAbortSignal gives one plain signal, aborted with the event or already'(lib) {
    const controller = new lib.SharedAbortController();
    const plain = controller.signal.toAbortSignal();
    assert.ok(plain instanceof AbortSignal && !plain.aborted);
    assert.strictEqual(controller.signal.toAbortSignal(), plain);
    let heard = 0;
    plain.addEventListener('abort', () => heard++);
    const why = new Error('why');
    controller.abort(why);
    assert.deepStrictEqual([heard, plain.aborted, plain.reason === why], [1, true, true]);
    const late = new lib.SharedAbortController();
    late.abort(why);
    assert.ok(late.signal.toAbortSignal().aborted && late.signal.toAbortSignal().reason === why);

    const worker = start(lib, 'aborting');
    const { signal } = await message(worker);
    const other = signal.toAbortSignal();
    worker.postMessage('elsewhere');
    await new Promise((resolve) => other.addEventListener('abort', resolve));
    assert.strictEqual(other.reason, 'elsewhere');
    worker.terminate();
    await exit(worker);
  },

  async 'a timeout aborts, not before its time, and also where the thread does not yield'({ SharedAbortSignal }) {
    const begin = performance.now();
    const signals = [30, 5, 0].map((delay) => SharedAbortSignal.timeout(delay));
    const hour = SharedAbortSignal.timeout(3_600_000);
    while (!signals.every((signal) => signal.aborted)) {
      assert.ok(performance.now() - begin < 30_000, 'it takes too long');
    }
    assert.ok(performance.now() - begin >= 29, 'too early');
    assert.strictEqual(hour.aborted, false);
    const { reason } = signals[0];
    assert.ok(reason instanceof DOMException && reason.name === 'TimeoutError');
    const heard = SharedAbortSignal.timeout(10);
    const event = await aborted(heard);
    assert.ok(event.target === heard && heard.aborted);
  },

  'timeout takes what AbortSignal.timeout takes'({ SharedAbortSignal }) {
    for (const delay of [undefined, -1, 1.5, 2 ** 32, '5', NaN, null, {}, 5n, Infinity, Symbol('5')]) {
      const outcome = (Class) => {
        try {
          return typeof Class.timeout(delay).aborted;
        } catch (error) {
          return [error.name, error.code, error.message];
        }
      };
      assert.deepStrictEqual(outcome(SharedAbortSignal), outcome(AbortSignal));
    }
  },

  'any is aborted with the first, for the same reason'({ SharedAbortController, SharedAbortSignal }) {
    const controllers = [1, 2, 3].map(() => new SharedAbortController());
    const any = SharedAbortSignal.any(controllers.map(({ signal }) => signal));
    const further = SharedAbortSignal.any(new Set([any]));
    const log = [];
    for (const [name, signal] of Object.entries({ second: controllers[1].signal, any, further })) {
      signal.onabort = () => log.push([name, any.aborted, further.aborted]);
    }
    const why = { why: 1 };
    controllers[1].abort(why);
    controllers[0].abort('later');
    assert.deepStrictEqual(
      log,
      ['second', 'any', 'further'].map((name) => [name, true, true]),
    );
    assert.ok(any.reason === why && further.reason === why);
    const already = SharedAbortSignal.any([controllers[2].signal, controllers[1].signal, controllers[0].signal]);
    assert.ok(already.aborted && already.reason === why);
    assert.strictEqual(SharedAbortSignal.any([]).aborted, false);
  },

  async 'any takes plain signals, too'({ SharedAbortController, SharedAbortSignal }) {
    const plain = new AbortController();
    const shared = new SharedAbortController();
    const any = SharedAbortSignal.any([shared.signal, plain.signal]);
    const heard = aborted(any);
    const why = new Error('plain');
    plain.abort(why);
    assert.ok(any.aborted && any.reason === why && !shared.signal.aborted);
    await heard;
    const again = SharedAbortSignal.any([plain.signal]);
    assert.ok(again.aborted && again.reason === why);
    // Whatever the reason of a plain signal is, the shared one is aborted.
    const odd = new AbortController();
    const follows = SharedAbortSignal.any([odd.signal]);
    const reason = () => {};
    odd.abort(reason);
    assert.ok(follows.aborted && follows.reason === reason);
  },

  async 'any follows signals of other threads, and is followed there'(lib) {
    const worker = start(lib, 'aborting');
    const { signal } = await message(worker);
    const any = lib.SharedAbortSignal.any([signal, lib.SharedAbortSignal.timeout(3_600_000)]);
    const relay = start(lib, 'relaying');
    relay.postMessage({ signal: any });
    assert.strictEqual((await message(relay)).signal, any);
    const heard = [aborted(any), message(relay)];
    worker.postMessage('there');
    const [, there] = await Promise.all(heard);
    assert.deepStrictEqual(there, ['abort', true, 'there']);
    assert.strictEqual(any.reason, 'there');
    for (const each of [worker, relay]) each.terminate();
    await Promise.all([worker, relay].map(exit));
  },

  'any refuses what is no list of signals'({ SharedAbortSignal }) {
    for (const signals of [undefined, 5, null, {}]) {
      assert.ok(thrownBy(() => SharedAbortSignal.any(signals)) instanceof TypeError);
    }
    for (const signals of [[5], [{}], [null], [new EventTarget()]]) {
      const error = thrownBy(() => SharedAbortSignal.any(signals));
      assert.deepStrictEqual([error.name, error.code], ['TypeError', 'ERR_INVALID_ARG_TYPE']);
    }
    const error = new Error('of the iterator');
    const iterable = {
      *[Symbol.iterator]() {
        yield AbortSignal.abort();
        throw error;
      },
    };
    assert.strictEqual(
      thrownBy(() => SharedAbortSignal.any(iterable)),
      error,
    );
  },

  'a signal cannot be constructed, and its members are its own'({ SharedAbortController, SharedAbortSignal }) {
    const error = thrownBy(() => new SharedAbortSignal());
    assert.deepStrictEqual([error.name, error.code], ['TypeError', 'ERR_ILLEGAL_CONSTRUCTOR']);
    for (const Class of [SharedAbortController, SharedAbortSignal]) {
      for (const [name, { get, value }] of Object.entries(Object.getOwnPropertyDescriptors(Class.prototype))) {
        const method = get ?? value;
        if (name === 'constructor' || typeof method !== 'function') continue;
        for (const receiver of [{}, undefined, Object.create(Class.prototype)]) {
          assert.ok(thrownBy(() => method.call(receiver)) instanceof TypeError, name);
        }
      }
    }
    const { signal } = new SharedAbortController();
    assert.strictEqual(Object.prototype.toString.call(signal), '[object SharedAbortSignal]');
  },

  async 'it is taken as the signal option of listeners'({ MessageChannel, BroadcastChannel, SharedAbortController }) {
    const { port1, port2 } = new MessageChannel();
    const channel = new BroadcastChannel('signal option');
    const sender = new BroadcastChannel('signal option');
    const controller = new SharedAbortController();
    const log = [];
    port2.addEventListener('message', ({ data }) => log.push(data), { signal: controller.signal });
    channel.addEventListener('message', ({ data }) => log.push(data), { signal: controller.signal });
    port1.postMessage('port');
    await until(() => log.length === 1);
    sender.postMessage('channel');
    await until(() => log.length === 2);
    controller.abort();
    port2.addEventListener('message', () => log.push('never'), { signal: controller.signal });
    port1.postMessage('port');
    sender.postMessage('channel');
    for (let i = 0; i < 10; i++) await turn();
    assert.deepStrictEqual(log, ['port', 'channel']);
    for (const each of [port1, channel, sender]) each.close();
  },

  async 'it ends an iteration over messages, which lets it go'({ MessageChannel, SharedAbortController }) {
    const { port1, port2 } = new MessageChannel();
    const controller = new SharedAbortController();
    port1.postMessage('first');
    const seen = [];
    await assert.rejects(async () => {
      for await (const value of port2.messages({ signal: controller.signal })) {
        seen.push(value);
        controller.abort(new RangeError('enough'));
      }
    }, new RangeError('enough'));
    assert.deepStrictEqual(seen, ['first']);
    port1.close();
  },

  async 'a signal that nobody holds is collected, and one that is listened to is not'(lib) {
    const { collect, MessageChannel, SharedAbortController, receiveMessageOnPort } = lib;
    const worker = start(lib, 'aborting');
    let heard = 0;
    /** @type {WeakRef<any>[]} */
    const references = [];
    await (async () => {
      const { signal } = await message(worker);
      signal.addEventListener('abort', () => heard++);
      references.push(new WeakRef(signal));
      const alone = new SharedAbortController();
      references.push(new WeakRef(alone.signal), new WeakRef(alone));
      // Nobody can abort this one any more, and so nobody need be told.
      const given = new SharedAbortController();
      given.signal.addEventListener('abort', () => {});
      references.push(new WeakRef(given.signal));
      const { port1, port2 } = new MessageChannel();
      port1.postMessage(new SharedAbortController().signal);
      references.push(new WeakRef(receiveMessageOnPort(port2).message));
      port1.close();
    })();
    await turn();
    const gone = () => references.map((reference) => reference.deref() === undefined);
    await collectedUntil(collect, () => gone().slice(1).every(Boolean));
    assert.strictEqual(gone()[0], false, 'the worker may still abort it');
    worker.postMessage('now');
    await until(() => heard === 1);
    worker.terminate();
    await exit(worker);
    await collectedUntil(collect, () => gone()[0]);
  },

  async 'a signal with listeners is let go when the thread that could abort it has ended'(lib) {
    const worker = start(lib, 'aborting');
    /** @type {WeakRef<any>} */
    let reference;
    await (async () => {
      const { signal } = await message(worker);
      signal.onabort = () => assert.fail('nobody has aborted it');
      reference = new WeakRef(signal);
    })();
    worker.terminate();
    await exit(worker);
    await collectedUntil(lib.collect, () => reference.deref() === undefined);
  },
};
