'use strict';

// What strangers publish where hubs listen: nothing of it crashes, hangs, or reaches a port that was not given to them.

const { randomBytes } = require('node:crypto');
const { setTimeout: sleep } = require('node:timers/promises');
const test = require('ava');
const { connect: connectClient, headers } = require('@nats-io/transport-node');
const { randomOf } = require('../support/random');
const { closing, hubOf, next, QUICK, WHOLE } = require('./support/hubs');
const { startServer } = require('./support/server');

const MUTATIONS = WHOLE ? 1_000_000 : 10_000;

/** @param {any} port */
const echo = (port) => port.on('message', (/** @type {any} */ value) => port.postMessage(value));

/** @param {import('ava').ExecutionContext<any>} t */
async function scene(t) {
  const server = await startServer(t);
  const options = { servers: server.url, ...QUICK, deadAfter: 20_000 };
  const [listens, dials] = [await hubOf(t, options), await hubOf(t, options)];
  /** @type {any[]} */
  const given = [];
  await listens.listen('tests.target', (/** @type {any} */ port, /** @type {any} */ from) => {
    given.push(from);
    echo(port);
  });
  const stranger = await connectClient({ servers: server.url });
  t.teardown(() => stranger.close());
  return { server, options, listens, dials, stranger, given };
}

test('what is no dial is passed over', async (t) => {
  const { dials, stranger, given } = await scene(t);
  const info = { id: 'a'.repeat(32), host: 'h', pid: 1, runtime: 'r' };
  const reply = `_INBOX.${'a'.repeat(32)}.${'b'.repeat(32)}`;
  /** @type {[string | Uint8Array, string | undefined][]} */
  const bad = [
    ['', reply],
    ['{', reply],
    ['null', reply],
    ['[]', reply],
    ['{"ferroport":2}', reply],
    ['{"ferroport":1}', reply],
    ['{"ferroport":1,"info":null}', reply],
    [JSON.stringify({ ferroport: 1, info: { ...info, id: 5 } }), reply],
    [JSON.stringify({ ferroport: 1, info: { ...info, host: 'x'.repeat(1000) } }), reply],
    [JSON.stringify({ ferroport: 1, info: { ...info, name: {} } }), reply],
    [JSON.stringify({ ferroport: 1, info: { ...info, pid: '1' } }), reply],
    [JSON.stringify({ ferroport: 1, info, more: 'x'.repeat(5000) }), reply],
    [`${'['.repeat(2000)}`, reply],
    [randomBytes(4000), reply],
    // What has the right form, and asks for an answer where no hub can be.
    [JSON.stringify({ ferroport: 1, info }), undefined],
    [JSON.stringify({ ferroport: 1, info }), 'orders.cancel'],
    [JSON.stringify({ ferroport: 1, info }), '_INBOX.a.b'],
  ];
  const answers = [];
  for (const subject of [reply, 'orders.cancel', '_INBOX.a.b']) {
    stranger.subscribe(subject, { callback: (_error, message) => answers.push(message.subject) });
  }
  for (const [payload, to] of bad) stranger.publish('ferroport.dial.tests.target', payload, { reply: to });
  await stranger.flush();
  await sleep(300);
  t.deepEqual(answers, []);
  t.deepEqual(given, []);
  const port = await dials.dial('tests.target');
  port.postMessage('there?');
  t.is(await next(port), 'there?');
});

test('dials of which nothing comes are forgotten, and too many are not answered', async (t) => {
  t.timeout(60_000);
  const { dials, stranger, given } = await scene(t);
  const info = { id: 'a'.repeat(32), host: 'h', pid: 1, runtime: 'r' };
  let answers = 0;
  stranger.subscribe('_INBOX.>', { callback: () => answers++ });
  for (let i = 0; i < 10_000; i++) {
    const reply = `_INBOX.${randomBytes(16).toString('hex')}.${randomBytes(16).toString('hex')}`;
    stranger.publish('ferroport.dial.tests.target', JSON.stringify({ ferroport: 1, info }), { reply });
    if (i % 500 === 0) await stranger.flush();
  }
  await stranger.flush();
  await sleep(1000);
  t.true(answers > 0 && answers <= 4096, `${answers}`);
  t.deepEqual(given, []);
  // They hold for 15 seconds.
  await sleep(15_500);
  const port = await dials.dial('tests.target');
  port.postMessage('there?');
  t.is(await next(port), 'there?');
});

test('who answers dials with what is no answer is passed over', async (t) => {
  const { dials, stranger } = await scene(t);
  const good = { ferroport: 1, to: `_INBOX.${'a'.repeat(32)}.${'b'.repeat(32)}`, line: 'c'.repeat(32), knows: false };
  const info = { id: 'a'.repeat(32), host: 'h', pid: 1, runtime: 'r' };
  const bad = [
    ...[{}, good, { ...good, info: 5 }, { ...good, info, to: 'orders.cancel' }, { ...good, info, to: '*.>' }],
    ...[
      { ...good, info, line: '' },
      { ...good, info, line: 5 },
      { ...good, info, to: undefined },
    ],
  ];
  stranger.subscribe('ferroport.dial.tests.stranger', {
    callback: (_error, message) => {
      for (const answer of bad) message.respond(JSON.stringify(answer));
      message.respond(randomBytes(100));
    },
  });
  await stranger.flush();
  const error = await t.throwsAsync(dials.dial('tests.stranger', { timeout: 1000 }), { any: true });
  t.is(error?.name, 'TimeoutError');
});

test('an answer that leads to nobody ends the dial', async (t) => {
  const { server, stranger } = await scene(t);
  const dials = await hubOf(t, { servers: server.url, heartbeat: 100, deadAfter: 500 });
  const info = { id: 'a'.repeat(32), host: 'h', pid: 1, runtime: 'r' };
  stranger.subscribe('ferroport.dial.tests.stranger', {
    callback: (_error, message) => {
      const to = `_INBOX.${randomBytes(16).toString('hex')}.${'b'.repeat(32)}`;
      message.respond(JSON.stringify({ ferroport: 1, to, line: 'c'.repeat(32), knows: false, info }));
    },
  });
  await stranger.flush();
  const error = await t.throwsAsync(dials.dial('tests.stranger', { timeout: 20_000 }), {
    code: 'ERR_FERROPORT_UNREACHABLE',
  });
  t.is(/** @type {any} */ (error?.cause)?.code, 'ERR_FERROPORT_LINK_DEAD');
});

test('of what is sent to the hub at random, nothing reaches a port', async (t) => {
  const { dials, listens, stranger, given } = await scene(t);
  const port = await dials.dial('tests.target');
  const hubs = [given[0].id];
  for (let i = 0; i < 2000; i++) {
    const subject = `_INBOX.${hubs[0]}.${randomBytes(16).toString('hex')}`;
    const reply =
      i % 2 === 0 ? subject : `_INBOX.${randomBytes(16).toString('hex')}.${randomBytes(16).toString('hex')}`;
    const asks = Buffer.alloc(17);
    asks[0] = 2;
    stranger.publish(subject, i % 3 === 0 ? asks : randomBytes(i % 100), { reply });
  }
  await stranger.flush();
  port.postMessage('there?');
  t.is(await next(port), 'there?');
  t.truthy(listens);
});

test('who knows an address and sends mutated messages there loses the link, and nothing else happens', async (t) => {
  t.timeout(10 * 60_000);
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  const random = randomOf(seed);
  const { server, options, dials, stranger, given } = await scene(t);
  // The spy hears everything, and so knows the addresses.
  /** @type {{ subject: string, data: Uint8Array }[]} */
  let heard = [];
  stranger.subscribe('_INBOX.>', {
    callback: (_error, { subject, data }) => {
      if (heard.length < 1000 && data[0] !== 0x7b && data.length > 0) {
        heard.push({ subject, data: Uint8Array.from(data) });
      }
    },
  });
  await stranger.flush();
  const other = await hubOf(t, options);
  const bystander = await other.dial('tests.target');
  bystander.postMessage('here');
  await next(bystander);
  await stranger.flush();
  // What goes on between the bystander and its listener, the spy leaves alone.
  const spared = new Set(heard.map(({ subject }) => subject));
  let sent = 0;
  let links = 0;
  while (sent < MUTATIONS) {
    heard = [];
    const port = await dials.dial('tests.target');
    links++;
    let isClosed = false;
    const closed = closing(port).then(({ reason }) => {
      isClosed = true;
      return reason;
    });
    for (const value of [1, { a: 'text', b: [new Date(), 2n] }, new Uint8Array(1000)]) port.postMessage(value);
    await next(port);
    await stranger.flush();
    const from = heard.filter(({ subject }) => !spared.has(subject));
    while (!isClosed && sent < MUTATIONS && from.length > 0) {
      for (let i = 0; i < 20; i++) {
        const { subject, data } = random.pick(from);
        const bytes = Uint8Array.from(data);
        for (let changes = 1 + random.below(3); changes > 0; changes--) {
          bytes[random.below(bytes.length)] = random.below(256);
        }
        const cut = random.chance(10) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
        stranger.publish(subject, cut);
        sent++;
      }
      await stranger.flush();
    }
    if (isClosed) t.true(['refused', 'lost', 'dead', 'peer closed'].includes(await closed), `seed ${seed}`);
    else port.close();
  }
  bystander.postMessage('still there?');
  const answer = await Promise.race([next(bystander), closing(bystander)]);
  t.is(answer, 'still there?', `seed ${seed}`);
  t.true(given.length >= links);
  t.is(await server.slowConsumers(), 0);
});

test('a status that a stranger sends instead of the server does no harm', async (t) => {
  const { dials, stranger } = await scene(t);
  /** @type {Set<string>} */
  const subjects = new Set();
  stranger.subscribe('_INBOX.>', { callback: (_error, { subject }) => void subjects.add(subject) });
  await stranger.flush();
  const port = await dials.dial('tests.target');
  port.postMessage(1);
  await next(port);
  const status = headers(503, 'No Responders');
  for (const subject of subjects) stranger.publish(subject, '', { headers: status });
  await stranger.flush();
  port.postMessage('there?');
  t.is(await next(port), 'there?');
});
