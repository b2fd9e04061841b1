'use strict';

// Links whose stream is not connected yet, or fails at once, and ports that are closed before the other side is known.

const { once } = require('node:events');
const net = require('node:net');
const { PassThrough } = require('node:stream');
const test = require('ava');
const { KINDS, socketPath } = require('./streams');

const { link } = require('../../dist/link.js');

/** @param {any} port @returns {Promise<string | undefined>} why it has closed */
const reasonOf = (port) =>
  new Promise((resolve) => port.once('close', (/** @type {any} */ event) => resolve(event?.reason)));

/** Something that ends is to end in time. @param {Promise<any>} promise */
const soon = (promise) =>
  Promise.race([promise, new Promise((_, reject) => setTimeout(reject, 8000, new Error('it has not ended')))]);

/**
 * A server whose connections are links.
 * @returns {Promise<{ port: number, first: Promise<any>, close: () => void }>}
 */
async function served() {
  const server = net.createServer();
  const first = once(server, 'connection').then(([socket]) => link(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: /** @type {any} */ (server.address()).port, first, close: () => server.close() };
}

/** A lookup that answers after so many milliseconds. @param {number} delay */
const slowly = (delay) => (/** @type {any} */ _, /** @type {any} */ options, /** @type {any} */ callback) =>
  void setTimeout(() => {
    if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
    else callback(null, '127.0.0.1', 4);
  }, delay);

for (const kind of Object.keys(KINDS)) {
  test(`over ${kind}, a port that is closed before the other side is there ends the link at both sides`, async (t) => {
    const [left, right] = await KINDS[kind]();
    const early = link(left);
    early.port.close();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const late = link(right);
    const reason = reasonOf(late.port);
    t.deepEqual(await soon(Promise.all([early.closed, late.closed, reason])), [undefined, undefined, 'peer closed']);
  });
}

for (const [when, delay] of /** @type {[string, number | undefined][]} */ ([
  ['at once', undefined],
  ['while the stream connects', 100],
])) {
  test(`a port that is closed ${when} ends the link when the stream is connected`, async (t) => {
    const { port, first, close } = await served();
    const made = link(net.connect({ port, host: 'some.example', lookup: slowly(500) }));
    if (delay === undefined) made.port.close();
    else setTimeout(() => made.port.close(), delay);
    const other = await first;
    const reason = reasonOf(other.port);
    t.deepEqual(await soon(Promise.all([made.closed, other.closed, reason])), [undefined, undefined, 'peer closed']);
    close();
  });
}

test('what is posted while the stream connects arrives, also if the port is closed then', async (t) => {
  const { port, first, close } = await served();
  const made = link(net.connect({ port, host: 'some.example', lookup: slowly(300) }));
  made.port.postMessage('early');
  made.port.close();
  const other = await first;
  const reason = reasonOf(other.port);
  t.deepEqual(await soon(once(other.port, 'message')), ['early']);
  t.deepEqual(await soon(Promise.all([made.closed, reason])), [undefined, 'peer closed']);
  close();
});

test('a stream that cannot connect loses the link, and the cause is what the stream says', async (t) => {
  for (const [connect, code] of /** @type {[any, string][]} */ ([
    [() => net.connect(1, '127.0.0.1'), 'ECONNREFUSED'],
    ...(process.platform === 'win32' ? [] : [[() => net.connect(socketPath()), 'ENOENT']]),
  ])) {
    const made = link(connect());
    const reason = reasonOf(made.port);
    const error = /** @type {any} */ (await soon(made.closed));
    t.deepEqual([error.code, error.cause?.code], ['ERR_FERROPORT_LINK_LOST', code]);
    t.is(await soon(reason), 'lost');
  }
});

test('a stream that is destroyed while it connects loses the link at once', async (t) => {
  const { port, close } = await served();
  for (const cause of [undefined, new Error('enough')]) {
    const socket = net.connect(port, '127.0.0.1');
    const made = link(socket);
    const reason = reasonOf(made.port);
    socket.destroy(cause);
    const error = /** @type {any} */ (await soon(made.closed));
    t.deepEqual([error.code, error.cause], ['ERR_FERROPORT_LINK_LOST', cause]);
    t.is(await soon(reason), 'lost');
  }
  close();
});

test('a stream of JavaScript that fails at once loses the link', async (t) => {
  const stream = new PassThrough();
  const made = link(stream);
  const cause = new Error('at once');
  stream.destroy(cause);
  const error = /** @type {any} */ (await soon(made.closed));
  t.deepEqual([error.code, error.cause], ['ERR_FERROPORT_LINK_LOST', cause]);
});

test('a stream that never connects is dead after deadAfter, and can be closed', async (t) => {
  const never = () => net.connect({ port: 1, host: 'some.example', lookup() {} });
  const options = { deadAfter: 500, heartbeat: 100 };
  const dead = link(never(), options);
  const reason = reasonOf(dead.port);
  const error = /** @type {any} */ (await soon(dead.closed));
  t.is(error.code, 'ERR_FERROPORT_LINK_DEAD');
  t.is(await soon(reason), 'dead');

  const closed = link(never(), options);
  const other = reasonOf(closed.port);
  await soon(closed.close());
  t.deepEqual([await closed.closed, await soon(other)], [undefined, 'closed']);

  const unwanted = link(never(), options);
  unwanted.port.close();
  t.is(await soon(unwanted.closed), undefined);
});

if (process.platform !== 'win32') {
  test('what was written before a link is waited for as long as the other side takes some of it', async (t) => {
    const [left, right] = await KINDS['a Unix socket']();
    const length = 4_000_000;
    left.write(Buffer.alloc(length));
    const deadAfter = 1000;
    const made = link(left, { deadAfter, heartbeat: 200 });
    made.port.postMessage('after');
    const from = Date.now();
    let read = 0;
    while (read < length) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      const chunk = right.read();
      read += chunk?.length ?? 0;
      if (read > length) right.unshift(chunk.subarray(chunk.length - (read - length)));
    }
    t.true(Date.now() - from > deadAfter);
    const other = link(right);
    t.deepEqual(await soon(once(other.port, 'message')), ['after']);
    await soon(made.close());
  });
}
