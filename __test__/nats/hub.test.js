'use strict';

// What connect, listen, dial and close promise, over one server.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const test = require('ava');
const { MessageChannel, MessagePort } = require('../..');
const { ROOT } = require('../../scripts/run');
const { connect } = require('../../dist/nats');
const { spawned } = require('../support/spawned');
const { closing, hubOf, next, peerOf, QUICK } = require('./support/hubs');
const { freePort, startServer } = require('./support/server');

/** @type {string} */
let servers;
/** @type {(() => unknown)[]} */
const teardowns = [];

test.before(async () => {
  // One server serves all tests here.
  const server = await startServer({ teardown: (end) => teardowns.push(end) });
  servers = server.url;
});

test.after.always(async () => {
  for (const end of teardowns) await end();
});

/** @param {string} title */
const nameOf = (title) => `tests.${title.replace(/[^a-z]+/gi, '-')}`;

test('a port of one process has its other end in another', async (t) => {
  const name = nameOf(t.title);
  const peer = await peerOf(t, 'echo', { options: { servers, name: 'echoes' }, name });
  const hub = await hubOf(t, { servers, name: 'dials' });
  const port = await hub.dial(name);
  t.true(port instanceof MessagePort);
  port.postMessage({ big: 2n ** 64n, map: new Map([[1, new Date(5)]]), bytes: new Uint8Array(3) });
  t.deepEqual(await next(port), { big: 2n ** 64n, map: new Map([[1, new Date(5)]]), bytes: new Uint8Array(3) });
  const { from } = await peer.until((message) => message.from);
  t.like(from, { name: 'dials', pid: process.pid, runtime: `node ${process.versions.node}` });
  t.regex(from.id, /^[0-9a-f]{32}$/);
  const closed = closing(port);
  port.close();
  t.is((await closed).reason, 'closed');
  t.is((await peer.until((message) => message.closed)).closed, 'peer closed');
});

test('ports in messages go along with their queues, there and back', async (t) => {
  const name = nameOf(t.title);
  await peerOf(t, 'echo', { options: { servers }, name });
  const hub = await hubOf(t, { servers });
  const port = await hub.dial(name);
  const { port1, port2 } = new MessageChannel();
  port1.postMessage('before the journey');
  port.postMessage({ port: port2, deep: [new Uint8Array(1)] }, [port2]);
  const back = await next(port);
  t.is(await next(back.port), 'before the journey');
  back.port.postMessage('answer');
  t.is(await next(port1), 'answer');
  const closed = closing(port1);
  back.port.close();
  await closed;
  port.close();
  t.pass();
});

test('what cannot leave a process is refused at once, with its place', async (t) => {
  const name = nameOf(t.title);
  await peerOf(t, 'echo', { options: { servers }, name });
  const hub = await hubOf(t, { servers });
  const port = await hub.dial(name);
  const shared = t.throws(() => port.postMessage({ a: [new SharedArrayBuffer(1)] }), { any: true });
  t.like(shared, { name: 'DataCloneError', path: '.a[0]' });
  t.like(
    t.throws(() => port.postMessage({ f() {} }), { any: true }),
    { name: 'DataCloneError', path: '.f' },
  );
  const buffer = new ArrayBuffer(8);
  port.postMessage({ buffer }, [buffer]);
  t.is(buffer.byteLength, 0);
  t.is((await next(port)).buffer.byteLength, 8);
  port.close();
});

test('a dial is refused at once where nobody listens', async (t) => {
  const hub = await hubOf(t, { servers });
  const began = Date.now();
  await t.throwsAsync(hub.dial('nobody.at.all', { timeout: 60_000 }), { code: 'ERR_FERROPORT_NO_LISTENER' });
  t.true(Date.now() - began < 10_000);
});

test('a service and its callers may begin in any order, and begin again', async (t) => {
  const name = nameOf(t.title);
  const hub = await hubOf(t, { servers });
  await t.throwsAsync(hub.dial(name), { code: 'ERR_FERROPORT_NO_LISTENER' });
  for (let round = 0; round < 3; round++) {
    const peer = await peerOf(t, 'echo', { options: { servers }, name });
    const port = await hub.dial(name);
    port.postMessage(round);
    t.is(await next(port), round);
    const closed = closing(port);
    peer.send({ end: true });
    t.is((await closed).reason, 'peer closed');
    await t.throwsAsync(hub.dial(name), { code: 'ERR_FERROPORT_NO_LISTENER' });
  }
});

test('listeners with the same queue share the dials', async (t) => {
  const name = nameOf(t.title);
  const peers = await Promise.all(
    [1, 2, 3].map(() => peerOf(t, 'who', { options: { servers }, name, queue: 'workers' })),
  );
  const hub = await hubOf(t, { servers });
  const answers = [];
  for (let i = 0; i < 60; i++) answers.push(await next(await hub.dial(name)));
  const counts = peers.map(({ child }) => answers.filter((pid) => pid === child.pid).length);
  t.is(counts[0] + counts[1] + counts[2], 60);
  for (const count of counts) t.true(count > 0, `${counts}`);
});

test('of listeners without a queue the first to answer gets the port, and no other', async (t) => {
  const name = nameOf(t.title);
  const hubs = await Promise.all([1, 2, 3].map(() => hubOf(t, { servers })));
  let ports = 0;
  for (const hub of hubs) await hub.listen(name, () => ports++);
  const dialler = await hubOf(t, { servers });
  for (let i = 0; i < 10; i++) await dialler.dial(name);
  await sleep(500);
  t.is(ports, 10);
});

test('a hub can dial itself', async (t) => {
  const name = nameOf(t.title);
  const hub = await hubOf(t, { servers });
  /** @type {any[]} */
  const ports = [];
  await hub.listen(name, (/** @type {any} */ port) => ports.push(port));
  for (let i = 0; i < 3; i++) {
    const port = await hub.dial(name);
    port.postMessage(i);
    while (ports.length <= i) await sleep(10);
    t.is(await next(ports[i]), i);
  }
});

test('two hubs that dial one another at once both get their ports', async (t) => {
  const [a, b] = await Promise.all([hubOf(t, { servers }), hubOf(t, { servers })]);
  const echo = (/** @type {any} */ port) => port.on('message', (/** @type {any} */ value) => port.postMessage(value));
  for (let round = 0; round < 10; round++) {
    const names = [`${nameOf(t.title)}.a${round}`, `${nameOf(t.title)}.b${round}`];
    await Promise.all([a.listen(names[0], echo), b.listen(names[1], echo)]);
    const ports = await Promise.all([a.dial(names[1]), b.dial(names[0]), a.dial(names[1]), b.dial(names[0])]);
    for (const port of ports) {
      port.postMessage('here');
      t.is(await next(port), 'here');
    }
  }
});

test('two hubs say once that they are there, whatever the number of their ports', async (t) => {
  const name = nameOf(t.title);
  const options = { servers, heartbeat: 200, deadAfter: 2000 };
  const [listens, dials] = await Promise.all([hubOf(t, options), hubOf(t, options)]);
  /** @type {string[]} */
  const ids = [];
  await listens.listen(name, (/** @type {any} */ _port, /** @type {any} */ from) => ids.push(from.id));
  const { connect: connectClient } = require('@nats-io/transport-node');
  const spy = await connectClient({ servers });
  t.teardown(() => spy.close());
  /** @type {Map<string, number>} */
  const counts = new Map();
  spy.subscribe('_INBOX.>', {
    callback: (_error, { subject }) => void counts.set(subject, (counts.get(subject) ?? 0) + 1),
  });
  await spy.flush();
  const countIn = async (/** @type {number} */ time) => {
    await sleep(300);
    counts.clear();
    await sleep(time);
    // Of the two only: other tests use the server.
    const subjects = [...counts.keys()].filter((subject) => subject.includes(ids[0]));
    return {
      subjects: subjects.length,
      messages: subjects.reduce((sum, subject) => sum + (counts.get(subject) ?? 0), 0),
    };
  };
  await dials.dial(name);
  const one = await countIn(2000);
  const ports = await Promise.all(Array.from({ length: 200 }, () => dials.dial(name)));
  const many = await countIn(2000);
  t.is(ids.length, 201);
  t.deepEqual([one.subjects, many.subjects], [1, 1]);
  t.true(one.messages >= 5 && many.messages <= 2 * one.messages + 4, `${one.messages}, ${many.messages}`);
  for (const port of ports) port.close();
});

test('messages of any length go over a server that takes small ones only', async (t) => {
  const name = nameOf(t.title);
  const server = await startServer(t, { config: 'max_payload: 1024' });
  await peerOf(t, 'echo', { options: { servers: server.url }, name });
  const hub = await hubOf(t, { servers: server.url });
  const port = await hub.dial(name);
  for (const length of [0, 900, 1000, 1024, 65_536, 1_000_000]) {
    port.postMessage(new Uint8Array(length).fill(7));
    const back = await next(port);
    t.is(back.length, length);
    t.true(back.every((/** @type {number} */ byte) => byte === 7));
  }
  port.close();
});

test('a message that is longer than the other side takes closes its port, and no other', async (t) => {
  const name = nameOf(t.title);
  await peerOf(t, 'echo', { options: { servers, maxMessage: 1000 }, name });
  const hub = await hubOf(t, { servers });
  const [port, other] = [await hub.dial(name), await hub.dial(name)];
  const closed = closing(port);
  port.postMessage(new Uint8Array(2000));
  t.is((await closed).reason, 'refused');
  other.postMessage('still');
  t.is(await next(other), 'still');
});

test('listening ends by close, by dispose and by a signal, and ports that are there stay', async (t) => {
  const name = nameOf(t.title);
  const [listens, dials] = await Promise.all([hubOf(t, { servers }), hubOf(t, { servers })]);
  const echo = (/** @type {any} */ port) => port.on('message', (/** @type {any} */ value) => port.postMessage(value));
  const controller = new AbortController();
  const dispose = /** @type {any} */ (Symbol).dispose;
  const endings = [
    (/** @type {any} */ listening) => listening.close(),
    (/** @type {any} */ listening) => (dispose === undefined ? listening.close() : listening[dispose]()),
    () => controller.abort(),
  ];
  for (const end of endings) {
    const listening = await listens.listen(name, echo, { signal: controller.signal });
    const port = await dials.dial(name);
    end(listening);
    for (let tries = 0; tries < 100; tries++) {
      const outcome = await dials.dial(name).catch((/** @type {any} */ error) => error.code);
      if (outcome === 'ERR_FERROPORT_NO_LISTENER') break;
      t.not(tries, 99);
      await sleep(50);
    }
    port.postMessage('still');
    t.is(await next(port), 'still');
  }
});

test('a dial ends by its signal, and by its timeout', async (t) => {
  const name = nameOf(t.title);
  const hub = await hubOf(t, { servers });
  const reason = new Error('not wanted any more');
  await t.throwsAsync(hub.dial(name, { signal: AbortSignal.abort(reason) }), { is: reason });
  await t.throwsAsync(
    hub.listen(name, () => {}, { signal: AbortSignal.abort(reason) }),
    { is: reason },
  );
  // Somebody who is no hub listens, and never answers.
  const { connect: connectClient } = require('@nats-io/transport-node');
  const client = await connectClient({ servers });
  t.teardown(() => client.close());
  client.subscribe(`ferroport.dial.${name}`, { callback() {} });
  await client.flush();
  t.is((await t.throwsAsync(hub.dial(name, { timeout: 200 }), { any: true })).name, 'TimeoutError');
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 100);
  await t.throwsAsync(hub.dial(name, { signal: controller.signal }), { is: reason });
});

test('a closed hub closes its ports, and begins nothing any more', async (t) => {
  const name = nameOf(t.title);
  const [listens, dials] = await Promise.all([hubOf(t, { servers }), hubOf(t, { servers })]);
  /** @type {any} */
  let there;
  await listens.listen(name, (/** @type {any} */ port) => (there = port));
  const here = await dials.dial(name);
  here.postMessage('last words');
  while (there === undefined) await sleep(10);
  const closed = closing(here);
  const message = next(there);
  const closedThere = closing(there);
  await dials.close();
  t.is(await message, 'last words');
  t.is((await closed).reason, 'closed');
  t.is((await closedThere).reason, 'peer closed');
  await t.throwsAsync(dials.dial(name), { code: 'ERR_FERROPORT_HUB_CLOSED' });
  await t.throwsAsync(
    dials.listen(name, () => {}),
    { code: 'ERR_FERROPORT_HUB_CLOSED' },
  );
  await dials.close();
  t.is(await dials.closed, undefined);
});

test('a hub whose thread ends says so', async (t) => {
  const program = `
    let thread;
    process.on('worker', (worker) => (thread = worker));
    const { connect } = require(${JSON.stringify(require.resolve('../../dist/nats'))});
    connect({ servers: ${JSON.stringify(servers)} }).then(async (hub) => {
      await thread.terminate();
      const { code } = await hub.closed;
      const dialled = await hub.dial('somebody').catch((error) => error);
      await hub.close();
      console.log(code, dialled.code);
    });`;
  const { stdout, stderr } = await spawned(process.execPath, ['-e', program]);
  t.is(stdout, 'ERR_FERROPORT_NATS_LOST ERR_FERROPORT_HUB_CLOSED\n', stderr);
});

test('a hub whose server cannot be reached rejects', async (t) => {
  const error = await t.throwsAsync(connect({ servers: `127.0.0.1:${await freePort()}`, maxReconnectAttempts: 1 }), {
    code: 'ERR_FERROPORT_NATS_CONNECT',
  });
  t.truthy(error?.cause);
});

test('what is wrong with options and names is told before anything happens', async (t) => {
  for (const options of [1, 'servers']) await t.throwsAsync(connect(options), { code: 'ERR_INVALID_ARG_TYPE' });
  for (const option of ['heartbeat', 'deadAfter', 'maxMessage', 'window']) {
    await t.throwsAsync(connect({ [option]: 'long' }), { code: 'ERR_INVALID_ARG_TYPE' });
    await t.throwsAsync(connect({ [option]: -1 }), { code: 'ERR_OUT_OF_RANGE' });
  }
  await t.throwsAsync(connect({ authenticator() {} }), { code: 'ERR_INVALID_ARG_VALUE' });
  await t.throwsAsync(connect({ reconnectDelayHandler: () => 1 }), { code: 'ERR_INVALID_ARG_VALUE' });
  for (const option of ['creds', 'nkey', 'jwt', 'optionsFrom', 'name']) {
    await t.throwsAsync(connect({ [option]: 5 }), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  const hub = await hubOf(t, { servers });
  for (const name of ['', 'a b', 'a.*', '>', '.a', 'a.', 'a..b', 'a\0b', 'x'.repeat(201)]) {
    await t.throwsAsync(hub.dial(name), { code: 'ERR_INVALID_ARG_VALUE' }, name);
    await t.throwsAsync(
      hub.listen(name, () => {}),
      { code: 'ERR_INVALID_ARG_VALUE' },
      name,
    );
  }
  await t.throwsAsync(hub.dial(5), { code: 'ERR_INVALID_ARG_TYPE' });
  await t.throwsAsync(hub.listen('a'), { code: 'ERR_INVALID_ARG_TYPE' });
  await t.throwsAsync(hub.dial('a', 5), { code: 'ERR_INVALID_ARG_TYPE' });
  await t.throwsAsync(hub.dial('a', { signal: 5 }), { code: 'ERR_INVALID_ARG_TYPE' });
});

test('where the client is not installed, the error says how to install it', async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-alone-'));
  t.teardown(() => fs.rmSync(folder, { recursive: true, force: true }));
  for (const name of fs.readdirSync(ROOT)) {
    if (name === 'dist' || name === 'package.json' || name.endsWith('.node')) {
      fs.cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
    }
  }
  const { code, stdout, stderr } = await spawned(process.execPath, [
    '-e',
    `require(${JSON.stringify(path.join(folder, 'dist/nats.js'))}).connect().catch(({ code, message }) => console.log(code, message));`,
  ]);
  t.is(code, 0, stderr);
  t.regex(stdout, /^ERR_FERROPORT_NATS_CLIENT .*npm install @nats-io\/transport-node/);
});

test('options that cannot be copied come from a module', async (t) => {
  const name = nameOf(t.title);
  const hub = await hubOf(t, { optionsFrom: require.resolve('./support/options.mjs'), name: servers });
  await hub.listen(name, (/** @type {any} */ port) => port.postMessage('here'));
  t.is(await next(await hub.dial(name)), 'here');
});

test('a hub that listens keeps its process running, and one that does not lets it end', async (t) => {
  const program = (/** @type {string} */ rest) =>
    `const { connect } = require(${JSON.stringify(require.resolve('../../dist/nats'))});
    (async () => { const hub = await connect({ servers: ${JSON.stringify(servers)} }); ${rest} })();`;
  const ends = await spawned(process.execPath, ['-e', program('')]);
  t.is(ends.code, 0, ends.stderr);
  const stays = await spawned(process.execPath, ['-e', program("await hub.listen('kept', () => {});")], {
    timeout: 3000,
  });
  t.is(stays.signal, 'SIGKILL');
  const closes = await spawned(process.execPath, [
    '-e',
    program("const l = await hub.listen('kept', () => {}); setTimeout(() => l.close(), 100);"),
  ]);
  t.is(closes.code, 0, closes.stderr);
});

test('what was posted before the process ends arrives', async (t) => {
  const name = nameOf(t.title);
  const hub = await hubOf(t, { servers, ...QUICK });
  /** @type {any[]} */
  const got = [];
  /** @type {Promise<any> | undefined} */
  let closed;
  await hub.listen(name, (/** @type {any} */ port) => {
    closed = closing(port);
    port.on('message', (/** @type {any} */ value) => got.push(value));
  });
  const { code, stderr } = await spawned(process.execPath, [
    '-e',
    `const { connect } = require(${JSON.stringify(require.resolve('../../dist/nats'))});
    (async () => {
      const hub = await connect({ servers: ${JSON.stringify(servers)} });
      const port = await hub.dial(${JSON.stringify(name)});
      for (let i = 0; i < 100; i++) port.postMessage(i);
    })();`,
  ]);
  t.is(code, 0, stderr);
  const { reason } = await closed;
  t.is(got.length, 100);
  t.is(reason, 'peer closed');
});
