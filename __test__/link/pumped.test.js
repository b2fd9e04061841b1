'use strict';

// Links of processes that cannot start the thread of links: the session is in the user's thread, and threads of Rust read, write and tell that
// the side is there (lib/link/pumped.js).

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const net = require('node:net');
const { setTimeout: sleep } = require('node:timers/promises');
const test = require('ava');
const { PERMISSION } = require('../loading/sides');
const { PEER, socketPath, started } = require('./streams');

const { MessageChannel } = require('../../index.js');
const { link } = require('../../link.js');
const { host } = require('../../lib/link/hosted');
const { Inner } = require('../../lib/link/inner');
const { descriptorOf, duplicate } = require('../../lib/link/pump');
const { PumpTransport } = require('../../lib/link/pumped');
const { readSettings } = require('../../lib/link/settings');
const { markAsLinked } = require('../../lib/post/hand-over');

const onUnix = /** @type {typeof test} */ (
  process.platform === 'win32' ? Object.assign(test.skip, { serial: test.skip }) : test
);

/** The permission model without workers. Later versions of Node ask for a permission to connect, too. */
const WITHOUT_WORKERS = [
  ...[PERMISSION, '--allow-addons', '--allow-fs-read=*', '--allow-fs-write=*'],
  ...(process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : []),
];

/** The permission model warns that it is new. */
const QUIET = { NODE_NO_WARNINGS: '1' };

/** @param {string} role @param {any} [options] of its link */
const pumpedPeer = (role, options) =>
  started(role, { execArgv: WITHOUT_WORKERS, env: { ...QUIET, LINK_OPTIONS: JSON.stringify(options ?? null) } });

/** @param {any} port @returns {Promise<any>} the next message */
const next = (port) =>
  new Promise((resolve, reject) => {
    const onClose = (/** @type {any} */ { reason }) => reject(new Error(`The port has closed: ${reason}`));
    port.once('close', onClose);
    port.once('message', (/** @type {any} */ message) => {
      port.off('close', onClose);
      resolve(message);
    });
  });

/** @param {any} port @returns {Promise<string | undefined>} why it has closed */
const reasonOf = (port) => {
  port.ref();
  return new Promise((resolve) => port.once('close', (/** @type {any} */ event) => resolve(event?.reason)));
};

/** @param {import('node:child_process').ChildProcess} child */
const ended = (child) => (child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined);

/** @param {number} span in milliseconds */
function busy(span) {
  const until = Date.now() + span;
  while (Date.now() < until);
}

/** @returns {Promise<{ far: net.Socket, descriptor: number }>} the two ends of a connection */
async function connection() {
  const at = socketPath();
  const server = net.createServer({ pauseOnConnect: true });
  server.listen(at);
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const far = net.connect(at);
  const [near] = await accepted;
  server.close();
  const descriptor = duplicate(/** @type {number} */ (descriptorOf(near)));
  near.destroy();
  return { far, descriptor };
}

/**
 * A link of this thread over a pump.
 * @param {number} descriptor
 * @param {any} [options]
 */
function pumped(descriptor, options) {
  const { port1: port, port2 } = new MessageChannel();
  markAsLinked([port]);
  const transport = new PumpTransport([descriptor]);
  const counts = new Float64Array(new SharedArrayBuffer(64));
  /** @type {(error: any) => void} */
  let settle = () => {};
  const closed = new Promise((resolve) => (settle = resolve));
  // What waits for the end of a link keeps no thread running by itself.
  const timer = setInterval(() => {}, 1000);
  void closed.then(() => clearInterval(timer));
  const session = host(transport, readSettings(options), Inner.of(port2), counts, (_, error) => settle(error));
  return { port, closed, close: () => session.close() };
}

/** @type {Record<string, (role: string, options: any) => ReturnType<typeof started>>} processes that cannot start the thread of links */
const WAYS = {
  'a process without workers': pumpedPeer,
  'a process from a bundle': (role, options) =>
    started(role, { env: { LINK_PACKAGE: require.resolve('./as-bundled'), LINK_OPTIONS: JSON.stringify(options) } }),
};
for (const [who, start] of Object.entries(WAYS)) {
  onUnix(`${who} whose JavaScript is busy for longer than deadAfter stays open`, async (t) => {
    const options = { deadAfter: 1000, heartbeat: 200 };
    const { child, socket } = await start('busy', options);
    const { port, closed } = link(socket, options);
    let hasEnded = false;
    void closed.then(() => (hasEnded = true));
    for (let round = 0; round < 2; round++) {
      port.postMessage({ span: 3000 });
      t.deepEqual(await next(port), { was: 3000 });
    }
    // Nor does it take this side for dead, whose bytes it has not seen for as long.
    await sleep(1500);
    t.false(hasEnded);
    port.postMessage({ span: 1 });
    t.deepEqual(await next(port), { was: 1 });
    port.close();
    t.is(await closed, undefined);
    await ended(child);
  });
}

onUnix.serial('a peer is not dead because this thread was busy for a little longer than deadAfter', async (t) => {
  const { far, descriptor } = await connection();
  const options = { deadAfter: 300, heartbeat: 100 };
  const there = link(far);
  const { port, closed, close } = pumped(descriptor, options);
  let hasEnded = false;
  void closed.then(() => (hasEnded = true));
  there.port.postMessage('there');
  t.is(await next(port), 'there');
  for (let span = 280; span <= 420; span += 20) {
    busy(span);
    await sleep(span / 4);
  }
  t.false(hasEnded);
  port.postMessage('still there');
  t.is(await next(there.port), 'still there');
  close();
  t.is(await closed, undefined);
});

onUnix.serial('the greeting says that the side answers always, and beats come while this thread is busy', async (t) => {
  const { far, descriptor } = await connection();
  const { closed } = pumped(descriptor, { heartbeat: 50 });
  await new Promise((resolve) => setImmediate(resolve));
  busy(1000);
  const [bytes] = await once(far, 'data');
  // Length, HELLO, the magic number in five bytes, the version, the flags.
  t.deepEqual([bytes[1], bytes[7], bytes[8]], [1, 1, 1]);
  const beats = [...bytes.subarray(bytes[0] + 1)];
  t.true(beats.length >= 3 * 3 && beats.length <= 3 * 40, `${beats.length}`);
  t.true(beats.every((byte, i) => byte === [2, 2, 0][i % 3]));
  far.destroy();
  t.is(/** @type {any} */ (await closed).code, 'ERR_FERROPORT_LINK_LOST');
});

onUnix('no beat acknowledges less than one before', async (t) => {
  const options = { deadAfter: 1000, heartbeat: 100 };
  const { child, socket } = await pumpedPeer('busy', options);
  const { port, closed } = link(socket, options);
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 1500; i++) port.postMessage({ span: 0 });
    port.postMessage({ span: 500 });
    let message;
    do message = await next(port);
    while (message.was !== 500);
  }
  port.close();
  t.is(await closed, undefined);
  await ended(child);
});

onUnix('many messages go over the pump in order, all of them', async (t) => {
  const count = 20_000;
  const { child, socket } = await pumpedPeer('count');
  const made = link(socket);
  const { port } = made;
  let bytes = 0;
  const answer = next(port);
  for (let number = 0; number < count;) {
    const data = number % 50 === 0 ? new Uint8Array(number * 10) : undefined;
    if (port.tryPostMessage({ number, data })) {
      number++;
      bytes += data?.length ?? 0;
    } else if (!(await port.ready)) break;
  }
  port.postMessage({ end: true });
  const said = await answer;
  t.deepEqual([said.wrong, said.count, said.bytes], [undefined, count, bytes]);
  await made.close();
  await ended(child);
});

onUnix('who reads slowly stops the process without workers, and gets everything in order', async (t) => {
  const { child, socket } = await pumpedPeer('pour');
  t.teardown(() => child.kill('SIGKILL'));
  const made = link(socket, { window: { messages: 100, bytes: 100_000 } });
  const { port } = made;
  port.pause();
  port.on('message', () => {});
  await sleep(1500);
  const there = made.stats().received;
  t.true(there >= 10 && there <= 100, `${there}`);
  let heard = 0;
  let isInOrder = true;
  port.on('message', ({ number }) => (isInOrder &&= number === heard++));
  port.resume();
  for (let i = 0; i < 200 && heard < 20_000; i++) await sleep(50);
  t.true(heard >= 20_000, `${heard}`);
  t.true(isInOrder);
});

for (const [role, count] of /** @type {[string, number][]} */ ([
  ['last', 500],
  ['exit', 500],
  ['exit with much', 100],
])) {
  onUnix(`what was posted arrives when a process without workers ends (${role})`, async (t) => {
    const { child, socket } = await pumpedPeer(role);
    const { port } = link(socket);
    let heard = 0;
    port.on('message', ({ number }) => t.is(number, heard++));
    const reason = reasonOf(port);
    port.postMessage('go');
    t.is(await reason, 'peer closed');
    t.is(heard, count);
    await ended(child);
    t.is(child.exitCode, 0);
  });
}

onUnix('a process without workers ends in time though nobody answers', async (t) => {
  const at = socketPath();
  /** @type {net.Socket[]} */
  const sockets = [];
  const server = net.createServer((socket) => void sockets.push(socket));
  server.listen(at);
  await once(server, 'listening');
  const env = { ...process.env, ...QUIET };
  const child = spawn(process.execPath, [...WITHOUT_WORKERS, PEER, 'exit unheard', at], { stdio: 'inherit', env });
  for (let i = 0; i < 200 && sockets.length < 2; i++) await sleep(50);
  const begin = Date.now();
  await ended(child);
  t.is(child.exitCode, 0);
  const took = Date.now() - begin;
  t.true(took > 1500 && took < 5500, `${took}`);
  for (const socket of sockets) socket.destroy();
  server.close();
});

onUnix('a child without workers answers over the pipes of its stdio', async (t) => {
  const child = spawn(process.execPath, [...WITHOUT_WORKERS, PEER, 'stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...QUIET },
  });
  const made = link({ readable: child.stdout, writable: child.stdin });
  const { port1, port2 } = new MessageChannel();
  made.port.postMessage({ port: port2 }, [port2]);
  t.deepEqual(await next(made.port), { echo: 'a port' });
  port1.postMessage('over the port');
  t.deepEqual(await next(port1), { echo: 'over the port' });
  await made.close();
  await ended(child);
});

onUnix('a process without workers that is killed is lost', async (t) => {
  const { child, socket } = await pumpedPeer('echo');
  const { port } = link(socket);
  port.postMessage(1);
  await next(port);
  const reason = reasonOf(port);
  child.kill('SIGKILL');
  t.is(await reason, 'lost');
});

/** @type {Record<string, (far: net.Socket) => void>} what the other side does */
const ENDS = {
  closed: () => {},
  'peer closed': (far) => void link(far).close(),
  lost: (far) => far.destroy(),
  refused: (far) => far.write('GET / HTTP/1.1\r\n\r\n'),
  dead: () => {},
};
for (const [reason, end] of Object.entries(ENDS)) {
  onUnix(`a port over the pump closes and says why: ${reason}`, async (t) => {
    const { far, descriptor } = await connection();
    const made = pumped(descriptor, { deadAfter: 600, heartbeat: 100 });
    const said = reasonOf(made.port);
    end(far);
    if (reason === 'closed') {
      link(far);
      await sleep(100);
      made.close();
    }
    t.is(await said, reason);
    const codes = {
      lost: 'ERR_FERROPORT_LINK_LOST',
      refused: 'ERR_FERROPORT_LINK_PROTOCOL',
      dead: 'ERR_FERROPORT_LINK_DEAD',
    };
    t.is(/** @type {any} */ (await made.closed)?.code, /** @type {any} */ (codes)[reason]);
    far.destroy();
  });
}

onUnix('a peer that takes nothing makes `write` false, and room is told of', async (t) => {
  const { far, descriptor } = await connection();
  far.pause();
  const transport = new PumpTransport([descriptor]);
  let drained = 0;
  transport.onDrain = () => drained++;
  let written = 0;
  while (transport.write([new Uint8Array(60_000), new Uint8Array(40_000)])) {
    written += 100_000;
    if (written > 100_000_000) return t.fail('nobody reads');
    await sleep(1);
  }
  t.is(drained, 0);
  let read = 0;
  const ending = once(far, 'end');
  far.on('data', (bytes) => (read += bytes.length));
  far.resume();
  for (let i = 0; i < 500 && drained === 0; i++) await sleep(10);
  t.true(drained > 0);
  transport.close();
  await ending;
  t.is(read, written + 100_000);
});
