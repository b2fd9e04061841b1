'use strict';

// What keeps the process, as Node tells it: ports of ferroport are among it.

const test = require('ava');
const { endsWell, program } = require('../support/program');
const { REGISTER } = require('./hooked');

const SOURCE = `
  const counted = (names) => names.filter((name) => name === 'MessagePort').length;
  const note = (step) => {
    const handles = process._getActiveHandles().map(({ constructor }) => constructor.name.replace('BroadcastChannel', 'MessagePort'));
    console.log(step, counted(process.getActiveResourcesInfo()), counted(handles));
  };
  const { port1, port2 } = new MessageChannel();
  note('made');
  port1.on('message', () => {});
  note('listened to');
  port2.ref();
  note('another');
  const { port1: third } = new MessageChannel();
  third.onmessage = () => {};
  note('a third');
  third.onmessage = null;
  const broadcast = new BroadcastChannel('handles');
  note('a group');
  broadcast.unref();
  port1.unref();
  note('unref\\u2019ed');
  broadcast.close();
  third.close();
  port2.close();
  const timer = setTimeout(() => {
    note('closed');
    console.log(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length);
    console.log(process.getActiveResourcesInfo.name, process.getActiveResourcesInfo.length);
    const { writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(process, 'getActiveResourcesInfo');
    console.log(writable, enumerable, configurable);
  }, 20);
  setTimeout(() => {}, 1000).unref();
`;

test('each port that is ref’ed is among what keeps the process', async (t) => {
  const [ours, theirs] = await Promise.all([program(SOURCE, { execArgv: ['-r', REGISTER] }), program(SOURCE)]);
  t.deepEqual(ours, theirs);
  t.true(theirs.out.includes('another 2 2'));
});

endsWell(
  test,
  'by require, too: those of all copies in the thread, and before the timers',
  `const told = process.getActiveResourcesInfo;
  setTimeout(() => {}, 1000).unref();
  const names = () => process.getActiveResourcesInfo().filter((name) => ['MessagePort', 'Timeout'].includes(name)).join();
  const timer = setTimeout(() => {}, 100_000);
  const copy = () => {
    for (const file of Object.keys(require.cache)) if (!file.endsWith('.node')) delete require.cache[file];
    return require(ferroport);
  };
  const channels = [copy(), copy()].map(({ MessageChannel }) => new MessageChannel());
  for (const { port1 } of channels) port1.unref();
  console.log(names(), process.getActiveResourcesInfo === told);
  for (const { port1 } of channels) {
    port1.on('message', () => {});
    console.log(names(), process.getActiveResourcesInfo.name, process.getActiveResourcesInfo.length);
  }
  channels[0].port2.close();
  channels[1].port1.unref();
  channels[0].port1.on('close', () => {
    console.log(names());
    clearTimeout(timer);
  });`,
  [
    'Timeout true',
    'MessagePort,Timeout getActiveResourcesInfo 0',
    'MessagePort,MessagePort,Timeout getActiveResourcesInfo 0',
    'Timeout',
  ],
);
