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

same.inChild('a port’s resource says whether the port keeps the event loop alive', async ({ api, log, settle }) => {
  const { createHook } = require('node:async_hooks');
  const resources = [];
  const hook = createHook({
    init: (id, type, trigger, resource) => type === 'MESSAGEPORT' && resources.push(resource),
  }).enable();
  const { port1, port2 } = new api.MessageChannel();
  const look = (when) => log(when, ...resources.map((resource) => resource.hasRef()));
  look('made');
  port1.on('message', () => {});
  look('listened to');
  port1.unref();
  look('unref’ed');
  port2.ref();
  look('the other ref’ed');
  port1.close();
  await settle();
  look('closed');
  hook.disable();
});
