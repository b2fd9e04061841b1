'use strict';

// What becomes of channels and ports that nobody holds any more.

const test = require('ava');
const { program } = require('../support/program');

const GC = { execArgv: ['--expose-gc'] };

/** Declares a program with `collect`, which lets everything be collected that can be; it must print `lines`. */
const collecting = (title, body, lines) =>
  test.serial(title, async (t) => {
    const { code, signal, out, stderr } = await program(
      `const { MessageChannel, receiveMessageOnPort } = require(ferroport);
      const turn = () => new Promise((resolve) => setImmediate(resolve));
      const collect = async (turns = 16) => { for (let n = 0; n < turns; n++) { if (n % 4 === 0) gc(); await turn(); } };
      (async () => { ${body} })();`,
      GC,
    );
    t.deepEqual({ code, signal, out }, { code: 0, signal: null, out: lines }, stderr);
  });

/** Makes and drops channels by the ten thousand, `each` in one of six rounds, and prints whether memory grew without end. */
const leaking = (title, drop, each = 20_000) =>
  collecting(
    title,
    `const drop = ${drop};
    const round = async (count) => { for (let n = 0; n < count; n++) { drop(); if (n % 2000 === 0) await turn(); } };
    await round(${each});
    // A turn of the event loop delivers a thousand closes.
    await collect(100);
    const before = process.memoryUsage().rss;
    for (let rounds = 0; rounds < 5; rounds++) { await round(${each}); await collect(100); }
    const left = (process.memoryUsage().rss - before) / ${5 * each};
    // The built-in leaves 4 KB of each; what an allocator keeps for later is not more than some MB in all.
    console.log(left < 1000 ? 'nothing' : left);
    process.exit();`,
    ['nothing'],
  );

leaking('100,000 dropped channels leave nothing', '() => { new MessageChannel(); }');

leaking(
  '100,000 dropped channels with messages in their queues leave nothing',
  '() => { const { port1, port2 } = new MessageChannel(); port1.postMessage({ a: [1] }); port2.postMessage("x"); }',
);

leaking(
  '100,000 dropped channels that had listeners, and have none any more, leave nothing',
  `() => {
    const { port1, port2 } = new MessageChannel();
    const listener = () => {};
    port1.on('message', listener).ref();
    port2.addEventListener('message', listener);
    port1.off('message', listener).unref();
    port2.removeEventListener('message', listener);
  }`,
);

leaking(
  '100,000 dropped channels with a listener on one end leave nothing',
  "() => { new MessageChannel().port1.on('message', () => {}); }",
);

leaking(
  'ports dropped with the unread messages that carry them leave nothing',
  `() => {
    const { port1 } = new MessageChannel();
    const inner = new MessageChannel();
    port1.postMessage(inner.port1, [inner.port1]);
  }`,
  20_000,
);

leaking(
  'posts that fail leave nothing',
  `() => {
    const { port1 } = (globalThis.channel ??= new MessageChannel());
    const inner = new MessageChannel().port1;
    const value = { get gone() { inner.close(); return 1; }, inner, text: 'x'.repeat(500) };
    try { port1.postMessage(value, [inner]); } catch { return; }
    console.log('was posted');
  }`,
);

collecting(
  'close is heard when the peer is collected, after all that it has sent',
  `let { port1, port2 } = new MessageChannel();
  port1.on('message', (value) => console.log(value)).on('close', () => console.log('close'));
  port2.postMessage(1);
  port2.postMessage(2);
  port2 = null;
  await collect();`,
  ['1', '2', 'close'],
);

collecting(
  'a port that keeps the process by ref(), whenever it is asked to, goes on when its peer was thrown away',
  `let keeping = new MessageChannel().port1;
  keeping.ref();
  await collect();
  keeping.unref();
  await collect();
  keeping.ref();
  // An unref’ed timer fires only in an event loop that something else keeps alive.
  await new Promise((resolve) => setTimeout(resolve, 100).unref());
  console.log('kept', keeping.hasRef());
  const weak = new WeakRef(keeping);
  keeping.unref();
  keeping = null;
  await collect();
  console.log(weak.deref());`,
  ['kept true', 'undefined'],
);

collecting(
  'a port that has come in a message and is dropped closes',
  `const { port1, port2 } = new MessageChannel();
  const inner = new MessageChannel();
  inner.port1.on('close', () => console.log('close'));
  port1.postMessage(inner.port2, [inner.port2]);
  receiveMessageOnPort(port2);
  await collect();`,
  ['close'],
);

collecting(
  'a port is held while it listens, and its peer while it is used',
  `let { port1, port2 } = new MessageChannel();
  const seen = new WeakRef(port1);
  port1.on('message', (value) => { console.log(value); if (value === 2) port1.off('message', port1.only); });
  port1 = null;
  await collect();
  console.log(seen.deref() !== undefined);
  port2.postMessage(1);
  await collect();
  console.log(seen.deref() !== undefined);
  port2.close();
  await collect();
  console.log(seen.deref() !== undefined);`,
  ['true', '1', 'true', 'false'],
);

collecting(
  'a port that only waits for close is held, too',
  `let { port1, port2 } = new MessageChannel();
  port1.addEventListener('close', () => console.log('close'));
  port1 = null;
  await collect();
  port2.close();
  await collect();`,
  ['close'],
);

collecting(
  'a dropped channel whose ends both listen stays, as an interval does',
  `const seen = (() => {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (value) => (value === 0 ? port1.close() : port1.postMessage(value - 1)));
    port2.on('message', (value) => setImmediate(() => port2.postMessage(value)));
    port2.on('close', () => console.log('close'));
    port2.postMessage(50);
    return new WeakRef(port2);
  })();
  await collect(8);
  console.log(seen.deref() !== undefined);`,
  ['true', 'close'],
);

collecting(
  'a ref’ed port is held, and an unref’ed one without listeners is not',
  `let { port1, port2 } = new MessageChannel();
  port2.on('close', () => console.log('close'));
  const seen = new WeakRef(port1);
  port1.ref();
  port1 = null;
  await collect();
  console.log(seen.deref() !== undefined);
  seen.deref().unref();
  await collect();
  console.log(seen.deref() !== undefined);`,
  ['true', 'close', 'false'],
);

collecting(
  'a closed port is not held, whatever listens on it',
  `const { port1, port2 } = new MessageChannel();
  const seen = [port1, port2].map((port) => new WeakRef(port.on('message', () => {}).on('close', () => {})));
  globalThis.gone = null;
  (function () { const { port1, port2 } = new MessageChannel(); port1.on('message', () => {}); port2.on('message', () => {});
    seen.push(new WeakRef(port1), new WeakRef(port2)); port1.close(); })();
  port2.close();
  await collect();
  console.log(...seen.slice(2).map((ref) => ref.deref() !== undefined), port1.hasRef(), port2.hasRef());`,
  ['false false false false'],
);
