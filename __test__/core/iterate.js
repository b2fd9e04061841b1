'use strict';

// Messages that are asked for one by one, and listeners that get none for a while. The built-in has none of it.

const assert = require('node:assert');
const { on } = require('node:events');
const { closed, exit, inProcess, start, thrownBy, turn } = require('./support');

/** What a promise is by now: 'waiting', or what it has settled with. */
async function stateOf(promise) {
  const settled = promise.then(
    (value) => ({ value }),
    (error) => ({ error }),
  );
  await turn();
  return Promise.race([settled, 'waiting']);
}

const done = { value: undefined, done: true };
const next = (value) => ({ value, done: false });

/** All that an iterator gives. */
async function all(iterator) {
  const found = [];
  for await (const value of iterator) found.push(value);
  return found;
}

const numbers = (count) => Array.from({ length: count }, (_, i) => i);

module.exports = {
  async 'a loop gets all messages in their order, and ends when the other end closes'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    for (let i = 0; i < 2500; i++) port1.postMessage(i);
    setTimeout(() => {
      for (let i = 2500; i < 5000; i++) port1.postMessage(i);
      port1.close();
    }, 5);
    assert.deepStrictEqual(await all(port2), numbers(5000));
    assert.deepStrictEqual(await port2.messages().next(), done);
  },

  async 'a message waits in the queue until it is asked for, so that the mark is exact'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel({ highWaterMark: 3 });
    const iterator = port2.messages();
    for (let i = 0; i < 50; i++) {
      while (port1.tryPostMessage(i));
      assert.strictEqual(port1.bufferedMessages, 3);
      await turn();
      assert.strictEqual(port1.bufferedMessages, 3);
      await iterator.next();
      assert.strictEqual(port1.bufferedMessages, 2);
    }
    port1.close();
  },

  async 'a batch is taken as far as it is asked for'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const iterator = port2.messages();
    const waiting = [iterator.next(), iterator.next()];
    for (let i = 0; i < 100; i++) port1.postMessage(i);
    assert.deepStrictEqual(await Promise.all(waiting), [next(0), next(1)]);
    await turn();
    assert.strictEqual(port1.bufferedMessages, 98);
    assert.strictEqual(port2.hasRef(), false);
    assert.deepStrictEqual(await iterator.next(), next(2));
    port1.close();
  },

  async 'each message has one taker: iterators in the order of asking, else listeners'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const heard = [];
    port2.on('message', (value) => heard.push(value));
    const [one, other] = [port2.messages(), port2[Symbol.asyncIterator]()];
    const asked = [other.next(), one.next(), one.next(), other.next()];
    for (let i = 0; i < 40; i++) port1.postMessage(i);
    assert.deepStrictEqual(await Promise.all(asked), [0, 1, 2, 3].map(next));
    while (heard.length < 36) await turn();
    assert.deepStrictEqual(heard, numbers(40).slice(4));
    const late = one.next();
    port1.postMessage('late');
    assert.deepStrictEqual(await late, next('late'));
    await one.return();
    await other.return();
    port1.postMessage('after');
    while (heard.length < 37) await turn();
    port1.close();
  },

  async 'who asks in the middle of a batch gets the next message, ahead of listeners'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const heard = [];
    const taken = [];
    port2.on('message', (value) => {
      heard.push(value);
      if (value % 10 !== 5) return;
      const asked = port2.messages().next();
      asked.then(({ value }) => taken.push(value));
    });
    for (let i = 0; i < 100; i++) port1.postMessage(i);
    while (heard.length + taken.length < 100) await turn();
    assert.deepStrictEqual(
      taken,
      numbers(10).map((ten) => ten * 10 + 6),
    );
    assert.deepStrictEqual(
      heard,
      numbers(100).filter((i) => i % 10 !== 6),
    );
    port1.close();
  },

  async 'a loop that is left leaves the port open, and the rest waits'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    for (let i = 0; i < 10; i++) port1.postMessage(i);
    for await (const value of port2) if (value === 3) break;
    assert.strictEqual(port1.bufferedMessages, 6);
    const iterator = port2.messages();
    const [a, b] = [iterator.next(), iterator.next()];
    assert.deepStrictEqual([await a, await b], [next(4), next(5)]);
    for (let i = 0; i < 4; i++) await iterator.next();
    const waiting = [iterator.next(), iterator.next()];
    assert.deepStrictEqual(await iterator.return('given'), { value: 'given', done: true });
    assert.deepStrictEqual(await Promise.all(waiting), [done, done]);
    assert.deepStrictEqual(await iterator.next(), done);
    const thrown = port2.messages();
    await assert.rejects(thrown.throw(new Error('thrown')), /thrown/);
    assert.deepStrictEqual(await thrown.next(), done);
    port1.postMessage('still open');
    assert.deepStrictEqual(await port2.messages().next(), next('still open'));
    port1.close();
  },

  async 'close and hand-over end the loop, whatever waits'({ MessageChannel }) {
    const ends = {
      'the other end closes': (port1) => port1.close(),
      'it closes': (port1, port2) => port2.close(),
      'it leaves': (port1, port2) => new MessageChannel().port1.postMessage(port2, [port2]),
    };
    for (const [name, end] of Object.entries(ends)) {
      const { port1, port2 } = new MessageChannel();
      const iterator = port2.messages();
      const waiting = [iterator.next(), iterator.next(), port2.messages().next()];
      assert.strictEqual(await stateOf(waiting[0]), 'waiting');
      end(port1, port2);
      assert.deepStrictEqual(await Promise.all(waiting), [done, done, done], name);
      assert.deepStrictEqual(await port2.messages().next(), done, name);
    }
    const { port1, port2 } = new MessageChannel();
    port1.postMessage('dropped');
    port2.close();
    assert.deepStrictEqual(await all(port2), []);
  },

  async 'a loop may close its own port'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const end = closed(port1);
    port1.ref();
    for (let i = 0; i < 100; i++) port1.postMessage(i);
    const found = [];
    for await (const value of port2) {
      found.push(value);
      if (value === 4) port2.close();
    }
    assert.deepStrictEqual(found, numbers(5));
    await end;
  },

  async 'a loop that always finds a message lets the event loop have its turns'({ MessageChannel }) {
    // In a drain, and outside of one, where messages are taken at once.
    for (const isOutside of [false, true]) {
      const { port1, port2 } = new MessageChannel();
      port1.postMessage(0);
      let turns = 0;
      const timer = setInterval(() => turns++, 0);
      let count = 0;
      for await (const value of port2) {
        assert.strictEqual(value, count++);
        port1.postMessage(count);
        if (count === 1 && isOutside) await turn();
        if (turns > 3) break;
      }
      clearInterval(timer);
      port1.close();
    }
  },

  async 'a signal ends the loop with its reason'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const controller = new AbortController();
    const reason = { why: 'enough' };
    const iterator = port2.messages({ signal: controller.signal });
    const waiting = [iterator.next(), iterator.next()];
    const other = port2.messages().next();
    controller.abort(reason);
    await assert.rejects(waiting[0], (error) => error === reason);
    assert.deepStrictEqual([await waiting[1], await iterator.next()], [done, done]);
    port1.postMessage('for the other');
    assert.deepStrictEqual(await other, next('for the other'));
    const late = port2.messages({ signal: controller.signal });
    await assert.rejects(late.next(), (error) => error === reason);
    assert.deepStrictEqual(await late.next(), done);
    // Between two calls of `next`.
    const later = new AbortController();
    const between = port2.messages({ signal: later.signal });
    port1.postMessage(1);
    await between.next();
    later.abort(reason);
    await assert.rejects(between.next(), (error) => error === reason);
    assert.deepStrictEqual(await between.next(), done);
    port1.close();
  },

  async 'a signal may be of any class, and is let go at the end'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const listeners = new Set();
    const signal = {
      aborted: false,
      reason: 'of another class',
      addEventListener: (type, listener) => listeners.add(listener),
      removeEventListener: (type, listener) => listeners.delete(listener),
    };
    await port2.messages({ signal }).return();
    assert.strictEqual(listeners.size, 0);
    const waiting = port2.messages({ signal }).next();
    for (const listener of listeners) listener();
    await assert.rejects(waiting, (error) => error === 'of another class');
    assert.strictEqual(listeners.size, 0);
    port1.close();
  },

  'bad options are refused'({ MessageChannel }) {
    const { port1 } = new MessageChannel();
    for (const options of [null, 1, 'signal', { signal: null }, { signal: {} }, { signal: 'abort' }]) {
      const error = thrownBy(() => port1.messages(options));
      assert.deepStrictEqual([error.name, error.code], ['TypeError', 'ERR_INVALID_ARG_TYPE']);
    }
    port1.close();
  },

  async 'the iterator is one of the language'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const iterator = port2.messages();
    assert.strictEqual(iterator[Symbol.asyncIterator](), iterator);
    const prototype = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype);
    assert.strictEqual(Object.getPrototypeOf(Object.getPrototypeOf(iterator)), prototype);
    assert.strictEqual(port2.messages.length, 0);
    port1.close();
  },

  async 'ports come along with messages'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const { port1: inside, port2: outside } = new MessageChannel();
    const waiting = port2.messages().next();
    port1.postMessage({ inside }, [inside]);
    const { inside: come } = (await waiting).value;
    outside.postMessage('through');
    assert.deepStrictEqual(await come.messages().next(), next('through'));
    outside.close();
    port1.close();
  },

  async 'pause lets messages wait, and resume lets them go on, also in the middle of a batch'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const heard = [];
    assert.strictEqual(port2.isPaused(), false);
    port2.on('message', (value) => {
      heard.push(value);
      if (value % 7 === 3) assert.strictEqual(port2.pause(), port2);
    });
    for (let i = 0; i < 20; i++) port1.postMessage(i);
    for (const count of [4, 11, 18]) {
      while (heard.length < count) await turn();
      await turn();
      assert.deepStrictEqual([heard.length, port1.bufferedMessages], [count, 20 - count]);
      assert.strictEqual(port2.isPaused(), true);
      // Neither of these is a way around it.
      port2.start();
      const listener = () => {};
      port2.on('message', listener);
      port2.off('message', listener);
      await turn();
      assert.strictEqual(heard.length, count);
      assert.strictEqual(port2.resume(), port2);
      assert.strictEqual(port2.isPaused(), false);
    }
    while (heard.length < 20) await turn();
    assert.deepStrictEqual(heard, numbers(20));
    port1.close();
  },

  async "a paused port can be iterated, and hears 'close' when all is read"({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel();
    const heard = [];
    port2.on('message', (value) => heard.push(value));
    port2.pause();
    let isClosed = false;
    port2.on('close', () => (isClosed = true));
    port1.postMessage(1);
    port1.postMessage(2);
    port1.close();
    await turn();
    assert.strictEqual(isClosed, false);
    assert.deepStrictEqual(await all(port2), [1, 2]);
    while (!isClosed) await turn();
    assert.deepStrictEqual(heard, []);
  },

  async 'events.on with marks keeps the sender waiting'({ MessageChannel }) {
    const { port1, port2 } = new MessageChannel({ highWaterMark: 10 });
    const sending = (async () => {
      for (let i = 0; i < 1000; i++) while (!port1.tryPostMessage(i)) await port1.ready;
    })();
    let count = 0;
    let pauses = 0;
    for await (const [value] of on(port2, 'message', { highWaterMark: 8, lowWaterMark: 2 })) {
      assert.strictEqual(value, count++);
      pauses += Number(port2.isPaused());
      if (count % 10 === 0) await turn();
      if (count === 1000) break;
    }
    await sending;
    assert.ok(pauses > 0);
    port1.close();
  },

  async 'a pending next() keeps the thread running, and no longer'(lib) {
    const channel = 'const { port1, port2 } = new MessageChannel(); ';
    const waits = 'const waiting = port2.messages().next().then(({ value }) => console.log("got", value)); ';
    const posts = 'setTimeout(() => port1.postMessage(1), 50).unref(); setTimeout(() => {}, 20); ';
    const cases = {
      [`${waits} ${posts} setTimeout(() => port1.postMessage(1), 300);`]: 'got 1\n',
      [`${waits} port2.unref(); setTimeout(() => port1.postMessage(1), 30).unref();`]: '',
      'port2.messages(); port2.messages().return();': '',
      'port1.postMessage(1); port2.messages().next().then(() => console.log("taken"));': 'taken\n',
    };
    for (const [source, expected] of Object.entries(cases)) {
      const { code, output } = await inProcess(lib, `${channel}${source}`);
      assert.deepStrictEqual([code, output], [0, expected], source);
    }
    const { port1, port2 } = new lib.MessageChannel();
    const iterator = port2.messages();
    const waiting = iterator.next();
    assert.strictEqual(port2.hasRef(), true);
    const listener = () => {};
    port2.on('message', listener);
    port2.off('message', listener);
    assert.strictEqual(port2.hasRef(), true);
    port1.postMessage(1);
    await waiting;
    await turn();
    assert.strictEqual(port2.hasRef(), false);
    port2.ref();
    const second = iterator.next();
    port1.postMessage(2);
    await second;
    await turn();
    assert.strictEqual(port2.hasRef(), true, 'the program itself has refed it');
    port1.close();
  },

  async 'a worker and its parent iterate'(lib) {
    const worker = start(lib, 'iterating');
    for (let i = 0; i < 1000; i++) worker.postMessage(i);
    let count = 0;
    for await (const value of worker) {
      assert.strictEqual(value, ++count);
      if (count === 1000) break;
    }
    worker.postMessage('end');
    assert.strictEqual(await exit(worker), 0);
    assert.deepStrictEqual(await worker.messages().next(), done);
  },

  async 'a slow loop gets all that a worker has posted before it ended'(lib) {
    const worker = start(lib, 'counting', 500);
    let count = 0;
    for await (const value of worker.messages()) {
      assert.strictEqual(value, count++);
      if (count % 100 === 0) await turn();
    }
    assert.strictEqual(count, 500);
    await exit(worker);
  },

  async 'a worker is paused and goes on'(lib) {
    const worker = start(lib, 'echo');
    const heard = [];
    worker.on('message', (value) => heard.push(value));
    worker.postMessage(0);
    while (heard.length < 1) await turn();
    assert.strictEqual(worker.isPaused(), false);
    assert.strictEqual(worker.pause(), worker);
    assert.strictEqual(worker.isPaused(), true);
    for (let i = 1; i < 10; i++) worker.postMessage(i);
    const iterator = worker.messages();
    assert.deepStrictEqual(await iterator.next(), next(1));
    assert.deepStrictEqual(heard, [0]);
    assert.strictEqual(worker.resume(), worker);
    while (heard.length < 9) await turn();
    assert.deepStrictEqual(
      heard,
      numbers(10).filter((i) => i !== 1),
    );
    await worker.terminate();
    assert.deepStrictEqual(await iterator.next(), done);
  },

  async "a worker's listener gets what nobody asks for, also when it is added during the iteration"(lib) {
    const worker = start(lib, 'echo');
    worker.postMessage(1);
    const iterator = worker.messages();
    assert.deepStrictEqual(await iterator.next(), next(1));
    // Nobody asks for this one, and nobody listens.
    worker.postMessage(2);
    await turn();
    const heard = [];
    worker.on('message', (value) => heard.push(value));
    while (heard.length < 1) await turn();
    await iterator.return();
    worker.postMessage(3);
    while (heard.length < 2) await turn();
    assert.deepStrictEqual(heard, [2, 3]);
    await worker.terminate();
  },

  async 'termination ends the loop'(lib) {
    const worker = start(lib, 'echo');
    worker.postMessage(1);
    const iterator = worker.messages();
    await iterator.next();
    const waiting = iterator.next();
    await worker.terminate();
    assert.deepStrictEqual(await waiting, done);
  },
};
