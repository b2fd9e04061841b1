'use strict';

// Starting, stopping, refs, and how they decide whether a program ends.

const { same, differs } = require('../support/scenario');

for (const [style, add] of Object.entries({
  on: ({ port, log }) => port.on('message', (value) => log(value)),
  once: ({ port, log }) => port.once('message', (value) => log(value)),
  addEventListener: ({ port, log }) => port.addEventListener('message', (event) => log(event.data)),
  onmessage: ({ port, log }) => (port.onmessage = (event) => log(event.data)),
})) {
  same(`${style} starts a port`, async ({ log, open, settle }) => {
    const [port, peer] = open();
    peer.postMessage(1);
    peer.postMessage(2);
    await settle();
    add({ port, log });
    log(port.hasRef());
    await settle();
    log(port.hasRef());
  });
}

same('nothing is delivered before a port is started', async ({ api, log, open, settle }) => {
  const [port, peer] = open();
  port
    .on('close', () => {})
    .on('messageerror', () => {})
    .on('news', () => {});
  peer.postMessage(1);
  await settle();
  log(port.hasRef(), api.receiveMessageOnPort(port));
});

same('a port that is started without a listener loses its messages', async ({ api, log, open, settle }) => {
  const [port, peer] = open();
  port.start();
  peer.postMessage(1);
  await settle();
  log(port.hasRef(), api.receiveMessageOnPort(port));
  port.on('message', (value) => log(value));
  await settle();
});

same('start can be called again and again', async ({ log, open, settle }) => {
  const [port, peer] = open();
  port.on('message', (value) => log(value));
  for (let turn = 0; turn < 3; turn++) port.start();
  peer.postMessage(1);
  await settle();
});

same('removing the last listener stops a port, and a later one gets what was queued', async ({ log, open, settle }) => {
  const [port, peer] = open();
  const listener = (value) => log('first', value);
  port.on('message', listener);
  peer.postMessage(0);
  await settle();
  port.off('message', listener);
  for (let number = 1; number < 4; number++) peer.postMessage(number);
  await settle();
  port.addEventListener('message', (event) => log('second', event.data));
  await settle();
});

same('removing one of two listeners does not stop it', async ({ log, open, settle }) => {
  const [port, peer] = open();
  const listener = () => log('gone');
  port.on('message', listener).on('message', (value) => log(value));
  port.off('message', listener);
  peer.postMessage(1);
  await settle();
  log(port.hasRef());
});

same('a listener that removes itself in the middle leaves the rest queued', async ({ log, open, settle }) => {
  const [port, peer] = open();
  const listener = (value) => {
    log(value);
    if (value === 1) port.off('message', listener);
  };
  for (let number = 0; number < 5; number++) peer.postMessage(number);
  port.on('message', listener);
  await settle();
  log(port.hasRef());
  port.on('message', (value) => log('second', value));
  await settle();
});

same('once takes one message', async ({ api, log, open, settle }) => {
  const [port, peer] = open();
  for (let number = 0; number < 3; number++) peer.postMessage(number);
  port.once('message', (value) => log(value, port.hasRef(), port.listenerCount('message')));
  await settle();
  port.once('message', (value) => log(value));
  await settle();
  log(api.receiveMessageOnPort(port), port.hasRef());
});

same('ref and listeners decide hasRef of a port that is closing, too, until it has closed', async (x) => {
  const { log, open, settle } = x;
  const [port, peer] = open();
  const step = (title, change) => {
    change();
    log(title, port.hasRef());
  };
  step('close', () => port.close());
  step('ref', () => port.ref());
  step('unref', () => port.unref());
  step('on', () => port.on('message', () => {}));
  port.on('close', () => step('ref of the closed', () => port.ref()));
  peer.on('close', () => log('peer', (peer.ref(), peer.hasRef())));
  await settle();
});

same('ref, unref and listeners decide hasRef', ({ log, open }) => {
  const [port] = open();
  const [first, second] = [() => {}, () => {}];
  const step = (name, action) => {
    action();
    log(name, port.hasRef());
  };
  step('new', () => {});
  step('start', () => port.start());
  step('ref', () => port.ref());
  step('unref', () => port.unref());
  step('first on', () => port.on('message', first));
  step('second on', () => port.on('message', second));
  step('one off', () => port.off('message', first));
  step('last off', () => port.off('message', second));
  step('addEventListener', () => port.addEventListener('message', first));
  step('removeEventListener', () => port.removeEventListener('message', first));
  step('on messageerror', () => port.on('messageerror', first));
  step('on close', () => port.on('close', first));
  step('onmessageerror', () => (port.onmessageerror = first));
  step('onmessage', () => (port.onmessage = first));
  step('onmessage again', () => (port.onmessage = second));
  step('onmessage null', () => (port.onmessage = null));
  step('on', () => port.on('message', first));
  step('unref', () => port.unref());
  step('on after unref', () => port.on('message', second));
  step('offs', () => port.off('message', first).off('message', second));
  step('ref', () => port.ref());
  step('on, off after ref', () => port.on('message', first).off('message', first));
  step('once', () => port.once('message', first));
  step('off once', () => port.off('message', first));
  step('same twice', () => port.on('message', first).on('message', first).off('message', first));
});

same('hasRef around a close', async ({ log, open, settle }) => {
  const [port, peer] = open();
  port.on('message', () => {});
  peer.on('message', () => {});
  port.close();
  log(port.hasRef(), peer.hasRef());
  await settle();
  log(port.hasRef(), peer.hasRef());
  port.on('message', () => {});
  port.ref();
  port.start();
  port.unref();
  log(port.hasRef());
});

same('a closed port still emits by hand', async ({ log, open, settle }) => {
  const [port] = open();
  port.close();
  await settle();
  port.on('news', (value) => log(value));
  log(port.emit('news', 1), port.dispatchEvent(new Event('news')));
});

differs(
  'after removeAllListeners messages queue',
  { why: 'the built-in stays started and loses them', expected: [0, false, 1, 2] },
  async ({ log, open, settle }) => {
    const [port, peer] = open();
    port.on('message', (value) => log(value));
    peer.postMessage(0);
    await settle();
    port.removeAllListeners('message');
    log(port.hasRef());
    peer.postMessage(1);
    await settle();
    port.on('message', (value) => log(value));
    peer.postMessage(2);
    await settle();
  },
);

const endings = {
  'a channel that nobody listens to': ({ api }) => {
    globalThis.kept = new api.MessageChannel();
  },
  'an unref’ed listener': ({ api }) => {
    globalThis.kept = new api.MessageChannel();
    globalThis.kept.port1.on('message', () => {}).unref();
  },
  'a started port without listeners': ({ api }) => {
    globalThis.kept = new api.MessageChannel();
    globalThis.kept.port1.start();
  },
  'a closed port with listeners': ({ api, log }) => {
    const { port1 } = new api.MessageChannel();
    port1.on('message', () => {}).on('close', () => log('closed'));
    port1.close();
  },
  'a closed port that was unref’ed': ({ api, log }) => {
    const { port1 } = new api.MessageChannel();
    port1.on('message', () => {}).on('close', () => log('closed'));
    port1.unref();
    port1.close(() => log('called back'));
  },
  'a port whose last listener was removed': ({ api }) => {
    const { port1 } = new api.MessageChannel();
    const listener = () => {};
    port1.on('message', listener).off('message', listener);
  },
  'a port whose once listener has run': ({ api, log }) => {
    const { port1, port2 } = new api.MessageChannel();
    port1.once('message', (value) => log(value));
    port2.postMessage(1);
    port2.postMessage(2);
  },
  'a port that was ref’ed and unref’ed': ({ api }) => {
    const { port1 } = new api.MessageChannel();
    port1.ref();
    port1.unref();
  },
  'ref’ed ports whose peer closes': ({ api, log }) => {
    const { port1, port2 } = new api.MessageChannel();
    port1.on('message', (value) => log(value)).on('close', () => log('heard'));
    port2.postMessage(1);
    port2.close();
  },
  'a chain of answers that ends': ({ api, log }) => {
    const { port1, port2 } = new api.MessageChannel();
    port1.on('message', (left) => (left === 0 ? port1.close() : port1.postMessage(left - 1)));
    port2.on('message', (left) => (left === 0 ? port2.close() : port2.postMessage(left - 1)));
    port1.on('close', () => log('one')).on('close', () => log('again'));
    port1.postMessage(9);
  },
  'a message for an unref’ed port that comes at once': ({ api, log }) => {
    const { port1, port2 } = new api.MessageChannel();
    port1.on('message', (value) => log(value)).unref();
    port2.on('message', () => {});
    port1.postMessage(0);
    setImmediate(() => setImmediate(() => port2.close()));
    port2.postMessage(1);
  },
};

for (const [name, scenario] of Object.entries(endings)) {
  same.inChild(`a program ends: ${name}`, scenario);
}

// An unref'ed timer fires only in a loop that something else keeps alive. The channel is kept: a collected peer closes.
const livings = {
  'a listener': ({ api, log }) => {
    const keep = (channel) => (globalThis.kept = channel);
    keep(new api.MessageChannel()).port1.on('message', () => {});
    setTimeout(() => process.exit(log('still here')), 200).unref();
  },
  'ref without a listener': ({ api, log }) => {
    const keep = (channel) => (globalThis.kept = channel);
    keep(new api.MessageChannel()).port1.ref();
    setTimeout(() => process.exit(log('still here')), 200).unref();
  },
  onmessage: ({ api, log }) => {
    const keep = (channel) => (globalThis.kept = channel);
    keep(new api.MessageChannel()).port1.onmessage = () => {};
    setTimeout(() => process.exit(log('still here')), 200).unref();
  },
  'ref after unref': ({ api, log }) => {
    const keep = (channel) => (globalThis.kept = channel);
    const { port1 } = keep(new api.MessageChannel());
    port1.on('message', () => {});
    port1.unref();
    port1.ref();
    setTimeout(() => process.exit(log('still here')), 200).unref();
  },
};

for (const [name, scenario] of Object.entries(livings)) {
  same.inChild(`a program stays: ${name}`, scenario);
}
