'use strict';

// What listeners do to AsyncLocalStorage stores, and whom it concerns: their own work, other listeners, later messages.

const { same } = require('../support/scenario');

same.inChild('work that a listener starts keeps its store', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const { port1, port2 } = storage.run('made', () => new api.MessageChannel());
  port1.on('message', async (value) => {
    const show = (what) => () => log(value, what, storage.getStore());
    process.nextTick(show('tick'));
    queueMicrotask(show('microtask'));
    Promise.resolve().then(show('then'));
    await null;
    show('await')();
    setImmediate(show('immediate'));
    await new Promise((resolve) => setTimeout(resolve, 1));
    show('timer')();
  });
  for (const value of [1, 2]) {
    storage.run('posting', () => port2.postMessage(value));
    await settle();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  port1.close();
});

same.inChild('run and exit in a listener end with it', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  for (const made of [undefined, 'made']) {
    const { port1, port2 } = storage.run(made, () => new api.MessageChannel());
    port1.on('message', (value) => {
      log(value, storage.getStore());
      storage.run('inner', () => log(value, 'run', storage.getStore()));
      log(value, storage.getStore());
      storage.exit(() => log(value, 'exit', storage.getStore()));
      log(value, storage.getStore());
    });
    port1.on('message', (value) => log(value, 'second', storage.getStore()));
    for (const value of [1, 2, 3]) port2.postMessage(value);
    await settle();
    port1.close();
    await settle();
  }
});

same.inChild(
  'what a listener enters: for the others of its message, for the next, for close',
  async ({ api, log, settle }) => {
    const { AsyncLocalStorage } = require('node:async_hooks');
    const storage = new AsyncLocalStorage();
    for (const made of [undefined, 'made']) {
      for (const style of ['on', 'addEventListener']) {
        const { port1, port2 } = storage.run(made, () => new api.MessageChannel());
        const other = storage.run(made, () => new api.MessageChannel());
        const others = [];
        other.port1.on('message', () => others.push(storage.getStore()));
        port1[style]('message', () => {
          log('first', storage.getStore());
          storage.enterWith('entered');
          process.nextTick(() => log('tick', storage.getStore()));
          other.port2.postMessage(1);
        });
        port1[style]('message', () => log('second', storage.getStore()));
        port1.on('close', () => log('close', storage.getStore()));
        port2.on('close', () => log('close of the peer', storage.getStore()));
        for (const value of [1, 2, 3]) port2.postMessage(value);
        await settle();
        port2.postMessage(4);
        await settle();
        port1.close();
        await settle();
        other.port1.close();
        await settle();
        log('other port', others);
      }
    }
  },
);

same.inChild('what a promise of a listener enters does not come to the next message', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const { port1, port2 } = storage.run('made', () => new api.MessageChannel());
  port1.on('message', async (value) => {
    log(value, storage.getStore());
    await null;
    storage.enterWith(`entered ${value}`);
    await null;
    log(value, storage.getStore());
  });
  for (const value of [1, 2, 3]) port2.postMessage(value);
  await settle();
  port1.close();
});

same.inChild('an uncaught exception shows the store of its listener', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  process.on('uncaughtException', (error) => log(error.message, storage.getStore()));
  process.on('unhandledRejection', (error) => log(error.message, storage.getStore()));
  const { port1, port2 } = storage.run('made', () => new api.MessageChannel());
  port1.on('message', (value) => {
    log(value, storage.getStore());
    if (value === 1) throw new Error('thrown');
    if (value === 2) return Promise.reject(new Error('rejected and returned'));
    if (value === 3) Promise.reject(new Error('rejected'));
    if (value === 4) {
      process.nextTick(() => {
        throw new Error('thrown in a tick');
      });
    }
  });
  for (const value of [1, 2, 3, 4, 5]) {
    port2.postMessage(value);
    await settle();
  }
  for (const value of [1, 2, 3, 4, 5]) port2.postMessage(value);
  await settle();
  port1.close();
});

same.inChild('an uncaught exception leaves no other port a store', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const uncaught = [];
  process.on('uncaughtException', (error) => uncaught.push([error.message, storage.getStore()]));
  const throwing = storage.run('made', () => new api.MessageChannel());
  const other = new api.MessageChannel();
  const [seen, others] = [[], []];
  other.port1.on('message', (value) => others.push([value, storage.getStore()]));
  throwing.port1.on('message', (value) => {
    seen.push([value, storage.getStore()]);
    storage.enterWith(`entered ${value}`);
    process.nextTick(() => {
      storage.enterWith(`tick ${value}`);
      throw new Error(`tick ${value}`);
    });
    if (value % 2 === 0) throw new Error(`listener ${value}`);
  });
  for (let value = 0; value < 40; value++) {
    throwing.port2.postMessage(value);
    other.port2.postMessage(value);
  }
  await settle(100);
  log(uncaught);
  log(seen);
  log(others);
  throwing.port1.close();
  other.port1.close();
});
