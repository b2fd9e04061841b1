'use strict';

// What node:async_hooks see of ports: a resource of the type MESSAGEPORT each, entered for each message and for 'close'.

const { same } = require('../support/scenario');

same.inChild(
  'ports are resources: init, before, after, destroy, and the ids in listeners',
  async ({ api, log, settle }) => {
    const { createHook, executionAsyncId, triggerAsyncId } = require('node:async_hooks');
    const names = new Map();
    const seen = [];
    const see = (event) => (id) => names.has(id) && seen.push(`${event} ${names.get(id)}`);
    const hook = createHook({
      init(id, type, trigger) {
        if (type !== 'MESSAGEPORT') return;
        names.set(id, `port${names.size + 1}`);
        seen.push(`init ${names.get(id)} ${trigger === executionAsyncId()}`);
      },
      before: see('before'),
      after: see('after'),
      destroy: see('destroy'),
    }).enable();
    const main = executionAsyncId();
    const { port1, port2 } = new api.MessageChannel();
    port1.on('message', async (value) => {
      seen.push(`message ${value} ${names.get(executionAsyncId())} ${triggerAsyncId() === main}`);
      process.nextTick(() => seen.push(`tick ${names.get(triggerAsyncId())}`));
      await null;
      seen.push(`promise ${names.get(executionAsyncId())}`);
    });
    port1.on('close', () => seen.push(`close ${names.get(executionAsyncId())}`));
    port2.on('close', () => seen.push(`close ${names.get(executionAsyncId())}`));
    // More than are taken at once.
    for (let value = 0; value < 40; value++) port2.postMessage(value);
    await settle(40);
    seen.push('closing');
    port1.close();
    await settle();
    hook.disable();
    for (const each of seen) log(each);
  },
);

same.inChild('a hook that comes after the port hears of it, too', async ({ api, log, settle }) => {
  const { createHook, executionAsyncId } = require('node:async_hooks');
  const { port1, port2 } = new api.MessageChannel();
  const ids = new Set();
  port1.on('message', () => ids.add(executionAsyncId()));
  const hook = createHook({ init() {}, before() {} }).enable();
  for (let value = 0; value < 5; value++) port2.postMessage(value);
  await settle();
  log(ids.size, ids.has(0));
  hook.disable();
  port1.close();
});

same.inChild('a listener’s resources name its port as their trigger', async ({ api, log, settle }) => {
  const { AsyncResource, createHook, executionAsyncId } = require('node:async_hooks');
  const hook = createHook({ init() {} }).enable();
  const { port1, port2 } = new api.MessageChannel();
  port1.on('message', () => log(new AsyncResource('MINE').triggerAsyncId() === executionAsyncId()));
  for (let value = 0; value < 3; value++) port2.postMessage(value);
  await settle();
  hook.disable();
  port1.close();
});

same.inChild(
  'open-handle finders: the resource says whether its port keeps the loop alive, and shows it',
  async (x) => {
    const { api, log, settle } = x;
    const { createHook } = require('node:async_hooks');
    const { inspect } = require('node:util');
    const resources = [];
    const early = [];
    const hook = createHook({
      init(id, type, trigger, resource) {
        if (type !== 'MESSAGEPORT') return;
        early.push(typeof resource.hasRef, typeof inspect(resource));
        resources.push(resource);
      },
    }).enable();
    const { port1, port2 } = new api.MessageChannel();
    const note = () => log(resources.map((each) => [each.hasRef(), inspect(each).match(/active: \w+|refed: \w+/g)]));
    log(early, 'hasRef' in resources[0], /^MessagePort/.test(inspect(resources[1])));
    note();
    port1.on('message', () => {});
    note();
    port1.unref();
    note();
    port2.ref();
    note();
    port1.close();
    await settle();
    note();
    const broadcast = new api.BroadcastChannel('handles');
    // A channel may have others behind it.
    const isHeld = () => resources.slice(2).some((each) => each.hasRef());
    log(isHeld(), broadcast.unref() && isHeld(), broadcast.ref() && isHeld());
    broadcast.close();
    await settle();
    log(isHeld());
    hook.disable();
  },
);
