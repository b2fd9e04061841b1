'use strict';

// Starting a worker, and posting to one.

const { once } = require('node:events');

/** @type {import('./index').Operation[]} */
const starting = [
  {
    name: 'start a worker',
    group: 'workers',
    isSlow: true,
    prepare(world, n) {
      const { Worker } = world.api;
      const code = `const { parentPort, workerData } = require(${JSON.stringify(world.api.name)}); parentPort.postMessage(workerData);`;
      let worker;
      return {
        act: () => (worker = new Worker(code, { eval: true, workerData: { n } })),
        threw: (error) => world.expectError(error),
        async returned() {
          const [message] = await once(worker, 'message');
          world.expect(message?.n === n, 'not what the worker was started with', message);
          await worker.terminate();
        },
      };
    },
  },
];

/** A worker that says what has come to it on a port of Node's. */
const echo = (name) => `
  const { parentPort: back, workerData } = require('node:worker_threads');
  const { parentPort } = require(${JSON.stringify(name)});
  parentPort.on('message', (value) => workerData.back.postMessage(value));
`;

const values = {
  'a small object': (n) => ({ n, name: 'small' }),
  'a long string': (n) => `${n} ${'long text '.repeat(9_000)}`,
  records: (n) => Array.from({ length: 30 }, (_, i) => ({ id: n + i, name: `record ${i}` })),
};

/** @type {import('./index').Operation[]} */
const posting = Object.entries(values).map(([name, make]) => {
  const { MessageChannel } = require('node:worker_threads');
  let worker;
  let back;
  const heard = [];
  const start = (world) => {
    const channel = new MessageChannel();
    back = channel.port1;
    back.on('message', (value) => heard.push(value));
    worker = new world.api.Worker(echo(world.api.name), {
      eval: true,
      workerData: { back: channel.port2 },
      transferList: [channel.port2],
    });
  };
  const hear = async (count) => {
    while (heard.length < count) await once(back, 'message');
  };
  return {
    name: `post ${name} to a worker`,
    group: 'workers',
    isSlow: true,
    prepare(world, n) {
      if (worker === undefined) start(world);
      const value = make(n);
      heard.length = 0;
      return {
        act: () => worker.postMessage(value),
        threw: (error) => world.expectError(error),
        async returned() {
          await hear(1);
          world.expect(require('../world').isSame(heard.shift(), make(n)), 'the worker has got something else');
        },
        async done() {
          worker.postMessage({ afterwards: n });
          await hear(1);
          world.expect(heard.length === 1 && heard[0]?.afterwards === n, 'the worker has got more, or less', ...heard);
        },
      };
    },
    async end() {
      back?.close();
      await worker?.terminate();
      worker = undefined;
    },
  };
});

module.exports = { workers: [...starting, ...posting] };
