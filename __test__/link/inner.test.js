'use strict';

// One end of a channel as a link has it (lib/link/inner.js): messages leave it as bytes and come to it as bytes.

const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const { isDeepStrictEqual } = require('node:util');
const test = require('ava');
const { Inner } = require('../../lib/link/inner');
const { MessageChannel, deserialize, receiveMessageOnPort, serialize } = require('../../index.js');
const { randomOf } = require('../support/random');
const { program } = require('../support/program');

/** @returns {{ port: any, inner: any }} */
function ends() {
  const { port1, port2 } = new MessageChannel();
  return { port: port1, inner: Inner.of(port2) };
}

/** @param {any} inner */
const taken = (inner) => deserialize(inner.take().bytes);

/**
 * @param {unknown} value
 * @returns {Uint8Array}
 */
const bytesOf = (value) => new Uint8Array(serialize(value));

/**
 * @param {any} port
 * @returns {Promise<any>}
 */
const next = async (port) => (await once(port, 'message'))[0];

/**
 * @param {(bound: number) => number} below
 * @param {number} depth
 * @returns {any}
 */
function anyValue(below, depth) {
  const values = Array.from({ length: below(4) }, () => () => anyValue(below, depth - 1));
  const all = () => values.map((make) => make());
  switch (below(depth === 0 ? 12 : 18)) {
    case 0:
      return below(3) - 1.5;
    case 1:
      return [undefined, null, true, false, -0, NaN, Infinity][below(7)];
    case 2:
      return 'x'.repeat(below(20)) + (below(2) ? 'π' : 'ü');
    case 3:
      return BigInt(below(1000)) ** 20n * (below(2) ? 1n : -1n);
    case 4:
      return new Date(below(1000) + 0.5);
    case 5:
      return new Float64Array([0.5, below(9)]);
    case 6:
      return /a+/g;
    case 7:
      return Object(below(2) ? 5n : 1.5);
    case 8:
      return [1.5, 2.5, below(100)];
    case 9:
      return new Uint8Array(below(3000)).fill(7);
    case 10:
      return [1, , 3];
    case 11:
      return 2 ** 31 + below(100);
    case 12:
      return all();
    case 13:
      return new Map(all().map((value, i) => [i, value]));
    case 14:
      return { x: anyValue(below, depth - 1), y: anyValue(below, depth - 1) };
    case 15:
      return { ü: 1, π: anyValue(below, depth - 1), 3000000000: 0.5, ['__proto__']: 1 };
    case 16: {
      const shared = { a: 1, b: anyValue(below, depth - 1) };
      return [shared, shared];
    }
    default:
      return { id: below(100), name: 'name', data: anyValue(below, depth - 1), when: new Date(0.5) };
  }
}

test('any value is taken, put in at the other side, and is the same there', async (t) => {
  const { seed, below } = randomOf(Number(process.env.FERROPORT_SEED ?? Date.now()));
  t.log({ seed });
  const from = ends();
  const to = ends();
  /** @type {any[]} */
  const values = Array.from({ length: 3000 }, () => anyValue(below, 3));
  /** @type {any[]} */
  const arrived = [];
  to.port.on('message', (value) => arrived.push(value));
  for (const value of values) {
    from.port.postMessage(value);
    const { bytes, ports } = from.inner.take();
    t.is(ports.length, 0);
    if (!isDeepStrictEqual(deserialize(bytes), value)) t.deepEqual(deserialize(bytes), value, 'the bytes are portable');
    if (!to.inner.put(bytes)) t.fail();
    // Some of them wait, and some are delivered one by one.
    if (below(50) === 0) await sleep(0);
  }
  while (arrived.length < values.length) await sleep(1);
  for (const [i, value] of values.entries()) if (!isDeepStrictEqual(arrived[i], value)) t.deepEqual(arrived[i], value);
  to.port.close();
  from.port.close();
});

test('what waits when the endpoint is taken is taken in order, and then what comes', async (t) => {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage('one');
  port1.postMessage('two');
  const inner = Inner.of(port2);
  t.is(inner.waiting, 2);
  t.is(taken(inner), 'one');
  port1.postMessage('three');
  t.is(taken(inner), 'two');
  t.is(taken(inner), 'three');
  t.is(inner.take(), undefined);
  port1.close();
});

test('the thread is told of messages once until none is left', async (t) => {
  const { port, inner } = ends();
  let told = 0;
  inner.onMessage = () => told++;
  port.postMessage(1);
  port.postMessage(2);
  while (told === 0) await sleep(1);
  port.postMessage(3);
  await sleep(50);
  t.is(told, 1, 'something waits already');
  while (inner.take() !== undefined);
  port.postMessage(4);
  while (told === 1) await sleep(1);
  port.close();
});

test('who listens late is told of what waits', async (t) => {
  const { port, inner } = ends();
  port.postMessage(1);
  await sleep(20);
  await new Promise((resolve) => (inner.onMessage = () => resolve(undefined)));
  t.is(taken(inner), 1);
  port.close();
});

test('messages longer than the pool have memory of their own', (t) => {
  const { port, inner } = ends();
  for (const length of [0, 1, 8191, 8192, 65_535, 65_536, 100_000, 17 << 20]) {
    port.postMessage({ length, bytes: new Uint8Array(length).fill(3) });
    const { bytes } = inner.take();
    const { bytes: arrived } = deserialize(bytes);
    t.true(arrived.length === length && arrived.every((/** @type {number} */ byte) => byte === 3));
  }
  port.close();
});

test('messages that were taken stay as they are while others are taken', (t) => {
  const { port, inner } = ends();
  for (let i = 0; i < 5000; i++) port.postMessage({ i, text: 'x'.repeat(i % 100) });
  const all = Array.from({ length: 5000 }, () => inner.take().bytes);
  t.true(all.every((bytes, i) => deserialize(bytes).i === i));
  port.close();
});

test('ports go along, with what waits for them', async (t) => {
  const from = ends();
  const to = ends();
  const { port1, port2 } = new MessageChannel();
  port1.postMessage({ waits: true });
  from.port.postMessage({ port: port2, twice: [port2] }, [port2]);
  const { bytes, ports } = from.inner.take();
  t.is(ports.length, 1);
  t.throws(() => deserialize(bytes), { any: true, name: 'DataCloneError' });
  t.deepEqual(taken(ports[0]), { waits: true });

  const [near, far] = Inner.pair();
  t.true(to.inner.put(bytes, [far]));
  t.false(far.isOpen);
  const { port, twice } = await next(to.port);
  t.is(twice[0], port);
  near.put(bytesOf({ hello: 1 }));
  t.deepEqual(await next(port), { hello: 1 });
  port.postMessage('back');
  t.is(taken(near), 'back');
  for (const each of [port, port1, to.port, from.port]) each.close();
});

test('bytes that are no message are refused, and nothing has changed', async (t) => {
  const { port, inner } = ends();
  const [near, far] = Inner.pair();
  const refused = { any: true, name: 'DataCloneError', message: /malformed message/ };
  t.throws(() => inner.put(new Uint8Array(3), [far]), refused);
  t.throws(
    () => inner.put(new Uint8Array([0x46, 0x50, 1, 4, 0x42, 0, 0, 0]), []),
    refused,
    'a port that has not come along',
  );
  t.throws(() => inner.put(new Uint8Array([0x46, 0x50, 1, 2, 0x42, 0, 0, 0]), [far]), refused, 'the in-process form');
  const twice = new Uint8Array([0x46, 0x50, 1, 4, 0x23, 2, 0, 0, 0x42, 0, 0, 0, 0x42, 0, 0, 0]);
  t.throws(() => inner.put(twice, [far]), refused);
  t.throws(() => inner.put(bytesOf(1), [far, far]), { code: 'ERR_FERROPORT_INTERNAL' });
  t.true(far.isOpen && near.isOpen);
  t.true(inner.put(bytesOf('fine'), [far]));
  t.is(await next(port), 'fine');
  port.close();
});

test('bytes from a hostile peer are refused or arrive, however deep and whatever was changed in them', async (t) => {
  const { port, inner } = ends();
  let arrived = 0;
  const count = () => arrived++;
  port.on('message', count);
  port.on('messageerror', count);
  let put = 0;

  const depth = 200_000;
  const deep = new Uint8Array(4 + depth * 4);
  new DataView(deep.buffer).setUint32(0, 0x46500100);
  for (let i = 1; i <= depth; i++) deep.set([0x23, i < depth ? 1 : 0, 0, 0], i * 4);
  t.true(inner.put(deep));
  put++;

  const { seed, below } = randomOf(Number(process.env.FERROPORT_SEED ?? Date.now()));
  t.log({ seed });
  for (let i = 0; i < 20_000; i++) {
    const bytes = bytesOf(anyValue(below, 2));
    for (let n = below(4); n > 0; n--) bytes[below(bytes.length)] = below(256);
    try {
      // Orders are for ferroport itself.
      if (inner.put(bytes) && (bytes[3] & 8) === 0) put++;
    } catch (error) {
      if (/** @type {any} */ (error).name !== 'DataCloneError') t.fail(String(error));
    }
    if (below(1000) === 0) await sleep(0);
  }
  const orders = [null, 1, 'end', {}, { stream: 'x' }, { stream: null, name: 1 }, [], new Date(0)];
  for (const order of orders) {
    const bytes = bytesOf(order);
    bytes[3] |= 12;
    inner.put(bytes);
    inner.notify(bytesOf(order));
  }
  inner.put(new Uint8Array([0x46, 0x50, 1, 12, 0x15, 0, 0, 0, 0x09, 1, 0, 0, 0x28, 0, 0, 0, 0x09, 0, 0, 0]));
  void port.writable;
  while (arrived < put) await sleep(5);
  t.is(arrived, put);
  port.close();
});

test('room follows the high-water mark of the port', async (t) => {
  const { port, inner } = ends();
  port.highWaterMark = 2;
  t.true(inner.hasRoom());
  inner.put(bytesOf(1));
  t.true(inner.hasRoom());
  inner.put(bytesOf(2));
  t.false(inner.hasRoom());
  const room = new Promise((resolve) => (inner.onRoom = () => resolve('room')));
  t.deepEqual(receiveMessageOnPort(port), { message: 1 });
  t.is(await room, 'room');
  t.true(inner.hasRoom());
  inner.setMark(1, Infinity);
  port.postMessage(1);
  let isReady = false;
  const ready = port.ready.then(() => (isReady = true));
  await sleep(0);
  t.false(isReady);
  t.is(taken(inner), 1);
  await ready;
  port.close();
});

test('the program hears why the link has closed, in both styles, after what was put', async (t) => {
  for (const reason of ['peer closed', 'lost', 'dead', 'refused']) {
    const { port, inner } = ends();
    inner.put(bytesOf('last'));
    inner.close(reason);
    t.false(inner.isOpen);
    /** @type {any[]} */
    const heard = [];
    port.on('message', (value) => heard.push(value));
    port.addEventListener('close', (event) => heard.push(event.reason));
    port.onclose = (event) => heard.push(event.reason);
    const [event] = await once(port, 'close');
    heard.push(event.reason);
    t.deepEqual(heard, ['last', reason, reason, reason]);
  }
});

test('the reason is there for a port that has gone to another thread meanwhile', async (t) => {
  const { port, inner } = ends();
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(port, [port]);
  inner.close('lost');
  const { message } = receiveMessageOnPort(port2);
  const [event] = await once(message, 'close');
  t.is(event.reason, 'lost');
  port1.close();
});

test('a port that its program closes has a reason, too, and its link hears of it', async (t) => {
  const { port, inner } = ends();
  port.postMessage('last');
  /** @type {any[]} */
  const heard = [];
  inner.onMessage = () => heard.push(taken(inner), inner.take());
  const closed = new Promise((resolve) => (inner.onClose = resolve));
  port.close();
  const [event] = await once(port, 'close');
  t.is(event.reason, 'closed');
  t.is(await closed, 'peer closed');
  t.deepEqual(heard, ['last', undefined]);
  t.is(inner.closed, 'peer closed');
  t.false(inner.put(bytesOf(1)));
  t.is(inner.take(), undefined);
});

test('ports that are no link’s have no reason', async (t) => {
  const { port1, port2 } = new MessageChannel();
  const both = Promise.all([once(port1, 'close'), once(port2, 'close')]);
  port1.close();
  for (const [event] of await both) t.false('reason' in event);
});

test('an end keeps the thread running only while it is asked to', async (t) => {
  const { code, out } = await program(
    `const { MessageChannel } = require(${JSON.stringify(require.resolve('../../index.js'))});
     const { Inner } = require(${JSON.stringify(require.resolve('../../lib/link/inner'))});
     const { port1, port2 } = new MessageChannel();
     const inner = Inner.of(port2);
     inner.onMessage = () => { console.log('heard'); inner.unref(); };
     inner.ref();
     setTimeout(() => port1.postMessage(1), 50).unref();`,
  );
  t.is(code, 0);
  t.deepEqual(out, ['heard']);
});
