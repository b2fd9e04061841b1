'use strict';

// receiveMessageOnPort: taking messages by hand.

const { same, differs } = require('../support/scenario');

same('it gives { message } or undefined', ({ api, log, open }) => {
  const [port, peer] = open();
  log(api.receiveMessageOnPort(port));
  peer.postMessage({ a: 1 });
  peer.postMessage(undefined);
  const first = api.receiveMessageOnPort(port);
  log(first, Object.keys(first), Object.getPrototypeOf(first) === Object.prototype);
  log(api.receiveMessageOnPort(port), api.receiveMessageOnPort(port));
});

same('it takes messages in the order of posting', ({ api, log, open }) => {
  const [port, peer] = open();
  for (let number = 0; number < 100; number++) peer.postMessage(number);
  const seen = [];
  for (let taken; (taken = api.receiveMessageOnPort(port));) seen.push(taken.message);
  log(seen);
});

same('it refuses everything that is not a port', ({ api, log, attempt, open }) => {
  const wrong = [
    undefined,
    null,
    {},
    5,
    'port',
    new EventTarget(),
    api.MessagePort.prototype,
    new api.MessageChannel(),
  ];
  for (const value of [...wrong, Object.create(open()[0]), () => {}]) {
    log(attempt(() => api.receiveMessageOnPort(value)));
  }
  log(attempt(() => api.receiveMessageOnPort()));
});

same('it gives undefined on a closed port', async ({ api, log, open, settle }) => {
  const [port, peer] = open();
  peer.postMessage(1);
  port.close();
  log(api.receiveMessageOnPort(port));
  await settle();
  log(api.receiveMessageOnPort(port));
});

same('it does not start, ref or fire listeners', async ({ api, log, open, settle }) => {
  const [port, peer] = open();
  peer.postMessage(1);
  peer.postMessage(2);
  log(api.receiveMessageOnPort(port), port.hasRef());
  await settle();
  log(api.receiveMessageOnPort(port));
});

same('what it takes is not delivered to the listener', async ({ api, log, open, settle }) => {
  const [port, peer] = open();
  port.on('message', (value) => log('heard', value));
  peer.postMessage(1);
  peer.postMessage(2);
  log(api.receiveMessageOnPort(port));
  await settle();
});

same('it can be called in a listener', async ({ api, log, open, settle }) => {
  const [port, peer] = open();
  for (let number = 0; number < 4; number++) peer.postMessage(number);
  port.on('message', (value) => log(value, api.receiveMessageOnPort(port)));
  await settle();
});

same('a port hears close after the call that finds its queue empty', async ({ api, log, open, settle }) => {
  const [port, peer] = open();
  port.on('close', () => log('close'));
  peer.postMessage(1);
  peer.postMessage(2);
  peer.close();
  await settle();
  for (let turn = 0; turn < 4; turn++) {
    log(api.receiveMessageOnPort(port));
    log('returned');
    await settle();
  }
});

same('a port is closed as soon as a call finds that no more will come', async ({ api, attempt, log, open, settle }) => {
  const [port, peer] = open();
  const [carrier] = open();
  peer.postMessage(1);
  peer.close();
  await settle();
  log(attempt(() => carrier.postMessage(port)));
  log(api.receiveMessageOnPort(port), port.postMessage('sent'), api.receiveMessageOnPort(port));
  log(port.postMessage('dropped'));
  log(attempt(() => carrier.postMessage(port, [port])));
});

same('it receives ports and buffers', ({ api, log, open }) => {
  const [port, peer] = open();
  const [moved, other] = open();
  const buffer = Uint8Array.of(1, 2, 3).buffer;
  other.postMessage('queued');
  peer.postMessage({ moved, buffer }, [moved, buffer]);
  const { message } = api.receiveMessageOnPort(port);
  log(
    message,
    message.moved instanceof api.MessagePort,
    message.moved === moved,
    api.receiveMessageOnPort(message.moved),
  );
});

same('the other end may post while it reads', ({ api, log, open }) => {
  const [port, peer] = open();
  peer.postMessage(0);
  const seen = [];
  for (let taken; (taken = api.receiveMessageOnPort(port));) {
    seen.push(taken.message);
    if (taken.message < 5) peer.postMessage(taken.message + 1);
  }
  log(seen);
});

differs.inChild(
  'on a port that was transferred in this very tick it gives undefined',
  { why: 'the built-in crashes the process', expected: { seen: ['(undefined)'], code: 0, signal: null } },
  ({ api, log }) => {
    const [carrier, moved] = [new api.MessageChannel(), new api.MessageChannel()];
    carrier.port1.postMessage(moved.port1, [moved.port1]);
    log(api.receiveMessageOnPort(moved.port1));
  },
);
