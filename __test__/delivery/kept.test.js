'use strict';

// Whoever has asked for a message may end while that message is being read or told: by a subscriber of diagnostics_channel, or by a hook
// of async_hooks that is called for a port in the message. The message goes to the next who wants one then.

const { createHook } = require('node:async_hooks');
const diagnostics = require('node:diagnostics_channel');
const { setTimeout: sleep } = require('node:timers/promises');
const test = require('ava');
const { MessageChannel, receiveMessageOnPort } = require('../..');

/** Two ways by which `act` runs in the middle of a message, once, each with a message for which it does. */
const ways = [
  {
    how: 'a subscriber',
    message: () => ['first'],
    async during(act, work) {
      const heard = () => {
        diagnostics.unsubscribe('ferroport:message', heard);
        act();
      };
      diagnostics.subscribe('ferroport:message', heard);
      await work();
    },
  },
  {
    how: 'a hook of async_hooks',
    message: ({ port1 } = new MessageChannel()) => [{ port1 }, [port1]],
    async during(act, work) {
      let isDone = false;
      const hook = createHook({
        init(id, type) {
          if (type !== 'MESSAGEPORT' || isDone) return;
          isDone = true;
          act();
        },
      });
      await work(() => hook.enable());
      hook.disable();
    },
  },
];

/** Who has asked for the first message, and how that is ended. */
const askers = [
  {
    who: 'an iterator',
    ask(port) {
      const iterator = port.messages();
      const asked = iterator.next();
      return { asked, end: () => void iterator.return() };
    },
  },
  {
    who: 'a stream',
    ask(port) {
      const reader = port.readable.getReader();
      const asked = reader.read();
      return { asked, end: () => void reader.cancel() };
    },
  },
];

/** Who takes the messages afterwards. */
const others = {
  receiveMessageOnPort: (port) =>
    [receiveMessageOnPort(port), receiveMessageOnPort(port)].map(({ message }) => message),
  receiveSync: (port) => [port.receiveSync(), port.receiveSync()],
  async 'an iterator'(port) {
    const iterator = port.messages();
    return [(await iterator.next()).value, (await iterator.next()).value];
  },
  async listeners(port) {
    const heard = [];
    await new Promise((resolve) => {
      port.on('message', (value) => {
        if (heard.push(value) === 2) resolve();
      });
    });
    return heard;
  },
};

for (const { how, message, during } of ways) {
  for (const { who, ask } of askers) {
    for (const [other, take] of Object.entries(others)) {
      test.serial(`what ${who} has asked for, which ${how} ends meanwhile, goes to ${other}`, async (t) => {
        const { port1, port2 } = new MessageChannel();
        const { asked, end } = ask(port2);
        // A stream asks for the first chunk a moment later.
        await sleep(1);
        const [value, transfer = []] = message();
        await during(end, async (begin) => {
          port1.postMessage(value, transfer);
          begin?.();
          t.true((await asked).done);
        });
        port1.postMessage('second');
        await sleep(1);
        const told = [];
        const subscriber = ({ port, value }) => port === port2 && told.push(value);
        diagnostics.subscribe('ferroport:message', subscriber);
        const taken = await take(port2);
        diagnostics.unsubscribe('ferroport:message', subscriber);
        t.is(taken.length, 2);
        if (how === 'a subscriber') t.is(taken[0], 'first');
        else t.truthy(taken[0].port1);
        t.is(taken[1], 'second');
        // Subscribers hear of each message once, whoever gets it.
        t.is(told.length, how === 'a subscriber' ? 1 : 2);
        port1.close();
        taken[0].port1?.close();
      });
    }
  }
}

test.serial('listeners get what was kept with its ports, ahead of what has come since', async (t) => {
  const { port1, port2 } = new MessageChannel();
  const { port1: moved } = new MessageChannel();
  const { asked, end } = askers[0].ask(port2);
  await ways[1].during(end, async (begin) => {
    port1.postMessage({ moved }, [moved]);
    begin();
    t.true((await asked).done);
  });
  port2.pause();
  const events = [];
  port2.onmessage = (event) => events.push(event);
  port1.postMessage(2);
  await sleep(5);
  t.is(events.length, 0);
  port2.resume();
  while (events.length < 2) await sleep(1);
  t.is(events[0].data.moved, events[0].ports[0]);
  t.is(events[1].data, 2);
  port1.close();
  events[0].ports[0].close();
});
