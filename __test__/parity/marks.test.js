'use strict';

// markAsUntransferable, isMarkedAsUntransferable, markAsUncloneable.

const { same, differs, where } = require('../support/scenario');
const { kinds } = require('./host-kinds');
const builtIn = require('node:worker_threads');

const uncloneable = where(builtIn.markAsUncloneable);

same('an untransferable buffer: listed and not listed', ({ api, log, attempt, open }) => {
  const [port, peer] = open();
  const buffer = new ArrayBuffer(4);
  api.markAsUntransferable(buffer);
  log(
    attempt(() => port.postMessage(buffer, [buffer])),
    buffer.byteLength,
    api.receiveMessageOnPort(peer),
  );
  log(
    attempt(() => port.postMessage(new Uint8Array(buffer), [buffer])),
    api.receiveMessageOnPort(peer),
  );
  log(
    attempt(() => port.postMessage(buffer)),
    api.receiveMessageOnPort(peer),
    buffer.byteLength,
  );
});

same('an untransferable port: listed and not listed', ({ api, log, attempt, open }) => {
  const [port] = open();
  const [moved, other] = open();
  api.markAsUntransferable(moved);
  log(
    attempt(() => port.postMessage(moved, [moved])),
    attempt(() => port.postMessage(moved)),
  );
  log(
    attempt(() => moved.postMessage(1)),
    api.receiveMessageOnPort(other),
  );
});

same('marking primitives is no error', ({ api, log, attempt }) => {
  for (const value of [5, null, undefined, 'x', Symbol('s'), 10n]) {
    log(
      attempt(() => api.markAsUntransferable(value)),
      attempt(() => api.markAsUncloneable?.(value)),
    );
  }
});

same('an untransferable object is cloned all the same', ({ api, log, open }) => {
  const [port, peer] = open();
  const value = { a: [1] };
  api.markAsUntransferable(value);
  port.postMessage(value);
  log(api.receiveMessageOnPort(peer));
});

same('Buffer’s pool cannot be transferred', ({ log, attempt, open }) => {
  const [port] = open();
  const bytes = Buffer.from('pooled');
  log(
    attempt(() => port.postMessage(bytes, [bytes.buffer])),
    bytes.toString(),
    Buffer.from('more').toString(),
  );
});

where(builtIn.isMarkedAsUntransferable).same(
  'isMarkedAsUntransferable tells the marked',
  ({ api, log, attempt, open }) => {
    const marked = [new ArrayBuffer(1), {}, open()[0]];
    for (const value of marked) api.markAsUntransferable(value);
    const others = [new ArrayBuffer(1), {}, open()[0], 5, null, undefined, Object.create(marked[1])];
    for (const value of [...marked, ...others]) log(attempt(() => api.isMarkedAsUntransferable(value)));
    log(api.isMarkedAsUntransferable(Buffer.from('x').buffer));
  },
);

where(builtIn.isMarkedAsUntransferable).same('marks of the built-in are seen, and its own', ({ api, log }) => {
  const { markAsUntransferable, isMarkedAsUntransferable } = require('node:worker_threads');
  const [first, second] = [new ArrayBuffer(1), new ArrayBuffer(1)];
  markAsUntransferable(first);
  api.markAsUntransferable(second);
  log(api.isMarkedAsUntransferable(first), isMarkedAsUntransferable(second));
});

uncloneable.same('uncloneable objects and errors are refused, wherever they are', ({ api, log, attempt, open }) => {
  const [port, peer] = open();
  class Secret {}
  for (const make of [() => ({ a: 1 }), () => new Secret(), () => new Error('x'), () => Object.create(null)]) {
    const value = make();
    api.markAsUncloneable(value);
    for (const post of [value, [value], { a: { value } }, new Map([[1, value]]), new Set([value])]) {
      log(
        attempt(() => port.postMessage(post)),
        attempt(() => api.receiveMessageOnPort(peer)),
      );
    }
  }
});

uncloneable.same('the mark does not touch what has slots of its own', ({ api, log, attempt, open }) => {
  const [port, peer] = open();
  const values = [
    [1],
    new Map([[1, 2]]),
    new Set([1]),
    new Date(0),
    /x/,
    new ArrayBuffer(2),
    new Uint8Array(2),
    Object(1),
  ];
  for (const value of values) {
    api.markAsUncloneable(value);
    log(
      attempt(() => port.postMessage(value)),
      api.receiveMessageOnPort(peer),
    );
  }
});

uncloneable.same(
  'what the mark does to objects of the runtime is the runtime’s to say',
  async ({ api, log, attempt, trip }) => {
    for (const [name, { make, losable }] of Object.entries(kinds)) {
      const object = await make();
      api.markAsUncloneable(object);
      log(
        name,
        attempt(() => trip(object).constructor.name),
        attempt(() => trip({ deep: [object] }).deep[0].constructor.name),
      );
      if (losable === false) await object.close();
    }
  },
);

uncloneable.same('the mark is not inherited', ({ api, log, attempt, open }) => {
  const [port, peer] = open();
  class Marked {}
  api.markAsUncloneable(Marked.prototype);
  const parent = {};
  api.markAsUncloneable(parent);
  for (const value of [new Marked(), Object.create(parent)]) {
    log(
      attempt(() => port.postMessage(value)),
      api.receiveMessageOnPort(peer),
    );
  }
});

uncloneable.same('Node’s uncloneable objects are refused', ({ log, attempt, open }) => {
  const [port] = open();
  const values = [new URL('http://a/'), new URLSearchParams('a=1'), new Headers(), new FormData(), new Response('')];
  for (const value of [...values, new Request('http://a/')]) {
    log(
      attempt(() => port.postMessage(value)),
      attempt(() => port.postMessage({ deep: [value] })),
    );
  }
});

differs(
  'two pooled Buffers arrive with their own bytes only',
  {
    why: 'the rest of the pool is somebody else’s',
    expected: ['616263', [3, 0], 'Uint8Array', '646566', [3, 0], false],
  },
  ({ api, log, open }) => {
    const [port, peer] = open();
    port.postMessage([Buffer.from('abc'), Buffer.from('def')]);
    const [first, second] = api.receiveMessageOnPort(peer).message;
    for (const bytes of [first, second]) {
      log(Buffer.from(bytes).toString('hex'));
      log(bytes.buffer.byteLength, bytes.byteOffset);
      if (bytes === first) log(bytes.constructor.name);
    }
    log(first.buffer === second.buffer);
  },
);
