'use strict';

// Ports that come with a message are made one after the other. Where the making ends half-way, whatever ends it, nobody gets any of
// them, so all of their endpoints close and their peers hear it: also those of the ports that had been made.

const test = require('ava');
const vm = require('node:vm');
const { MessageChannel, receiveMessageOnPort } = require('../..');
const { settle } = require('../support/observe');

/** So many that their making takes longer than the shortest time that a script can be given. */
const PORTS = 10_000;

/** Some scripts end before the message has been taken, or when all ports have been made. */
const TRIES = 20;

test.serial('ports that come with a message close if their making is ended half-way', async (t) => {
  let isEndedHalfWay = false;
  for (let timeout = 1; timeout <= TRIES && !isEndedHalfWay; timeout++) {
    const { port1, port2 } = new MessageChannel();
    let closed = 0;
    const ports = Array.from({ length: PORTS }, () => {
      const channel = new MessageChannel();
      channel.port2.on('close', () => closed++);
      return channel.port1;
    });
    port1.postMessage(ports, ports);
    port1.postMessage('next');
    let received;
    // Noted here, because a script whose time is over when it has ended gives nothing.
    globalThis.take = () => void (received = receiveMessageOnPort(port2));
    try {
      // Neither `catch` nor `finally` runs in a script whose time is over.
      vm.runInThisContext('take()', { timeout });
    } catch (error) {
      t.is(error.code, 'ERR_SCRIPT_EXECUTION_TIMEOUT');
    }
    let next = receiveMessageOnPort(port2);
    if (next.message !== 'next') {
      received = next;
      next = receiveMessageOnPort(port2);
    }
    t.deepEqual(next, { message: 'next' });
    isEndedHalfWay = received === undefined;
    received?.message.forEach((port) => port.close());
    for (let i = 0; i < 200 && closed < PORTS; i++) await settle(1);
    t.is(closed, PORTS);
    port1.close();
  }
  t.true(isEndedHalfWay);
  delete globalThis.take;
});
