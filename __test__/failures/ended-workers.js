'use strict';

// Workers that are ended at any instant while they post and receive. What has come of them is whole, in order, and there once.

const { once } = require('node:events');
const { sentinel } = require('./sentinels');
const { World, isSame } = require('./world');
const { turns } = require('./trial');

const code = (name, body) => `
  const { parentPort, MessageChannel, receiveMessageOnPort, workerData } = require(${JSON.stringify(name)});
  const { sentinel } = require(${JSON.stringify(require.resolve('./sentinels'))});
  let n = 0;
  ${body}
`;

/** What workers do until they are ended. */
const bodies = {
  'posts without end': 'for (;;) parentPort.postMessage({ n, value: sentinel(n++) });',
  'posts in turns':
    'const more = () => { for (let i = 0; i < 40; i++) parentPort.postMessage({ n, value: sentinel(n++) }); setImmediate(more); }; more();',
  'posts long strings': 'for (;;) parentPort.postMessage({ n, text: `${n++} ` + "x".repeat(70_000) });',
  'transfers buffers':
    'for (;;) { const bytes = new Uint8Array(300).fill(n); parentPort.postMessage({ n: n++, bytes }, [bytes.buffer]); }',
  'transfers ports':
    'setInterval(() => { const { port1, port2 } = new MessageChannel(); port2.postMessage({ of: n }); parentPort.postMessage({ n: n++, port: port1 }, [port1]); }, 0);',
  answers: 'parentPort.on("message", (value) => { parentPort.postMessage({ n: n++, value }); });',
};

const isRight = {
  'posts without end': ({ value }, n) => isSame(value, sentinel(n)),
  'posts in turns': ({ value }, n) => isSame(value, sentinel(n)),
  'posts long strings': ({ text }, n) => text === `${n} ${'x'.repeat(70_000)}`,
  'transfers buffers': ({ bytes }, n) => isSame(bytes, new Uint8Array(300).fill(n)),
  'transfers ports': ({ port }, n, api) => {
    const received = api.receiveMessageOnPort(port);
    port.close();
    return isSame(received?.message, { of: n });
  },
  answers: ({ value }, n) => isSame(value, sentinel(n)),
};

/** @param {import('./drivers').Setting} setting */
async function endWorker({ api, random }, world, name) {
  const worker = new api.Worker(code(api.name, bodies[name]), { eval: true });
  let count = 0;
  let answered = 0;
  worker.on('error', (error) => world.tally.complain('the worker has failed', error));
  worker.on('message', (message) => {
    const isInOrder = message?.n === count;
    count++;
    if (!world.expect(isInOrder, 'not the message that comes next', message, count - 1)) return;
    world.expect(isRight[name](message, count - 1, api), 'not what was posted', message);
    if (name === 'answers') for (let i = 0; i < 2; i++) worker.postMessage(sentinel(answered++));
  });
  if (name === 'answers') for (let i = 0; i < 20; i++) worker.postMessage(sentinel(answered++));
  await once(worker, 'message');
  if (random.chance(70)) await new Promise((resolve) => setTimeout(resolve, random.below(8)));
  const exit = once(worker, 'exit');
  worker.terminate();
  await exit;
  world.tally.count(true);
}

/** @param {import('./drivers').Setting} setting */
async function driveEndedWorkers(setting) {
  const { api, plan, tally, random, leftovers } = setting;
  const world = new World(api, tally, random, leftovers);
  for (let time = 0; time < plan.attempts; time++) {
    for (const name of Object.keys(bodies)) {
      tally.begin(`a worker that ${name}, ended at any instant`, 'terminate()', `time ${time}`);
      await endWorker(setting, world, name);
      world.verify();
    }
  }
  world.close();
  await turns(5);
}

module.exports = { driveEndedWorkers };
