'use strict';

// Which AsyncLocalStorage store ports see that were received, were made by listeners, or close.

const { same, test } = require('../support/scenario');
const { endsWell } = require('../support/program');

same.inChild('close sees the store of its port, not that in which a port was closed', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  for (const made of [undefined, 'made']) {
    const { port1, port2 } = storage.run(made, () => new api.MessageChannel());
    storage.run('adding', () => {
      port1.on('close', () => log(made, 'own', storage.getStore()));
      port2.on('close', () => log(made, 'peer’s', storage.getStore()));
      port2.on('message', () => {});
    });
    storage.run('closing', () => port1.close(() => log(made, 'callback', storage.getStore())));
    await settle();
  }
});

same.inChild('close in a listener of another port, and of ports that are sent away', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const one = storage.run('one', () => new api.MessageChannel());
  const two = storage.run('two', () => new api.MessageChannel());
  for (const [name, { port1, port2 }] of Object.entries({ one, two })) {
    port1.on('close', () => log(name, 'port1', storage.getStore()));
    port2.on('close', () => log(name, 'port2', storage.getStore()));
  }
  one.port1.on('message', () => two.port1.close());
  one.port2.postMessage(1);
  await settle();
  const three = storage.run('three', () => new api.MessageChannel());
  three.port1.on('close', () => log('sent away', storage.getStore()));
  storage.run('posting', () => one.port2.postMessage(three.port1, [three.port1]));
  await settle();
  one.port1.close();
  await settle();
});

same.inChild('a port that comes in a message sees no store', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const carrier = storage.run('carrier', () => new api.MessageChannel());
  const sent = storage.run('sent', () => new api.MessageChannel());
  carrier.port1.on('message', (port) => {
    log('carrier', storage.getStore());
    if (typeof port === 'number') return;
    port.on('message', (value) => log('came', value, storage.getStore()));
    port.on('close', () => log('came', 'close', storage.getStore()));
  });
  carrier.port2.postMessage(1);
  storage.run('posting', () => carrier.port2.postMessage(sent.port1, [sent.port1]));
  await settle();
  storage.run('posting', () => sent.port2.postMessage(1));
  await settle();
  sent.port2.close();
  await settle();
  carrier.port1.close();
});

same.inChild('a port taken by receiveMessageOnPort sees the store of the taker', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  for (const taker of [undefined, 'taker']) {
    const carrier = storage.run('carrier', () => new api.MessageChannel());
    const sent = storage.run('sent', () => new api.MessageChannel());
    storage.run('posting', () => carrier.port2.postMessage({ port: sent.port1 }, [sent.port1]));
    const { port } = storage.run(taker, () => {
      const { message } = api.receiveMessageOnPort(carrier.port1);
      log('after', storage.getStore());
      return message;
    });
    port.on('message', (value) => log('came', value, storage.getStore()));
    sent.port2.postMessage(1);
    await settle();
    port.close();
    carrier.port1.close();
    await settle();
  }
});

same.inChild('a channel made in a listener gets the listener’s store', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const outer = storage.run('outer', () => new api.MessageChannel());
  outer.port1.on('message', async (how) => {
    if (how === 'later') await null;
    const make = () => {
      const { port1, port2 } = new api.MessageChannel();
      port1.on('message', () => {
        log(how, storage.getStore());
        port1.close();
      });
      port2.postMessage(1);
    };
    if (how === 'run') storage.run('inner', make);
    else make();
  });
  for (const how of ['at once', 'later', 'run', 'at once again']) {
    storage.run('posting', () => outer.port2.postMessage(how));
    await settle();
  }
  outer.port1.close();
});

// On Node 24 and later the built-in shows a port the store of whoever threw while it was on its way.
endsWell(
  test,
  'a port that comes after an uncaught exception sees no store',
  `const { AsyncLocalStorage } = require('node:async_hooks');
  const { MessageChannel } = require(ferroport);
  const storage = new AsyncLocalStorage();
  process.on('uncaughtException', () => {});
  const carrier = storage.run('carrier', () => new MessageChannel());
  let came = 0;
  carrier.port1.on('message', (port) => {
    if (typeof port !== 'number') {
      port.on('message', (value) => {
        console.log('came', value, storage.getStore());
        port.close();
        if (++came === 3) carrier.port1.close();
      });
      return;
    }
    storage.enterWith('entered');
    process.nextTick(() => {
      storage.enterWith('tick');
      throw new Error('in a tick');
    });
    throw new Error('thrown');
  });
  for (let value = 0; value < 3; value++) {
    const { port1, port2 } = storage.run('sent', () => new MessageChannel());
    carrier.port2.postMessage(value);
    carrier.port2.postMessage(port1, [port1]);
    port2.postMessage(value);
  }`,
  ['came 0 undefined', 'came 1 undefined', 'came 2 undefined'],
);
