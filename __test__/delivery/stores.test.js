'use strict';

// What AsyncLocalStorage shows to listeners: nothing, whoever loaded, made, posted, entered or closed before.

const test = require('ava');
const { endsWell } = require('../support/program');

const LISTEN = `
  const { port1: a, port2: b } = new f.MessageChannel();
  const { port1: c, port2: d } = new f.MessageChannel();
  const show = (name) => () => console.log(name, storage.getStore());
  a.on('message', show('a')).on('message', () => storage.enterWith('entered'));
  a.addEventListener('message', () => storage.run('ran', () => {}));
  c.on('message', show('c'));
  a.on('close', show('a closed')).on('close', () => storage.enterWith('entered'));
  c.on('close', show('c closed'));
  b.on('close', show('b closed'));
  const later = (work, turns = 20) => setImmediate(() => (turns === 0 ? work() : later(work, turns - 1)));
  storage.run('posting', () => { b.postMessage(1); b.postMessage(2); d.postMessage(3); });
  later(() => { b.postMessage(4); d.postMessage(5); });
  later(() => { storage.run('closing a', () => a.close()); storage.run('closing c', () => c.close()); }, 60);
  // b is not ref'ed.
  later(() => {}, 100);`;

const EXPECTED = ['a', 'c', 'a', 'a', 'c', 'c closed', 'a closed', 'b closed'].map((name) => `${name} undefined`);

for (const [where, load] of Object.entries({
  'a store': "const f = storage.run('first', () => require(ferroport));",
  'a store that was entered': "storage.enterWith('first'); const f = require(ferroport); storage.enterWith(undefined);",
  'no store': 'const f = require(ferroport);',
})) {
  endsWell(
    test,
    `a listener sees no store when ferroport was loaded in ${where}`,
    `const { AsyncLocalStorage } = require('node:async_hooks'); const storage = new AsyncLocalStorage(); ${load} ${LISTEN}`,
    EXPECTED,
  );
}

endsWell(
  test,
  'a listener’s own store goes on in its ticks and promises',
  `const { AsyncLocalStorage } = require('node:async_hooks');
  const { MessageChannel } = require(ferroport);
  const storage = new AsyncLocalStorage();
  const { port1, port2 } = new MessageChannel();
  port1.on('message', async (value) => {
    storage.enterWith(value);
    process.nextTick(() => console.log('tick', storage.getStore()));
    await null;
    console.log('promise', storage.getStore());
    if (value === 2) setImmediate(() => { console.log('immediate', storage.getStore()); port1.close(); });
  });
  port2.postMessage(1);
  port2.postMessage(2);`,
  ['tick 1', 'promise 1', 'tick 2', 'promise 2', 'immediate 2'],
);

endsWell(
  test,
  'an uncaught error does not leave a store behind',
  `const { AsyncLocalStorage } = require('node:async_hooks');
  const { MessageChannel } = require(ferroport);
  const storage = new AsyncLocalStorage();
  process.on('uncaughtException', (error) => console.log(error.message));
  const { port1, port2 } = new MessageChannel();
  port1.on('message', (value) => {
    console.log(value, storage.getStore());
    storage.enterWith(value);
    if (value === 3) port1.close();
    throw new Error('thrown ' + value);
  });
  for (const value of [1, 2, 3]) port2.postMessage(value);`,
  ['1 undefined', 'thrown 1', '2 undefined', 'thrown 2', '3 undefined', 'thrown 3'],
);
