'use strict';

// Ports that come with a message are made one after the other. Where the making ends half-way, whatever ends it, nobody gets any of
// them, so all of their endpoints close and their peers hear it: also those of the ports that had been made.

const test = require('ava');
const vm = require('node:vm');
const { MessageChannel, receiveMessageOnPort } = require('../../index.js');
const { settle } = require('../support/observe');

/** So many that their making takes longer than the shortest time that a script can be given. */
const PORTS = 10_000;

test.serial('ports that come with a message close if their making is ended half-way', async (t) => {
  let ended = 0;
  for (const timeout of [1, 2, 3, 5]) {
    const { port1, port2 } = new MessageChannel();
    let closed = 0;
    const ports = Array.from({ length: PORTS }, () => {
      const channel = new MessageChannel();
      channel.port2.on('close', () => closed++);
      return channel.port1;
    });
    port1.postMessage(ports, ports);
    port1.postMessage('next');
    globalThis.take = () => receiveMessageOnPort(port2);
    let received;
    try {
      // Neither `catch` nor `finally` runs in a script whose time is over.
      received = vm.runInThisContext('take()', { timeout });
    } catch (error) {
      t.is(error.code, 'ERR_SCRIPT_EXECUTION_TIMEOUT');
      ended++;
    }
    // Where the time was over before the message was taken, the message is still there.
    const first = received ?? receiveMessageOnPort(port2);
    const isWhole = Array.isArray(first?.message);
    if (isWhole) first.message.forEach((port) => port.close());
    for (let i = 0; i < 200 && closed < PORTS; i++) await settle(1);
    t.is(closed, PORTS);
    received = isWhole ? receiveMessageOnPort(port2) : first;
    t.deepEqual(received, { message: 'next' });
    port1.close();
  }
  t.true(ended > 0);
  delete globalThis.take;
});
