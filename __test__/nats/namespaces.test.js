'use strict';

// A process in a network of its own, whose cable is pulled out. That takes root, and Linux.

const { execFileSync } = require('node:child_process');
const { setTimeout: sleep } = require('node:timers/promises');
const test = require('ava');
const { closing, hubOf, next, peerOf } = require('./support/hubs');
const { startProxy } = require('./support/proxy');
const { startServer } = require('./support/server');

const SPACE = `ferroport${process.pid}`;
const HERE = { link: `fp${process.pid}a`, address: '198.18.77.1' };
const THERE = { link: `fp${process.pid}b`, address: '198.18.77.2' };

const ip = (/** @type {string} */ text) => execFileSync('ip', text.split(' '), { stdio: 'pipe' });

/** @returns {boolean} whether there is such a network now */
function make() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    ip(`netns add ${SPACE}`);
    ip(`link add ${HERE.link} type veth peer name ${THERE.link} netns ${SPACE}`);
    ip(`addr add ${HERE.address}/30 dev ${HERE.link}`);
    ip(`link set ${HERE.link} up`);
    ip(`-n ${SPACE} addr add ${THERE.address}/30 dev ${THERE.link}`);
    ip(`-n ${SPACE} link set ${THERE.link} up`);
    return true;
  } catch {
    unmake();
    return false;
  }
}

function unmake() {
  try {
    ip(`netns del ${SPACE}`);
  } catch {
    // It was not made.
  }
}

const isThere = make();
const withNetwork = isThere ? test.serial : test.serial.skip;

test.after.always(() => {
  if (isThere) unmake();
});

/** @param {'up' | 'down'} state */
const setCable = (state) => ip(`link set ${HERE.link} ${state}`);

withNetwork(
  'a cable that is out for two seconds loses nothing, and one that stays out closes the port in time',
  async (t) => {
    const server = await startServer(t);
    const way = await startProxy(t, server.port, HERE.address);
    const options = { heartbeat: 200, deadAfter: 5000 };
    const given = { options: { servers: way.url, ...options }, name: 'tests.cable' };
    const peer = await peerOf(t, 'echo', given, [], ['ip', 'netns', 'exec', SPACE]);
    const hub = await hubOf(t, { servers: server.url, ...options });
    const port = await hub.dial('tests.cable');
    /** @type {any[]} */
    const got = [];
    port.on('message', (/** @type {any} */ value) => got.push(value));
    setCable('down');
    for (let i = 0; i < 100; i++) port.postMessage(i);
    await sleep(2000);
    t.is(got.length, 0);
    setCable('up');
    for (let tries = 0; got.length < 100 && tries < 500; tries++) await sleep(20);
    t.deepEqual(
      got,
      Array.from({ length: 100 }, (_, i) => i),
    );
    const closed = closing(port);
    setCable('down');
    const cutAt = Date.now();
    const { reason, at } = await closed;
    t.is(reason, 'dead');
    t.true(at - cutAt < options.deadAfter + 1000 + 4000, `${at - cutAt} ms`);
    const { closed: there } = await peer.until((message) => message.closed);
    t.true(['lost', 'dead'].includes(there), there);
    // And the two find one another again.
    setCable('up');
    for (let tries = 0; ; tries++) {
      const again = await hub.dial('tests.cable', { timeout: 5000 }).catch((/** @type {any} */ error) => error.code);
      if (typeof again !== 'string' && typeof again !== 'number') {
        again.postMessage('again');
        t.is(await next(again), 'again');
        break;
      }
      t.true(tries < 50, `${again}`);
      await sleep(200);
    }
  },
);
