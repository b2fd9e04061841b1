'use strict';

// ferroport/link as programs use it, over streams of every kind.

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const net = require('node:net');
const { PassThrough, Readable } = require('node:stream');
const { setTimeout: sleep } = require('node:timers/promises');
const test = require('ava');
const { randomOf } = require('../support/random');
const { spawned } = require('../support/spawned');
const { KINDS, PEER, killAll, started } = require('./streams');

const { MessageChannel, receiveMessageOnPort } = require('../../dist');
const { link } = require('../../dist/link.js');

const HERE = JSON.stringify(require.resolve('../../dist/link.js'));

// What a test that has failed left running would keep this thread running.
test.after.always(killAll);

/** @param {any} port @returns {Promise<any>} the next message */
const next = async (port) => (await once(port, 'message'))[0];

/** @param {() => void} call @returns {any} */
function thrown(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** @param {any} port @returns {Promise<string | undefined>} why it has closed */
const reasonOf = (port) =>
  new Promise((resolve) => port.once('close', (/** @type {any} */ event) => resolve(event?.reason)));

/**
 * @param {string} kind
 * @param {any} [options]
 */
async function linked(kind, options) {
  const [left, right] = await KINDS[kind]();
  return [link(left, options), link(right, options)];
}

for (const kind of Object.keys(KINDS)) {
  test(`over ${kind}, values arrive as over a channel, both ways, and buffers that are listed are detached`, async (t) => {
    const [left, right] = await linked(kind);
    const value = {
      map: new Map([[1, new Set(['x', 2n])]]),
      date: new Date(5),
      error: new RangeError('no'),
      list: [, 1.5, -0, NaN, 'π', undefined, null],
      regexp: /a/gi,
      buffer: new ArrayBuffer(4, { maxByteLength: 8 }),
      view: new Float64Array([1, 2]),
    };
    value.self = value;
    for (const [from, to] of [
      [left.port, right.port],
      [right.port, left.port],
    ]) {
      from.postMessage(value);
      const arrived = await next(to);
      const { port1, port2 } = new MessageChannel();
      port1.postMessage(value);
      t.deepEqual(arrived, receiveMessageOnPort(port2).message);
      port1.close();
      const { buffer } = new Uint8Array([1, 2, 3]);
      from.postMessage({ buffer }, [buffer]);
      t.is(buffer.byteLength, 0);
      t.deepEqual(new Uint8Array((await next(to)).buffer), new Uint8Array([1, 2, 3]));
    }
    await left.close();
    t.is(await right.closed, undefined);
  });

  test(`over ${kind}, many messages of all sizes arrive in order, both ways at once`, async (t) => {
    const random = randomOf(Number(process.env.LINK_SEED ?? 7));
    const [left, right] = await linked(kind, { window: { messages: 50, bytes: 300_000 } });
    const count = 1500;
    const pour = async (port) => {
      for (let number = 0; number < count;) {
        const data = new Uint8Array(random.chance(2) ? random.below(900_000) : random.below(3000)).fill(number);
        if (port.tryPostMessage({ number, data })) number++;
        else await port.ready;
      }
    };
    const read = async (port) => {
      let expected = 0;
      for await (const { number, data } of port) {
        if (number !== expected++) t.fail(`${number} in the place of ${expected - 1}`);
        if (data.length > 0 && data[data.length - 1] !== number % 256) t.fail('other bytes');
        if (expected === count) break;
      }
    };
    await Promise.all([pour(left.port), pour(right.port), read(left.port), read(right.port)]);
    await right.close();
    t.is(await left.closed, undefined);
  });

  test(`over ${kind}, ports in messages become ports over the link, with their queues, at any depth`, async (t) => {
    const [left, right] = await linked(kind);
    const one = new MessageChannel();
    const two = new MessageChannel();
    const three = new MessageChannel();
    const isEarly = kind !== 'a TCP socket';
    // Before anything leaves, or in the middle of that.
    if (isEarly) two.port1.postMessage({ port: three.port2 }, [three.port2]);
    one.port1.postMessage({ port: two.port2 }, [two.port2]);
    one.port1.postMessage('queued');
    left.port.postMessage({ port: one.port2 }, [one.port2]);
    if (!isEarly) two.port1.postMessage({ port: three.port2 }, [three.port2]);
    three.port1.postMessage('deep');
    const first = (await next(right.port)).port;
    const second = (await next(first)).port;
    t.is(await next(first), 'queued');
    const third = (await next(second)).port;
    t.is(await next(third), 'deep');
    third.postMessage('back');
    t.is(await next(three.port1), 'back');
    const closes = reasonOf(three.port1);
    third.close();
    t.is(await closes, 'peer closed');
    const all = [one.port1, two.port1, first, second].map(reasonOf);
    await right.close();
    t.deepEqual(await Promise.all(all), ['peer closed', 'peer closed', 'closed', 'closed']);
  });

  test(`over ${kind}, the ports say which side has closed the link`, async (t) => {
    const [left, right] = await linked(kind);
    left.port.postMessage('before');
    const reasons = [reasonOf(left.port), reasonOf(right.port)];
    const heard = next(right.port);
    await left.close();
    t.is(await heard, 'before');
    t.deepEqual(await Promise.all(reasons), ['closed', 'peer closed']);
    t.deepEqual([await left.closed, await right.closed], [undefined, undefined]);
    // Again, without effect.
    await left.close();
  });

  test(`over ${kind}, a link ends with its last port`, async (t) => {
    const [left, right] = await linked(kind);
    const { port1, port2 } = new MessageChannel();
    left.port.postMessage({ port: port2 }, [port2]);
    const { port } = await next(right.port);
    left.port.close();
    port1.postMessage('still here');
    t.is(await next(port), 'still here');
    port.close();
    t.deepEqual([await left.closed, await right.closed], [undefined, undefined]);
  });

  test(`over ${kind}, what cannot leave the process is refused where it is posted, with its path, and nothing has changed`, async (t) => {
    const [left, right] = await linked(kind);
    const { port1, port2 } = new MessageChannel();
    const buffer = new ArrayBuffer(8);
    for (const [bad, path] of [
      [{ a: [new SharedArrayBuffer(4)] }, '.a[0]'],
      [{ f() {} }, '.f'],
      [{ blob: new Blob(['x']) }, '.blob'],
    ]) {
      const error = thrown(() => left.port.postMessage({ bad, buffer, port2 }, [buffer, port2]));
      t.deepEqual([error.name, error.path], ['DataCloneError', `.bad${path}`]);
    }
    t.is(buffer.byteLength, 8);
    left.port.postMessage('after');
    t.is(await next(right.port), 'after');
    port1.postMessage('and that one');
    t.is(await next(port2), 'and that one');
    port1.close();
    await left.close();
  });
}

test('over the stdio of a child, and over another pipe of the child', async (t) => {
  const child = spawn(process.execPath, [PEER, 'stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { port, close } = bound(link({ readable: child.stdout, writable: child.stdin }));
  port.postMessage(new Map([[1, 2]]));
  t.deepEqual(await next(port), { echo: new Map([[1, 2]]) });
  const { port1, port2 } = new MessageChannel();
  port.postMessage({ port: port2 }, [port2]);
  t.deepEqual(await next(port), { echo: 'a port' });
  port1.postMessage('x');
  t.deepEqual(await next(port1), { echo: 'x' });
  const exit = once(child, 'exit');
  await close();
  t.deepEqual(await exit, [0, null]);

  const other = spawn(process.execPath, [PEER, 'echo', '3'], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
  const piped = bound(link(/** @type {any} */ (other.stdio[3])));
  piped.port.postMessage('x');
  t.deepEqual(await next(piped.port), { echo: 'x' });
  const ends = once(other, 'exit');
  piped.port.close();
  t.is(await piped.closed, undefined);
  t.deepEqual(await ends, [0, null]);
});

/** @param {any} made a link, whose methods are called by themselves here */
const bound = (made) => ({ port: made.port, closed: made.closed, close: () => made.close() });

test('what cannot leave, posted on a port that is about to, closes that port as refused', async (t) => {
  const [left, right] = await linked('a Duplex of JavaScript');
  const one = new MessageChannel();
  const two = new MessageChannel();
  one.port1.postMessage({ port: two.port2 }, [two.port2]);
  left.port.postMessage({ port: one.port2 }, [one.port2]);
  // Its other end is in a queue, and nobody knows yet that it leaves.
  two.port1.postMessage(new SharedArrayBuffer(8));
  two.port1.ref();
  const reason = reasonOf(two.port1);
  const { port } = await next(right.port);
  const arrived = (await next(port)).port;
  arrived.ref();
  t.deepEqual(await Promise.all([reason, reasonOf(arrived)]), ['refused', 'refused']);
  left.port.postMessage('well');
  t.is(await next(right.port), 'well');
  await left.close();
});

test('a worker may have links, too, and they end with it', async (t) => {
  /** @type {any[]} */
  const made = [];
  const listening = net.createServer((peer) => {
    const one = link(peer);
    one.port.on('message', (message) => one.port.postMessage(message));
    made.push(one);
  });
  listening.listen(0);
  await once(listening, 'listening');
  const source = `
    const { parentPort } = require('node:worker_threads');
    const { link } = require(${HERE});
    const made = link(require('node:net').connect(${/** @type {any} */ (listening.address()).port}, '127.0.0.1'));
    made.port.on('message', (message) => parentPort.postMessage(message));
    made.port.postMessage('from a worker');
  `;
  const worker = new (require('node:worker_threads').Worker)(source, { eval: true });
  t.deepEqual(await once(worker, 'message'), ['from a worker']);
  const reason = reasonOf(made[0].port);
  await worker.terminate();
  t.true(['lost', 'peer closed'].includes(String(await reason)));
  listening.close();
});

test('bad arguments are refused before anything has changed', (t) => {
  const code = (/** @type {() => void} */ call) => /** @type {any} */ (t.throws(call)).code;
  for (const bad of [undefined, null, 1, 'x', {}, new Readable(), { readable: new PassThrough() }]) {
    t.is(
      code(() => link(/** @type {any} */ (bad))),
      'ERR_INVALID_ARG_TYPE',
    );
  }
  const stream = new PassThrough();
  for (const [options, expected] of /** @type {[any, string][]} */ ([
    [1, 'ERR_INVALID_ARG_TYPE'],
    ['x', 'ERR_INVALID_ARG_TYPE'],
    [{ maxMessage: '1' }, 'ERR_INVALID_ARG_TYPE'],
    [{ maxMessage: 0 }, 'ERR_OUT_OF_RANGE'],
    [{ maxMessage: 1.5 }, 'ERR_OUT_OF_RANGE'],
    [{ maxMessage: NaN }, 'ERR_OUT_OF_RANGE'],
    [{ window: 'x' }, 'ERR_INVALID_ARG_TYPE'],
    [{ window: {} }, 'ERR_INVALID_ARG_TYPE'],
    [{ window: 0 }, 'ERR_OUT_OF_RANGE'],
    [{ window: { bytes: 0 } }, 'ERR_OUT_OF_RANGE'],
    [{ heartbeat: -1 }, 'ERR_OUT_OF_RANGE'],
    [{ heartbeat: 2n }, 'ERR_INVALID_ARG_TYPE'],
    [{ deadAfter: Infinity }, 'ERR_OUT_OF_RANGE'],
    [{ heartbeat: 500, deadAfter: 100 }, 'ERR_OUT_OF_RANGE'],
  ])) {
    t.is(
      code(() => link(stream, options)),
      expected,
      JSON.stringify(options, (_, value) => String(value)),
    );
  }
  t.is(
    code(() => link(new PassThrough({ objectMode: true }))),
    'ERR_INVALID_ARG_VALUE',
  );
  t.is(
    code(() => link(new PassThrough().setEncoding('utf8'))),
    'ERR_INVALID_ARG_VALUE',
  );
  const destroyed = new PassThrough();
  destroyed.destroy();
  t.is(
    code(() => link(destroyed)),
    'ERR_FERROPORT_LINK',
  );
  t.deepEqual(
    [stream.listenerCount('data'), stream.listenerCount('error'), stream.readableFlowing, stream.writableLength],
    [0, 0, null, 0],
  );
  const { port } = link(stream);
  t.is(
    code(() => link(stream)),
    'ERR_FERROPORT_LINK',
  );
  port.close();
});

test('a port whose link is lost says so, and so does closed', async (t) => {
  const [left, right] = await KINDS['a TCP socket']();
  const made = link(left);
  const reason = reasonOf(made.port);
  right.destroy();
  t.is(await reason, 'lost');
  const error = /** @type {any} */ (await made.closed);
  t.is(error.code, 'ERR_FERROPORT_LINK_LOST');
  // Where nobody is, the port closes as well.
  const nobody = link(net.connect(1, '127.0.0.1'));
  t.is(await reasonOf(nobody.port), 'lost');
  t.is(/** @type {any} */ (await nobody.closed).code, 'ERR_FERROPORT_LINK_LOST');
});

test('somebody else at the other side ends the link, and is told why', async (t) => {
  for (const kind of ['a TCP socket', 'a Duplex of JavaScript']) {
    const [left, right] = await KINDS[kind]();
    const made = link(left);
    const reason = reasonOf(made.port);
    right.write('GET / HTTP/1.1\r\n\r\n');
    let said = '';
    right.on('data', (/** @type {Buffer} */ bytes) => (said += bytes));
    const end = once(right, 'end');
    t.is(await reason, 'refused');
    t.is(/** @type {any} */ (await made.closed).code, 'ERR_FERROPORT_LINK_PROTOCOL');
    await end;
    t.true(said.includes('not of a link'));
    right.destroy();
  }
});

test('what had come before the link was made is read, and what was written before goes ahead', async (t) => {
  const [left, right] = await KINDS['a TCP socket']();
  const other = link(left);
  other.port.postMessage('early');
  // The other side has read it, and put it back.
  await once(right, 'readable');
  const made = link(right);
  t.is(await next(made.port), 'early');
  await made.close();
});

for (const kind of ['a TCP socket', 'a Duplex of JavaScript']) {
  test(`ports in messages are bounded as the link’s own port is, over ${kind}`, async (t) => {
    const [left, right] = await linked(kind, { window: { messages: 50, bytes: 1_000_000 } });
    const { port1, port2 } = new MessageChannel();
    left.port.postMessage({ port: port2 }, [port2]);
    const { port } = await next(right.port);
    for (const [from, to] of [
      [port, port1],
      [port1, port],
    ]) {
      to.pause();
      to.on('message', () => {});
      let sent = 0;
      for (let still = 0; still < 20; still++) {
        while (from.tryPostMessage(sent)) {
          sent++;
          still = 0;
        }
        if (sent > 1000) break;
        await sleep(20);
      }
      // What waits before the link, is under way, and waits behind it.
      t.true(sent >= 50 && sent <= 200, `${sent}`);
      t.true((await Promise.race([from.ready, sleep(50)])) === undefined);
      to.resume();
    }
    await left.close();
  });
}

test('stats tell what has gone over the link', async (t) => {
  const { child, socket } = await started('echo');
  const made = link(socket);
  for (let i = 0; i < 5; i++) made.port.postMessage(new Uint8Array(1000));
  for (let i = 0; i < 5; i++) await next(made.port);
  const { ports, sent, sentBytes, received, receivedBytes } = made.stats();
  t.deepEqual([ports, sent, received], [1, 5, 5]);
  t.true(sentBytes > 5000 && receivedBytes > 5000);
  // A beat says that they stand in the other side's queue.
  for (let i = 0; i < 100 && made.stats().acknowledged < 5; i++) await sleep(100);
  t.is(made.stats().acknowledged, 5);
  await made.close();
  await once(child, 'exit');
});

// How processes end.

const END = { last: 'by itself', exit: 'by process.exit()' };
for (const [role, how] of Object.entries(END)) {
  test(`a process that ends ${how} has sent what it had posted, and said goodbye`, async (t) => {
    const { child, socket } = await started(role);
    const { port, closed } = link(socket);
    let count = 0;
    port.on('message', ({ number }) => t.is(number, count++));
    port.postMessage('begin');
    t.is(await reasonOf(port), 'peer closed');
    t.is(count, 500);
    t.is(await closed, undefined);
    if (child.exitCode === null) await once(child, 'exit');
    t.is(child.exitCode, 0);
  });
}

/** @type {Record<string, string>} */
const ALONE = {
  'an unref’ed port': "port.on('message', () => {}); port.unref();",
  'a port without listeners': '',
  'a closed port': 'port.close();',
  'a closed link': 'void made.close();',
};
for (const [what, source] of Object.entries(ALONE)) {
  test(`${what} keeps no process running`, async (t) => {
    // The other side goes on, and says nothing.
    const { child, socket } = await started('idle');
    // Either may end while the other still writes.
    socket.on('error', () => {});
    const server = net.createServer((peer) => {
      peer.on('error', () => {});
      socket.pipe(peer).pipe(socket);
    });
    server.listen(0);
    await once(server, 'listening');
    const { port } = /** @type {any} */ (server.address());
    for (const wrap of ['stream', 'require("node:stream").Duplex.from({ readable: stream, writable: stream })']) {
      const program = `
        const { link } = require(${HERE});
        const stream = require('node:net').connect(${port}, '127.0.0.1', () => {
          const made = link(${wrap});
          const { port } = made;
          ${source}
          console.log('linked');
        });`;
      const { code, stdout, stderr } = await spawned(process.execPath, ['-e', program], { timeout: 30_000 });
      t.deepEqual([code, stdout], [0, 'linked\n'], stderr);
      if (wrap !== 'stream') break;
    }
    server.close();
    socket.destroy();
    child.kill();
  });
}

test('a port that listens keeps the process running, until the other side closes', async (t) => {
  const [left, right] = await KINDS['a Duplex of JavaScript']();
  void [left, right];
  const { child, socket } = await started('idle');
  const made = link(socket);
  await sleep(300);
  t.is(child.exitCode, null);
  const exit = once(child, 'exit');
  made.port.close();
  t.deepEqual(await exit, [0, null]);
});
