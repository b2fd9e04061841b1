'use strict';

// The addon loaded where and as often as one likes, and left behind.

const test = require('ava');
const { endsWell, isPublished } = require('../support/program');

/** Code of a thread of Node's own that uses ferroport and ends, in one of four ways. */
const USING = `const { workerData: { path, way }, parentPort } = require('node:worker_threads');
  const { MessageChannel } = require(path);
  const { port1, port2 } = new MessageChannel();
  for (let n = 0; n < 200; n++) new MessageChannel().port1.on('message', () => {}).postMessage({ n });
  let count = 0;
  port1.on('message', (value) => {
    if (++count < 100) return;
    if (way === 0) process.exit();
    if (way === 1) port1.close();
    if (way === 2) throw new Error('uncaught');
    parentPort.postMessage('end me');
  });
  for (let n = 0; n < 300; n++) port2.postMessage({ n, list: [n] });
  if (way === 1) setTimeout(() => process.exit(), 10);`;

const running = (loadInMain, rounds) => `
  const { Worker } = require('node:worker_threads');
  ${loadInMain ? 'require(ferroport);' : ''}
  const run = (way) => new Promise((resolve) => {
    const thread = new Worker(${JSON.stringify(USING)}, { eval: true, workerData: { path: ferroport, way } });
    thread.on('message', () => thread.terminate()).on('error', () => {}).on('exit', resolve);
  });
  (async () => {
    for (let round = 0; round < ${rounds}; round++) await Promise.all([run(round % 4), run((round + 1) % 4), run(3)]);
    console.log('done');
  })();`;

endsWell(test.serial, 'in threads only, again and again, so that it is unloaded in between', running(false, 12), [
  'done',
]);

endsWell(test.serial, 'in the main thread and in others', running(true, 8), ['done']);

endsWell(
  test.serial,
  'in threads that are ended while they load it',
  `const { Worker } = require('node:worker_threads');
  (async () => {
    for (let round = 0; round < 30; round++) {
      const thread = new Worker('const f = require(' + JSON.stringify(ferroport) + '); new f.MessageChannel().port1.ref();', { eval: true });
      await new Promise((resolve) => thread.on('online', resolve));
      for (let wait = round; wait > 0; wait--) await new Promise((resolve) => setTimeout(resolve, 2));
      await thread.terminate();
    }
    console.log('done');
  })();`,
  ['done'],
);

// Node's loader gives the files of lib that an earlier copy loads late to that copy alone only if they are in one file.
endsWell(
  isPublished ? test.serial : test.skip,
  'again in one thread, after require.cache was cleared: every copy works, and takes the others’ ports',
  `const copies = [];
  for (let n = 0; n < 10; n++) {
    for (const key of Object.keys(require.cache)) delete require.cache[key];
    copies.push(require(ferroport));
  }
  let left = copies.length;
  const channels = copies.map(({ MessageChannel }) => new MessageChannel());
  channels.forEach(({ port1, port2 }, n) => {
    port1.once('message', (value) => { if (value === n && --left === 0) console.log('all'); });
    port2.postMessage(n);
  });
  const [from, to] = [new copies[1].MessageChannel(), new copies[0].MessageChannel()];
  to.port1.postMessage(from.port1, [from.port1]);
  copies[0].receiveMessageOnPort(to.port2).message.postMessage('across');
  console.log(copies[1].receiveMessageOnPort(from.port2).message);`,
  ['across', 'all'],
);

endsWell(
  test.serial,
  'from other contexts of one thread',
  `const vm = require('node:vm');
  let left = 5;
  for (let n = 0; n < 5; n++) {
    const context = vm.createContext({ require, left: () => { if (--left === 0) console.log('all'); } });
    vm.runInContext('const { port1, port2 } = new (require(' + JSON.stringify(ferroport) + ').MessageChannel)();' +
      'port1.once("message", ({ a }) => { if (a[0] === 1) left(); }); port2.postMessage({ a: [1] });', context);
  }`,
  ['all'],
);
