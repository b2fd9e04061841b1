'use strict';

// Processes that die, networks that are cut, readers that are slow, and threads that are busy.

const { setTimeout: sleep } = require('node:timers/promises');
const test = require('ava');
const { closing, hubOf, next, peerOf, begunPeer, QUICK, WHOLE } = require('./support/hubs');
const { startProxy } = require('./support/proxy');
const { startCluster, startServer } = require('./support/server');

/** How much later than promised a test may hear of an end, in milliseconds: the machine may be busy. */
const LENIENCE = 4000;

const BUSY = WHOLE ? 30_000 : 5000;

test('the port of a killed process closes as dead, in time', async (t) => {
  const server = await startServer(t);
  const options = { servers: server.url, ...QUICK };
  const peer = await peerOf(t, 'echo', { options, name: 'tests.killed' });
  const hub = await hubOf(t, options);
  const port = await hub.dial('tests.killed');
  port.postMessage('there?');
  t.is(await next(port), 'there?');
  const closed = closing(port);
  await peer.kill();
  const killedAt = Date.now();
  const { reason, at } = await closed;
  t.is(reason, 'dead');
  t.true(at - killedAt < QUICK.deadAfter + 1000 + LENIENCE, `${at - killedAt} ms`);
});

test('a process that is stopped closes as dead at the other side, and learns of it when it goes on', async (t) => {
  const server = await startServer(t);
  const options = { servers: server.url, ...QUICK };
  const peer = await peerOf(t, 'echo', { options, name: 'tests.stopped' });
  const hub = await hubOf(t, options);
  const port = await hub.dial('tests.stopped');
  port.postMessage('there?');
  await next(port);
  const closed = closing(port);
  await peer.kill('SIGSTOP');
  t.is((await closed).reason, 'dead');
  await peer.kill('SIGCONT');
  const { closed: reason } = await peer.until((message) => message.closed);
  t.true(['lost', 'dead'].includes(reason), reason);
  // And the two find one another again.
  const again = await hub.dial('tests.stopped');
  again.postMessage('again');
  t.is(await next(again), 'again');
});

test('a server that stays away closes the ports of both sides, in time', async (t) => {
  const server = await startServer(t);
  const options = { servers: server.url, ...QUICK };
  const peer = await peerOf(t, 'echo', { options, name: 'tests.away' });
  const hub = await hubOf(t, options);
  const port = await hub.dial('tests.away');
  port.postMessage('there?');
  await next(port);
  const closed = closing(port);
  await server.kill();
  const killedAt = Date.now();
  const { reason, at } = await closed;
  t.is(reason, 'lost');
  t.true(at - killedAt < QUICK.deadAfter + 1000 + LENIENCE, `${at - killedAt} ms`);
  t.is((await peer.until((message) => message.closed)).closed, 'lost');
  // The hubs wait for their server: when it is there again, so are they.
  await server.start();
  for (let tries = 0; ; tries++) {
    const again = await hub.dial('tests.away').catch((/** @type {any} */ error) => error.code);
    if (typeof again !== 'string') {
      again.postMessage('again');
      t.is(await next(again), 'again');
      break;
    }
    t.is(again, 'ERR_FERROPORT_NO_LISTENER');
    t.true(tries < 100);
    await sleep(100);
  }
});

test('a dial waits for a server that is away for a while', async (t) => {
  const server = await startServer(t);
  const options = { servers: server.url };
  const [listens, dials] = await Promise.all([hubOf(t, options), hubOf(t, options)]);
  await listens.listen('tests.late', (/** @type {any} */ port) => port.postMessage('here'), {});
  await server.kill();
  const port = dials.dial('tests.late', { timeout: 60_000 }).catch((/** @type {any} */ error) => error);
  await sleep(1000);
  await server.start();
  const outcome = await port;
  // Whose hub is back first, nobody knows.
  if (outcome.code !== undefined) t.is(outcome.code, 'ERR_FERROPORT_NO_LISTENER');
  else t.is(await next(outcome), 'here');
});

test('a network that is cut closes the port in time, and one that comes back before loses nothing', async (t) => {
  const server = await startServer(t);
  const proxy = await startProxy(t, server.port);
  const options = { heartbeat: 200, deadAfter: 4000 };
  const peer = await peerOf(t, 'echo', { options: { servers: proxy.url, ...options }, name: 'tests.cut' });
  const hub = await hubOf(t, { servers: server.url, ...options });
  const port = await hub.dial('tests.cut');
  /** @type {any[]} */
  const got = [];
  let isClosed = false;
  port.on('close', () => (isClosed = true));
  port.on('message', (/** @type {any} */ value) => got.push(value));
  for (let round = 0; round < 3; round++) {
    proxy.silent = true;
    for (let i = 0; i < 10; i++) port.postMessage(round * 10 + i);
    await sleep(1500);
    t.is(got.length, round * 10);
    proxy.silent = false;
    while (got.length < (round + 1) * 10 && !isClosed) await sleep(20);
    t.false(isClosed);
  }
  t.deepEqual(
    got,
    Array.from({ length: 30 }, (_, i) => i),
  );
  const closed = closing(port);
  proxy.silent = true;
  const cutAt = Date.now();
  const { reason, at } = await closed;
  t.is(reason, 'dead');
  t.true(at - cutAt < options.deadAfter + 1000 + LENIENCE, `${at - cutAt} ms`);
  const { closed: there } = await peer.until((message) => message.closed);
  // It has noticed itself that its server does not answer.
  t.true(['lost', 'dead'].includes(there), there);
});

test('a process whose JavaScript is busy stays connected', async (t) => {
  t.timeout(BUSY + 60_000);
  const server = await startServer(t);
  // The other side would take it for dead long before.
  const options = { servers: server.url, ...QUICK };
  await peerOf(t, 'busy', { options, name: 'tests.busy' });
  const hub = await hubOf(t, options);
  const port = await hub.dial('tests.busy');
  let isClosed = false;
  port.on('close', () => (isClosed = true));
  const began = Date.now();
  port.postMessage({ busy: BUSY });
  for (let i = 0; i < 100; i++) port.postMessage(i);
  t.deepEqual(await next(port), { busy: BUSY });
  t.true(Date.now() - began >= BUSY);
  t.false(isClosed);
  let last;
  port.on('message', (/** @type {any} */ value) => (last = value));
  for (let tries = 0; last !== 99 && tries < 1000; tries++) await sleep(10);
  t.is(last, 99);
  t.false(isClosed);
});

// Nothing else goes on meanwhile: the proxies of other tests are in this process.
test.serial('this process may be busy, too', async (t) => {
  const server = await startServer(t);
  const options = { servers: server.url, ...QUICK };
  const peer = await peerOf(t, 'echo', { options, name: 'tests.busy-here' });
  const hub = await hubOf(t, options);
  const port = await hub.dial('tests.busy-here');
  port.postMessage('before');
  for (const end = Date.now() + 4000; Date.now() < end;);
  t.is(await next(port), 'before');
  t.is(
    peer.told.find((message) => message.closed),
    undefined,
  );
});

test('a slow reader stops its sender: memory stays flat on both sides, and the server finds no slow consumer', async (t) => {
  t.timeout(5 * 60_000);
  const server = await startServer(t);
  const options = { servers: server.url, window: { messages: 1000, bytes: 2 ** 20 } };
  const slow = await peerOf(t, 'slow', { options, name: 'tests.slow' }, ['--expose-gc']);
  const eager = begunPeer(t, 'eager', { options, name: 'tests.slow' }, ['--expose-gc']);
  await slow.until((message) => message.memory);
  const full = await eager.until((message) => message.sent);
  // Nobody takes anything: what has been sent stands in two queues and between them.
  await sleep(1000);
  const sent = () => eager.told.filter((message) => message.sent).at(-1).sent;
  const stuck = sent();
  await sleep(WHOLE ? 10_000 : 2000);
  t.is(sent(), stuck);
  t.true(stuck * 10_000 < 16 * 2 ** 20, `${stuck} messages`);
  // Readers that take some get more, and memory does not grow.
  for (let round = 0; round < (WHOLE ? 200 : 20); round++) {
    slow.send({ take: 500 });
    const count = round + 1;
    await slow.until(() => slow.told.filter((message) => message.taken).length === count);
  }
  t.true(sent() > stuck + 5000);
  const memoryOf = (/** @type {any} */ peer) =>
    peer.told.filter((/** @type {any} */ message) => message.memory).at(-1).memory;
  const grown = {
    eager: memoryOf(eager) - full.memory,
    slow: memoryOf(slow) - slow.told.find((message) => message.memory).memory,
  };
  t.true(grown.eager < 150 * 2 ** 20, `${grown.eager >> 20} MiB`);
  t.true(grown.slow < 150 * 2 ** 20, `${grown.slow >> 20} MiB`);
  t.is(await server.slowConsumers(), 0);
});

test('while the server is away, no more than the window waits', async (t) => {
  const server = await startServer(t);
  const options = { servers: server.url, deadAfter: 20_000, window: { messages: 1000, bytes: 2 ** 20 } };
  const [listens, dials] = await Promise.all([hubOf(t, options), hubOf(t, options)]);
  let got = 0;
  await listens.listen('tests.window', (/** @type {any} */ port) => port.on('message', () => got++));
  const port = await dials.dial('tests.window');
  await server.kill();
  await sleep(200);
  let posted = 0;
  const until = Date.now() + 3000;
  while (Date.now() < until) {
    while (port.tryPostMessage(new Uint8Array(10_000))) posted++;
    await sleep(10);
  }
  // One window stands in the port's own queue, and one on the way.
  t.true(posted * 10_000 < 4 * 2 ** 20, `${posted} messages`);
  t.true(port.bufferedAmount > 0);
  await server.start();
  for (let tries = 0; got < posted && tries < 1000; tries++) await sleep(20);
  t.is(got, posted);
});

test('when a member of a cluster is killed, ports go on over another', async (t) => {
  const cluster = await startCluster(t);
  const urls = cluster.map((server) => server.url);
  const options = { servers: urls, noRandomize: true };
  const peer = await peerOf(t, 'echo', { options: { ...options, servers: [urls[1], urls[2]] }, name: 'tests.cluster' });
  const hub = await hubOf(t, options);
  const port = await hub.dial('tests.cluster');
  for (const member of [0, 1]) {
    port.postMessage(`before ${member}`);
    t.is(await next(port), `before ${member}`);
    await cluster[member].kill();
    port.postMessage(`after ${member}`);
    t.is(await next(port), `after ${member}`);
  }
  t.is(
    peer.told.find((message) => message.closed),
    undefined,
  );
});
