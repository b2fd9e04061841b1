'use strict';

// A thread ends, in every way, at a random moment, while ten others post to its ports.

const test = require('ava');
const { endsWell, program } = require('../support/program');

const SEED = Number(process.env.SEED ?? Date.now() % 1e6);
const ROUNDS = 6;

const ways = {
  'process.exit()': 'process.exit(7);',
  'an uncaught error': "throw new Error('uncaught');",
  'running out of work': 'for (const port of ports) port.unref(); parentPort.unref();',
  'terminate() in the middle of a drain': "parentPort.postMessage('end me'); for (;;);",
  'terminate() in the middle of a clone': `parentPort.postMessage('end me');
    const value = Array.from({ length: 1000 }, () => ({ a: [1, new Map([[{}, 'x']])] }));
    for (;;) ports[0].postMessage(value);`,
  'process.exit() in a tick, posting':
    "process.on('exit', () => ports.forEach((port) => port.postMessage(0))); process.nextTick(() => process.exit());",
};

for (const [way, end] of Object.entries(ways)) {
  test.serial(`ten threads post to a thread that ends by ${way}: each hears close once (SEED=${SEED})`, async (t) => {
    const { code, signal, out, stderr } = await program(
      `const { Worker, MessageChannel } = require(ferroport);
      const { once } = require('node:events');
      const load = 'const { parentPort, workerData } = require(' + JSON.stringify(ferroport) + ');';
      const start = (body, options) => new Worker(load + body, { eval: true, ...options });
      let state = ${SEED};
      const random = (below) => (state = (state * 48271 + 11) % 2147483647) % below;
      const posting = \`parentPort.on('message', (port) => {
          let closes = 0, left = 2000, rounds = 0;
          port.on('message', () => {}).on('close', () => { closes++; });
          (function post() {
            for (let n = 0; n < 20 && left > 0; n++, left--) port.postMessage({ n });
            if (closes === 0 || ++rounds < 5) setImmediate(post);
            else parentPort.postMessage(closes);
          })();
        });\`;
      (async () => {
        const threads = Array.from({ length: 10 }, () => start(posting));
        for (let round = 0; round < ${ROUNDS}; round++) {
          const channels = threads.map(() => new MessageChannel());
          const ports = channels.map(({ port1 }) => port1);
          const heard = threads.map((thread) => once(thread, 'message'));
          const victim = start(\`const ports = workerData; let left = \${1 + random(1500)};
            for (const port of ports) port.on('message', () => { if (--left === 0) { ${end.replaceAll('`', '\\`')} } });\`,
            { workerData: ports, transferList: ports });
          victim.on('error', () => {}).on('message', () => victim.terminate());
          const exit = new Promise((resolve) => victim.on('exit', resolve));
          channels.forEach(({ port2 }, n) => threads[n].postMessage(port2, [port2]));
          const closes = (await Promise.all(heard)).map(([count]) => count);
          if (closes.join() !== '1,1,1,1,1,1,1,1,1,1') console.log('wrong', round, closes.join());
          await exit;
        }
        await Promise.all(threads.map((thread) => thread.terminate()));
        console.log('done');
      })();`,
    );
    t.deepEqual({ code, signal, out }, { code: 0, signal: null, out: ['done'] }, stderr);
  });
}

endsWell(
  test.serial,
  'process.exit() in a listener, with full queues and more in the exit handler',
  `const { MessageChannel } = require(ferroport);
  const channels = Array.from({ length: 100 }, () => new MessageChannel());
  for (const { port1, port2 } of channels) {
    port1.on('message', (value) => { if (value === 50) process.exit(); });
    for (let n = 0; n < 500; n++) port2.postMessage(n);
  }
  process.on('exit', () => { for (const { port1 } of channels) port1.postMessage(1), port1.close(); console.log('exit'); });`,
  ['exit'],
);
