'use strict';

// ferroport/call: functions of another thread, called over a port. The built-in has none of it.

const assert = require('node:assert');
const path = require('node:path');
const { inProcess, message, thrownBy, turn, watched, exit } = require('./support');

const THREAD = path.join(__dirname, 'calls-thread.js');

/** @param {any} lib */
const callsOf = ({ module }) => require(path.join(module, 'dist', 'call.js'));

/**
 * A worker, and the peer of the one in it.
 * @param {any} lib
 * @param {object} [api]
 */
function begin(lib, api) {
  const worker = watched(new lib.Worker(THREAD, { argv: [lib.module] }));
  worker.on('error', () => {});
  return { worker, peer: callsOf(lib).connect(worker, { api }) };
}

/**
 * Two peers in this thread.
 * @param {any} lib
 * @param {object} [api] of the second
 */
function pair(lib, api) {
  const { port1, port2 } = new lib.MessageChannel();
  const { connect } = callsOf(lib);
  return { port1, port2, peer: connect(port1), other: connect(port2, { api }) };
}

/**
 * A peer, and a port at the other end that has none.
 * @param {any} lib
 * @param {object} [api]
 */
function raw(lib, api) {
  const { port1, port2 } = new lib.MessageChannel();
  return { peer: callsOf(lib).connect(port1, { api }), port: port2 };
}

/**
 * What a promise is rejected with.
 * @param {Promise<any>} promise
 * @returns {Promise<any>}
 */
async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return assert.fail('it was not rejected');
}

/** @param {any} error */
const shown = ({ name, code, message: text }) => [name, code, text];

const CLOSED = 'ERR_FERROPORT_CLOSED';

/** Blocks the thread, in milliseconds. */
const block = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** V8 tells who waits for a promise; not every engine does. */
const isV8 = process.versions.bun === undefined;

module.exports = {
  async 'functions at the other end are called, and their results come back'(lib) {
    const { worker, peer } = begin(lib);
    assert.strictEqual(await peer.call('add', [1, 2]), 3);
    assert.strictEqual(await peer.call('later', ['x']), 'x');
    const values = [undefined, null, 1n, new Map([[1, { a: [new Date(0)] }]]), new Set(['é']), Int8Array.of(1, 2)];
    assert.deepStrictEqual(await peer.call('same', values), values);
    assert.deepStrictEqual(await peer.call('same'), []);
    const shared = { list: [] };
    const [one, two] = await peer.call('same', [shared, { shared }]);
    assert.strictEqual(one, two.shared);
    assert.strictEqual(await peer.call('inside'), false);
    peer.close();
    await exit(worker);
  },

  async 'remote has the same functions as methods, and is no promise'(lib) {
    const { worker, peer } = begin(lib);
    const { remote } = peer;
    assert.strictEqual(await remote.add(3, 4), 7);
    assert.strictEqual(await remote, peer.remote);
    assert.strictEqual(remote.add, remote.add);
    assert.strictEqual(remote[Symbol.iterator], undefined);
    assert.deepStrictEqual(await Promise.all([1, 2, 3].map((n) => remote.later(n, 10 - 3 * n))), [1, 2, 3]);
    assert.strictEqual((await failure(remote.nothing())).code, 'ERR_FERROPORT_NO_SUCH_CALL');
    assert.throws(() => {
      remote.add = 1;
    }, TypeError);
    peer.close();
    await exit(worker);
  },

  async 'callSync blocks until the other end has answered, also by an async function'(lib) {
    const { worker, peer } = begin(lib);
    assert.strictEqual(peer.callSync('add', [1, 2]), 3);
    assert.strictEqual(peer.callSync('later', ['x', 20]), 'x');
    assert.strictEqual(peer.callSync('never' in peer ? '' : 'same', []).length, 0);
    const pending = peer.call('later', ['while', 1]);
    assert.strictEqual(peer.callSync('later', ['y', 30]), 'y');
    assert.strictEqual(await pending, 'while');
    peer.close();
    await exit(worker);
  },

  async 'a caller that is blocked serves calls that come back, to any depth'(lib) {
    const files = { a: 'one', b: 'two' };
    const { worker, peer } = begin(lib, {
      readFile: (name) => files[name],
      down: (depth) => (depth === 0 ? 0 : 1 + peer.callSync('down', [depth - 1])),
    });
    assert.strictEqual(peer.callSync('compile', [['a', 'b', 'a']]), 'one two one');
    assert.strictEqual(peer.callSync('down', [200]), 200);
    assert.strictEqual(await peer.call('compile', [['b']]), 'two');
    peer.close();
    await exit(worker);
  },

  async 'calls to and fro without an end fail when the stack is full, and leave nothing behind'(lib) {
    const { worker, peer } = begin(lib, { down: (depth) => 1 + peer.callSync('down', [depth]) });
    for (let i = 0; i < 2; i++) {
      assert.strictEqual(thrownBy(() => peer.callSync('down', [Infinity])).name, 'RangeError');
      assert.strictEqual(peer.callSync('add', [1, 2]), 3);
    }
    peer.close();
    await exit(worker);
  },

  async 'both ends may block at the same time'(lib) {
    let called = 0;
    const { worker, peer } = begin(lib, {
      count: () => ++called,
      start: (rounds) => {
        for (let i = 0; i < rounds; i++) assert.strictEqual(peer.callSync('add', [i, 1]), i + 1);
      },
    });
    const asking = peer.call('ask', ['start', 100]);
    for (let i = 0; i < 100; i++) assert.strictEqual(peer.callSync('ask', ['count']), i + 1);
    await asking;
    assert.strictEqual(called, 100);
    peer.close();
    await exit(worker);
  },

  async 'an async function of a caller that is blocked is refused'(lib) {
    let begun = 0;
    const { worker, peer } = begin(lib, {
      async read() {
        begun++;
      },
      promise: () => Promise.reject(new Error('nobody hears of this')),
      thenable: () => ({ then: (resolve) => resolve(1) }),
    });
    for (const name of ['read', 'promise', 'thenable']) {
      // Whether the function that is called blocks its thread, too, or waits.
      for (const way of ['ask', 'askLater']) {
        const error = thrownBy(() => peer.callSync(way, [name]));
        assert.strictEqual(error.code, 'ERR_FERROPORT_NOT_SYNC');
        assert.match(error.message, new RegExp(`'${name}'`));
      }
    }
    assert.strictEqual(begun, 0);
    assert.strictEqual(await peer.call('askLater', ['thenable']), 1);
    await turn();
    peer.close();
    await exit(worker);
  },

  async 'an error arrives as itself, with its cause, its own properties and both stacks'(lib) {
    const { worker, peer } = begin(lib);
    async function callerWhoWaits() {
      await peer.call('fail');
    }
    function callerWhoIsBlocked() {
      peer.callSync('fail');
    }
    const waited = await failure(callerWhoWaits());
    const blocked = thrownBy(callerWhoIsBlocked);
    for (const error of [waited, blocked]) {
      assert.ok(error instanceof TypeError);
      assert.deepStrictEqual(shown(error), ['Refused', 'E_REFUSED', 'not today']);
      assert.deepStrictEqual(error.place, { line: 3, column: [4] });
      assert.ok(error.cause instanceof RangeError);
      assert.deepStrictEqual([error.cause.message, error.cause.cause], ['too far', 'text']);
      assert.ok(error.stack.includes('calls-thread.js'), error.stack);
      assert.deepStrictEqual(Object.keys(error).sort(), ['code', 'place']);
    }
    if (isV8) assert.ok(waited.stack.includes('callerWhoWaits'), waited.stack);
    assert.ok(blocked.stack.includes('callerWhoIsBlocked'), blocked.stack);
    const several = await failure(peer.call('failLater'));
    assert.ok(several instanceof AggregateError);
    assert.ok(several.errors[0] instanceof SyntaxError);
    assert.deepStrictEqual([several.message, several.errors[0].message, several.errors[1]], ['several', 'first', 2]);
    peer.close();
    await exit(worker);
  },

  async 'what is thrown and is no plain error arrives as what it is'(lib) {
    const { worker, peer } = begin(lib);
    const thrown = (kind) => failure(peer.call('failWith', [kind]));
    assert.deepStrictEqual(await thrown('a value'), { no: 'error' });
    assert.strictEqual(await thrown('nothing'), undefined);
    const exception = await thrown('a DOMException');
    assert.ok(exception instanceof DOMException);
    assert.deepStrictEqual(shown(exception), ['NotAllowedError', 0, 'no access']);
    const refused = await thrown('a function');
    assert.deepStrictEqual([refused.name, refused.path], ['DataCloneError', '']);
    const partly = await thrown('a property');
    assert.deepStrictEqual(shown(partly), ['Error', 'E_CODE', 'with a function']);
    const circle = await thrown('a circle');
    assert.strictEqual(circle.cause, circle);
    peer.close();
    await exit(worker);
  },

  async 'only own functions of the api can be called'(lib) {
    let asked = 0;
    class Api {
      own = () => 'own';
      value = 1;
      inherited() {}
      get got() {
        asked++;
        return () => {};
      }
    }
    const api = new Api();
    Object.defineProperty(api, 'accessor', { get: () => asked++, enumerable: true });
    const { peer } = pair(lib, api);
    assert.strictEqual(await peer.call('own'), 'own');
    const names = [
      'inherited',
      'got',
      'accessor',
      'value',
      'constructor',
      'toString',
      '__proto__',
      'hasOwnProperty',
      '',
    ];
    for (const name of [...names, '__defineGetter__', 'valueOf']) {
      const error = await failure(peer.call(name));
      assert.deepStrictEqual([error.name, error.code], ['TypeError', 'ERR_FERROPORT_NO_SUCH_CALL'], name);
    }
    assert.strictEqual(asked, 0);
    assert.strictEqual(
      (await failure(peer.call('own', undefined, {}).then(() => peer.call('other')))).code,
      'ERR_FERROPORT_NO_SUCH_CALL',
    );
    api.other = () => 'added later';
    assert.strictEqual(await peer.call('other'), 'added later');
    const none = pair(lib);
    assert.strictEqual((await failure(none.peer.call('own'))).code, 'ERR_FERROPORT_NO_SUCH_CALL');
    peer.close();
    none.peer.close();
  },

  async 'what cannot be cloned is refused, with its path'(lib) {
    const { worker, peer } = begin(lib);
    const inArguments = await failure(peer.call('same', [1, { run() {} }]));
    assert.deepStrictEqual([inArguments.name, inArguments.code, inArguments.path], ['DataCloneError', 25, '[1].run']);
    assert.strictEqual(thrownBy(() => peer.callSync('same', [() => {}])).path, '[0]');
    for (const inResult of [await failure(peer.call('uncloneable')), thrownBy(() => peer.callSync('uncloneable'))]) {
      assert.ok(inResult instanceof DOMException);
      assert.deepStrictEqual([inResult.name, inResult.code, inResult.path], ['DataCloneError', 25, '.jobs[0].onDone']);
    }
    assert.strictEqual(await peer.call('add', [1, 1]), 2);
    peer.close();
    await exit(worker);
  },

  async 'what is listed moves, with a call and with a result'(lib) {
    const { transfer } = callsOf(lib);
    const { worker, peer } = begin(lib);
    for (const options of [(list) => list, (list) => new Set(list)]) {
      const buffer = new ArrayBuffer(8);
      assert.strictEqual(await peer.call('take', [buffer], { transfer: options([buffer]) }), 8);
      assert.strictEqual(buffer.byteLength, 0);
    }
    const buffer = new ArrayBuffer(9);
    assert.strictEqual(peer.callSync('take', [buffer], { transfer: [buffer] }), 9);
    assert.strictEqual(buffer.byteLength, 0);
    const bytes = new Uint8Array(10);
    assert.strictEqual(await peer.remote.take(transfer(bytes, [bytes.buffer])), 10);
    assert.strictEqual(bytes.length, 0);
    const both = [new Uint8Array(1), new Uint8Array(2)];
    await peer.call('same', [transfer(both[0], [both[0].buffer]), both[1]], { transfer: [both[1].buffer] });
    assert.deepStrictEqual(
      both.map(({ length }) => length),
      [0, 0],
    );
    const given = await peer.call('give', [5]);
    assert.deepStrictEqual(given.bytes, new Uint8Array(5).fill(7));
    assert.strictEqual(given.bytes, given.again);
    const kept = new ArrayBuffer(4);
    await failure(peer.call('take', [kept, () => {}], { transfer: [kept] }));
    assert.strictEqual(kept.byteLength, 4);
    assert.strictEqual(thrownBy(() => transfer(1, [])).code, 'ERR_INVALID_ARG_TYPE');
    assert.strictEqual(thrownBy(() => transfer({}, 1)).code, 'ERR_INVALID_ARG_TYPE');
    peer.close();
    await exit(worker);
  },

  async 'a port is a result like any other'(lib) {
    const { transfer } = callsOf(lib);
    const { peer } = pair(lib, {
      open() {
        const { port1, port2 } = new lib.MessageChannel();
        port1.on('message', (value) => {
          port1.postMessage(value + 1);
          port1.close();
        });
        return transfer(port2, [port2]);
      },
      forget: () => new lib.MessageChannel().port1,
    });
    const port = await peer.call('open');
    port.postMessage(1);
    assert.strictEqual(await message(port), 2);
    const error = await failure(peer.call('forget'));
    assert.ok(['DataCloneError', 'TypeError'].includes(error.name));
    peer.close();
  },

  async 'a call ends when its time is over, and the function hears of it'(lib) {
    const { worker, peer } = begin(lib);
    await peer.call('add', [0, 0]);
    const late = await failure(peer.call('hold', ['async'], { timeout: 500 }));
    assert.ok(late instanceof DOMException);
    assert.strictEqual(late.name, 'TimeoutError');
    const lateSync = thrownBy(() => peer.callSync('hold', ['sync'], { timeout: 500 }));
    assert.strictEqual(lateSync.name, 'TimeoutError');
    while ((await peer.call('told', ['sync'])) === undefined) await turn();
    assert.strictEqual((await peer.call('told', ['async']))[0], 'TimeoutError');
    assert.strictEqual((await peer.call('told', ['sync']))[0], 'TimeoutError');
    assert.strictEqual(thrownBy(() => peer.callSync('never', [], { timeout: 0 })).name, 'TimeoutError');
    assert.strictEqual(await peer.call('add', [1, 1], { timeout: 2 ** 40 }), 2);
    assert.strictEqual(peer.callSync('add', [1, 1], { timeout: Infinity }), 2);
    peer.close();
    await exit(worker);
  },

  async 'an answer that has come in time counts, also if the caller was busy for longer than the limit'(lib) {
    const { worker, peer } = begin(lib, {
      busy: () => void block(1000),
    });
    await peer.call('add', [0, 0]);
    const answers = Array.from({ length: 300 }, (_, i) => peer.call('add', [i, 1], { timeout: 1000 }));
    block(1500);
    assert.deepStrictEqual(
      await Promise.all(answers),
      Array.from({ length: 300 }, (_, i) => i + 1),
    );
    // The answer has arrived while the call before it was being served.
    assert.strictEqual(peer.callSync('notify', ['busy'], { timeout: 400 }), 'done');
    peer.close();
    await exit(worker);
  },

  async 'a call ends when its time is over, also if its answer waits at a port that is paused'(lib) {
    const { peer, other, port1 } = pair(lib, { now: () => 1 });
    port1.pause();
    const ended = failure(peer.call('now', [], { timeout: 20 }));
    assert.strictEqual((await ended).name, 'TimeoutError');
    port1.resume();
    assert.strictEqual(await peer.call('now'), 1);
    other.close();
  },

  async 'a signal ends a call with its reason, and the function hears of it'(lib) {
    const { worker, peer } = begin(lib);
    await peer.call('add', [0, 0]);
    const controller = new AbortController();
    const { signal } = controller;
    const held = failure(peer.call('hold', ['signal'], { signal }));
    const answered = peer.call('add', [1, 1], { signal });
    assert.strictEqual(await answered, 2);
    const reason = new RangeError('enough');
    controller.abort(reason);
    assert.strictEqual(await held, reason);
    while ((await peer.call('told', ['signal'])) === undefined) await turn();
    assert.deepStrictEqual(await peer.call('told', ['signal']), ['RangeError', 'enough']);
    assert.strictEqual(await failure(peer.call('hold', ['never'], { signal })), reason);
    const uncloneable = new AbortController();
    const dropped = failure(peer.call('hold', ['uncloneable'], { signal: uncloneable.signal }));
    // A call that is given up before it is served is not begun.
    await peer.call('add', [0, 0]);
    uncloneable.abort(() => {});
    assert.strictEqual(typeof (await dropped), 'function');
    while ((await peer.call('told', ['uncloneable'])) === undefined) await turn();
    assert.strictEqual(await peer.call('told', ['never']), undefined);
    peer.close();
    await exit(worker);
  },

  async 'a busy function sees that its caller has given up: by any signal, and by a limit of time'(lib) {
    for (const [key, giveUp] of Object.entries({
      'a shared signal': () => {
        const controller = new lib.SharedAbortController();
        return { options: { signal: controller.signal }, abort: () => controller.abort(new RangeError('enough')) };
      },
      'a shared signal with a limit': () => {
        const controller = new lib.SharedAbortController();
        const options = { signal: controller.signal, timeout: 60_000 };
        return { options, abort: () => controller.abort(new RangeError('enough')) };
      },
      'a plain signal': () => {
        const controller = new AbortController();
        return { options: { signal: controller.signal }, abort: () => controller.abort(new RangeError('enough')) };
      },
      'a limit': () => ({ options: { timeout: 1000 }, abort: () => {} }),
      'a limit beside a signal': () => ({
        options: { timeout: 1000, signal: new lib.SharedAbortController().signal },
        abort: () => {},
      }),
    })) {
      const { worker, peer } = begin(lib);
      await peer.call('add', [0, 0]);
      const { options, abort } = giveUp();
      const words = new Int32Array(new SharedArrayBuffer(4));
      const ended = failure(peer.call('spin', [key, words], options));
      // What waits behind it is not begun if nobody waits for it any more.
      const earlier = new AbortController();
      const behind = failure(peer.call('spin', ['behind'], { signal: earlier.signal }));
      while (Atomics.load(words, 0) === 0) await turn();
      earlier.abort();
      setTimeout(abort, 20);
      const error = await ended;
      await behind;
      const isLimit = key.startsWith('a limit');
      assert.strictEqual(error.name, isLimit ? 'TimeoutError' : 'RangeError', key);
      const [name, text] = await peer.call('told', [key]);
      assert.strictEqual(name, isLimit ? 'TimeoutError' : 'RangeError', key);
      assert.ok(isLimit || text === 'enough', text);
      assert.strictEqual(await peer.call('told', ['behind']), undefined);
      peer.close();
      await exit(worker);
    }
  },

  async 'a shared signal ends a blocked call from another thread'(lib) {
    const { worker, peer } = begin(lib);
    const other = begin(lib);
    const controller = new lib.SharedAbortController();
    const { signal } = controller;
    assert.strictEqual(peer.callSync('add', [1, 1], { signal }), 2);
    assert.strictEqual(await other.peer.call('add', [1, 1]), 2);
    const limit = lib.SharedAbortSignal.timeout(30);
    const error = thrownBy(() => peer.callSync('spin', ['timeout'], { signal: limit }));
    assert.strictEqual(error.name, 'TimeoutError');
    assert.strictEqual(error, limit.reason);
    assert.strictEqual((await peer.call('told', ['timeout']))[0], 'TimeoutError');
    controller.abort('enough');
    assert.strictEqual(
      thrownBy(() => peer.callSync('add', [1, 1], { signal })),
      'enough',
    );
    peer.close();
    other.peer.close();
    await exit(worker);
    await exit(other.worker);
  },

  async 'close ends the calls of both ends, and their signals'(lib) {
    let signal;
    const reasons = [];
    const { peer, other, port1 } = pair(lib, {
      hold() {
        ({ signal } = this);
        signal.addEventListener('abort', () => reasons.push(signal.reason.code));
        return new Promise(() => {});
      },
    });
    const mine = failure(peer.call('hold'));
    const others = failure(other.call('nothing there, and no answer'));
    while (signal === undefined) await turn();
    assert.strictEqual((await others).code, 'ERR_FERROPORT_NO_SUCH_CALL');
    const closing = failure(other.call('hold'));
    peer.close();
    assert.strictEqual((await mine).code, CLOSED);
    assert.strictEqual((await closing).code, CLOSED);
    while (reasons.length === 0) await turn();
    assert.deepStrictEqual([signal.aborted, reasons], [true, [CLOSED]]);
    for (const end of [peer, other]) {
      assert.strictEqual((await failure(end.call('hold'))).code, CLOSED);
      assert.strictEqual(thrownBy(() => end.callSync('hold')).code, CLOSED);
      end.close();
    }
    while (port1.stats().peer !== 'closed') await turn();
  },

  async 'a port that closes ends the calls, from either end, and so does one that is sent away'(lib) {
    for (const end of [
      ({ port1 }) => port1.close(),
      ({ port2 }) => port2.close(),
      ({ port1 }) => new lib.MessageChannel().port1.postMessage(port1, [port1]),
    ]) {
      const ends = pair(lib, { never: () => new Promise(() => {}) });
      const pending = [failure(ends.peer.call('never')), failure(ends.peer.call('never', [], { timeout: 1e6 }))];
      await turn();
      end(ends);
      for (const error of await Promise.all(pending)) assert.strictEqual(error.code, CLOSED);
    }
    const { port1, port2 } = new lib.MessageChannel();
    port1.close();
    await turn();
    for (const port of [port1, port2]) {
      const peer = callsOf(lib).connect(port);
      assert.strictEqual((await failure(peer.call('never'))).code, CLOSED);
      assert.strictEqual(thrownBy(() => peer.callSync('never')).code, CLOSED);
    }
  },

  async 'a worker that ends rejects what is pending, however it ends'(lib) {
    for (const end of [
      ({ worker }) => worker.terminate(),
      ({ peer }) => peer.call('exit', [3]),
      ({ peer }) => peer.call('throwLater'),
      ({ peer }) => peer.call('closePort'),
      ({ peer }) => peer.call('close'),
    ]) {
      const begun = begin(lib);
      await begun.peer.call('add', [1, 1]);
      const pending = [1, 2, 3].map(() => failure(begun.peer.call('never')));
      void Promise.resolve(end(begun)).catch(() => {});
      for (const error of await Promise.all(pending)) assert.strictEqual(error.code, CLOSED, `${end}`);
      await begun.worker.terminate();
      assert.strictEqual((await failure(begun.peer.call('never'))).code, CLOSED);
      assert.strictEqual(thrownBy(() => begun.peer.callSync('add', [1, 1])).code, CLOSED);
    }
  },

  async 'the error with which a worker has failed is the cause of what ends its calls, and is told as ever'(lib) {
    const worker = new lib.Worker(THREAD, { argv: [lib.module] });
    const told = new Promise((resolve) => worker.once('error', resolve));
    const peer = callsOf(lib).connect(worker);
    const pending = failure(peer.call('never'));
    await peer.call('throwLater');
    const [error, cause] = [await pending, await told];
    assert.strictEqual(error.code, CLOSED);
    assert.strictEqual(cause.message, 'thrown later');
    if (process.versions.bun === undefined) assert.strictEqual(error.cause?.message, 'thrown later');
  },

  async 'a worker that is ended before it has begun ends a blocked call'(lib) {
    for (const began of [false, true]) {
      const { worker, peer } = begin(lib);
      if (began) await peer.call('add', [1, 1]);
      const pending = failure(peer.call('never'));
      void worker.terminate();
      assert.strictEqual(thrownBy(() => peer.callSync('add', [1, 1], { timeout: 20_000 })).code, CLOSED);
      assert.strictEqual((await pending).code, CLOSED);
      await exit(worker);
    }
  },

  async 'a worker that ends while its parent is blocked ends the call'(lib) {
    const { worker, peer } = begin(lib);
    await peer.call('add', [1, 1]);
    const error = thrownBy(() => peer.callSync('exit', [4]));
    assert.strictEqual(error.code, CLOSED);
    assert.strictEqual(await exit(worker), 4);
  },

  async 'what answers too late is dropped'(lib) {
    const { worker, peer } = begin(lib);
    await peer.call('add', [0, 0]);
    assert.strictEqual(thrownBy(() => peer.callSync('block', [60], { timeout: 5 })).name, 'TimeoutError');
    const aborting = new AbortController();
    const given = failure(peer.call('block', [1], { signal: aborting.signal }));
    aborting.abort();
    await given;
    for (let i = 0; i < 20; i++) assert.strictEqual(peer.callSync('add', [i, 1]), i + 1);
    for (let i = 0; i < 20; i++) assert.strictEqual(await peer.call('add', [i, 1]), i + 1);
    peer.close();
    await exit(worker);
  },

  async 'nobody can answer in the same thread, and the call is taken back'(lib) {
    let signal;
    const { peer } = pair(lib, {
      f() {
        ({ signal } = this);
        return new Promise(() => {});
      },
      g: () => 1,
    });
    assert.strictEqual(thrownBy(() => peer.callSync('f')).code, 'ERR_FERROPORT_DEADLOCK');
    assert.strictEqual(thrownBy(() => peer.callSync('g', [], { timeout: 20_000 })).code, 'ERR_FERROPORT_DEADLOCK');
    assert.strictEqual(await peer.call('g'), 1);
    assert.strictEqual(signal.aborted, true);
    peer.close();
  },

  async 'records of nobody’s making neither crash nor hang anything'(lib) {
    const { peer, port } = raw(lib, { f: (...args) => args.length, g: () => new Promise(() => {}) });
    const answers = [];
    port.on('message', (value) => answers.push(value));
    const key = 'ferroport.call';
    const values = [undefined, null, -1, 1, 1.5, NaN, '1', {}, [], [1], 'f', 'g', new Map(), Object.create(null)];
    for (const kind of [...values, 0, 2, 3, 4, 5, 7, 8, 9, 10, Infinity]) {
      for (const value of values) {
        port.postMessage({ [key]: kind, id: value });
        port.postMessage({
          [key]: kind,
          id: 1,
          name: value,
          args: value,
          value,
          errors: value,
          ids: value,
          code: value,
        });
        port.postMessage({
          [key]: kind,
          id: value,
          name: 'f',
          args: value,
          given: value,
          errors: [value, { cause: value }],
        });
      }
      port.postMessage({ [key]: kind });
    }
    port.postMessage({ [key]: 1, id: 2, name: 'f', args: new Array(1e6) });
    const sparse = [];
    sparse.length = 2 ** 32 - 1;
    port.postMessage({ [key]: 1, id: 3, name: 'f', args: sparse });
    const pending = peer.call('anything');
    let record;
    while ((record = answers.find((value) => value?.name === 'anything')) === undefined) await turn();
    port.postMessage({
      [key]: 3,
      id: record.id,
      errors: [{ type: '__proto__', own: { message: 1, stack: 2, extra: 3 }, errors: [{ at: 9 }, null] }],
    });
    const error = await failure(pending);
    assert.ok(error instanceof Error);
    assert.strictEqual(error.extra, 3);
    const answerTo = (id) => answers.find((value) => value?.id === id && value[key] !== 1);
    while (answerTo(3) === undefined) await turn();
    assert.strictEqual(answerTo(3).code, 'ERR_INVALID_ARG_TYPE');
    port.postMessage({ [key]: 1, id: 77, name: 'f', args: [1, 2] });
    while (answerTo(77) === undefined) await turn();
    assert.strictEqual(answerTo(77).value, 2);
    peer.close();
  },

  async 'an answer, or a call, that could not be read ends the call'(lib) {
    const { peer, other, port1, port2 } = pair(lib, { never: () => new Promise(() => {}), add: (a, b) => a + b });
    const served = peer.call('never');
    let hasEnded = false;
    served.catch(() => (hasEnded = true));
    await turn();
    // A call that has not been read, as far as the other end knows: it was addressed to somebody else.
    port2.removeAllListeners('message');
    const lost = failure(peer.call('add', [1, 2]));
    lib.receiveMessageOnPort(port2);
    void other;
    port1.emit('messageerror', new Error('of the runtime'));
    const asked = lib.receiveMessageOnPort(port2).message;
    const ask = lib.receiveMessageOnPort(port2).message;
    assert.deepStrictEqual([asked['ferroport.call'], ask['ferroport.call'], ask.ids.length], [7, 8, 2]);
    port2.postMessage({ 'ferroport.call': 9, ids: [ask.ids[1]] });
    const error = await lost;
    assert.strictEqual(error.code, 'ERR_FERROPORT_UNREADABLE');
    assert.strictEqual(error.cause.message, 'of the runtime');
    assert.strictEqual(hasEnded, false);
    port2.close();
    await failure(served);
    const { peer: asking, port } = raw(lib, { never: () => new Promise(() => {}) });
    port.postMessage({ 'ferroport.call': 1, id: 5, name: 'never', args: [] });
    port.postMessage({ 'ferroport.call': 8, ids: [5, 6] });
    assert.deepStrictEqual(await message(port), { 'ferroport.call': 9, ids: [6] });
    asking.close();
  },

  async 'messages that are not of calls are left to others on the port, in their order'(lib) {
    const { worker, peer } = begin(lib, { readFile: (name) => name });
    const heard = [];
    worker.on('message', (value) => {
      if (Array.isArray(value)) heard.push(value[1]);
    });
    assert.strictEqual(await peer.call('chat', [5]), 5);
    assert.strictEqual(peer.callSync('chat', [9]), 9);
    assert.strictEqual(peer.callSync('chat', [3]), 3);
    assert.strictEqual(await peer.call('chat', [2]), 2);
    assert.deepStrictEqual(
      heard,
      [5, 9, 3, 2].flatMap((count) => Array.from({ length: count }, (_, i) => i)),
    );
    peer.close();
    worker.removeAllListeners('message');
    await exit(worker);
  },

  async 'a worker or a port is connected once at a time'(lib) {
    const { connect } = callsOf(lib);
    const { peer, port1, port2 } = pair(lib);
    assert.strictEqual(thrownBy(() => connect(port1)).code, 'ERR_FERROPORT_CONNECTED');
    peer.close();
    assert.strictEqual((await failure(connect(port1).call('f'))).code, CLOSED);
    while (port2.stats().peer !== 'closed') await turn();
    const { worker, peer: first } = begin(lib);
    assert.strictEqual(await first.call('add', [1, 1]), 2);
    first.close();
    await exit(worker);
  },

  'what is no port, and bad options, are refused'(lib) {
    const { connect } = callsOf(lib);
    for (const bad of [undefined, null, 1, {}, new EventTarget(), new lib.BroadcastChannel('calls').unref()]) {
      const error = thrownBy(() => connect(bad));
      assert.deepStrictEqual([error.name, error.code], ['TypeError', 'ERR_INVALID_ARG_TYPE']);
    }
    const { port1 } = new lib.MessageChannel();
    for (const options of [1, 'api', { api: 1 }, { api: null }]) {
      assert.strictEqual(thrownBy(() => connect(port1, options)).code, 'ERR_INVALID_ARG_TYPE');
    }
    assert.strictEqual(port1.listenerCount('message'), 0);
    const peer = connect(port1);
    assert.throws(() => new peer.constructor());
    peer.close();
  },

  async 'bad arguments of a call are refused, and nothing is sent'(lib) {
    const { peer, port } = raw(lib);
    const bad = [
      [[1], 'ERR_INVALID_ARG_TYPE'],
      [[undefined], 'ERR_INVALID_ARG_TYPE'],
      [['f', 1], 'ERR_INVALID_ARG_TYPE'],
      [['f', 'text'], 'ERR_INVALID_ARG_TYPE'],
      [['f', [], 1], 'ERR_INVALID_ARG_TYPE'],
      [['f', [], { timeout: '1' }], 'ERR_INVALID_ARG_TYPE'],
      [['f', [], { timeout: -1 }], 'ERR_OUT_OF_RANGE'],
      [['f', [], { timeout: NaN }], 'ERR_OUT_OF_RANGE'],
      [['f', [], { signal: 1 }], 'ERR_INVALID_ARG_TYPE'],
      [['f', [], { signal: {} }], 'ERR_INVALID_ARG_TYPE'],
      [['f', [], { transfer: 1 }], 'ERR_INVALID_ARG_TYPE'],
    ];
    for (const [args, code] of bad) {
      assert.strictEqual((await failure(peer.call(...args))).code, code);
      assert.strictEqual(thrownBy(() => peer.callSync(...args)).code, code);
    }
    const { signal } = new AbortController();
    assert.strictEqual(thrownBy(() => peer.callSync('f', [], { signal })).code, 'ERR_INVALID_ARG_TYPE');
    assert.strictEqual(lib.receiveMessageOnPort(port), undefined);
    peer.close();
  },

  async 'a pending call keeps the thread running, and so does a peer with an api, until it is closed'(lib) {
    const load = `const { connect } = require(${JSON.stringify(path.join(lib.module, 'dist', 'call.js'))});
      const { port1, port2 } = new MessageChannel();`;
    const run = async (source) => {
      const { code, output } = await inProcess(lib, load + source);
      assert.strictEqual(code, 0, output);
      return output.trim();
    };
    const answer = `port2.on('message', ({ id }) => setTimeout(() =>
      port2.postMessage({ 'ferroport.call': 2, id, value: 'answered' }), 50)); port2.unref();`;
    assert.strictEqual(await run(`connect(port1); console.log('idle')`), 'idle');
    assert.strictEqual(await run(`connect(port1).call('f').then(console.log); ${answer}`), 'answered');
    assert.strictEqual(
      await run(
        `connect(port1, { api: {} }); setTimeout(() => { console.log('still here'); port2.close(); }, 50).unref();`,
      ),
      'still here',
    );
    assert.strictEqual(await run(`connect(port1, { api: {} }).close(); console.log('closed')`), 'closed');
    assert.strictEqual(
      await run(`const peer = connect(port1, { api: {} }); port1.unref(); peer.call('f').then(console.log); ${answer}`),
      'answered',
    );
  },

  async 'a peer is closed at the end of its block'(lib) {
    if (Symbol.dispose === undefined) return;
    const { peer } = pair(lib, { never: () => new Promise(() => {}) });
    const pending = failure(peer.call('never'));
    peer[Symbol.dispose]();
    assert.strictEqual((await pending).code, CLOSED);
  },

  async 'a busy function sees that its caller has ended'(lib) {
    // Deno ends a worker only when the thread that has asked for it goes on.
    if ('deno' in process.versions) return;
    const { port1, port2 } = new lib.MessageChannel();
    const worker = watched(
      new lib.Worker(THREAD, { argv: [lib.module], workerData: { port: port1 }, transferList: [port1] }),
    );
    let seen;
    const peer = callsOf(lib).connect(port2, {
      api: {
        wait() {
          const { signal } = this;
          const limit = Date.now() + 20_000;
          // Nothing but the worker's end is waited for, and the thread does nothing else meanwhile.
          void worker.terminate();
          while (!signal.aborted && Date.now() < limit);
          seen = [signal.aborted, signal.reason?.code];
          assert.throws(() => signal.throwIfAborted(), { code: CLOSED });
        },
      },
    });
    await failure(peer.call('ask', ['wait']));
    assert.deepStrictEqual(seen, [true, CLOSED]);
    await exit(worker);
  },
};
