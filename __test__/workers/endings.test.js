'use strict';

// Threads that end badly, each in a program of its own: none may crash, hang, or lose what a surviving thread should get.

const test = require('ava');
const { endsWell } = require('../support/program');

const SEED = Number(process.env.SEED ?? Date.now() % 1e6);

/** Declares a program that runs `body`, an async function's, with what the programs share, and ends well. */
const ends = (title, body, lines, options) =>
  endsWell(
    test.serial,
    `${title} (SEED=${SEED})`,
    `const { Worker, MessageChannel, MessagePort, receiveMessageOnPort, isMainThread } = require(ferroport);
    const { once } = require('node:events');
    const load = 'const { parentPort, workerData, MessagePort, MessageChannel } = require(' + JSON.stringify(ferroport) + ');';
    const start = (body, options) => new Worker(load + body, { eval: true, ...options });
    const tick = () => new Promise((resolve) => setImmediate(resolve));
    let state = ${SEED};
    const random = (below) => (state = (state * 48271 + 11) % 2147483647) % below;
    // A peer's 'close' alone does not keep a program alive.
    const alive = setInterval(() => {}, 1000);
    (async () => { ${body} })().finally(() => clearInterval(alive));`,
    lines,
    options,
  );

ends(
  'terminate() in the middle of a drain',
  `for (let turn = 0; turn < 20; turn++) {
    const worker = start(\`parentPort.on('message', (value) => {
      parentPort.postMessage(value);
      if (value.number === 50) parentPort.postMessage('up');
      process.nextTick(() => {}); Promise.resolve().then(() => { for (let i = 0; i < 1e3; i++); });
    });\`);
    let last = -1, wrong = 0;
    const up = new Promise((resolve) => worker.on('message', (value) => {
      if (value === 'up') resolve(); else wrong += value.number === ++last ? 0 : 1;
    }));
    for (let number = 0; number < 5000; number++) worker.postMessage({ number, more: [1, new Map([[1, {}]])] });
    await up;
    for (let wait = random(3); wait > 0; wait--) await tick();
    await worker.terminate();
    if (wrong > 0 || last < 50) console.log('wrong', turn, wrong, last);
  }
  console.log('done');`,
  ['done'],
);

ends(
  'process.exit() with full queues, in the worker',
  `for (let turn = 0; turn < 10; turn++) {
    const { port1, port2 } = new MessageChannel();
    const worker = start(\`for (let n = 0; n < 2000; n++) { parentPort.postMessage(n); workerData.postMessage({ n }); }
      parentPort.on('message', () => process.exit(3));\`, { workerData: port1, transferList: [port1] });
    for (let n = 0; n < 2000; n++) { worker.postMessage({ n }); port2.postMessage([n]); }
    let fromWorker = 0, fromPort = 0;
    worker.on('message', (n) => { if (n === fromWorker) fromWorker++; });
    port2.on('message', ({ n }) => { if (n === fromPort) fromPort++; });
    const [[code]] = await Promise.all([once(worker, 'exit'), once(port2, 'close')]);
    if (code !== 3 || fromWorker !== 2000 || fromPort !== 2000) console.log('wrong', code, fromWorker, fromPort);
  }
  console.log('done');`,
  ['done'],
);

ends(
  'process.exit() with full queues, in the main thread',
  `const workers = [1, 2, 3].map(() => start(\`parentPort.on('message', (value) => { for (let n = 0; n < 50; n++) parentPort.postMessage(value); });
    parentPort.postMessage('up'); setInterval(() => parentPort.postMessage({ a: [1] }), 0);\`));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  for (const worker of workers) for (let n = 0; n < 5000; n++) worker.postMessage({ n });
  await tick();
  console.log('exiting');
  process.exit(0);`,
  ['exiting'],
);

ends(
  'a port is posted to from ten threads while its thread dies',
  `for (let turn = 0; turn < 3; turn++) {
    const target = start(\`let count = 0;
      for (const port of workerData) port.on('message', () => { if (++count === 100) parentPort.postMessage('enough'); });\`
      .replace('workerData', 'workerData.ports') + '', (() => {
        const pairs = Array.from({ length: 10 }, () => new MessageChannel());
        globalThis.pairs = pairs;
        const ports = pairs.map(({ port1 }) => port1);
        return { workerData: { ports }, transferList: ports };
      })());
    const posters = pairs.map(({ port2 }) => start(\`let alive = true;
      workerData.on('close', () => { alive = false; });
      const post = () => { for (let n = 0; n < 200; n++) workerData.postMessage({ n, list: [n] }); if (alive) setImmediate(post); else parentPort.close(); };
      post();\`, { workerData: port2, transferList: [port2] }));
    const ended = posters.map((poster) => once(poster, 'exit'));
    await once(target, 'message');
    await target.terminate();
    const codes = await Promise.all(ended);
    if (codes.some(([code]) => code !== 0)) console.log('wrong', codes);
  }
  console.log('done');`,
  ['done'],
);

endsWell(
  test.serial,
  'the addon is loaded in workers only, again and again',
  `const { Worker } = require('node:worker_threads');
  (async () => {
    for (let turn = 0; turn < 8; turn++) {
      const workers = Array.from({ length: 3 }, () => new Worker(\`
        const { MessageChannel, MessagePort } = require(\${JSON.stringify(ferroport)});
        const { port1, port2 } = new MessageChannel();
        globalThis.kept = [port1, MessagePort.toNode(new MessageChannel().port1)];
        port2.on('message', (value) => { require('node:worker_threads').parentPort.postMessage(value); if (\${turn % 2}) port2.close(); else process.exit(); });
        port1.postMessage({ turn: \${turn}, list: [1, 2] });\`, { eval: true }));
      const said = await Promise.all(workers.map((worker) => new Promise((resolve) => {
        let last;
        worker.on('message', (value) => (last = value)).on('error', (error) => (last = error)).on('exit', () => resolve(last?.turn));
      })));
      if (said.some((value) => value !== turn)) console.log('wrong', turn, said);
    }
    console.log('done');
  })();`,
  ['done'],
);

ends(
  'threads that end with ports parked: every peer hears it',
  `const endings = ['', 'process.exit();', 'throw new Error();', 'for (;;);'];
  for (let turn = 0; turn < 12; turn++) {
    const pairs = Array.from({ length: 10 }, () => new MessageChannel());
    const ports = pairs.map(({ port1 }) => port1);
    const closed = Promise.all(pairs.map(({ port2 }) => once(port2, 'close')));
    const worker = start('globalThis.kept = workerData.map((port) => MessagePort.toNode(port)); parentPort.postMessage("up");' +
      endings[turn % 4], { workerData: ports, transferList: ports });
    worker.on('error', () => {});
    const ended = once(worker, 'exit');
    await once(worker, 'message');
    if (turn % 4 === 3) await worker.terminate();
    await Promise.all([closed, ended.catch(() => {})]);
  }
  console.log('done');`,
  ['done'],
);

ends(
  'a worker is terminated before it is up, with ports and messages on their way',
  `for (let turn = 0; turn < 20; turn++) {
    const { port1, port2 } = new MessageChannel();
    const other = new MessageChannel();
    const closed = Promise.all([once(port2, 'close'), once(other.port2, 'close')]);
    const worker = start('parentPort.on("message", () => {})', { workerData: port1, transferList: [port1] });
    worker.postMessage(other.port1, [other.port1]);
    for (let wait = random(30); wait > 0; wait--) await tick();
    await worker.terminate();
    await closed;
  }
  console.log('done');`,
  ['done'],
);

ends(
  'workers three deep end when the outermost is terminated, and all peers hear it',
  `for (let turn = 0; turn < 5; turn++) {
    const deep = (level) => level === 0
      ? load + 'for (const port of workerData) port.postMessage("up"); setInterval(() => { for (const port of workerData) port.postMessage(0); }, 0);'
      : load + 'const { Worker } = require(' + JSON.stringify(ferroport) + '); const [mine, ...others] = workerData;' +
        'globalThis.kept = mine; mine.on("message", () => {});' +
        'const worker = new Worker(' + JSON.stringify(deep(level - 1)) + ', { eval: true, workerData: others, transferList: others });' +
        'worker.on("message", () => {});';
    const pairs = Array.from({ length: 3 }, () => new MessageChannel());
    const ports = pairs.map(({ port1 }) => port1);
    const closed = Promise.all(pairs.map(({ port2 }) => once(port2, 'close')));
    const worker = new Worker(deep(2), { eval: true, workerData: ports, transferList: ports });
    await once(pairs[2].port2, 'message');
    pairs[2].port2.on('message', () => {});
    for (let wait = random(20); wait > 0; wait--) await tick();
    await worker.terminate();
    await closed;
  }
  console.log('done');`,
  ['done'],
);

ends(
  'an exit handler that posts for long does not lose anything',
  `const worker = start(\`process.on('exit', () => { for (let n = 0; n < 20000; n++) parentPort.postMessage({ n }); });
    parentPort.postMessage('before'); throw new Error('thrown');\`);
  const seen = [];
  let next = 0;
  worker.on('message', (value) => { if (value === 'before') seen.push(value); else if (value.n === next) next++; });
  worker.on('error', ({ message }) => seen.push(next + ' ' + message));
  worker.on('exit', (code) => console.log(seen.join(), code));`,
  ['before,20000 thrown 1'],
);
