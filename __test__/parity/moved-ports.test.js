'use strict';

// One port in a transfer list, alone: what arrives for it wherever it stands in the value, and what getters can do to it meanwhile.

const { same } = require('../support/scenario');

/** What holds a port, in the ways of both codecs. */
const HOLDERS = {
  'the value itself': (port) => port,
  'a property': (port) => ({ id: 1, port }),
  'two properties': (port) => ({ port, again: port }),
  'an array after many objects': (port) => [...Array.from({ length: 40 }, (_, id) => ({ id })), port, port],
  'a class’s instance': (port) =>
    new (class Request {
      port = port;
    })(),
  'a Map': (port) => new Map([[port, { port }]]),
  'an error’s cause': (port) => new RangeError('no', { cause: port }),
  'an array with keys': (port) => Object.assign([1, port], { port }),
  'a sparse array': (port) => Object.assign(new Array(5000), { 4000: port }),
  'an object without prototype': (port) => Object.assign(Object.create(null), { port }),
  'what nests deep': (port) => {
    let value = { port };
    for (let depth = 0; depth < 3000; depth++) value = { value };
    return value;
  },
  'shared memory’s neighbour': (port) => ({ memory: new SharedArrayBuffer(8), port }),
  'a large buffer’s neighbour': (port) => ({ bytes: new Uint8Array(3 * 2 ** 20), port }),
  'long texts’ neighbour': (port) => ({ one: 'x'.repeat(100_000), port, other: 'é'.repeat(300_000) }),
  nothing: () => 'text',
};

/** The port in what has arrived. */
function portIn(value, MessagePort) {
  const all = [value];
  const seen = new Set(all);
  for (const each of all) {
    if (each instanceof MessagePort) return each;
    const parts = each instanceof Map ? [...each.keys()] : Object.values(each).concat(each.cause);
    for (const part of parts) {
      if (typeof part === 'object' && part !== null && !seen.has(part)) seen.add(part) && all.push(part);
    }
  }
}

for (const [title, holding] of Object.entries(HOLDERS)) {
  same(`a port moves in ${title}, with its queue, and can be moved on`, (x) => {
    const [port, peer] = x.open();
    for (const isUsed of [false, true]) {
      const [moved, other] = x.open();
      if (isUsed) other.postMessage('before');
      x.log(port.postMessage(holding(moved), [moved]) === undefined);
      const { message } = x.api.receiveMessageOnPort(peer);
      const arrived = portIn(message, x.api.MessagePort);
      other.postMessage('after');
      x.log(
        arrived && [arrived !== moved, x.api.receiveMessageOnPort(arrived), x.api.receiveMessageOnPort(arrived)],
        x.attempt(() => port.postMessage(1, [moved])),
      );
      if (arrived === undefined) continue;
      arrived.postMessage({ memory: new SharedArrayBuffer(4) });
      x.log(x.api.receiveMessageOnPort(other).message.memory.byteLength);
      port.postMessage({ arrived }, [arrived]);
      const again = x.api.receiveMessageOnPort(peer).message.arrived;
      again.postMessage('back');
      x.log(x.api.receiveMessageOnPort(other));
    }
  });
}

/** What a getter before a port does to the message, and one after it. */
const MEDDLING = {
  'closes it': ({ moved }) => moved.close(),
  'moves it elsewhere': ({ moved, open }) => open()[0].postMessage(moved, [moved]),
  'closes its peer': ({ other }) => other.close(),
  'closes the sending port': ({ port }) => port.close(),
  'closes the receiving port': ({ peer }) => peer.close(),
  'moves its peer': ({ other, open }) => open()[0].postMessage(other, [other]),
  'moves a port that it names by the same port': ({ port, open }) => {
    const [inner] = open();
    port.postMessage({ inner }, [inner]);
  },
  'gives it properties': ({ moved }) => Object.assign(moved, { id: 1, b: 2 }),
  throws: () => {
    throw new RangeError('thrown');
  },
  'names a port that is not listed': ({ open }) => open()[0],
  'names a function': () => () => {},
};

for (const [title, meddle] of Object.entries(MEDDLING)) {
  same(`a getter that ${title} while one port is moved`, async (x) => {
    // The built-in ends the process where a port that it has written is gone.
    for (const isBefore of title === 'moves it elsewhere' ? [true] : [true, false]) {
      for (const isUsed of [true, false]) {
        const [port, peer] = x.open();
        const [moved, other] = x.open();
        if (isUsed) other.postMessage('waiting');
        for (const [name, each] of Object.entries({ port, peer, moved, other })) {
          each.on('close', () => x.log('close', name, isBefore, isUsed));
          each.unref();
        }
        const act = () => meddle({ port, peer, moved, other, open: x.open });
        // prettier-ignore
        const value = isBefore ? { get a() { return act(); }, moved } : { moved, get a() { return act(); } };
        const result = x.attempt(() => port.postMessage(value, [moved]));
        x.log(isBefore, isUsed, result);
        for (let count = 0; count < 3; count++) x.log(x.attempt(() => x.api.receiveMessageOnPort(peer)));
        await x.settle();
      }
    }
  });
}

same('one port in a list that may not be moved, or goes to its own peer', async (x) => {
  const [port, peer] = x.open();
  peer.on('close', () => x.log('peer closed'));
  const read = {
    get a() {
      return x.log('read');
    },
  };
  x.log(x.attempt(() => port.postMessage(read, [port])));
  const [closed] = x.open();
  closed.close();
  x.log(x.attempt(() => port.postMessage(read, [closed])));
  await x.settle();
  x.log(x.attempt(() => port.postMessage(read, [closed])));
  const [marked] = x.open();
  x.api.markAsUntransferable(marked);
  x.log(x.attempt(() => port.postMessage(read, [marked])));
  const [twice] = x.open();
  x.log(x.attempt(() => port.postMessage({ twice }, [twice, twice])));
  x.log(x.attempt(() => port.postMessage({ twice })));
  x.log(x.attempt(() => port.postMessage({ twice, peer }, [twice])));
  x.log(x.attempt(() => port.postMessage({ twice, bad() {} }, [twice])));
  twice.postMessage(1);
  x.log(x.attempt(() => port.postMessage('to its peer', [peer])));
  await x.settle();
});

same('the enumerable properties of a port that is moved are not read', (x) => {
  const [port, peer] = x.open();
  for (let count = 0; count < 3; count++) {
    for (const prototype of [undefined, Object.prototype, null]) {
      const [moved, other] = x.open();
      const usual = Object.getPrototypeOf(moved);
      Object.defineProperty(moved, 'id', { enumerable: true, get: () => x.log('read') });
      if (prototype !== undefined) Object.setPrototypeOf(moved, prototype);
      for (let id = 0; id < 5; id++) port.postMessage({ id });
      for (let id = 0; id < 5; id++) x.api.receiveMessageOnPort(peer);
      port.postMessage([{ id: 1 }, moved], [moved]);
      // It has 'close' to be told of.
      Object.setPrototypeOf(moved, usual);
      const { message } = x.api.receiveMessageOnPort(peer);
      other.postMessage(5);
      x.log(message[1] instanceof x.api.MessagePort, Object.keys(message[1]), x.api.receiveMessageOnPort(message[1]));
    }
  }
});
