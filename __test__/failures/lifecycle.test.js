'use strict';

// A port that is made, started, ref'ed, closed, parked or moved where the stack is full is as it was, or as it is to be.

const test = require('ava');
const vm = require('node:vm');
const { AsyncResource } = require('node:async_hooks');
const builtin = require('node:worker_threads');
const ferroport = require('../../index.js');
const { settle } = require('../support/observe');
const { FERROPORT, endsWell, program } = require('../support/program');
const { upwards } = require('./bottom');

const BOTTOM = JSON.stringify(require.resolve('./bottom'));

/** Whether two ports are those of a channel, and work. */
function areEntangled(one, other) {
  const token = `token ${Math.random()}`;
  one.postMessage(token);
  return ferroport.receiveMessageOnPort(other)?.message === token;
}

test.serial('a channel is made whole, or not yet', async (t) => {
  for (const use of [
    (port) => port.start(),
    (port) => port.ref(),
    (port) => ferroport.receiveMessageOnPort(port),
    (port) => port.on('message', () => {}),
  ]) {
    const failures = await upwards((near) => {
      const { port1, port2 } = new ferroport.MessageChannel();
      near(() => use(port1));
      t.true(areEntangled(port1, port2) && areEntangled(port2, port1));
      port1.close();
    });
    t.true(failures > 0);
  }
});

test.serial('a port is closed, and all are told, or is open', async (t) => {
  const failures = await upwards(async (near) => {
    const pairs = [1, 2, 3].map(() => new ferroport.MessageChannel());
    const closed = [];
    pairs.forEach(({ port1, port2 }, index) => {
      port1.on('close', () => closed.push(`here ${index}`));
      port2.on('close', () => closed.push(`there ${index}`));
    });
    pairs[0].port1.close();
    const { error } = near(() => pairs[1].port1.close());
    if (error !== undefined) {
      t.true(areEntangled(pairs[1].port1, pairs[1].port2));
      pairs[1].port1.close();
    }
    pairs[2].port1.close();
    for (let i = 0; i < 20 && closed.length < 6; i++) await settle(1);
    t.is(closed.length, 6);
    pairs.forEach(({ port1, port2 }) => t.false(port1.hasRef() || port2.hasRef()));
  });
  t.true(failures > 0);
});

test.serial('a close that throws keeps no other from closing', async (t) => {
  const pairs = [1, 2, 3].map(() => new ferroport.MessageChannel());
  const closed = [];
  pairs.forEach(({ port1 }, index) => port1.on('close', () => closed.push(index)));
  const { runInAsyncScope } = AsyncResource.prototype;
  const listeners = process.listeners('uncaughtException');
  const caught = [];
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => caught.push(error));
  const broken = new Error('patched');
  AsyncResource.prototype.runInAsyncScope = function () {
    AsyncResource.prototype.runInAsyncScope = runInAsyncScope;
    throw broken;
  };
  for (const { port1 } of pairs) port1.close();
  await settle(4);
  process.removeAllListeners('uncaughtException');
  for (const each of listeners) process.on('uncaughtException', each);
  t.deepEqual(caught, [broken]);
  t.deepEqual(closed, [1, 0]);
});

test.serial('a port is packed for Node, or is as it was', async (t) => {
  const { toNode, fromNode } = ferroport.MessagePort;
  const failures = await upwards((near) => {
    const { port1, port2 } = new ferroport.MessageChannel();
    port1.postMessage('early');
    const { value: carrier = toNode(port2) } = near(() => toNode(port2));
    const { value: there = fromNode(carrier) } = near(() => fromNode(carrier));
    t.is(ferroport.receiveMessageOnPort(there).message, 'early');
    t.true(areEntangled(port1, there) && areEntangled(there, port1));
    port1.close();
  });
  t.true(failures > 0);
});

test.serial('a port is moved to a context, or is as it was', async (t) => {
  const context = vm.createContext();
  const failures = await upwards(async (near) => {
    const { port1, port2 } = new ferroport.MessageChannel();
    const move = () => ferroport.moveMessagePortToContext(port2, context);
    const { value: moved = move() } = near(move);
    const got = [];
    moved.onmessage = ({ data }) => got.push(data);
    moved.start();
    port1.postMessage(1);
    for (let i = 0; i < 20 && got.length === 0; i++) await settle(1);
    t.deepEqual(got, [1]);
    port1.close();
    moved.close();
  });
  t.true(failures > 0);
});

test.serial('a member of a broadcast is one, or is none', async (t) => {
  const { BroadcastChannel } = ferroport;
  const name = 'failures';
  const sender = new BroadcastChannel(name);
  const failures = await upwards((near) => {
    const { value: member = new BroadcastChannel(name) } = near(() => new BroadcastChannel(name));
    sender.postMessage({ shared: new SharedArrayBuffer(2) });
    t.is(ferroport.receiveMessageOnPort(member).message.shared.byteLength, 2);
    const { error } = near(() => member.close());
    if (error !== undefined) {
      sender.postMessage(1);
      t.is(ferroport.receiveMessageOnPort(member).message, 1);
      member.close();
    }
    t.throws(() => member.postMessage(1), { any: true });
  });
  sender.close();
  t.true(failures > 0);
});

for (const change of ['ref', 'unref']) {
  endsWell(
    test.serial,
    `what was ref'ed near the bottom keeps no process alive: ${change}`,
    `
    const { MessageChannel, BroadcastChannel } = require(ferroport);
    const { upwards } = require(${BOTTOM});
    upwards((near) => {
      const { port1 } = new MessageChannel();
      const channel = new BroadcastChannel('ref');
      if ('${change}' === 'unref') port1.ref();
      for (const each of [port1, channel]) near(() => each.${change}());
      for (const each of [port1, channel]) each.unref();
    }).then((failures) => console.log(failures > 0));`,
    ['true'],
  );
}

test.serial('ferroport that was not loaded near the bottom can be loaded elsewhere', async (t) => {
  const { code, out, stderr } = await program(`
    const { atBottom } = require(${BOTTOM});
    let failures = 0;
    for (let frames = 0; ; frames += 60) {
      const { error } = atBottom(frames, () => require(ferroport));
      if (error === undefined) break;
      failures++;
    }
    const { MessageChannel, receiveMessageOnPort } = require(ferroport);
    const { port1, port2 } = new MessageChannel();
    port1.postMessage({ a: [1] });
    console.log(failures > 0, JSON.stringify(receiveMessageOnPort(port2)));
    port2.on('message', (value) => { console.log(value); port1.close(); });
    port1.postMessage('later');`);
  t.deepEqual({ code, out }, { code: 0, out: ['true {"message":{"a":[1]}}', 'later'] }, stderr);
});

test.serial('the hook carries ports whole, or leaves them as they were', async (t) => {
  const { code, out, stderr } = await program(
    `
    const { upwards } = require(${BOTTOM});
    const { MessageChannel, MessagePort, receiveMessageOnPort } = require('node:worker_threads');
    const Native = Object.getOwnPropertySymbols(require('node:worker_threads')).map((key) => require('node:worker_threads')[key])[0];
    const { port1: a, port2: b } = new Native.MessageChannel();
    let wrong = 0;
    upwards((near) => {
      const { port1, port2 } = new MessageChannel();
      const post = () => a.postMessage({ port: port2 }, [port2]);
      if (near(post).error) post();
      const { value = receiveMessageOnPort(b) } = near(() => receiveMessageOnPort(b));
      const { port } = value.message;
      if (!(port instanceof MessagePort)) wrong++;
      port1.postMessage(1);
      if (receiveMessageOnPort(port)?.message !== 1) wrong++;
      port1.close();
    }).then((failures) => { console.log(failures > 0, wrong); process.exit(); });`,
    { execArgv: ['--require', FERROPORT.replace('index.js', 'register.js')] },
  );
  t.deepEqual({ code, out }, { code: 0, out: ['true 0'] }, stderr);
});

test.serial('a Worker that could not begin near the bottom leaves what it was to get', async (t) => {
  for (const { Worker } of [builtin, ferroport]) {
    let begun = 0;
    for (const frames of [0, 100, 300, 500, 700, 900, 1100, 1500, 3000]) {
      const { atBottom } = require('./bottom');
      const buffer = new ArrayBuffer(8);
      const options = { eval: true, workerData: { buffer }, transferList: [buffer] };
      const { value: worker, error } = atBottom(frames, () => new Worker('', options));
      if (error === undefined) {
        begun++;
        await worker.terminate();
      } else if (Worker === ferroport.Worker) {
        t.is(buffer.byteLength, 8);
      }
    }
    t.true(begun > 0);
  }
});
