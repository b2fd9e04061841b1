'use strict';

// Many copies of ferroport in one thread: what is left of those that are dropped, and what goes on.

const test = require('ava');
const { BLOAT } = require('../support/limits');
const { endsWell, program } = require('../support/program');

const SUPPORT = JSON.stringify(require.resolve('../support/copies'));
const GC = { execArgv: ['--expose-gc'] };

const PRELUDE = `const { again, elsewhere } = require(${SUPPORT});
  const { once } = require('node:events');
  const turn = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
  const settle = async (rounds = 10) => { for (let n = 0; n < rounds; n++) { await turn(5); gc(); } };
  // Who loads a copy has it among its children, and the addon has the copy that loaded it for a parent.
  const loaders = [module, require.cache[${SUPPORT}]];
  const forget = () => loaders.forEach(({ children }) => void (children.length = 0));
  again();`;

const copies = (title, body, lines) =>
  endsWell(test.serial, title, `${PRELUDE} (async () => { ${body} })();`, lines, GC);

/** What is left in MB of 200 times something. */
const LEFT = (each) => `${PRELUDE}
  const each = ${each};
  (async () => {
    await each(0);
    await settle();
    const before = process.memoryUsage();
    const dropped = [];
    for (let n = 1; n <= 200; n++) {
      dropped.push(new WeakRef(await each(n)));
      if (n % 20 === 0) await settle(4);
    }
    ${'again();'}
    forget();
    await settle(20);
    const after = process.memoryUsage();
    const grown = (name) => (after[name] - before[name]) / 2 ** 20;
    console.log(dropped.filter((each) => each.deref() !== undefined).length);
    console.log(grown('heapUsed') + grown('external'));
    console.log(grown('rss'));
    process.exit();
  })();`;

/** A copy that is used: a channel, a listener, transfers within it and to the copy before it. */
const USED = `async (n) => {
  const copy = again();
  const { port1, port2 } = new copy.MessageChannel();
  const inner = new copy.MessageChannel();
  port1.postMessage({ n, port: inner.port1, bytes: new Uint8Array(9) }, [inner.port1]);
  const { message } = copy.receiveMessageOnPort(port2);
  message.port.postMessage([new SharedArrayBuffer(8)]);
  if (copy.receiveMessageOnPort(inner.port2).message[0].byteLength !== 8) throw new Error('not received');
  const other = (globalThis.first ??= again());
  const carrier = new other.MessageChannel();
  carrier.port1.postMessage(inner.port2, [inner.port2]);
  const there = other.receiveMessageOnPort(carrier.port2).message;
  message.port.postMessage('to the other copy');
  if (other.receiveMessageOnPort(there).message !== 'to the other copy') throw new Error('not received');
  const heard = once(port2, 'message');
  port1.postMessage('hi');
  if ((await heard)[0] !== 'hi') throw new Error('not heard');
  port2.close();
  there.close();
  forget();
  return copy;
}`;

/** As much JavaScript that does nothing else, loaded as often. */
const CONTROL = `async () => {
  const sources = (globalThis.sources ??= (again(), Object.keys(require.cache).filter((name) => name.endsWith('.js'))
    .map((name) => require('node:fs').readFileSync(name, 'utf8'))));
  const Module = require('node:module');
  const list = sources.map((source, index) => {
    const made = new Module('/nowhere/' + index + '.js', null);
    made.paths = [];
    made._compile('if (globalThis.never) {' + '}\\nexports.f = function () { ' + source.replace(/^#!.*/, '') + ' }', made.id);
    return made.exports.f;
  });
  forget();
  return list;
}`;

test.serial('200 copies, used and dropped, leave less than 40 MB and are collected, all of them', async (t) => {
  const used = await program(LEFT(USED), GC);
  t.is(used.code, 0, used.stderr);
  const [alive, heap, rss] = used.out.map(Number);
  t.is(alive, 0);
  t.true(heap < 40 * BLOAT, `${heap} MB of heap`);
  // Loading leaves memory with the allocator, whatever is loaded.
  const control = await program(LEFT(CONTROL), GC);
  t.is(control.code, 0, control.stderr);
  const [, , usual] = control.out.map(Number);
  t.log(`heap and external ${heap.toFixed(1)} MB; rss ${rss.toFixed(1)} MB, ${usual.toFixed(1)} MB for other code`);
  t.true(rss < Math.max(usual, 40) + 100 * BLOAT, `rss ${rss} MB, ${usual} MB for other code`);
});

copies(
  'one that is dropped while a port of it is listened to goes on delivering, with all it has not loaded yet',
  `const copy = again();
  const peer = (() => {
    const dropped = again();
    const there = new dropped.MessageChannel();
    there.port1.on('message', (value) => {
      const inner = new dropped.MessageChannel();
      there.port1.postMessage({ value, port: inner.port1, shared: new SharedArrayBuffer(2) }, [inner.port1]);
      inner.port2.postMessage('inner');
      if (value === 3) there.port1.close();
    });
    globalThis.gone = new WeakRef(dropped);
    const carrier = new copy.MessageChannel();
    carrier.port1.postMessage(there.port2, [there.port2]);
    return copy.receiveMessageOnPort(carrier.port2).message;
  })();
  const last = again();
  forget();
  await settle();
  peer.on('message', ({ value, port, shared }) =>
    console.log(value, copy.receiveMessageOnPort(port).message, shared.byteLength));
  const closed = once(peer, 'close');
  for (const n of [1, 2, 3]) { peer.postMessage(n); await settle(); }
  await closed;
  await settle(20);
  console.log(gone.deref() === undefined);`,
  ['1 inner 2', '2 inner 2', '3 inner 2', 'true'],
);

copies(
  'one that is dropped with ports to which nobody listens closes them, and peers hear it in other copies and threads',
  `const copy = again();
  const worker = new copy.Worker(\`
    const { parentPort } = require('node:worker_threads');
    parentPort.once('message', (port) => {
      port.on('message', (value) => parentPort.postMessage(value)).on('close', () => parentPort.postMessage('close in a thread'));
      parentPort.postMessage('ready');
    });\`, { eval: true });
  const seen = [];
  worker.on('message', (value) => seen.push(value));
  (() => {
    const dropped = again();
    globalThis.gone = new WeakRef(dropped);
    const [one, other, unused] = [new dropped.MessageChannel(), new dropped.MessageChannel(), new dropped.MessageChannel()];
    const carrier = new copy.MessageChannel();
    carrier.port1.postMessage(one.port2, [one.port2]);
    copy.receiveMessageOnPort(carrier.port2).message.on('message', (value) => seen.push(value))
      .on('close', () => seen.push('close in a copy')).ref();
    worker.postMessage(other.port2, [other.port2]);
    one.port1.postMessage('last');
    other.port1.postMessage('last there');
    unused.port1.start();
  })();
  again();
  forget();
  while (seen.length < 5) await settle(2);
  console.log(seen.sort().join(', '), gone.deref() === undefined);
  process.exit();`,
  ['close in a copy, close in a thread, last, last there, ready true'],
);

copies(
  'one that has only been loaded is collected',
  `const gone = new WeakRef(again());
  again();
  forget();
  await settle();
  console.log(gone.deref() === undefined);`,
  ['true'],
);

/** Code of a thread that loads several copies, which talk with one another. */
const THREAD = `
  const { again } = require(${SUPPORT});
  const { parentPort } = require('node:worker_threads');
  const list = Array.from({ length: 5 }, () => again());
  const carriers = list.map((copy) => new copy.MessageChannel());
  // A port goes from copy to copy, round and round.
  carriers.forEach(({ port2 }, index) => {
    const to = carriers[(index + 1) % list.length];
    port2.on('message', ({ port, left }) => {
      port.postMessage(left);
      if (left > 0) to.port1.postMessage({ port, left: left - 1 }, [port]);
      else parentPort.postMessage({ port }, [port]);
    });
  });
  parentPort.on('message', ({ port, left }) => carriers[0].port1.postMessage({ port, left }, [port]));`;

copies(
  'threads with several copies each, through which a port of another thread’s goes',
  `const list = [again(), again(), again()];
  const run = async (copy, n) => {
    const worker = new copy.Worker(${JSON.stringify(THREAD)}, { eval: true });
    const { port1, port2 } = new list[(n + 1) % 3].MessageChannel();
    const seen = [];
    port2.on('message', (value) => seen.push(value));
    worker.postMessage({ port: port1, left: 40 }, [port1]);
    const [{ port }] = await once(worker, 'message');
    port.postMessage('home');
    while (seen.length < 42) await turn(1);
    await worker.terminate();
    port.close();
    return seen.join() === Array.from({ length: 41 }, (_, left) => 40 - left) + ',home';
  };
  console.log((await Promise.all(list.map(run))).join());`,
  ['true,true,true'],
);

copies(
  'threads with several copies are terminated at whatever they do: each peer hears close',
  `const copy = again();
  let closed = 0;
  const rounds = 24;
  for (let round = 0; round < rounds; round++) {
    const worker = new (round % 2 === 0 ? copy : again()).Worker(${JSON.stringify(THREAD)}, { eval: true });
    const { port1, port2 } = new copy.MessageChannel();
    port2.on('message', () => {}).on('close', () => closed++);
    worker.postMessage({ port: port1, left: 1e9 }, [port1]);
    if (round % 3 > 0) await once(port2, 'message');
    await turn(round % 5);
    await worker.terminate();
  }
  while (closed < rounds) await turn(1);
  console.log(closed);
  process.exit();`,
  ['24'],
);

copies(
  'the process ends by itself when nothing of any copy is listened to',
  `for (let n = 0; n < 5; n++) {
    const { port1, port2 } = new (again().MessageChannel)();
    port1.on('message', (value) => { console.log(value); port1.close(); });
    port2.postMessage(n);
  }`,
  ['0', '1', '2', '3', '4'],
);
