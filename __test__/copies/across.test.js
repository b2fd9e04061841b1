'use strict';

// Ports of one copy of ferroport in the messages of another of the same version.

const test = require('ava');
const { once } = require('node:events');
const { ReadableStream } = require('node:stream/web');
const threads = require('node:worker_threads');
const { again, elsewhere } = require('../support/copies');

const ours = require('../../index.js');
const COPIES = { 'over the same addon': again(), 'in another folder': elsewhere() };

/** Declares a test for a copy over the same addon and for one that has its own. `theirs` is a port's, `ours` takes it. */
const across = (title, run) => {
  for (const [place, theirs] of Object.entries(COPIES)) test(`${title}, ${place}`, (t) => run(t, theirs));
};

const next = (api, port) => api.receiveMessageOnPort(port)?.message;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** The next `count` messages of a port. */
async function take(port, count) {
  const values = [];
  while (values.length < count) values.push((await once(port, 'message'))[0]);
  return values;
}

/** What an operation throws, as far as programs can tell. */
function thrownBy(operation) {
  try {
    operation();
    return undefined;
  } catch ({ name, code, message }) {
    return { name, code, message };
  }
}

across('a port arrives with its queue, and goes on', async (t, theirs) => {
  const channel = new theirs.MessageChannel();
  const carrier = new ours.MessageChannel();
  channel.port2.postMessage({ n: 1 });
  channel.port2.postMessage({ n: 2 });
  carrier.port1.postMessage({ here: [channel.port1] }, [channel.port1]);
  channel.port2.postMessage({ n: 3 });
  const [port] = next(ours, carrier.port2).here;
  t.true(port instanceof ours.MessagePort);
  t.deepEqual(await take(port, 3), [{ n: 1 }, { n: 2 }, { n: 3 }]);
  port.postMessage('back');
  t.deepEqual(await take(channel.port2, 1), ['back']);
  port.close();
  await once(channel.port2, 'close');
});

across('what waits can be taken at once', (t, theirs) => {
  const channel = new theirs.MessageChannel();
  const carrier = new ours.MessageChannel();
  channel.port2.postMessage('first');
  channel.port2.postMessage('second');
  carrier.port1.postMessage(channel.port1, [channel.port1]);
  const port = next(ours, carrier.port2);
  t.deepEqual([next(ours, port), next(ours, port), next(ours, port)], ['first', 'second', undefined]);
});

across('several, in value and list, among ports of this copy and of Node’s', async (t, theirs) => {
  const far = Array.from({ length: 3 }, () => new theirs.MessageChannel());
  const near = Array.from({ length: 2 }, () => new ours.MessageChannel());
  const node = new threads.MessageChannel();
  const bytes = new Uint8Array([1, 2, 3]).buffer;
  const carrier = new ours.MessageChannel();
  const list = [far[0].port1, near[0].port1, bytes, node.port1, far[1].port1, near[1].port1, far[2].port1];
  const value = { a: new Map([['far', far[2].port1]]), b: [near[1].port1, far[0].port1], bytes, node: node.port1 };
  carrier.port1.postMessage(value, list);
  t.is(bytes.byteLength, 0);
  const arrived = await new Promise((resolve) => (carrier.port2.onmessage = resolve));
  const { data, ports } = arrived;
  t.is(ports.length, 6);
  t.deepEqual([data.b[1], data.b[0], data.a.get('far'), data.node], [ports[0], ports[4], ports[5], ports[2]]);
  t.deepEqual([...new Uint8Array(data.bytes)], [1, 2, 3]);
  for (const [index, channel] of [far[0], near[0], node, far[1], near[1], far[2]].entries()) {
    ports[index].postMessage(index);
    t.deepEqual(await take(channel.port2, 1), [index]);
  }
  for (const port of [...ports, carrier.port1]) port.close();
});

across('the port that was sent hears close, and is as one that was sent within its copy', async (t, theirs) => {
  const channel = new theirs.MessageChannel();
  const carrier = new ours.MessageChannel();
  const heard = once(channel.port1, 'close');
  carrier.port1.postMessage(channel.port1, [channel.port1]);
  await heard;
  t.is(channel.port1.postMessage('nowhere'), undefined);
  t.is(next(theirs, channel.port1), undefined);
  const native = new threads.MessageChannel();
  const built = new threads.MessageChannel();
  built.port1.postMessage(native.port1, [native.port1]);
  t.deepEqual(
    thrownBy(() => carrier.port1.postMessage(1, [channel.port1])),
    thrownBy(() => built.port1.postMessage(1, [native.port1])),
  );
  carrier.port1.close();
});

across('what only the engine can move waits in the port, and comes with it', (t, theirs) => {
  const channel = new theirs.MessageChannel();
  const carrier = new ours.MessageChannel();
  const shared = new SharedArrayBuffer(4);
  const bytes = new Uint8Array([7, 8]).buffer;
  channel.port2.postMessage({ shared });
  channel.port2.postMessage({ bytes }, [bytes]);
  carrier.port1.postMessage(channel.port1, [channel.port1]);
  const port = next(ours, carrier.port2);
  new Uint8Array(next(ours, port).shared)[1] = 9;
  t.is(new Uint8Array(shared)[1], 9);
  t.deepEqual([...new Uint8Array(next(ours, port).bytes)], [7, 8]);
});

across('what only the engine can move goes both ways afterwards', async (t, theirs) => {
  const channel = new theirs.MessageChannel();
  const carrier = new ours.MessageChannel();
  carrier.port1.postMessage(channel.port1, [channel.port1]);
  const port = next(ours, carrier.port2);
  const shared = new SharedArrayBuffer(4);
  const bytes = new ArrayBuffer(5);
  port.postMessage([shared, bytes], [bytes]);
  channel.port2.postMessage({
    bytes: new Uint8Array(2_100_000),
    key: new threads.MessageChannel().port1.constructor.name,
  });
  const [[[there, moved]], [{ bytes: many, key }]] = await Promise.all([take(channel.port2, 1), take(port, 1)]);
  new Uint8Array(there)[0] = 1;
  t.deepEqual([new Uint8Array(shared)[0], moved.byteLength, many.length, key], [1, 5, 2_100_000, 'MessagePort']);
  port.close();
});

across('both ends of a channel in one message', async (t, theirs) => {
  const { port1, port2 } = new theirs.MessageChannel();
  const carrier = new ours.MessageChannel();
  port1.postMessage(new SharedArrayBuffer(3));
  carrier.port1.postMessage([port1, port2], [port2, port1]);
  const [one, other] = next(ours, carrier.port2);
  t.is((await take(other, 1))[0].byteLength, 3);
  other.postMessage(new SharedArrayBuffer(4));
  t.is((await take(one, 1))[0].byteLength, 4);
  one.close();
});

across('one end of each copy of a channel that has come to stand between them, in one message', async (t, theirs) => {
  const { port1, port2 } = new theirs.MessageChannel();
  const carrier = new ours.MessageChannel();
  carrier.port1.postMessage(port1, [port1]);
  const here = next(ours, carrier.port2);
  carrier.port1.postMessage([here, port2], [here, port2]);
  const [one, other] = next(ours, carrier.port2);
  one.postMessage(new SharedArrayBuffer(3));
  t.is((await take(other, 1))[0].byteLength, 3);
  one.close();
});

across('there and back, and on to a third copy', async (t, theirs) => {
  const third = again();
  const channel = new theirs.MessageChannel();
  channel.port2.postMessage('waits');
  let port = channel.port1;
  for (const api of [ours, theirs, third, ours]) {
    const carrier = new api.MessageChannel();
    carrier.port1.postMessage(port, [port]);
    port = next(api, carrier.port2);
    t.true(port instanceof api.MessagePort);
  }
  t.deepEqual(await take(port, 1), ['waits']);
  channel.port2.postMessage('more');
  t.deepEqual(await take(port, 1), ['more']);
  port.close();
});

across('a listener sends its own port away in the middle of a batch: the rest arrives there', async (t, theirs) => {
  const channel = new theirs.MessageChannel();
  const carrier = new ours.MessageChannel();
  const seen = [];
  channel.port1.on('message', (value) => {
    seen.push(value);
    if (value === 3) carrier.port1.postMessage(channel.port1, [channel.port1]);
  });
  for (let n = 1; n <= 6; n++) channel.port2.postMessage(n);
  const [port] = await take(carrier.port2, 1);
  t.deepEqual(
    [seen, await take(port, 3)],
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  );
  port.close();
  carrier.port1.close();
});

across('a port that closes elsewhere is heard, after all that was sent', async (t, theirs) => {
  const channel = new theirs.MessageChannel();
  const carrier = new ours.MessageChannel();
  carrier.port1.postMessage(channel.port1, [channel.port1]);
  const port = next(ours, carrier.port2);
  const seen = [];
  port.on('message', (value) => seen.push(value)).on('close', () => seen.push('close'));
  channel.port2.postMessage('last');
  channel.port2.close();
  await once(port, 'close');
  t.deepEqual(seen, ['last', 'close']);
});

across('messages with ports of either copy go on through what has come', async (t, theirs) => {
  const channel = new theirs.MessageChannel();
  const carrier = new ours.MessageChannel();
  carrier.port1.postMessage(channel.port1, [channel.port1]);
  const port = next(ours, carrier.port2);
  const [mine, its] = [new ours.MessageChannel(), new theirs.MessageChannel()];
  port.postMessage({ mine: mine.port1 }, [mine.port1]);
  channel.port2.postMessage({ its: its.port1 }, [its.port1]);
  const [[{ mine: there }], [{ its: here }]] = await Promise.all([take(channel.port2, 1), take(port, 1)]);
  t.true(there instanceof theirs.MessagePort && here instanceof ours.MessagePort);
  there.postMessage('there');
  here.postMessage('here');
  t.deepEqual([await take(mine.port2, 1), await take(its.port2, 1)], [['there'], ['here']]);
  for (const each of [port, there, here]) each.close();
});

// What fails: nothing has changed.

across('a message that fails leaves the port where it was, with all that waits in it', async (t, theirs) => {
  const locked = new ReadableStream();
  locked.getReader();
  const failing = [
    (port) => [{ port, f() {} }, [port]],
    (port) => [{ port, get gone() { throw new Error('getter'); } }, [port]],
    (port) => [port, [port, port]],
    (port) => [port, [port, {}]],
    (port) => [[port, locked], [port, locked]],
    (port) => [[port, new WeakMap()], [port]],
  ]; // prettier-ignore
  for (const wrong of failing) {
    const carrier = new ours.MessageChannel();
    const built = new threads.MessageChannel();
    const { port1, port2 } = new theirs.MessageChannel();
    const bytes = new ArrayBuffer(2);
    port2.postMessage([new SharedArrayBuffer(1)]);
    port2.postMessage({ bytes }, [bytes]);
    port2.postMessage('plain');
    const heard = [];
    port1.on('close', () => heard.push('close'));
    port2.on('close', () => heard.push('close'));
    const seen = thrownBy(() => carrier.port1.postMessage(...wrong(port1)));
    const native = new threads.MessageChannel();
    t.deepEqual(
      seen,
      thrownBy(() => built.port1.postMessage(...wrong(native.port1))),
    );
    await turn();
    await turn();
    t.deepEqual(heard, []);
    t.is(next(ours, carrier.port2), undefined);
    const [[shared], { bytes: moved }, plain] = [next(theirs, port1), next(theirs, port1), next(theirs, port1)];
    t.deepEqual([shared.byteLength, moved.byteLength, plain], [1, 2, 'plain']);
    // It can be sent after all.
    carrier.port1.postMessage(port1, [port1]);
    const port = next(ours, carrier.port2);
    port2.postMessage('on');
    t.deepEqual(await take(port, 1), ['on']);
    port.close();
    native.port1.close();
    built.port1.close();
  }
});

across('what is wrong with a port is told as the built-in does', (t, theirs) => {
  const states = {
    unlisted: (api) => {
      const { port1 } = new api.MessageChannel();
      return [{ port1 }];
    },
    alone: (api) => [new api.MessageChannel().port1],
    closed: (api) => {
      const { port1 } = new api.MessageChannel();
      port1.close();
      return [port1, [port1]];
    },
    marked: (api) => {
      const { port1 } = new api.MessageChannel();
      api.markAsUntransferable(port1);
      return [port1, [port1]];
    },
    markedAndUnused: (api) => {
      const { port1 } = new api.MessageChannel();
      api.markAsUntransferable(port1);
      return [1, [port1]];
    },
    closedByAGetter: (api) => {
      const { port1 } = new api.MessageChannel();
      return [{ get a() { port1.close(); return 1; }, port1 }, [port1]]; // prettier-ignore
    },
    twice: (api) => {
      const { port1 } = new api.MessageChannel();
      return [1, [port1, port1]];
    },
  };
  for (const [name, make] of Object.entries(states)) {
    const carrier = new ours.MessageChannel();
    const built = new threads.MessageChannel();
    t.deepEqual(
      thrownBy(() => carrier.port1.postMessage(...make(theirs))),
      thrownBy(() => built.port1.postMessage(...make(threads))),
      name,
    );
    built.port1.close();
  }
});

test('a port that is posted to its own peer, which another copy has, is lost with the channel', async (t) => {
  const theirs = COPIES['over the same addon'];
  const { port1, port2 } = new theirs.MessageChannel();
  const carrier = new ours.MessageChannel();
  carrier.port1.postMessage(port1, [port1]);
  const here = next(ours, carrier.port2);
  const warned = once(process, 'warning');
  const closed = [here, port2].map((port) => once(port, 'close'));
  for (const port of [here, port2]) port.ref();
  here.postMessage(port2, [port2]);
  t.regex((await warned)[0].message, /posted to itself/);
  await Promise.all(closed);
});

test('a port is posted while its own copy is in the middle of writing a message', (t) => {
  const theirs = COPIES['over the same addon'];
  const [channel, carrier, outer] = [
    new theirs.MessageChannel(),
    new ours.MessageChannel(),
    new theirs.MessageChannel(),
  ];
  const value = {
    text: 'before',
    get inner() {
      carrier.port1.postMessage(channel.port1, [channel.port1]);
      return 'posted';
    },
  };
  outer.port1.postMessage(value);
  t.deepEqual(next(theirs, outer.port2), { text: 'before', inner: 'posted' });
  channel.port2.postMessage('goes on');
  t.is(next(ours, next(ours, carrier.port2)), 'goes on');
});

test('a getter sends a listed port away by its own copy: the message fails, and the port is there', (t) => {
  const theirs = COPIES['over the same addon'];
  const [channel, carrier, other] = [
    new theirs.MessageChannel(),
    new ours.MessageChannel(),
    new theirs.MessageChannel(),
  ];
  const value = {
    get a() {
      other.port1.postMessage(channel.port1, [channel.port1]);
      return 1;
    },
  };
  t.throws(() => carrier.port1.postMessage(value, [channel.port1]), { any: true });
  t.is(next(ours, carrier.port2), undefined);
  channel.port2.postMessage('by its copy');
  t.is(next(theirs, next(theirs, other.port2)), 'by its copy');
});

test('an object that only inherits from a port of another copy is no port', (t) => {
  const theirs = COPIES['over the same addon'];
  const carrier = new ours.MessageChannel();
  const fake = Object.create(theirs.MessagePort.prototype);
  carrier.port1.postMessage({ fake });
  t.deepEqual(next(ours, carrier.port2), { fake: {} });
  const built = new threads.MessageChannel();
  t.deepEqual(
    thrownBy(() => carrier.port1.postMessage(1, [fake])),
    thrownBy(() => built.port1.postMessage(1, [Object.create(threads.MessagePort.prototype)])),
  );
  built.port1.close();
});

across('for want of stack a post leaves the port where it was, or sends it', async (t, theirs) => {
  const trials = Array.from({ length: 120 }, (_, n) => {
    const [carrier, channel] = [new ours.MessageChannel(), new theirs.MessageChannel()];
    channel.port2.postMessage({ n });
    channel.port2.postMessage([new SharedArrayBuffer(1)]);
    return { carrier, channel, hasThrown: false };
  });
  let tried = 0;
  let frames = 0;
  // From the bottom upwards, until they succeed.
  const climb = () => {
    try {
      climb();
    } catch {
      // The stack is full.
    }
    if (frames++ % 40 > 0 || tried === trials.length) return;
    const trial = trials[tried++];
    const { port1 } = trial.channel;
    try {
      trial.carrier.port1.postMessage({ port1 }, [port1]);
    } catch {
      trial.hasThrown = true;
    }
  };
  climb();
  for (const [n, { carrier, channel, hasThrown }] of trials.entries()) {
    const received = next(ours, carrier.port2);
    t.is(received === undefined, hasThrown);
    const [api, port] = hasThrown ? [theirs, channel.port1] : [ours, received.port1];
    t.deepEqual(next(api, port), { n });
    t.is(next(api, port)?.[0].byteLength, 1);
    channel.port2.postMessage('more');
    t.deepEqual(await take(port, 1), ['more']);
    port.close();
  }
  const threw = trials.filter(({ hasThrown }) => hasThrown).length;
  t.log(`${threw} of ${trials.length} have thrown`);
  t.true(threw > 3 && threw < trials.length - 3);
});
