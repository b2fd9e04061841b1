'use strict';

// Errors that leave a listener: uncaughtException, in which order, and that the next message comes.

const { same } = require('../support/scenario');

same.inChild(
  'a throwing listener raises uncaughtException and the next message comes',
  async ({ log, open, settle }) => {
    process.on('uncaughtException', (error, origin) => log('uncaught', error.message, origin));
    const [port, peer] = open();
    port.on('message', (value) => {
      log('first', value);
      process.nextTick(() => log('tick before', value));
      queueMicrotask(() => log('microtask', value));
      throw new Error(`thrown ${value}`);
    });
    port.on('message', (value) => {
      log('second', value);
      process.nextTick(() => log('tick after', value));
    });
    peer.postMessage(1);
    peer.postMessage(2);
    await settle();
    process.exit(0);
  },
);

same.inChild('what an object throws comes after the microtasks', async ({ log, open, settle }) => {
  process.on('uncaughtException', (error) => log('uncaught', error.message));
  const [port, peer] = open();
  const throwing = (text) => () => {
    queueMicrotask(() => log('microtask of', text));
    process.nextTick(() => log('tick of', text));
    throw new Error(text);
  };
  port.on('message', { handleEvent: throwing('object') });
  port.on('message', throwing('function'));
  port.on('message', { handleEvent: () => ({ then: (_, refuse) => refuse(new Error('thenable')) }) });
  peer.postMessage(1);
  await settle();
  process.exit(0);
});

same.inChild('of what the listeners for close throw, one comes before the next port closes', async (given) => {
  const { log, open, settle } = given;
  process.on('uncaughtException', (error) => log('uncaught', error.message));
  const ports = [0, 1, 2].map((number) => {
    const [port] = open();
    port.on('close', () => {
      log('close', number);
      process.nextTick(() => log('tick', number));
      throw new Error(`first ${number}`);
    });
    port.addEventListener('close', () => {
      throw new Error(`second ${number}`);
    });
    return port;
  });
  for (const port of ports) port.close();
  await settle();
  process.exit(0);
});

same.inChild('whatever is thrown is handed on', async ({ log, open, settle }) => {
  process.on('uncaughtException', (error) => log('uncaught', error));
  const [port, peer] = open();
  port.on('message', (value) => {
    throw value;
  });
  for (const value of [null, undefined, 5, 'text', { a: 1 }]) peer.postMessage(value);
  await settle();
  process.exit(0);
});

same.inChild('throwing in both styles and in the attribute', async ({ log, open, settle }) => {
  process.on('uncaughtException', (error) => log('uncaught', error.message));
  const [port, peer] = open();
  port.addEventListener('message', () => {
    throw new Error('target');
  });
  port.onmessage = () => {
    throw new Error('attribute');
  };
  port.on('message', () => {
    throw new Error('emitter');
  });
  port.once('message', () => {
    throw new Error('once');
  });
  peer.postMessage(1);
  peer.postMessage(2);
  await settle();
  process.exit(0);
});

same.inChild('a rejected promise of a listener is an uncaughtException', async ({ log, open, settle }) => {
  process.on('uncaughtException', (error, origin) => log('uncaught', error.message, origin));
  process.on('unhandledRejection', (error) => log('unhandled', error.message));
  const [port, peer] = open();
  port.on('message', async (value) => {
    log(value);
    throw new Error(`rejected ${value}`);
  });
  port.addEventListener('message', async () => {
    throw new Error('rejected in a target listener');
  });
  peer.postMessage(1);
  peer.postMessage(2);
  await settle();
  process.exit(0);
});

same.inChild('a throwing tick and a throwing microtask', async ({ log, open, settle }) => {
  process.on('uncaughtException', (error) => log('uncaught', error.message));
  const [port, peer] = open();
  port.on('message', (value) => {
    log(value);
    process.nextTick(() => {
      throw new Error(`tick ${value}`);
    });
    process.nextTick(() => log('tick', value));
    queueMicrotask(() => {
      throw new Error(`microtask ${value}`);
    });
    queueMicrotask(() => log('microtask', value));
  });
  peer.postMessage(1);
  peer.postMessage(2);
  await settle();
  process.exit(0);
});

same.inChild('an unhandled rejection in a listener is told between messages', async ({ log, open, settle }) => {
  process.on('unhandledRejection', (error) => log('unhandled', error.message));
  const [port, peer] = open();
  port.on('message', (value) => {
    log(value);
    Promise.reject(new Error(`rejected ${value}`));
  });
  peer.postMessage(1);
  peer.postMessage(2);
  await settle();
  process.exit(0);
});

same.inChild('a throwing close listener', async ({ log, open, settle }) => {
  process.on('uncaughtException', (error) => log('uncaught', error.message));
  const [port, peer] = open();
  port.on('close', () => {
    throw new Error('closer');
  });
  port.on('close', () => log('second'));
  peer.on('close', () => log('peer'));
  port.close(() => {
    throw new Error('callback');
  });
  await settle();
  process.exit(0);
});

same.inChild('a throwing listener of emit and dispatchEvent', async ({ log, attempt, open, settle }) => {
  process.on('uncaughtException', (error) => log('uncaught', error.message));
  const [port] = open();
  port.on('news', () => {
    throw new Error('news');
  });
  port.on('news', () => log('second'));
  log(
    attempt(() => port.emit('news')),
    attempt(() => port.dispatchEvent(new Event('news'))),
  );
  await settle();
  process.exit(0);
});

same.inChild('handleEvent that is not a function', async ({ log, open, settle }) => {
  process.on('uncaughtException', (error) => log('uncaught', error.name, error.message));
  const [port, peer] = open();
  port.addEventListener('message', { handleEvent: 5 });
  port.addEventListener('message', {});
  port.addEventListener('message', () => log('heard'));
  peer.postMessage(1);
  await settle();
  process.exit(0);
});

same.inChild('the listener of an uncaught error may close the port', async ({ log, open, settle }) => {
  const [port, peer] = open();
  process.on('uncaughtException', (error) => {
    log('uncaught', error.message);
    port.removeAllListeners('message');
    port.close();
  });
  port.on('message', (value) => {
    log(value);
    throw new Error(`thrown ${value}`);
  });
  port.on('close', () => log('close'));
  peer.postMessage(1);
  await settle();
  process.exit(0);
});

same.inChild('setUncaughtExceptionCaptureCallback catches it', async ({ log, open, settle }) => {
  process.setUncaughtExceptionCaptureCallback((error) => log('captured', error.message));
  const [port, peer] = open();
  port.on('message', (value) => {
    throw new Error(`thrown ${value}`);
  });
  peer.postMessage(1);
  peer.postMessage(2);
  await settle();
  process.exit(0);
});

same.inChild('process.exit in a listener ends at once', ({ api, log }) => {
  const { port1, port2 } = new api.MessageChannel();
  port1.on('message', (value) => {
    log(value);
    process.nextTick(() => log('never'));
    if (value === 2) process.exit(7);
  });
  process.on('exit', (code) => log('exit', code));
  for (let number = 1; number < 5; number++) port2.postMessage(number);
});

const uncaughtLine = ({ stderr }) => ({ told: stderr.split('\n').filter((line) => /^\w*Error: /.test(line)) });

same.inChild(
  'an uncaught error ends the program with code 1 and says so',
  ({ api, log }) => {
    const { port1, port2 } = new api.MessageChannel();
    port1.on('message', (value) => {
      log(value);
      throw new RangeError(`thrown ${value}`);
    });
    process.on('exit', (code) => log('exit', code));
    port2.postMessage(1);
    port2.postMessage(2);
  },
  { also: uncaughtLine },
);

same.inChild(
  'an uncaught error in a worker’s listener becomes the worker’s error',
  ({ api, log, thrown }) => {
    const code = `
      const { parentPort } = require(${JSON.stringify(api.name)});
      parentPort.on('message', (value) => {
        parentPort.postMessage(['got', value]);
        if (value === 2) throw new RangeError('thrown 2');
      });`;
    const worker = new api.Worker(code, { eval: true });
    // The built-in's error may overtake messages.
    const [messages, errors] = [[], []];
    worker.on('message', (value) => messages.push(value)).on('error', (error) => errors.push(thrown(error)));
    worker.on('exit', (exitCode) => log(messages, errors, exitCode));
    for (const value of [1, 2, 3]) worker.postMessage(value);
  },
  { also: uncaughtLine },
);
