'use strict';

// Ports of ferroport inside of Node's.

const { turns } = require('../trial');

/** @type {import('./index').Operation[]} */
const nodePorts = [
  {
    name: 'MessagePort.toNode',
    group: 'node ports',
    isOwn: true,
    prepare(world, n) {
      const { MessageChannel, MessagePort } = world.api;
      const { port1, port2 } = new MessageChannel();
      port2.postMessage({ waits: n });
      return {
        act: () => MessagePort.toNode(port1),
        async threw(error) {
          world.expectError(error);
          // It is still here, or it has closed as one whose carrier was closed unread.
          let isHere = false;
          try {
            isHere = world.api.receiveMessageOnPort(port1)?.message?.waits === n;
          } catch {
            // As if it was not.
          }
          if (isHere) {
            world.expectWorks({ port1, port2 }, 'the port, after it has thrown');
            return;
          }
          let hasClosed = false;
          port2.on('close', () => void (hasClosed = true));
          for (let turn = 0; turn < 20 && !hasClosed; turn++) await turns(1);
          world.expect(hasClosed, 'the port is neither here nor closed');
        },
        returned(carrier) {
          const port = MessagePort.fromNode(carrier);
          world.expectArrivals(port, [{ waits: n }], 'the port');
          world.expectWorks({ port1: port, port2 }, 'the port');
        },
        done: () => port2.close(),
      };
    },
  },
  {
    name: 'MessagePort.fromNode',
    group: 'node ports',
    isOwn: true,
    prepare(world, n) {
      const { MessageChannel, MessagePort } = world.api;
      const { port1, port2 } = new MessageChannel();
      port2.postMessage({ waits: n });
      const carrier = MessagePort.toNode(port1);
      return {
        act: () => MessagePort.fromNode(carrier),
        async threw(error) {
          world.expectError(error);
          let port;
          try {
            port = MessagePort.fromNode(carrier);
          } catch {
            let hasClosed = false;
            port2.on('close', () => void (hasClosed = true));
            carrier.close();
            for (let turn = 0; turn < 20 && !hasClosed; turn++) await turns(1);
            world.expect(hasClosed, 'the port neither comes out nor closes');
            return;
          }
          world.expectArrivals(port, [{ waits: n }], 'the port');
        },
        returned(port) {
          world.expectArrivals(port, [{ waits: n }], 'the port');
          world.expectWorks({ port1: port, port2 }, 'the port');
        },
        done: () => port2.close(),
      };
    },
  },
];

module.exports = { nodePorts };
