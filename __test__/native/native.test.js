'use strict';

// A second addon, with an allocator and a build of its own, holds ends of channels (docs/native.md).

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const builtIn = require('node:worker_threads');
const test = require('ava');
const { FOLDER, hasher } = require('./built');
const { hashes, post } = require('./thread');
const { FERROPORT, program } = require('../support/program');

const ferroport = require('../..');

const { MessageChannel, SharedAbortController, receiveMessageOnPort } = ferroport;
const TAKE = Symbol.for('ferroport.native.1');

/** @type {any} */
let addon;
/** @type {string} */
let file;
/** @type {string} */
let folder;

test.before(async (t) => {
  t.timeout(10 * 60_000);
  file = await hasher();
  addon = require(file);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-native-'));
  fs.writeFileSync(path.join(folder, 'large'), Buffer.alloc(5 << 20, 'x'));
});

test.after.always(() => fs.rmSync(folder, { recursive: true, force: true }));

/**
 * One end of a channel whose other end is Rust's.
 * @param {(port: any) => unknown} start
 * @param {any} [options]
 * @returns {any}
 */
function to(start, options) {
  const { port1, port2 } = new MessageChannel(options);
  start(port2);
  return port1;
}

/**
 * @param {any} port
 * @returns {Promise<any>}
 */
const next = async (port) => (await once(port, 'message'))[0];

test('files are hashed on four threads, in the main thread and in four workers at once', async (t) => {
  const large = path.join(folder, 'large');
  const workers = Array.from({ length: 4 }, () => {
    const workerData = { task: 'hashes', ferroport: FERROPORT, addon: file, file: large };
    return new builtIn.Worker(path.join(__dirname, 'worker.js'), { workerData });
  });
  const said = workers.map(async (worker) => (await once(worker, 'message'))[0]);
  const exits = workers.map((worker) => once(worker, 'exit'));
  await hashes(ferroport, addon, large);
  t.deepEqual(await Promise.all(said), ['done', 'done', 'done', 'done']);
  await Promise.all(exits);
});

test('values go to Rust and come back', async (t) => {
  const port = to(addon.echo);
  /** @type {any[]} */
  const values = [
    ...[undefined, null, true, 0, -1, 1.5, -0, NaN, Infinity, 2 ** 31, 2 ** 53, 5n, -(2n ** 100n)],
    ...['', 'text', 'ümläut', 'π', '🎉', 'x'.repeat(100_000)],
    ...[[], [1, 2, 3], [1.5, 'a', null], ['ab', '', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']],
    ...[{}, { a: 1, b: { c: [undefined] } }, { 1: 'index', ['__proto__']: 2 }],
    ...[new Date(5), new Map([[1, { x: new Set([1, 'a']) }]]), new Set([new Date(1)])],
    ...[new Uint8Array([1, 2, 3]), new Uint8Array(100_000).fill(7)],
  ];
  for (const value of values) {
    port.postMessage(value);
    t.deepEqual(await next(port), value);
  }
  port.postMessage([, 1]);
  t.deepEqual(await next(port), [undefined, 1]);
  port.postMessage(new Uint16Array([1]).buffer);
  t.deepEqual(await next(port), new Uint8Array([1, 0]));
  port.postMessage(Buffer.from('pooled'));
  t.deepEqual(Buffer.from(await next(port)).toString(), 'pooled');
  port.postMessage(new TypeError('no', { cause: 1 }));
  const error = await next(port);
  t.like(error, { name: 'TypeError', message: 'no', cause: 1 });
  const shared = { n: 1 };
  port.postMessage([shared, shared]);
  t.deepEqual(await next(port), [shared, shared]);
  port.close();
});

test('large arrays that the fast lane writes go to Rust, too', async (t) => {
  const port = to(addon.echo);
  // A long array is worth the fast lane by itself.
  port.postMessage(new Array(1000).fill(0));
  t.is((await next(port)).length, 1000);
  for (const length of [2 << 20, 5 << 20]) {
    const large = new Uint8Array(length).fill(7);
    port.postMessage({ large });
    const arrived = (await next(port)).large;
    t.true(arrived.length === length && arrived.every((/** @type {number} */ byte) => byte === 7));
    t.is(large.length, length);
  }
  port.close();
});

test('objects of one shape go by the fast lane and come back as a shape', async (t) => {
  const port = to(addon.echoTyped);
  for (let n = 0; n < 3000; n++) port.postMessage({ n, text: `t${n}` });
  for (let n = 0; n < 3000; n++) {
    const message = port.receiveSync({ timeout: 20_000 });
    if (message.n !== n || message.text !== `t${n}`) return t.fail(`${n}: ${JSON.stringify(message)}`);
  }
  t.pass();
  port.close();
});

test('what does not fit is an error with its place, and the next message comes', async (t) => {
  const port = to(addon.echo);
  /** @type {any} */
  const circle = { name: 'circle' };
  circle.list = [circle];
  port.postMessage(circle);
  t.regex((await next(port)).error, /^at \.list\[0\].*contains itself$/);
  port.postMessage(2n ** 200n);
  t.regex((await next(port)).error, /a BigInt of more than 128 bits, expected/);
  port.postMessage(1);
  t.is(await next(port), 1);
  port.close();
});

test('what only V8 can move is refused at the sender, with its place', async (t) => {
  const port = to(addon.echo);
  const buffer = new ArrayBuffer(8);
  for (const value of [new SharedArrayBuffer(8), new Blob([]), new builtIn.MessageChannel().port1]) {
    const list = value instanceof builtIn.MessagePort ? [value, buffer] : [buffer];
    const error = t.throws(() => port.postMessage({ deep: [value] }, list), { any: true, name: 'DataCloneError' });
    t.is(/** @type {any} */ (error).path, '.deep[0]');
    if (!(value instanceof builtIn.MessagePort)) {
      t.throws(() => port.postMessage({ deep: [value] }), {
        any: true,
        name: 'DataCloneError',
        message: /native thread/,
      });
    }
  }
  t.is(buffer.byteLength, 8, 'nothing has changed');
  port.postMessage(1);
  t.is(await next(port), 1);
  port.close();
});

test('listed buffers arrive as bytes, and are gone here', async (t) => {
  const port = to(addon.echo);
  const buffer = new Uint8Array([1, 2, 3]).buffer;
  port.postMessage({ view: new Uint8Array(buffer, 1) }, [buffer]);
  t.is(buffer.byteLength, 0);
  t.deepEqual(await next(port), { view: new Uint8Array([2, 3]) });
  const whole = new ArrayBuffer(2);
  port.postMessage(whole, [whole]);
  t.is(whole.byteLength, 0);
  t.deepEqual(await next(port), new Uint8Array(2));
  port.close();
});

test('a port whose queue holds what only JavaScript can read is not taken, and stays', (t) => {
  for (const postBound of [
    (/** @type {any} */ port) => port.postMessage(new SharedArrayBuffer(8)),
    (/** @type {any} */ port, buffer = new ArrayBuffer(8)) => port.postMessage(buffer, [buffer]),
    (/** @type {any} */ port) => port.postMessage({ a: new Blob([]) }),
  ]) {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage('before');
    postBound(port1);
    t.throws(() => addon.echo(port2), { code: 'ERR_FERROPORT_NATIVE', message: /cannot be taken/ });
    t.is(receiveMessageOnPort(port2)?.message, 'before');
    t.truthy(receiveMessageOnPort(port2));
    port1.postMessage(new SharedArrayBuffer(8));
    t.truthy(receiveMessageOnPort(port2), 'the channel is as it was');
    addon.echo(port2);
    t.throws(() => port1.postMessage(new SharedArrayBuffer(8)), { any: true, name: 'DataCloneError' });
    port1.close();
  }
});

test('what is no port is refused, and a port is taken once', (t) => {
  for (const value of [
    undefined,
    null,
    1,
    {},
    new builtIn.MessageChannel().port1,
    { [TAKE]: () => ({}) },
    { [TAKE]: 1 },
  ]) {
    t.throws(() => addon.echo(value));
  }
  t.throws(
    () =>
      addon.echo({
        [TAKE]() {
          throw new RangeError('its own');
        },
      }),
    { instanceOf: RangeError, message: 'its own' },
  );
  const { port1, port2 } = new MessageChannel();
  const object = port2[TAKE]();
  t.throws(() => addon.echo(port2), { any: true, name: 'DataCloneError' });
  t.throws(() => port2[TAKE](), { any: true, name: 'DataCloneError' });
  addon.keep({ [TAKE]: () => object });
  t.throws(() => addon.keep({ [TAKE]: () => object }), { message: /taken already/ });
  ferroport.markAsUntransferable(port1);
  t.throws(() => addon.echo(port1), { any: true, name: 'DataCloneError' });
  port1.close();
});

test('both sides hear of the end', async (t) => {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', () => {});
  const closed = once(port2, 'close');
  addon.count(port2, 3);
  await closed;
  await once(port1, 'close');
  const other = to(addon.echo);
  other.postMessage(1);
  t.is(await next(other), 1);
  other.close();
  await once(other, 'close');
  t.pass();
});

test('a million messages each way arrive in order', async (t) => {
  t.timeout(5 * 60_000);
  const COUNT = 1_000_000;
  const from = to((port) => addon.count(port, COUNT), { highWaterMark: 1000 });
  let expected = 0;
  from.on('message', (/** @type {number} */ n) => {
    if (n !== expected++) t.fail(`${n} instead of ${expected - 1}`);
  });
  await once(from, 'close');
  t.is(expected, COUNT);

  const into = to(addon.counted, { highWaterMark: 1000 });
  const answer = next(into);
  for (let n = 0; n < COUNT; n++) {
    if (!into.tryPostMessage(n)) {
      await into.ready;
      into.postMessage(n);
    }
  }
  into.postMessage(null);
  t.is(await answer, `${COUNT}`);
  into.close();
});

test('high-water marks hold in both directions', async (t) => {
  const into = to(addon.slow, { highWaterMark: 4 });
  into.on('message', () => {});
  let isFull = false;
  for (let n = 0; n < 20; n++) {
    await post(into, n);
    t.true(into.bufferedMessages <= 4);
    isFull ||= !into.tryPostMessage(n);
  }
  t.true(isFull);
  into.close();

  const from = to(addon.flood, { highWaterMark: 4 });
  await sleep(50);
  t.is(from.receiveSync({ timeout: 20_000 }).n, 0);
  t.true(ferroport.receiveMessageOnPort(from)?.message.n === 1);
  from.close();
});

test('a thread that blocks in receiveSync is woken by Rust, also when that closes', (t) => {
  const port = to(addon.slow);
  port.postMessage(1);
  t.is(port.receiveSync({ timeout: 20_000 }), 0);
  const counting = to((other) => addon.count(other, 1));
  t.is(counting.receiveSync(), 0);
  t.throws(() => counting.receiveSync(), { code: 'ERR_FERROPORT_CLOSED' });
  port.close();
});

test('ports go in messages, in both directions', async (t) => {
  const port = to(addon.ports);
  const inner = new MessageChannel();
  inner.port1.postMessage('unread');
  port.postMessage({ port: inner.port2 }, [inner.port2]);
  t.is(await next(inner.port1), 'from Rust');
  const { port: given } = await next(port);
  given.postMessage({ through: [1] });
  t.deepEqual(await next(given), { through: [1] });
  t.throws(() => given.postMessage(new SharedArrayBuffer(8)), { any: true, name: 'DataCloneError' });
  given.close();
  port.close();
});

test('signals come along, and are seen while work is under way', async (t) => {
  const port = to(addon.start);
  const controller = new SharedAbortController();
  port.postMessage({
    op: 'File',
    id: 1,
    path: process.platform === 'win32' ? path.join(folder, 'large') : '/dev/zero',
    signal: controller.signal,
  });
  if (process.platform !== 'win32') t.truthy((await next(port)).progress);
  controller.abort();
  for (;;) {
    const { failed, done } = await next(port);
    if (failed || done) {
      t.true(failed?.reason === 'aborted' || process.platform === 'win32');
      break;
    }
  }
  port.close();
});

test('a task pipes', async (t) => {
  const { port1, port2 } = new MessageChannel({ highWaterMark: 2 });
  const piped = addon.pipe(port2);
  for (let n = 0; n < 100; n++) {
    await post(port1, { n, text: '' });
    t.like(await next(port1), { n });
  }
  port1.close();
  t.is(await piped, 100);
  const failing = new MessageChannel();
  const fails = addon.pipe(failing.port2);
  failing.port1.postMessage({ n: 'no number', text: '' });
  await t.throwsAsync(fails, { message: /^at \.n: invalid type: string "no number", expected u32$/ });
});

test('a port that Rust holds keeps no event loop alive, and its other end does while it listens', async (t) => {
  const { code, out, stderr } = await program(`
    const { MessageChannel } = require(ferroport);
    const addon = require(${JSON.stringify(file)});
    const kept = new MessageChannel();
    addon.keep(kept.port2);
    const heard = new MessageChannel();
    addon.count(heard.port2, 2);
    heard.port1.on('message', (n) => console.log(n));
    heard.port1.on('close', () => console.log('close'));
  `);
  t.deepEqual({ code, out }, { code: 0, out: ['0', '1', 'close'] }, stderr);
});

test('a process ends while threads of Rust send', async (t) => {
  for (const end of ['process.exit(3)', 'process.reallyExit(3)']) {
    const { code, signal, stderr } = await program(`
      const { MessageChannel } = require(ferroport);
      const addon = require(${JSON.stringify(file)});
      for (let i = 0; i < 8; i++) {
        const { port1, port2 } = new MessageChannel({ highWaterMark: i % 2 ? 4 : 1000 });
        addon.flood(port2);
        port1.on('message', () => {});
      }
      setTimeout(() => ${end}, 50);
    `);
    t.deepEqual({ code, signal }, { code: 3, signal: null }, stderr);
  }
});

test('environments end while threads of Rust send to them and wait for them', async (t) => {
  t.timeout(10 * 60_000);
  const COUNT = Number(process.env.FERROPORT_TERMINATIONS ?? 120);
  const seed = Number(process.env.FERROPORT_SEED ?? Date.now() % 1e6);
  t.log(`FERROPORT_SEED=${seed}`);
  let state = seed;
  const random = (/** @type {number} */ below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
  const ways = ['terminate', 'exit', 'throw'];
  const one = async () => {
    const ends = ways[random(ways.length)];
    const after = random(20);
    const workerData = { task: 'floods', ferroport: FERROPORT, addon: file, ends, after, mark: 1 + random(200) };
    const worker = new builtIn.Worker(path.join(__dirname, 'worker.js'), { workerData });
    worker.on('error', (error) => {
      if (!/on purpose/.test(String(error))) t.fail(String(error));
    });
    const exit = new Promise((resolve) => worker.once('exit', resolve));
    const said = new Promise((resolve) => worker.once('message', resolve));
    t.is(await Promise.race([said, exit]), 'runs');
    if (ends === 'terminate') {
      await sleep(after);
      await worker.terminate();
    }
    await exit;
  };
  for (let i = 0; i < COUNT; i += 4) await Promise.all([one(), one(), one(), one()]);
  // The threads are still there for others.
  const port = to(addon.echo);
  port.postMessage('after');
  t.is(await next(port), 'after');
  port.close();
});

test('the program in docs/native.md is compiled with the addon, and answers', async (t) => {
  const [, block] = /```rust\n([^]*?)```/.exec(fs.readFileSync(path.join(FOLDER, '../../docs/native.md'), 'utf8')) ?? [
    '',
  ];
  t.true(fs.readFileSync(path.join(FOLDER, 'src/page.rs'), 'utf8').includes(block));
  const port = to(addon.startHashing);
  port.on('message', () => {});
  port.postMessage({ op: 'Hash', id: 1, data: new Uint8Array(9) });
  t.like(await next(port), { id: 1 });
  port.postMessage({ op: 'Stop' });
  await once(port, 'close');
});
