'use strict';

// What AsyncLocalStorage shows to listeners does not depend on who loaded ferroport. What it shows is in ../fidelity.

const test = require('ava');
const { endsWell } = require('../support/program');

const LISTEN = `
  const { port1: a, port2: b } = new f.MessageChannel();
  const { port1: c, port2: d } = new f.MessageChannel();
  const show = (name) => () => console.log(name, storage.getStore());
  a.on('message', show('a'));
  a.addEventListener('message', () => storage.run('ran', () => {}));
  c.on('message', show('c'));
  a.on('close', show('a closed'));
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
