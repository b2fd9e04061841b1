'use strict';

// Messages of all kinds between two processes: in order, none lost, none twice, whatever happens to the server and to the connections
// meanwhile. NATS_WHOLE=1 sends a million.

const { setTimeout: sleep } = require('node:timers/promises');
const test = require('ava');
const { begunPeer, peerOf, WHOLE } = require('./support/hubs');
const { WITH_PORT } = require('./support/mixed');
const { startProxy } = require('./support/proxy');
const { startCluster, startServer } = require('./support/server');

const COUNT = WHOLE ? 1_000_000 : 30_000;

/** A seed that a failure tells. */
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/**
 * Sends `count` mixed messages from one process to another while something happens, and checks what has come.
 * @param {import('ava').ExecutionContext<any>} t
 * @param {{ sinkServers: any, sourceServers: any, count?: number, meanwhile?: (progress: (part: number) => Promise<void>) => Promise<void> }} options
 *   `progress` resolves when that part of the messages has been sent
 */
async function sendMixed(t, { sinkServers, sourceServers, count = COUNT, meanwhile = async () => {} }) {
  const name = 'tests.mixed';
  const given = { name, count, seed: SEED };
  const sink = await peerOf(t, 'sink', { ...given, options: { servers: sinkServers } });
  const source = begunPeer(t, 'source', { ...given, options: { servers: sourceServers } });
  const progress = async (/** @type {number} */ part) => {
    await source.until((message) => message.sent >= part * count || message.failed !== undefined || message.error);
  };
  await meanwhile(progress);
  const end = await sink.until(({ failed, received, closed }) => failed !== undefined || received || closed);
  const ports = Math.floor(count / WITH_PORT);
  t.deepEqual(end, { received: count, ports }, `seed ${SEED}`);
  await source.until((message) => message.all);
  for (let tries = 0; ; tries++) {
    source.send('how many ports have answered?');
    await sleep(200);
    const { answered } = source.told.filter((message) => message.answered !== undefined).at(-1) ?? {};
    if (answered === ports || tries === 50) {
      t.is(answered, ports);
      break;
    }
  }
}

test.serial('mixed messages arrive in order, whole and once', async (t) => {
  t.timeout(15 * 60_000);
  const server = await startServer(t);
  await sendMixed(t, { sinkServers: server.url, sourceServers: server.url });
  t.is(await server.slowConsumers(), 0);
});

test.serial(
  'nothing is lost or doubled when the server is killed in the middle, and comes back five seconds later',
  async (t) => {
    t.timeout(5 * 60_000);
    const server = await startServer(t);
    await sendMixed(t, {
      sinkServers: server.url,
      sourceServers: server.url,
      async meanwhile(progress) {
        await progress(0.3);
        await server.kill();
        await sleep(5000);
        await server.start();
      },
    });
  },
);

test.serial('nothing is lost or doubled when connections are cut and delayed again and again', async (t) => {
  t.timeout(5 * 60_000);
  const server = await startServer(t);
  const [ofSink, ofSource] = [await startProxy(t, server.port), await startProxy(t, server.port)];
  ofSink.delay = 5;
  await sendMixed(t, {
    sinkServers: ofSink.url,
    sourceServers: ofSource.url,
    async meanwhile(progress) {
      for (let i = 1; i <= 8; i++) {
        await progress(i / 10);
        // What one side has sent may have arrived although that side saw its connection break.
        if (i % 2 === 0) ofSource.cut({ repeat: i % 4 === 0 });
        if (i % 3 !== 0) ofSink.cut({ repeat: true });
      }
    },
  });
});

test.serial('nothing is lost or doubled when members of a cluster are killed', async (t) => {
  t.timeout(5 * 60_000);
  const cluster = await startCluster(t);
  const urls = cluster.map((server) => server.url);
  await sendMixed(t, {
    sinkServers: urls,
    sourceServers: urls,
    async meanwhile(progress) {
      for (let i = 0; i < 3; i++) {
        await progress((i + 1) / 5);
        await cluster[i].kill();
        await sleep(1500);
        await cluster[i].start();
        await sleep(500);
      }
    },
  });
});

test.serial('what somebody sends once more, of what has been sent, is not read twice', async (t) => {
  t.timeout(5 * 60_000);
  const server = await startServer(t);
  const { connect } = require('@nats-io/transport-node');
  // It hears everything, and says everything again.
  const parrot = await connect({ servers: server.url, noEcho: true });
  t.teardown(() => parrot.close());
  let repeated = 0;
  parrot.subscribe('_INBOX.>', {
    callback(_error, { subject, data, reply }) {
      repeated++;
      parrot.publish(subject, data, { reply });
    },
  });
  await parrot.flush();
  await sendMixed(t, { sinkServers: server.url, sourceServers: server.url, count: 10_000 });
  t.true(repeated > 10);
});
