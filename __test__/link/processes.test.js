'use strict';

// Links between processes: that die, stop, are busy, read slowly; many messages; ports that are handed on; calls.

const { once } = require('node:events');
const net = require('node:net');
const { setTimeout: sleep } = require('node:timers/promises');
const test = require('ava');
const { randomOf } = require('../support/random');
const { killAll, started } = require('./streams');

const { MessageChannel } = require('../../dist');
const { connect } = require('../../dist/call.js');
const { link } = require('../../dist/link.js');

/** Whether to do all that the claims say, which takes minutes. */
const WHOLE = process.env.LINK_WHOLE === '1';

// What a test that has failed left running would keep this thread running.
test.after.always(killAll);

/** @param {any} port @returns {Promise<any>} the next message */
const next = async (port) => (await once(port, 'message'))[0];

/** @param {any} port @returns {Promise<string | undefined>} why it has closed */
const reasonOf = (port) =>
  new Promise((resolve) => port.once('close', (/** @type {any} */ event) => resolve(event?.reason)));

/** @param {import('node:child_process').ChildProcess} child */
const ended = (child) => (child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined);

test.serial('many mixed messages arrive in order, all of them', async (t) => {
  t.timeout(WHOLE ? 10 * 60_000 : 60_000);
  const count = WHOLE ? 1_000_000 : 30_000;
  const random = randomOf(Number(process.env.LINK_SEED ?? 3));
  const { child, socket } = await started('count');
  const { port, close } = bound(link(socket));
  let sent = 0;
  let bytes = 0;
  const answer = next(port);
  while (sent < count) {
    const length = random.chance(1) ? random.below(100_000) : random.below(300);
    const data = random.chance(70) ? undefined : new Uint8Array(length);
    if (port.tryPostMessage({ number: sent, text: 'x'.repeat(sent % 50), data })) {
      sent++;
      bytes += data?.length ?? 0;
    } else if (!(await port.ready)) break;
  }
  port.postMessage({ end: true });
  const said = await answer;
  t.deepEqual([said.wrong, said.count, said.bytes], [undefined, count, bytes]);
  await close();
  await ended(child);
});

/** @param {any} made a link, whose methods are called by themselves here */
const bound = (made) => ({
  port: made.port,
  closed: made.closed,
  stats: () => made.stats(),
  close: () => made.close(),
});

test('a process that is killed closes the ports of its links', async (t) => {
  const { child, socket } = await started('echo');
  const { port, closed } = link(socket);
  const { port1, port2 } = new MessageChannel();
  port.postMessage({ port: port2 }, [port2]);
  await next(port);
  // Otherwise nothing would wait for their end.
  port.ref();
  port1.ref();
  const at = Date.now();
  const reasons = Promise.all([reasonOf(port), reasonOf(port1)]);
  child.kill('SIGKILL');
  t.deepEqual(await reasons, ['lost', 'lost']);
  t.true(Date.now() - at < 5000);
  t.is(/** @type {any} */ (await closed).code, 'ERR_FERROPORT_LINK_LOST');
});

if (process.platform !== 'win32') {
  test('a process that stands still is dead after deadAfter, and not before', async (t) => {
    const deadAfter = 2000;
    const { child, socket } = await started('idle');
    const { port, closed } = link(socket, { deadAfter, heartbeat: 500 });
    await sleep(1000);
    const reason = reasonOf(port);
    port.ref();
    const at = Date.now();
    child.kill('SIGSTOP');
    t.is(await reason, 'dead');
    const took = Date.now() - at;
    t.log(`${took} ms`);
    t.true(took > deadAfter / 2 && took < deadAfter + 1000 + 4000, `${took}`);
    t.is(/** @type {any} */ (await closed).code, 'ERR_FERROPORT_LINK_DEAD');
    child.kill('SIGKILL');
    await ended(child);
  });

  test('a process that stands still for less goes on without loss', async (t) => {
    const { child, socket } = await started('count', { env: { LINK_OPTIONS: '{"deadAfter":4000}' } });
    const { port, close } = bound(link(socket, { deadAfter: 4000 }));
    let number = 0;
    for (; number < 500; number++) port.postMessage({ number });
    await sleep(500);
    child.kill('SIGSTOP');
    for (; number < 1500; number++) port.postMessage({ number });
    await sleep(2000);
    child.kill('SIGCONT');
    port.postMessage({ end: true });
    const { wrong, count } = await next(port);
    t.deepEqual([wrong, count], [undefined, 1500]);
    await close();
    await ended(child);
  });
}

test.serial('a process whose JavaScript is busy stays open, and so does one’s own', async (t) => {
  t.timeout(WHOLE ? 3 * 60_000 : 60_000);
  const span = WHOLE ? 30_000 : 4000;
  const deadAfter = WHOLE ? 10_000 : 1500;
  const options = { deadAfter, heartbeat: deadAfter / 5 };
  const { child, socket } = await started('busy', { env: { LINK_OPTIONS: JSON.stringify(options) } });
  const { port, close } = bound(link(socket, options));
  port.postMessage({ span });
  t.deepEqual(await next(port), { was: span });
  const until = Date.now() + span;
  while (Date.now() < until);
  port.postMessage({ span: 1 });
  t.deepEqual(await next(port), { was: 1 });
  await close();
  await ended(child);
});

test.serial('a reader that does not read stops the sender, and memory is flat on both sides', async (t) => {
  const { child, socket } = await started('pour');
  t.teardown(() => child.kill('SIGKILL'));
  const { port, stats } = bound(link(socket, { window: { messages: 100, bytes: 100_000 } }));
  port.pause();
  port.on('message', () => {});
  // Until nothing moves any more.
  let received = -1;
  for (let i = 0; i < 50 && (received !== stats().received || received === 0); i++) {
    received = stats().received;
    await sleep(200);
  }
  const { sent, received: there } = stats();
  t.is(sent, 0);
  // What the window of this side lets come.
  t.true(there <= 100 && there >= 10, `${there}`);
  const before = memoryOf(child.pid);
  const own = process.memoryUsage().rss;
  await sleep(WHOLE ? 10_000 : 1500);
  t.is(stats().received, there);
  if (before !== undefined) {
    const grown = /** @type {number} */ (memoryOf(child.pid)) - before;
    t.true(grown < 20_000_000, `${grown}`);
  }
  t.true(process.memoryUsage().rss - own < 50_000_000);
  // And goes on when it reads.
  let heard = 0;
  port.on('message', ({ number }) => t.is(number, heard++));
  port.resume();
  for (let i = 0; i < 100 && heard < 1000; i++) await sleep(50);
  t.true(heard >= 1000, `${heard}`);
  child.kill('SIGKILL');
  await ended(child);
});

/** @param {number | undefined} pid @returns {number | undefined} bytes of a process, where the system tells */
function memoryOf(pid) {
  try {
    const text = require('node:fs').readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s*(\d+)/.exec(text)?.[1]) * 1024;
  } catch {
    return undefined;
  }
}

test('the mark of a port is how much may wait at it', async (t) => {
  const { child, socket } = await started('pour');
  const { port, stats } = bound(link(socket));
  port.highWaterMark = 10;
  port.pause();
  port.on('message', () => {});
  await sleep(1500);
  // One window is under way, and a mark waits.
  t.true(stats().received <= 1024 + 10, `${stats().received}`);
  t.deepEqual(port.highWaterMark, { messages: 10 });
  child.kill('SIGKILL');
  // What waits is read, and then the port closes.
  port.resume();
  await ended(child);
});

test('ports are handed on from process to process, and relayed by the one in the middle', async (t) => {
  // This process is B; A and C each have a link to it.
  const a = await started('echo');
  const c = await started('echo');
  const toA = bound(link(a.socket));
  const toC = bound(link(c.socket));
  // A channel between A and C, which B only hands out.
  const between = new MessageChannel();
  between.port1.postMessage('queued for C');
  toA.port.postMessage({ port: between.port1 }, [between.port1]);
  t.deepEqual(await next(toA.port), { echo: 'a port' });
  toC.port.postMessage({ port: between.port2 }, [between.port2]);
  t.deepEqual(await next(toC.port), { echo: 'a port' });
  // C has answered what was queued, A has answered that, and so on: each echo is one longer.
  await sleep(500);
  const [first, second] = [toA.stats(), toC.stats()];
  t.true(first.received > 3 && second.received > 3, `${first.received}, ${second.received}`);

  // Ports in messages over relayed ports, at depth 3.
  const deep = [0, 1, 2].map(() => new MessageChannel());
  toA.port.postMessage({ port: deep[0].port2 }, [deep[0].port2]);
  t.deepEqual(await next(toA.port), { echo: 'a port' });
  deep[0].port1.postMessage({ port: deep[1].port2 }, [deep[1].port2]);
  t.deepEqual(await next(deep[0].port1), { echo: 'a port' });
  deep[1].port1.postMessage({ port: deep[2].port2 }, [deep[2].port2]);
  t.deepEqual(await next(deep[1].port1), { echo: 'a port' });
  deep[2].port1.postMessage(3);
  t.deepEqual(await next(deep[2].port1), { echo: 3 });

  // What goes on at one link is told at the other.
  const handed = new MessageChannel();
  toC.port.postMessage({ port: handed.port2 }, [handed.port2]);
  t.deepEqual(await next(toC.port), { echo: 'a port' });
  const reason = reasonOf(handed.port1);
  handed.port1.ref();
  c.child.kill('SIGKILL');
  t.is(await reason, 'lost');
  await toA.close();
  await ended(a.child);
});

test('calls go over a link, with timeouts and signals', async (t) => {
  const { child, socket } = await started('calls');
  const made = link(socket);
  const peer = connect(made.port);
  t.is(await peer.call('add', [1, 2]), 3);
  t.is(peer.callSync('add', [3, 4]), 7);
  const failed = /** @type {any} */ (await t.throwsAsync(peer.call('fail')));
  t.deepEqual([failed.constructor, failed.message], [RangeError, 'no']);
  t.is(/** @type {any} */ (await peer.call('nothing').catch((error) => error)).code, 'ERR_FERROPORT_NO_SUCH_CALL');
  t.is((await peer.call('hang', [], { timeout: 50 }).catch((error) => error)).name, 'TimeoutError');
  const controller = new AbortController();
  const hanging = peer.call('hang', [], { signal: controller.signal });
  setTimeout(() => controller.abort('enough'), 50);
  t.is(await hanging.catch((reason) => reason), 'enough');
  // The function at the other side has heard.
  for (let i = 0; i < 50 && (await peer.call('aborted')) !== 'enough'; i++) await sleep(50);
  t.is(await peer.call('aborted'), 'enough');
  t.is(await peer.call('add', [5, 6], { signal: new AbortController().signal, timeout: 10_000 }), 11);
  const pending = peer.call('hang');
  child.kill('SIGKILL');
  t.is(/** @type {any} */ (await pending.catch((error) => error)).code, 'ERR_FERROPORT_CLOSED');
});

test('hostile bytes reach no other link of the process', async (t) => {
  const random = randomOf(Number(process.env.LINK_SEED ?? Date.now() % 1e9));
  t.log(`LINK_SEED=${random.seed}`);
  const { child, socket } = await started('echo');
  const good = bound(link(socket));
  const server = net.createServer((each) => {
    each.on('error', () => {});
    const made = link(each);
    made.port.on('message', () => {});
  });
  server.listen(0);
  await once(server, 'listening');
  // What a side says first.
  const listening = net.createServer();
  listening.listen(0);
  await once(listening, 'listening');
  const told = once(listening, 'connection');
  const victim = link(net.connect(/** @type {any} */ (listening.address()).port));
  victim.port.postMessage({ some: 'thing', bytes: new Uint8Array(100) });
  const [listened] = await told;
  const [greeting] = await once(listened, 'data');
  listened.destroy();
  listening.close();
  const rounds = WHOLE ? 20_000 : 300;
  for (let i = 0; i < rounds; i++) {
    const attacker = net.connect(/** @type {any} */ (server.address()).port);
    attacker.on('error', () => {});
    const bytes = Buffer.concat([
      greeting,
      Buffer.from(Array.from({ length: random.below(60) }, () => random.below(256))),
    ]);
    if (random.chance(50)) bytes[random.below(bytes.length)] = random.below(256);
    attacker.end(bytes);
    attacker.resume();
    await once(attacker, 'close');
  }
  good.port.postMessage('well');
  t.deepEqual(await next(good.port), { echo: 'well' });
  server.close();
  await good.close();
  await ended(child);
});
