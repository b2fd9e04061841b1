// How long it takes to make a channel, and to make one, use it and close it.
'use strict';

const { setImmediate: turn } = require('node:timers/promises');

const COUNT = 2_000;

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'create',
  cases: [
    {
      name: 'channel',
      unit: 'ns',
      target: { ratio: 15 },
      open: ({ threads }) => ({
        async round() {
          const channels = new Array(COUNT);
          const began = performance.now();
          for (let i = 0; i < COUNT; i++) channels[i] = new threads.MessageChannel();
          const time = performance.now() - began;
          // Closed, or those of the built-in would be there until the process ends and slow down what follows.
          for (const { port1 } of channels) port1.close();
          await turn();
          await turn();
          return (time * 1e6) / COUNT;
        },
      }),
    },
    {
      name: 'channel, one message through it, close',
      unit: 'ns',
      open: ({ threads }) => ({
        async round() {
          const began = performance.now();
          for (let i = 0; i < COUNT; i++) {
            const { port1, port2 } = new threads.MessageChannel();
            port1.postMessage(i);
            if (threads.receiveMessageOnPort(port2)?.message !== i) throw new Error('the message is lost');
            port1.close();
          }
          const time = performance.now() - began;
          await turn();
          await turn();
          return (time * 1e6) / COUNT;
        },
      }),
    },
  ],
};
