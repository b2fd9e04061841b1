'use strict';

// What arrives of a value, and what is refused, for none, one and several receivers.

const { same } = require('../support/scenario');
const { describe } = require('../support/describe');
const { randomOf } = require('../support/random');
const { graph } = require('../parity/graphs');
const { kinds, release } = require('../parity/host-kinds');

const SEED = Number(process.env.BROADCAST_SEED ?? (Math.random() * 2 ** 32) >>> 0);
let opened = 0;

/**
 * Posts a value to so many receivers; what arrives at each, or what was thrown. A name of its own for each: the built-in
 * counts channels that have just closed among the receivers.
 */
function send(api, value, receivers) {
  const name = `clone ${opened++}`;
  const sender = new api.BroadcastChannel(name);
  const others = Array.from({ length: receivers }, () => new api.BroadcastChannel(name));
  try {
    sender.postMessage(value);
    return others.map((other) => api.receiveMessageOnPort(other).message);
  } finally {
    for (const channel of [sender, ...others]) channel.close();
  }
}

const bytes = (length) => Uint8Array.from({ length }, (_, index) => index * 7);

const values = {
  primitives: () => [undefined, null, true, -0, NaN, 1.5, 2 ** 40, 'text', 'ü\u{1f980}\ud800', 123n, -(2n ** 70n)],
  'common builtins': () => [new Date(5), /x/giu, new Map([[1, { a: 1 }]]), new Set(['x']), new RangeError('no')],
  'sparse arrays': () => [Object.assign(['a', , 'c'], { extra: 1 })],
  'long strings': () => ['x'.repeat(5_000), 'é'.repeat(70_000), '\u{1f980}'.repeat(50_000), 'x'.repeat(300_000)],
  'small and large views': () => [bytes(3), bytes(70_000), bytes(300_000), new Float64Array(bytes(64).buffer, 8, 3)],
  'one large view alone': () => bytes(1_000_000),
  'several large views of one buffer': () => {
    const { buffer } = bytes(600_000);
    return { all: new Uint8Array(buffer), part: new Uint8Array(buffer, 5, 400_000), buffer };
  },
  cycles: () => {
    const value = { list: [], map: new Map() };
    value.self = value;
    value.list.push(value.list, value.map.set('value', value));
    return value;
  },
  'objects of one’s own classes': () => [
    new (class Own {
      field = 1;
    })(),
    Object.create(null, {}),
  ],
  'many objects': () => Array.from({ length: 3_000 }, (_, id) => ({ id, name: `name ${id}`, tags: ['a', id] })),
};

for (const receivers of [0, 1, 2, 5]) {
  for (const [name, make] of Object.entries(values)) {
    same(`${name}, ${receivers} receivers`, ({ api, log, attempt }) => {
      const value = make();
      log(attempt(() => send(api, value, receivers)));
      // Nothing was moved.
      log(describe(value));
    });
  }
}

same('receivers get values of their own', ({ api, log }) => {
  const [one, other] = send(api, { list: [1], shared: new SharedArrayBuffer(4) }, 2);
  one.list.push(2);
  one.shared.mark = 1;
  new Int32Array(one.shared)[0] = 7;
  log(one === other, other.list, other.shared === one.shared, other.shared.mark, new Int32Array(other.shared)[0]);
});

const refused = {
  'a function': () => () => {},
  'a function inside': () => ({ jobs: [1, { onDone() {} }] }),
  'a symbol': () => Symbol('s'),
  'a Proxy': () => new Proxy({}, {}),
  'a Promise': () => [Promise.resolve()],
  'a WeakMap': () => new WeakMap(),
  'a URL': () => new URL('http://x'),
  'a detached buffer': () => {
    const buffer = new ArrayBuffer(8);
    structuredClone(buffer, { transfer: [buffer] });
    return buffer;
  },
  'shared memory beside a function': () => [new SharedArrayBuffer(1), () => {}],
};

for (const receivers of [0, 1, 2]) {
  for (const [name, make] of Object.entries(refused)) {
    same(`${name} is refused, ${receivers} receivers`, ({ api, log, attempt }) => {
      log(attempt(() => send(api, make(), receivers)));
    });
  }

  same(`a port is refused, ${receivers} receivers`, ({ api, log, attempt, open }) => {
    const [port] = open();
    log(
      attempt(() => send(api, port, receivers)),
      attempt(() => send(api, [{ port }], receivers)),
    );
    port.postMessage('it still works');
  });

  same(`a value whose getter throws is not sent, ${receivers} receivers`, ({ api, log, attempt }) => {
    const value = {
      shared: new SharedArrayBuffer(1),
      get failing() {
        throw new RangeError('no');
      },
    };
    log(attempt(() => send(api, value, receivers)));
  });

  for (const [name, { make, show, left = () => 'nothing' }] of Object.entries(kinds)) {
    same(`${name}, ${receivers} receivers`, async ({ api, log, thrown }) => {
      for (const put of [(object) => object, (object) => ({ n: 1, object, s: 'text' }), (object) => [object, object]]) {
        const object = await make();
        try {
          for (const arrived of send(api, put(object), receivers)) {
            const found = arrived.object ?? (Array.isArray(arrived) ? arrived[0] : arrived);
            log(describe(await show(found)));
            release(found);
          }
        } catch (error) {
          log(thrown(error));
        }
        log(await left(object));
      }
    });
  }
}

same('a channel that was refused a value works on', async ({ api, log, attempt, settle }) => {
  const sender = new api.BroadcastChannel('after a refusal');
  const receivers = [0, 1].map(() => new api.BroadcastChannel('after a refusal'));
  const got = [[], []];
  receivers.forEach((receiver, index) => (receiver.onmessage = ({ data }) => got[index].push(data)));
  for (const value of [1, () => {}, { a: new Blob(['x']) }, 2, [new SharedArrayBuffer(1), Symbol('s')], 3]) {
    log(attempt(() => sender.postMessage(value)));
  }
  await settle();
  log(got);
  for (const channel of [sender, ...receivers]) channel.close();
});

same('a getter may post, on this channel and on a port', async ({ api, log, open, settle }) => {
  const sender = new api.BroadcastChannel('getters');
  const receiver = new api.BroadcastChannel('getters');
  const [port, peer] = open();
  receiver.onmessage = ({ data }) => log(data.name, Object.keys(data));
  sender.postMessage({
    name: 'outer',
    get inner() {
      sender.postMessage({ name: 'inner', shared: new SharedArrayBuffer(1) });
      port.postMessage({ large: new Uint8Array(300_000), shared: new SharedArrayBuffer(1) });
      return 1;
    },
    large: new Uint8Array(300_000),
    shared: new SharedArrayBuffer(2),
  });
  await settle();
  log(api.receiveMessageOnPort(peer).message.large.length);
  sender.close();
  receiver.close();
});

same('a getter may close the channel', async ({ api, log, attempt, settle }) => {
  for (const shared of [undefined, new SharedArrayBuffer(1)]) {
    const sender = new api.BroadcastChannel('closing getter');
    const receiver = new api.BroadcastChannel('closing getter');
    const value = {
      get closing() {
        sender.close();
        return 1;
      },
      shared,
    };
    attempt(() => sender.postMessage(value));
    log(attempt(() => sender.postMessage(1)));
    await settle();
    receiver.close();
  }
});

same(`random graphs, BROADCAST_SEED=${SEED}`, ({ api, log, attempt }) => {
  const { below } = randomOf(SEED);
  for (let round = 0; round < 150; round++) {
    const seed = below(2 ** 31);
    log(attempt(() => send(api, graph(seed), below(4))));
  }
});
