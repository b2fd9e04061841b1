'use strict';

// Functions of one copy of ferroport on ports of another of the same version.

const test = require('ava');
const vm = require('node:vm');
const { once } = require('node:events');
const threads = require('node:worker_threads');
const { ROOT, again, elsewhere } = require('../support/copies');
const { program } = require('../support/program');

const ours = require('../../index.js');
const COPIES = { 'over the same addon': again(), 'in another folder': elsewhere() };

const across = (title, run) => {
  for (const [place, theirs] of Object.entries(COPIES)) test(`${title}, ${place}`, (t) => run(t, theirs));
};

across('receiveMessageOnPort takes the next message, with ports of the port’s copy', async (t, theirs) => {
  const { port1, port2 } = new theirs.MessageChannel();
  const inner = new theirs.MessageChannel();
  t.is(ours.receiveMessageOnPort(port1), undefined);
  port2.postMessage(undefined);
  port2.postMessage({ port: inner.port1 }, [inner.port1]);
  t.deepEqual(ours.receiveMessageOnPort(port1), { message: undefined });
  t.true(ours.receiveMessageOnPort(port1).message.port instanceof theirs.MessagePort);
  t.is(ours.receiveMessageOnPort(port1), undefined);
  port2.ref();
  port1.close();
  await once(port2, 'close');
  t.is(ours.receiveMessageOnPort(port2), undefined);
});

for (const listed of [true, false]) {
  across(`a Worker’s workerData, ${listed ? 'listed' : 'not listed: Node’s error'}`, async (t, theirs) => {
    const { port1, port2 } = new theirs.MessageChannel();
    port2.postMessage('waits');
    const start = () =>
      new ours.Worker(
        `const { parentPort, workerData: { port } } = require('node:worker_threads');
        port.on('message', (value) => port.postMessage([value, port.constructor === parentPort.constructor]));
        port.once('message', () => setTimeout(() => port.close(), 200));`,
        { eval: true, workerData: { port: port1 }, transferList: listed ? [port1] : [] },
      );
    if (!listed) {
      const { code } = t.throws(start, { any: true });
      t.true([25, 'ERR_MISSING_TRANSFERABLE_IN_TRANSFER_LIST'].includes(code));
      t.deepEqual(theirs.receiveMessageOnPort(port1), { message: 'waits' });
      return;
    }
    start();
    const seen = [];
    port2.on('message', (value) => seen.push(value));
    await once(port2, 'close');
    t.deepEqual(seen, [['waits', true]]);
  });
}

across('a message to a Worker, and one from it', async (t, theirs) => {
  const { port1, port2 } = new theirs.MessageChannel();
  const worker = new ours.Worker(
    `const { parentPort } = require('node:worker_threads');
    parentPort.once('message', (port) => { port.postMessage('in'); parentPort.postMessage(port, [port]); });`,
    { eval: true },
  );
  worker.postMessage(port1, [port1]);
  const [back] = await once(worker, 'message');
  t.true(back instanceof ours.MessagePort);
  back.postMessage('out');
  const seen = [];
  port2.on('message', (value) => seen.push(value));
  back.close();
  await once(port2, 'close');
  t.deepEqual(seen, ['in', 'out']);
});

across('toNode packs it, fromNode takes it out', async (t, theirs) => {
  const { port1, port2 } = new theirs.MessageChannel();
  port2.postMessage([new SharedArrayBuffer(1)]);
  const heard = once(port1, 'close');
  const carrier = ours.MessagePort.toNode(port1);
  await heard;
  t.true(carrier instanceof threads.MessagePort);
  const port = ours.MessagePort.fromNode(carrier);
  t.true(port instanceof ours.MessagePort);
  t.is((await once(port, 'message'))[0][0].byteLength, 1);
  port.close();
  const closed = new theirs.MessageChannel().port1;
  closed.close();
  t.throws(() => ours.MessagePort.toNode(closed), { name: 'DataCloneError', message: /already detached/, any: true });
});

across('moveMessagePortToContext', async (t, theirs) => {
  const { port1, port2 } = new theirs.MessageChannel();
  const context = vm.createContext();
  t.throws(() => ours.moveMessagePortToContext(port1, {}), { code: 'ERR_INVALID_ARG_TYPE' });
  port2.postMessage('waits');
  context.port = ours.moveMessagePortToContext(port1, context);
  vm.runInContext('port.onmessage = ({ data }) => port.postMessage([data, "there"]); port.start();', context);
  t.deepEqual((await once(port2, 'message'))[0], ['waits', 'there']);
  port2.close();
});

if (ours.postMessageToThread !== undefined) {
  across('postMessageToThread', async (t, theirs) => {
    const { port1, port2 } = new theirs.MessageChannel();
    const worker = new ours.Worker(
      `process.on('workerMessage', (port) => port.postMessage('there'));
      require('node:worker_threads').parentPort.on('message', () => process.exit()).postMessage('ready');`,
      { eval: true },
    );
    await once(worker, 'message');
    await ours.postMessageToThread(worker.threadId, port1, [port1]);
    t.deepEqual(await once(port2, 'message'), ['there']);
    worker.postMessage('end');
    await once(worker, 'exit');
    port2.close();
  });
}

test('fromNode of what a copy with an addon of its own has packed says so, and where both are', (t) => {
  const theirs = COPIES['in another folder'];
  const carrier = theirs.MessagePort.toNode(new theirs.MessageChannel().port1);
  const error = t.throws(() => ours.MessagePort.fromNode(carrier), { code: 'ERR_FERROPORT_TWO_COPIES' });
  t.true(error instanceof TypeError && error.message.includes(ROOT));
  t.is(typeof error.received.message, 'object');
  carrier.close();
});

test('fromNode of what a copy over the same addon has packed', (t) => {
  const theirs = COPIES['over the same addon'];
  const { port1, port2 } = new theirs.MessageChannel();
  const port = ours.MessagePort.fromNode(theirs.MessagePort.toNode(port1));
  port2.postMessage('there');
  t.deepEqual(ours.receiveMessageOnPort(port), { message: 'there' });
});

test('broadcast channels hear those of copies over the same addon', async (t) => {
  const names = [new ours.BroadcastChannel('copies'), new COPIES['over the same addon'].BroadcastChannel('copies')];
  const heard = names.map((channel) => new Promise((resolve) => (channel.onmessage = ({ data }) => resolve(data))));
  for (const [index, channel] of names.entries()) channel.postMessage([index, new SharedArrayBuffer(2)]);
  const seen = await Promise.all(heard);
  t.deepEqual(
    seen.map(([index, { byteLength }]) => [index, byteLength]),
    [
      [1, 2],
      [0, 2],
    ],
  );
  for (const channel of names) channel.close();
});

for (const place of ['over the same addon', 'in another folder']) {
  test(`on the hook: structuredClone, and messages and workerData of Node’s own, ${place}`, async (t) => {
    const { out, stderr, code } = await program(
      `const hooked = require('node:worker_threads');
      const { again, elsewhere } = require(${JSON.stringify(require.resolve('../support/copies'))});
      const theirs = ${place === 'in another folder' ? 'elsewhere' : 'again'}();
      const node = hooked[Object.getOwnPropertySymbols(hooked).find((key) => hooked[key]?.MessagePort)];
      const use = (port, { port2 }) => {
        port.postMessage('there');
        port2.once('message', (value) => { console.log(value, port instanceof hooked.MessagePort); port2.close(); });
      };
      const fresh = () => new theirs.MessageChannel();
      let channel = fresh();
      use(structuredClone(channel.port1, { transfer: [channel.port1] }), channel);
      channel = fresh();
      use(structuredClone({ a: [channel.port1] }, { transfer: [channel.port1] }).a[0], channel);
      channel = fresh();
      const carrier = new node.MessageChannel();
      carrier.port1.postMessage([channel.port1], [channel.port1]);
      use(hooked.receiveMessageOnPort(carrier.port2).message[0], channel);
      carrier.port1.close();
      channel = fresh();
      for (const refused of [() => structuredClone(channel.port1), () => carrier.port1.postMessage(channel.port1)]) {
        try { refused(); console.log('not refused'); } catch (error) { console.log(error.code); }
      }
      const worker = new node.Worker("const { workerData: p } = require('node:worker_threads'); p.once('message', (value) => p.postMessage(value));", {
        eval: true, workerData: channel.port1, transferList: [channel.port1] });
      channel.port2.postMessage('through the worker');
      channel.port2.once('message', (value) => { console.log(value); channel.port2.close(); });`,
      { execArgv: ['-r', require.resolve('../../register.js')] },
    );
    t.is(code, 0, stderr);
    const refused = out.filter((line) => line === '25' || line === 'ERR_MISSING_TRANSFERABLE_IN_TRANSFER_LIST');
    t.is(refused.length, 2, out.join('\n'));
    t.deepEqual(
      out.filter((line) => !refused.includes(line)),
      ['there true', 'there true', 'there true', 'through the worker'],
    );
  });
}
