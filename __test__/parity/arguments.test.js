'use strict';

// What postMessage and the methods of a port refuse: class, name, code and message of every error.

const { differs, same } = require('../support/scenario');

same('postMessage without arguments', ({ log, attempt, open }) => log(attempt(() => open()[0].postMessage())));

same('transfer lists that are no lists', ({ log, attempt, open }) => {
  const [port] = open();
  const primitives = [5, 'ab', '', true, false, 0, NaN, Symbol('s'), 10n];
  for (const list of [...primitives, null, undefined, {}, () => {}, new Date(0), /x/]) {
    log(attempt(() => port.postMessage(1, list)));
    log(attempt(() => port.postMessage(1, { transfer: list })));
  }
});

same('objects that are nearly iterable', ({ log, attempt, open }) => {
  const [port] = open();
  const thrower = () => {
    throw new RangeError('iterating');
  };
  const lists = [
    { [Symbol.iterator]: 5 },
    { [Symbol.iterator]: null, transfer: [5] },
    { [Symbol.iterator]: undefined, transfer: [5] },
    { [Symbol.iterator]: () => 5 },
    { [Symbol.iterator]: () => ({ next: () => 5 }) },
    { [Symbol.iterator]: () => ({ next: 5 }) },
    { [Symbol.iterator]: thrower },
    { [Symbol.iterator]: () => ({ next: thrower }) },
    {
      [Symbol.iterator]: () => ({
        next: () => ({
          get done() {
            return thrower();
          },
        }),
      }),
    },
    { length: 1, 0: 5 },
    new Map([[1, 2]]),
    new Set([5]),
    new Set(),
    new String('ab'),
    {
      get transfer() {
        return thrower();
      },
    },
    {
      get [Symbol.iterator]() {
        return thrower();
      },
    },
  ];
  for (const list of lists) {
    log(
      attempt(() => port.postMessage(1, list)),
      attempt(() => port.postMessage(1, { transfer: list })),
    );
  }
});

same('any iterable of transferables is a list', ({ log, attempt, open }) => {
  const [port] = open();
  const lists = [
    (buffer) => [buffer],
    (buffer) => new Set([buffer]),
    (buffer) => new Set([buffer]).values(),
    (buffer) => ({ transfer: [buffer] }),
    (buffer) => ({ transfer: new Set([buffer]) }),
    function* (buffer) {
      yield buffer;
    },
  ];
  for (const list of lists) {
    const buffer = new ArrayBuffer(4);
    log(
      attempt(() => port.postMessage(1, list(buffer))),
      buffer.byteLength,
    );
  }
});

same('a generator is closed or not when the list is refused', ({ log, attempt, open }) => {
  const [port] = open();
  let ended = 0;
  function* list() {
    try {
      yield 5;
      yield new ArrayBuffer(1);
    } finally {
      ended++;
    }
  }
  log(
    attempt(() => port.postMessage(1, list())),
    ended,
  );
});

same('items that cannot be transferred', ({ log, attempt, open }) => {
  const [port] = open();
  const items = [
    5,
    null,
    undefined,
    'x',
    {},
    [],
    () => {},
    Symbol('s'),
    10n,
    new Date(),
    /x/,
    new Map(),
    new Error('x'),
  ];
  for (const item of items) log(attempt(() => port.postMessage(1, [item])));
  for (const item of [
    new Uint8Array(3),
    new DataView(new ArrayBuffer(3)),
    Buffer.from('x'),
    new SharedArrayBuffer(3),
  ]) {
    log(attempt(() => port.postMessage(1, [item])));
  }
  log(attempt(() => port.postMessage(1, [, new ArrayBuffer(1)])));
  log(attempt(() => port.postMessage(1, [new Proxy(new ArrayBuffer(1), {})])));
  log(attempt(() => port.postMessage(1, [new Proxy({}, {})])));
});

same('a refused list detaches nothing', ({ log, attempt, open }) => {
  const [port] = open();
  const [moved, other] = open();
  const buffer = new ArrayBuffer(4);
  for (const bad of [5, {}, buffer, moved, port]) {
    log(
      attempt(() => port.postMessage(1, [buffer, moved, bad])),
      buffer.byteLength,
    );
  }
  log(
    attempt(() => other.postMessage(1)),
    attempt(() => moved.postMessage(1)),
  );
});

same('a duplicate buffer and a duplicate port', ({ log, attempt, open }) => {
  const [port] = open();
  const buffer = new ArrayBuffer(4);
  const [moved] = open();
  log(
    attempt(() => port.postMessage(1, [buffer, buffer])),
    buffer.byteLength,
  );
  log(attempt(() => port.postMessage(1, [moved, moved])));
  log(attempt(() => port.postMessage(1, [moved, buffer, moved])));
});

same('a detached buffer in the list', ({ log, attempt, open }) => {
  const [port] = open();
  const detached = structuredClone(new ArrayBuffer(4)) && new ArrayBuffer(4);
  structuredClone(detached, { transfer: [detached] });
  log(attempt(() => port.postMessage(1, [detached])));
  log(attempt(() => port.postMessage(detached, [detached])));
});

same('a closed, a closing and a transferred port in the list', async ({ log, attempt, open, settle }) => {
  const [port] = open();
  const [carrier] = open();
  const [closed, closing, moved] = [open()[0], open()[0], open()[0]];
  closed.close();
  await settle();
  closing.close();
  carrier.postMessage(null, [moved]);
  for (const bad of [closed, closing, moved]) {
    log(attempt(() => port.postMessage(1, [bad])));
    log(attempt(() => port.postMessage(bad, [bad])));
  }
});

same('a port that is just closed or transferred, in the value', ({ log, attempt, open }) => {
  const [port] = open();
  const [closing, moved] = [open()[0], open()[0]];
  closing.close();
  open()[0].postMessage(null, [moved]);
  for (const bad of [closing, moved]) log(attempt(() => port.postMessage({ bad })));
});

const unsupported = process.version.startsWith('v20.') ? 'transfer' : 'clone';

differs.inChild(
  'a port that was closed some time ago, in the value',
  {
    why: 'the built-in crashes the process',
    expected: {
      seen: [`DOMException DataCloneError 25 Cannot ${unsupported} object of unsupported type.`],
      code: 0,
      signal: null,
    },
  },
  async ({ api, log, settle }) => {
    const { port1: bad } = new api.MessageChannel();
    bad.close();
    await settle();
    try {
      new api.MessageChannel().port1.postMessage({ bad });
    } catch ({ constructor, name, code, message }) {
      log(`${constructor.name} ${name} ${code} ${message}`);
    }
  },
);

same('a port in the value but not in the list', ({ log, attempt, open }) => {
  const [port, peer] = open();
  const [other] = open();
  for (const value of [other, [other], { a: { b: other } }, new Map([[1, other]]), new Set([other]), port, peer]) {
    log(attempt(() => port.postMessage(value)));
  }
  log(attempt(() => port.postMessage({ other }, [new ArrayBuffer(1)])));
});

same('the port itself in its own list', ({ log, attempt, open }) => {
  const [port, peer] = open();
  log(attempt(() => port.postMessage(1, [port])));
  log(attempt(() => port.postMessage(port, [port])));
  log(attempt(() => port.postMessage(1, [port, port])));
  log(
    attempt(() => port.postMessage(1, [5, port])),
    attempt(() => port.postMessage(1, [port, 5])),
  );
  log(
    attempt(() => port.postMessage(1)),
    attempt(() => peer.postMessage(1)),
  );
});

same('which of two mistakes is told', ({ log, attempt, open }) => {
  const [port] = open();
  const [closed] = open();
  closed.close();
  const buffer = new ArrayBuffer(1);
  const fn = () => {};
  const lists = [5, [5], [buffer, buffer], [port], [closed], [5, closed], [closed, 5], [port, closed], [closed, port]];
  for (const list of lists) log(attempt(() => port.postMessage(fn, list)));
});

same('the list is checked before the value is read', ({ log, attempt, open }) => {
  const [port] = open();
  let read = 0;
  const value = {
    get a() {
      return read++;
    },
  };
  const [moved] = open();
  for (const list of [5, [5], [moved, moved], [port]]) {
    log(
      attempt(() => port.postMessage(value, list)),
      read,
    );
  }
});

same.inChild('a port posted to its own peer loses the channel with a warning', async (x) => {
  const { log, attempt, open, settle } = x;
  process.on('warning', ({ name, code, message }) => log(name, code, message));
  const [port, peer] = open();
  port.on('close', () => log('port'));
  log(attempt(() => port.postMessage(peer, [peer])));
  await settle();
  log(attempt(() => port.postMessage(1)));
  await settle();
});

same('a peer in the value, with something that cannot be cloned', ({ log, attempt, open }) => {
  const [port, peer] = open();
  log(attempt(() => port.postMessage([peer, () => {}], [peer])));
  log(
    attempt(() => port.postMessage(1)),
    attempt(() => peer.postMessage(1)),
  );
});

for (const name of ['postMessage', 'start', 'close', 'ref', 'unref', 'hasRef']) {
  same(`${name} on a wrong receiver`, ({ api, log, attempt, open }) => {
    const method = api.MessagePort.prototype[name];
    const wrong = [undefined, null, 5, {}, new EventTarget(), api.MessagePort.prototype, Object.create(open()[0])];
    for (const receiver of wrong) log(attempt(() => method.call(receiver, 1)));
  });
}

const emitterMethods = ['on', 'once', 'addListener', 'off', 'removeListener', 'removeAllListeners', 'emit'];
for (const name of [...emitterMethods, 'listenerCount', 'eventNames', 'setMaxListeners', 'getMaxListeners']) {
  same(`${name} on a wrong receiver`, ({ api, log, attempt }) => {
    const method = api.MessagePort.prototype[name];
    for (const receiver of [undefined, 5, {}, new EventTarget()]) {
      log(attempt(() => method.call(receiver, 'x', () => {})));
    }
  });
}

for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
  same(`${name} on a wrong receiver`, ({ api, log, attempt }) => {
    const method = api.MessagePort.prototype[name];
    const args = name === 'dispatchEvent' ? [new Event('x')] : ['x', () => {}];
    for (const receiver of [undefined, 5, {}]) log(attempt(() => method.apply(receiver, args)));
  });
}

for (const name of ['onmessage', 'onmessageerror']) {
  same(`${name} on a wrong receiver`, ({ api, log, attempt }) => {
    for (const receiver of [{}, new Map()]) {
      log(attempt(() => Reflect.get(api.MessagePort.prototype, name, receiver)));
      log(attempt(() => Reflect.set(api.MessagePort.prototype, name, () => {}, receiver)));
    }
  });
}
