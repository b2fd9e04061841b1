'use strict';

// A drain that has no stack left to begin has not begun; a listener is added, removed and called as a whole, or not at all.

const test = require('ava');
const vm = require('node:vm');
const { AsyncLocalStorage } = require('node:async_hooks');
const builtin = require('node:worker_threads');
const ferroport = require('../../index.js');
const delivery = require('../../lib/delivery/drain');
const { settle } = require('../support/observe');
const { upwards } = require('./bottom');

const open = () => new ferroport.MessageChannel();

for (const [title, make] of Object.entries({
  'small messages': (n) => [{ n }],
  'messages with ports': (n) => {
    const { port1 } = open();
    return [{ n, port: port1 }, [port1]];
  },
  'messages with what only the engine moves': (n) => [{ n, shared: new SharedArrayBuffer(4) }],
  'long messages': (n) => [{ n, text: 'x'.repeat(100_000), list: Array.from({ length: 9000 }, (_, i) => [i]) }],
})) {
  for (const style of ['on', 'onmessage', 'once']) {
    test.serial(`a drain at the bottom loses nothing: ${title}, ${style}`, async (t) => {
      const { port1, port2 } = open();
      const got = [];
      const listen = (value) => {
        got.push((style === 'onmessage' ? value.data : value).n);
        if (style === 'once') port2.once('message', listen);
      };
      if (style === 'onmessage') port2.onmessage = listen;
      else port2[style]('message', listen);
      port2.on('messageerror', (error) => t.fail(error));
      let sent = 0;
      const failures = await upwards(async (near) => {
        const before = sent;
        for (let i = 0; i < 4; i++) port1.postMessage(...make(++sent));
        near(delivery.drain);
        for (let i = 0; i < 50 && got.length < sent; i++) await settle(1);
        t.deepEqual(
          got.slice(before),
          [1, 2, 3, 4].map((n) => before + n),
        );
      });
      t.true(failures > 0);
      port1.close();
    });
  }
}

test.serial('a drain at the bottom tells of closed ports', async (t) => {
  const failures = await upwards(async (near) => {
    const { port1, port2 } = open();
    const seen = [];
    port2.on('message', (value) => seen.push(value));
    port2.on('close', () => seen.push('close'));
    port1.postMessage(1);
    port1.close();
    near(delivery.drain);
    for (let i = 0; i < 50 && seen.length < 2; i++) await settle(1);
    t.deepEqual(seen, [1, 'close']);
  });
  t.true(failures > 0);
});

const ways = {
  on: (port, listener) => port.on('message', listener),
  once: (port, listener) => port.once('message', listener),
  addEventListener: (port, listener) => port.addEventListener('message', listener),
  prependListener: (port, listener) => port.prependListener('message', listener),
  onmessage: (port, listener) => (port.onmessage = listener),
};

for (const [name, add] of Object.entries(ways)) {
  test.serial(`a listener is added or is not: ${name}`, async (t) => {
    let added = 0;
    const failures = await upwards(async (near) => {
      const { port1, port2 } = open();
      let calls = 0;
      const { error } = near(() => add(port2, () => calls++));
      const isAdded = error === undefined;
      added += isAdded;
      t.is(port2.listenerCount('message'), isAdded ? 1 : 0);
      t.is(port2.hasRef(), isAdded && name !== 'addEventListener' ? true : port2.hasRef());
      if (!isAdded) t.false(port2.hasRef());
      port2.dispatchEvent(new Event('message'));
      t.is(calls, isAdded ? 1 : 0);
      // And again, as if nothing had been.
      if (!isAdded) add(port2, () => calls++);
      t.is(port2.listenerCount('message'), name === 'once' && isAdded ? 0 : 1);
      if (name !== 'once') {
        calls = 0;
        port2.start();
        port1.postMessage(1);
        for (let i = 0; i < 20 && calls === 0; i++) await settle(1);
        t.is(calls, 1);
      }
      port1.close();
    });
    t.true(failures > 0 && added > 0);
  });

  test.serial(`a listener is removed or is not: ${name}`, async (t) => {
    const failures = await upwards((near) => {
      const { port1, port2 } = open();
      let calls = 0;
      const listener = () => calls++;
      add(port2, listener);
      const remove = name === 'onmessage' ? () => (port2.onmessage = null) : () => port2.off('message', listener);
      const { error } = near(remove);
      const left = error === undefined ? 0 : 1;
      t.is(port2.listenerCount('message'), left);
      t.is(port2.hasRef(), left === 1);
      port2.dispatchEvent(new Event('message'));
      t.is(calls, left);
      remove();
      t.is(port2.listenerCount('message'), 0);
      t.false(port2.hasRef());
      port1.close();
    });
    t.true(failures > 0);
  });
}

test.serial('an event that was dispatched at the bottom is over', async (t) => {
  const failures = await upwards((near) => {
    const { port1, port2 } = open();
    const calls = [];
    port2.on('odd', () => calls.push('on'));
    port2.addEventListener('odd', () => calls.push('event'));
    near(() => port2.emit('odd', 1));
    calls.length = 0;
    // Put in its place at once, because no event is being dispatched.
    port2.prependListener('odd', () => calls.push('first'));
    port2.dispatchEvent(new Event('odd'));
    t.deepEqual(calls, ['first', 'on', 'event']);
    port1.close();
  });
  t.true(failures > 0);
});

test.serial('an event whose script was ended is over in the next task', async (t) => {
  const { port1, port2 } = open();
  const calls = [];
  const forever = () => {
    for (;;);
  };
  port2.addEventListener('odd', forever);
  const sandbox = vm.createContext({ emit: () => port2.emit('odd', 1) });
  t.throws(() => vm.runInContext('emit()', sandbox, { timeout: 5 }), { code: 'ERR_SCRIPT_EXECUTION_TIMEOUT' });
  port2.removeEventListener('odd', forever);
  port2.on('odd', () => calls.push('on'));
  port2.prependListener('odd', () => calls.push('first'));
  await settle(2);
  port2.dispatchEvent(new Event('odd'));
  t.deepEqual(calls, ['first', 'on']);
  port1.close();
});

test.serial('the scope of a port is left, however little of the stack there is', async (t) => {
  const storage = new AsyncLocalStorage();
  const { port1, port2 } = storage.run('of the port', open);
  const stores = [];
  port2.on('message', () => stores.push(storage.getStore()));
  await upwards(async (near) => {
    port1.postMessage(1);
    storage.run('outer', () => {
      near(delivery.drain);
      t.is(storage.getStore(), 'outer');
    });
    t.is(storage.getStore(), undefined);
    await settle(2);
  });
  t.true(stores.every((store) => store === 'of the port'));
  port1.close();
});

test.serial('the built-in, too, delivers the rest where a listener overflows', async (t) => {
  for (const { MessageChannel } of [builtin, ferroport]) {
    const { port1, port2 } = new MessageChannel();
    const got = [];
    const caught = [];
    const onError = (error) => caught.push(error.constructor.name);
    const before = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', onError);
    port2.on('message', (n) => {
      got.push(n);
      if (n % 2) {
        (function down() {
          down();
        })();
      }
    });
    for (let n = 0; n < 6; n++) port1.postMessage(n);
    await settle(10);
    process.off('uncaughtException', onError);
    for (const each of before) process.on('uncaughtException', each);
    t.deepEqual(got, [0, 1, 2, 3, 4, 5]);
    t.deepEqual(caught, ['RangeError', 'RangeError', 'RangeError']);
    port1.close();
  }
});
