'use strict';

// What becomes of signals that nobody holds any more: their memory, their numbers, what follows them and what they follow.

const test = require('ava');
const { program } = require('../support/program');
const { BLOAT } = require('../support/limits');

/** V8 keeps room for young objects, which it takes step by step where there is much to do: it gets little of that. */
const GC = { execArgv: ['--expose-gc', '--max-semi-space-size=1'] };

/**
 * Declares a program that makes and drops signals by the ten thousand, `each` in a round, and prints whether memory grew by more than
 * `most` MiB in five rounds: a signal in JavaScript takes half a KiB and more, one that is left in Rust half of that.
 */
const flat = (title, drop, { each = 20_000, before = '', settle = '() => {}', most = 16 } = {}) =>
  test.serial(title, async (t) => {
    const { code, out, stderr } = await program(
      `const { SharedAbortController, SharedAbortSignal, MessageChannel, Worker, receiveMessageOnPort } = require(ferroport);
      const turn = () => new Promise((resolve) => setImmediate(resolve));
      const collect = async (turns) => { for (let n = 0; n < turns; n++) { if (n % 4 === 0) gc(); await turn(); } };
      (async () => {
        ${before}
        const drop = ${drop};
        const settle = ${settle};
        const round = async (count) => { for (let n = 0; n < count; n++) { drop(n); if (n % 500 === 0) await turn(); } await settle(); };
        for (let rounds = 0; rounds < 4; rounds++) { await round(${each}); await collect(60); }
        const before = process.memoryUsage().rss;
        for (let rounds = 0; rounds < 5; rounds++) { await round(${each}); await collect(60); }
        const left = (process.memoryUsage().rss - before) / 2 ** 20;
        // What the allocator and the engine keep for later is not more than some MiB in all.
        console.log(left < ${most * BLOAT} ? 'flat' : left);
        process.exit();
      })();`,
      GC,
    );
    t.deepEqual({ code, out }, { code: 0, out: ['flat'] }, stderr);
  });

flat('100,000 controllers that were dropped leave nothing', '() => { new SharedAbortController(); }');

flat(
  '100,000 signals that were listened to and aborted leave nothing',
  `() => {
    const controller = new SharedAbortController();
    controller.signal.addEventListener('abort', () => {});
    controller.abort('why');
  }`,
);

flat(
  '100,000 signals that were listened to and whose controllers were dropped leave nothing',
  "() => { new SharedAbortController().signal.addEventListener('abort', () => {}); }",
);

flat(
  '100,000 signals in messages leave nothing, read or not',
  `(n) => {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage({ signal: new SharedAbortController().signal, n });
    if (n % 2 === 0) receiveMessageOnPort(port2);
    port1.close();
  }`,
);

flat(
  '100,000 signals that follow one that stays leave nothing',
  "() => { SharedAbortSignal.any([source.signal, source.signal]).addEventListener('other', () => {}); }",
  { before: 'const source = new SharedAbortController();' },
);

flat(
  '100,000 signals that follow a plain one that stays leave nothing',
  '() => { SharedAbortSignal.any([source.signal]); }',
  {
    before: "const source = new AbortController(); require('node:events').setMaxListeners(0, source.signal);",
    each: 10_000,
  },
);

flat(
  '100,000 signals that follow plain ones which are dropped leave nothing, listened to or not',
  `(n) => {
    const signal = SharedAbortSignal.any([new AbortController().signal, new AbortController().signal]);
    if (n % 2 === 0) signal.onabort = () => {};
  }`,
  { each: 10_000 },
);

flat('100,000 timeouts that nobody waits for leave nothing', '() => { SharedAbortSignal.timeout(3_600_000); }');

flat(
  '100,000 signals that went to another thread and back leave nothing',
  '() => { sent++; worker.postMessage(new SharedAbortController().signal); }',
  {
    before: `const worker = new Worker("const { parentPort } = require('" + ferroport.replaceAll('\\\\', '\\\\\\\\') + "');" +
        "parentPort.on('message', (signal) => { signal.onabort = () => {}; parentPort.postMessage(signal); });",
        { eval: true, resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 40 } });
      let sent = 0;
      let back = 0;
      worker.on('message', () => back++);
      await new Promise((resolve) => worker.once('online', resolve));`,
    settle: 'async () => { while (back < sent) await turn(); }',
    most: 32,
  },
);

/** Declares a program with `collect`, which lets everything be collected that can be; it must print `lines`. */
const collecting = (title, body, lines) =>
  test.serial(title, async (t) => {
    const { code, signal, out, stderr } = await program(
      `const { SharedAbortController, SharedAbortSignal, MessageChannel, receiveMessageOnPort } = require(ferroport);
      const turn = () => new Promise((resolve) => setImmediate(resolve));
      const collect = async () => { for (let n = 0; n < 40; n++) { if (n % 4 === 0) gc(); await turn(); } };
      const gone = (reference) => reference.deref() === undefined;
      (async () => { ${body} })();`,
      GC,
    );
    t.deepEqual({ code, signal, out }, { code: 0, signal: null, out: lines }, stderr);
  });

collecting(
  'a signal with a listener stays while its controller does, though nobody holds the signal or its plain one',
  `const controllers = [1, 2, 3].map(() => new SharedAbortController());
  const { port1, port2 } = new MessageChannel();
  let any = SharedAbortSignal.any([controllers[0].signal]);
  any.addEventListener('abort', () => console.log('any'));
  let further = SharedAbortSignal.any([SharedAbortSignal.any([controllers[1].signal])]);
  further.onabort = () => console.log('further');
  let plain = SharedAbortSignal.any([controllers[2].signal]).toAbortSignal();
  plain.onabort = () => console.log('plain');
  any = further = undefined;
  await collect();
  for (const controller of controllers) controller.abort();
  port1.close();`,
  ['any', 'further', 'plain'],
);

collecting(
  'a timeout with a listener stays until it is over, and without is collected',
  `let heard;
  const over = new Promise((resolve) => (heard = resolve));
  SharedAbortSignal.timeout(300).onabort = () => heard(console.log('over'));
  const alone = new WeakRef(SharedAbortSignal.timeout(3_600_000));
  const alive = setTimeout(() => {}, 60_000);
  await collect();
  console.log(gone(alone));
  await over;
  clearTimeout(alive);`,
  ['true', 'over'],
);

collecting(
  'a signal is collected whose listener was removed, or whose handler was, though its controller stays',
  `const controllers = [1, 2].map(() => new SharedAbortController());
  const references = (() => {
    const listener = () => {};
    const signals = controllers.map(({ signal }) => SharedAbortSignal.any([signal]));
    for (const signal of signals) signal.addEventListener('abort', listener);
    for (const signal of signals) signal.onabort = listener;
    for (const signal of signals) signal.removeEventListener('abort', listener);
    for (const signal of signals) signal.onabort = null;
    return signals.map((signal) => new WeakRef(signal));
  })();
  await turn();
  await collect();
  console.log(references.map(gone));
  for (const controller of controllers) controller.abort();`,
  ['[ true, true ]'],
);

collecting(
  'numbers that were given up are given to other signals, which nothing of the former reaches',
  `const { port1, port2 } = new MessageChannel();
  for (let round = 0; round < 50; round++) {
    (() => {
      for (let n = 0; n < 100; n++) {
        const controller = new SharedAbortController();
        controller.signal.onabort = () => {};
        port1.postMessage(controller.signal);
        if (n % 2 === 0) controller.abort(n);
        const { message } = receiveMessageOnPort(port2);
        if (message.aborted !== (n % 2 === 0) || message !== controller.signal) console.log('wrong', n);
      }
    })();
    await collect();
    const fresh = Array.from({ length: 100 }, () => new SharedAbortController().signal);
    if (fresh.some((signal) => signal.aborted || signal.reason !== undefined)) console.log('not fresh');
    for (const signal of fresh) signal.onabort = () => console.log('told of another');
    await turn();
  }
  console.log('right');
  process.exit();`,
  ['right'],
);
