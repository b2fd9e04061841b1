'use strict';

// What ports and channels do besides posting: afterwards it has happened or it has not, and the port is as one of the two.

const { turns } = require('../trial');

/**
 * A message that is posted now comes to the listeners as often as they are there.
 * @param {import('../world').World} world
 * @param {any} channel
 * @param {any[]} heard by the listener in question
 * @param {number[]} counts how often it may be heard
 */
async function expectHeard(world, { port1, port2 }, heard, counts, n) {
  heard.length = 0;
  port2.start();
  port1.postMessage({ n });
  await turns(3);
  world.expect(counts.includes(heard.length), 'a listener has heard a message so many times', heard.length);
  world.expect(
    heard.every((value) => value?.n === n),
    'a listener has heard something else',
    ...heard,
  );
}

/** @type {import('./index').Operation[]} */
const makingAndClosing = [
  {
    name: 'make a channel and use it',
    group: 'ports',
    prepare(world, n) {
      const { MessageChannel } = world.api;
      let channel;
      return {
        act() {
          channel = new MessageChannel();
          channel.port1.postMessage(n);
        },
        threw(error) {
          world.expectError(error);
          if (channel === undefined) return;
          world.expectArrivals(channel.port2, [], 'its own channel, after it has thrown');
          world.expectWorks(channel, 'its own channel, afterwards');
        },
        returned() {
          world.expectArrivals(channel.port2, [n], 'its own channel');
          world.expectWorks(channel, 'its own channel, afterwards');
        },
        done: () => channel?.port1.close(),
      };
    },
  },
  {
    name: 'close',
    group: 'ports',
    prepare(world) {
      const channel = world.channel();
      const { port1, port2 } = channel;
      const closed = [];
      port1.on('close', () => closed.push('port1'));
      port2.on('close', () => closed.push('port2'));
      return {
        act: () => port1.close(),
        async threw(error) {
          world.expectError(error);
          port1.close();
          await turns(4);
          world.expect(closed.length === 2, 'closing again does not close', closed);
        },
        async returned() {
          await turns(4);
          world.expect(closed.length === 2, 'it has not closed', closed);
        },
      };
    },
  },
];

/** What is done to listeners, by its name. `counts`: how many times the listener may be heard afterwards. */
const listening = {
  on: { before() {}, act: (port, f) => port.on('message', f), threw: [0, 1], returned: [1] },
  once: { before() {}, act: (port, f) => port.once('message', f), threw: [0, 1], returned: [1] },
  addListener: { before() {}, act: (port, f) => port.addListener('message', f), threw: [0, 1], returned: [1] },
  off: {
    before: (port, f) => port.on('message', f),
    act: (port, f) => port.off('message', f),
    threw: [0, 1],
    returned: [0],
  },
  addEventListener: {
    before() {},
    act: (port, f) => port.addEventListener('message', f),
    threw: [0, 1],
    returned: [1],
  },
  removeEventListener: {
    before: (port, f) => port.addEventListener('message', f),
    act: (port, f) => port.removeEventListener('message', f),
    threw: [0, 1],
    returned: [0],
  },
  removeAllListeners: {
    before: (port, f) => port.on('message', f),
    act: (port) => port.removeAllListeners('message'),
    threw: [0, 1],
    returned: [0],
  },
  'onmessage =': { before() {}, act: (port, f) => (port.onmessage = f), threw: [0, 1], returned: [1] },
  'onmessage = null': {
    before: (port, f) => (port.onmessage = f),
    act: (port) => (port.onmessage = null),
    threw: [0, 1],
    returned: [0],
  },
};

/** @type {import('./index').Operation[]} */
const listeners = Object.entries(listening).map(([name, { before, act, threw, returned }]) => ({
  name: `${name}`,
  group: 'ports',
  prepare(world, n) {
    const channel = world.channel();
    const { port2 } = channel;
    const heard = [];
    const listener = (message) => heard.push(message instanceof Event ? message.data : message);
    before(port2, listener);
    return {
      act: () => act(port2, listener),
      async threw(error) {
        world.expectError(error);
        await expectHeard(world, channel, heard, threw, n);
      },
      returned: () => expectHeard(world, channel, heard, returned, n),
      async done() {
        channel.port1.close();
        await turns(2);
      },
    };
  },
}));

/** @type {import('./index').Operation[]} */
const references = ['ref', 'unref'].map((name) => ({
  name,
  group: 'ports',
  prepare(world) {
    const { port1, port2 } = new world.api.MessageChannel();
    if (name === 'unref') port2.ref();
    const isRefed = name === 'ref';
    return {
      act: () => port2[name](),
      threw(error) {
        world.expectError(error);
        port2[name]();
        world.expect((port2.hasRef?.() ?? isRefed) === isRefed, 'it has no effect the second time');
      },
      returned: () => void world.expect((port2.hasRef?.() ?? isRefed) === isRefed, 'it has had no effect'),
      done: () => port1.close(),
    };
  },
}));

/** @type {import('./index').Operation} */
const start = {
  name: 'start',
  group: 'ports',
  prepare(world, n) {
    const channel = world.channel();
    const { port2 } = channel;
    const heard = [];
    port2.addEventListener('message', ({ data }) => heard.push(data));
    return {
      act: () => port2.start(),
      async threw(error) {
        world.expectError(error);
        await expectHeard(world, channel, heard, [1], n);
      },
      returned: () => expectHeard(world, channel, heard, [1], n),
      done: () => channel.port1.close(),
    };
  },
};

module.exports = { ports: [...makingAndClosing, ...listeners, ...references, start] };
