'use strict';

// What keeps the process, as Node tells it: with the hook, ports of ferroport are among it.

const test = require('ava');
const { program } = require('../support/program');
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
