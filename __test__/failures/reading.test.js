'use strict';

// A message that is read where the stack is full, or while the thread's script is being ended, leaves nothing behind: it is there
// still, or gone with all that it brought, and the next one is whole.

const test = require('ava');
const vm = require('node:vm');
const builtin = require('node:worker_threads');
const ferroport = require('../..');
const { settle } = require('../support/observe');
const { endsWell } = require('../support/program');
const { upwards, isOverflow } = require('./bottom');

const nested = (depth) => {
  let value = { bottom: true };
  for (let i = 0; i < depth; i++) value = i % 2 ? [value, i] : { value, i };
  return value;
};

/** What may be read, by what it needs for that. */
const values = {
  'a number': (n) => n,
  'an object': (n) => ({ n, name: 'object', list: [1, 2, 3] }),
  'a nested object': (n) => ({ n, deep: nested(60) }),
  'an object that is shared': (n) => {
    const shared = { n };
    return { n, shared, again: shared, map: new Map([[shared, new Set([n])]]) };
  },
  'what only the complete codec reads': (n) => ({
    n,
    buffer: new ArrayBuffer(8, { maxByteLength: 16 }),
    deep: nested(300),
  }),
  'a long message': (n) => ({ n, texts: Array.from({ length: 3000 }, (_, i) => `text number ${i}`) }),
  'an error': (n) => new TypeError(`${n}`, { cause: { n } }),
};

for (const [title, make] of Object.entries(values)) {
  test(`receiveMessageOnPort: ${title}`, async (t) => {
    for (const { MessageChannel, receiveMessageOnPort } of [builtin, ferroport]) {
      const { port1, port2 } = new MessageChannel();
      const failures = await upwards((near) => {
        for (let n = 1; n <= 3; n++) port1.postMessage(make(n));
        const { value, error } = near(() => receiveMessageOnPort(port2));
        const rest = [];
        for (let next = receiveMessageOnPort(port2); next; next = receiveMessageOnPort(port2)) rest.push(next.message);
        if (error === undefined) {
          t.deepEqual(value.message, make(1));
        } else {
          t.true(rest.length === 2 || rest.length === 3);
        }
        t.deepEqual(rest, [1, 2, 3].slice(-rest.length).map(make));
      });
      t.true(failures > 0);
      port1.close();
    }
    t.is(Error.stackTraceLimit, 10);
  });
}

test('receiveMessageOnPort: what the stack is too small for to begin with is taken by nobody', async (t) => {
  const { port1, port2 } = new ferroport.MessageChannel();
  await upwards((near) => {
    port1.postMessage({ a: 1 });
    const { value } = near(() => ferroport.receiveMessageOnPort(port2));
    t.deepEqual((value ?? ferroport.receiveMessageOnPort(port2)).message, { a: 1 });
    t.is(ferroport.receiveMessageOnPort(port2), undefined);
  });
  port1.close();
});

/** Messages that bring ports, and how. */
const withPorts = {
  ports: (port, n) => [{ n, port }, [port]],
  'ports and a parcel': (port, n) => [{ n, port, shared: new SharedArrayBuffer(8) }, [port]],
  'ports that have been elsewhere': (port, n) => {
    const { port1, port2 } = new ferroport.MessageChannel();
    port1.postMessage(port, [port]);
    const { message } = ferroport.receiveMessageOnPort(port2);
    return [{ n, port: message, deep: nested(300) }, [message]];
  },
};

for (const [title, make] of Object.entries(withPorts)) {
  test(`the ports of a message that could not be read close: ${title}`, async (t) => {
    const { port1, port2 } = new ferroport.MessageChannel();
    let lost = 0;
    const failures = await upwards(async (near) => {
      const inner = new ferroport.MessageChannel();
      let closed = false;
      inner.port1.on('close', () => (closed = true));
      inner.port1.postMessage('early');
      port1.postMessage(...make(inner.port2, 1));
      port1.postMessage({ n: 2, shared: new SharedArrayBuffer(4) });
      const { value, error } = near(() => ferroport.receiveMessageOnPort(port2));
      let first = value;
      let second = ferroport.receiveMessageOnPort(port2);
      if (error !== undefined && second.message.n === 1) {
        first = second;
        second = ferroport.receiveMessageOnPort(port2);
      }
      t.is(second.message.n, 2);
      t.is(second.message.shared.byteLength, 4);
      if (first === undefined) {
        lost++;
        await settle(3);
        t.true(closed);
      } else {
        t.is(ferroport.receiveMessageOnPort(first.message.port).message, 'early');
        first.message.port.postMessage('late');
        t.is(ferroport.receiveMessageOnPort(inner.port1).message, 'late');
        inner.port1.close();
      }
    });
    t.true(failures > 0);
    t.is(lost, 0, 'enough of the stack is asked for before the message is taken');
    port1.close();
  });
}

/** Posts ports, and lets the making of one of them throw where they arrive. Prints what the receiver sees, and who closes. */
const HALF_WAY = `
const threads = require('node:worker_threads');
const { markAsUncloneable } = threads;
let left = Infinity;
// Called with each port that is made.
threads.markAsUncloneable = (object) => {
  if (--left === 0) throw new RangeError('no more ports');
  return markAsUncloneable(object);
};
require(require('node:path').join(ferroport, '..', 'register.js'));
const { MessageChannel, receiveMessageOnPort } = threads;
async function run(way, beside) {
  const { port1, port2 } = new MessageChannel();
  const channels = Array.from({ length: 3 }, () => new MessageChannel());
  const closed = [];
  channels.forEach((channel, place) => channel.port1.on('close', () => closed.push(place)));
  // From now on the channel has a sidecar, over which the parcel goes.
  channels[1].port1.postMessage(new SharedArrayBuffer(1));
  const moved = channels.map((channel) => channel.port2);
  port1.postMessage([moved, beside], moved);
  port1.postMessage('next');
  left = 2;
  const seen = [];
  if (way === 'received') {
    try {
      receiveMessageOnPort(port2);
    } catch (error) {
      seen.push(error.message);
    }
  } else {
    port2.on('messageerror', (error) => {
      left = Infinity;
      seen.push(error.message);
    });
    port2.on('message', (value) => seen.push(value));
    await new Promise(setImmediate);
    await new Promise(setImmediate);
  }
  left = Infinity;
  const rest = receiveMessageOnPort(port2);
  if (rest !== undefined) seen.push(rest.message);
  await new Promise((resolve) => setTimeout(resolve, 20));
  console.log(JSON.stringify([seen, closed.sort()]));
  port1.close();
}
(async () => {
  for (const way of ['received', 'delivered']) for (const beside of [0, new SharedArrayBuffer(4)]) await run(way, beside);
})();
`;

endsWell(
  builtin.markAsUncloneable === undefined ? test.skip : test,
  'if one of the ports of a message cannot be made, all of them close, and the next message comes',
  HALF_WAY,
  Array(4).fill('[["no more ports","next"],[0,1,2]]'),
);

test('moving ports through a value that is read at the bottom loses none', async (t) => {
  const { serialize, deserialize } = ferroport;
  const bytes = serialize(values['an object that is shared'](1));
  t.true(
    (await upwards((near) => {
      const { value, error } = near(() => deserialize(bytes));
      t.true(error === undefined ? value.shared === value.again : isOverflow(error));
    })) > 0,
  );
});

test('a script that is ended while it receives mixes nothing', async (t) => {
  const { port1, port2 } = new ferroport.MessageChannel();
  const sandbox = vm.createContext({
    receive: () => ferroport.receiveMessageOnPort(port2),
    post: (value) => port1.postMessage(value),
    last: 0,
  });
  const script = new vm.Script(`
    for (let n = last; ; n++) {
      post({ n, list: [n, n], shared: { n } });
      const { message } = receive();
      if (message.n !== message.list[0] || message.n !== message.shared.n) throw new Error('mixed');
      last = n;
    }`);
  for (let round = 0; round < 60; round++) {
    const error = t.throws(() => script.runInContext(sandbox, { timeout: 1 + (round % 3) }));
    t.is(error.code, 'ERR_SCRIPT_EXECUTION_TIMEOUT');
    const left = [];
    for (let next; (next = ferroport.receiveMessageOnPort(port2));) left.push(next.message);
    t.true(left.length <= 1);
    for (const { n, list, shared } of left) t.true(n >= sandbox.last && list[1] === n && shared.n === n);
  }
  port1.close();
});
