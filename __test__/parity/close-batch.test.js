'use strict';

// Where the batch ends that is being drained when a port's own listener closes the port.

const { same } = require('../support/scenario');

/** How something is thrown after the closing, in the same task. */
const THROWS = {
  'the listener': '((run) => run())',
  'a tick': 'process.nextTick',
  'a microtask': 'queueMicrotask',
};

for (const [who, how] of Object.entries(THROWS)) {
  const scenario = async ({ log, open, settle }) => {
    const [port, peer] = open();
    process.on('uncaughtException', ({ message }) => log('uncaught', message));
    const fail = () => {
      throw new Error('no');
    };
    port.on('message', (value) => {
      log(value);
      if (value !== 2) return;
      port.close();
      // eslint-disable-next-line no-undef -- replaced below, because a child gets the source alone
      HOW(fail);
    });
    port.on('close', () => log('closed'));
    for (const value of [1, 2, 3, 4]) peer.postMessage(value);
    await settle();
  };
  same.inChild(`the batch ends when ${who} throws after the closing`, String(scenario).replace('HOW', how));
}

same.inChild('what a port that is open throws ends no batch', async ({ log, open, settle }) => {
  const [port, peer] = open();
  process.on('uncaughtException', ({ message }) => log('uncaught', message));
  port.on('message', (value) => {
    log(value);
    if (value === 2) throw new Error('no');
    if (value === 3) port.close();
  });
  port.on('close', () => log('closed'));
  for (const value of [1, 2, 3, 4]) peer.postMessage(value);
  await settle();
});

same('the batch ends when the port has nothing more to read: an answer comes too late', async (x) => {
  const { log, open, settle } = x;
  const [port, peer] = open();
  peer.on('message', (value) => {
    log('asked', value);
    peer.postMessage('answer');
  });
  port.on('message', (value) => {
    log('got', value);
    port.postMessage('question');
    port.close();
  });
  port.on('close', () => log('closed'));
  peer.postMessage(1);
  await settle();
});

same('what is posted meanwhile, by the listener or a tick, belongs to the batch', async ({ log, open, settle }) => {
  const [port, peer] = open();
  let left = 3;
  port.on('message', (value) => {
    log(value);
    port.close();
    if (left-- === 0) return;
    peer.postMessage(`listener ${left}`);
    process.nextTick(() => peer.postMessage(`tick ${left}`));
    queueMicrotask(() => peer.postMessage(`microtask ${left}`));
  });
  port.on('close', () => log('closed'));
  peer.postMessage(1);
  await settle();
});

for (const gap of ['none', 'a tick', 'a microtask']) {
  same(`a listener that takes the place of the one that closed gets the rest, after ${gap}`, async (x) => {
    const { log, open, settle } = x;
    const [port, peer] = open();
    const add = () => port.on('message', (value) => log('second', value));
    port.once('message', (value) => {
      log('first', value);
      port.close();
      if (gap === 'none') add();
      else if (gap === 'a tick') process.nextTick(add);
      else queueMicrotask(add);
    });
    port.on('close', () => log('closed'));
    for (const value of [1, 2, 3]) peer.postMessage(value);
    await settle();
  });
}

same('a listener that closes and goes stops the batch', async ({ log, open, settle }) => {
  const [port, peer] = open();
  const first = (value) => {
    log('first', value);
    port.close();
    port.off('message', first);
    setImmediate(() => port.on('message', (late) => log('second', late)));
  };
  port.on('message', first);
  port.on('close', () => log('closed'));
  for (const value of [1, 2, 3]) peer.postMessage(value);
  await settle();
});
