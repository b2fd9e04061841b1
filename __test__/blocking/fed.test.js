'use strict';

// Blocked threads whose messages come through ports of Node's, or of another addon's: over a bridge, in this thread or in another one.

const { once } = require('node:events');
const test = require('ava');
const builtIn = require('node:worker_threads');
const { program } = require('../support/program');
const { MessageChannel, receiveAnySync, receiveMessageOnPort } = require('../..');
const { elsewhere, folderOf } = require('../support/copies');
const { REGISTER } = require('../register/hooked');
const { LIMIT } = require('../support/limits');

const NODE = "'node:worker_threads'";
const onThreads = builtIn.postMessageToThread === undefined ? test.skip : test;

/** Code: what an attempt gives, or the code or name of what it throws. */
const HEAD = `const outcome = (work) => {
  try {
    return work();
  } catch ({ code, name }) {
    return typeof code === 'string' ? code : name;
  }
};
const timeout = 20_000;`;

/** Declares that the body of an async function returns the same by `require` and on the hook. */
function alike(declare, title, body, expected) {
  for (const [how, name, options] of [
    ['by require', 'ferroport', {}],
    ['without the fast lane', 'ferroport', { env: { FERROPORT_FAST_LANE: '0' } }],
    ['on the hook', NODE, { execArgv: ['-r', REGISTER] }],
  ]) {
    declare(`${title}: ${how}`, async (t) => {
      t.timeout(2 * LIMIT);
      const source = `const name = ${name}; const wt = require(name); ${HEAD}
        (async () => { ${body} })().then((value) => { console.log(JSON.stringify(value)); process.exit(); });`;
      const { code, out, stderr } = await program(source, options);
      t.deepEqual([code, out], [0, [JSON.stringify(expected)]], stderr);
    });
  }
}

alike(
  test,
  'a port whose other end is in a context: what comes is taken, and limits and signals end a wait',
  `const { port1, port2 } = new wt.MessageChannel();
   const context = require('node:vm').createContext({});
   context.port = wt.moveMessagePortToContext(port2, context);
   require('node:vm').runInContext('port.postMessage(1); port.postMessage([2])', context);
   const other = new wt.MessageChannel();
   const { SharedAbortSignal, receiveAnySync } = require(ferroport);
   return [
     port1.receiveSync({ timeout }),
     receiveAnySync([other.port1, port1]).message,
     outcome(() => port1.receiveSync({ timeout: 5 })),
     outcome(() => port1.receiveSync({ signal: SharedAbortSignal.timeout(5) })),
     outcome(() => receiveAnySync([port1, other.port1], { timeout: 5 })),
     outcome(() => receiveAnySync([other.port1])),
     port1.postMessageSync('in', { timeout }),
     wt.receiveMessageOnPort(context.port).message,
   ];`,
  [1, [2], 'TimeoutError', 'ABORT_ERR', 'TimeoutError', 'ERR_FERROPORT_DEADLOCK', true, 'in'],
);
alike(
  onThreads,
  'the bridge is in the blocked thread: answers are taken, signals and limits end a wait, and the end of the channel is heard',
  `const { once } = require('node:events');
   const worker = new wt.Worker(\`
     const { parentPort } = require(\${JSON.stringify(name)});
     process.once('workerMessage', (port) => port.on('message', (value) => {
       if (value === 'end') port.close();
       else setTimeout(() => port.postMessage({ answer: value }), 20);
     }));
     parentPort.on('message', () => {});
     parentPort.postMessage('up');\`, { eval: true });
   await once(worker, 'message');
   const { port1, port2 } = new wt.MessageChannel();
   await wt.postMessageToThread(worker.threadId, port2, [port2]);
   const { SharedAbortController, SharedAbortSignal, receiveAnySync } = require(ferroport);
   const seen = [outcome(() => port1.receiveSync({ timeout: 5 }))];
   port1.postMessage(1);
   seen.push(port1.receiveSync({ timeout }));
   port1.postMessageSync(2, { timeout });
   const idle = new wt.MessageChannel();
   seen.push(receiveAnySync([idle.port1, port1], { signal: new SharedAbortController().signal }).message);
   seen.push(outcome(() => receiveAnySync([idle.port1, port1], { signal: SharedAbortSignal.timeout(5) })));
   port1.postMessage('end');
   seen.push(outcome(() => port1.receiveSync()));
   seen.push(outcome(() => port1.receiveSync()));
   seen.push(outcome(() => receiveAnySync([port1])));
   return seen;`,
  [
    'TimeoutError',
    { answer: 1 },
    { answer: 2 },
    'ABORT_ERR',
    'ERR_FERROPORT_CLOSED',
    'ERR_FERROPORT_CLOSED',
    'ERR_FERROPORT_CLOSED',
  ],
);

/** Has a thread \`third\` with one end of a channel, this thread with a port of Node's, and the bridge between them in \`sender\`. */
const BRIDGED_ELSEWHERE = `
  const { once } = require('node:events');
  const code = (body) => \`const { parentPort, postMessageToThread } = require(\${JSON.stringify(name)}); ${HEAD} \${body}\`;
  const third = new wt.Worker(code(\`
    parentPort.on('message', ({ port, count }) => {
      parentPort.postMessage('blocks');
      const taken = [];
      for (let i = 0; i < count; i++) taken.push(outcome(() => port.receiveSync({ timeout })));
      port.postMessageSync('taken');
      parentPort.postMessage(taken);
    });\`), { eval: true });
  const sender = new wt.Worker(code(\`
    parentPort.on('message', async ({ port }) => {
      if (port === undefined) process.exit();
      await postMessageToThread(0, port, [port]);
      parentPort.postMessage('sent');
    });\`), { eval: true });
  const begin = async (count) => {
    const { port1, port2 } = new wt.MessageChannel();
    const coming = once(process, 'workerMessage');
    third.postMessage({ port: port1, count }, [port1]);
    await once(third, 'message');
    const sent = once(sender, 'message');
    sender.postMessage({ port: port2 }, [port2]);
    await sent;
    return (await coming)[0];
  };`;

alike(
  onThreads,
  'the bridge is in a third thread: it hands on, also after that thread has left it, and its end is heard',
  `${BRIDGED_ELSEWHERE}
   const port = await begin(3);
   port.postMessage('first');
   sender.postMessage({});
   await once(sender, 'exit');
   port.postMessage('second');
   port.close();
   const [taken] = await once(third, 'message');
   return taken;`,
  ['first', 'second', 'ERR_FERROPORT_CLOSED'],
);

alike(
  onThreads,
  'a blocked thread goes on with a bridge at any moment, time and again',
  `${BRIDGED_ELSEWHERE.replaceAll('const third', 'let third').replaceAll('const sender', 'let sender')}
   const seen = new Set();
   for (let round = 0; round < 15; round++) {
     const port = await begin(1);
     sender.postMessage({});
     await once(sender, 'exit');
     port.postMessage('after');
     const [[taken]] = await once(third, 'message');
     seen.add(taken);
     port.close();
     sender = new wt.Worker(code(\`
       parentPort.on('message', async ({ port }) => {
         if (port === undefined) process.exit();
         await postMessageToThread(0, port, [port]);
         parentPort.postMessage('sent');
       });\`), { eval: true });
   }
   return [...seen];`,
  ['after'],
);

/** Where all copies are told to use one addon, no copy has another one. */
const ofAddons = process.env.NAPI_RS_NATIVE_LIBRARY_PATH === undefined ? test : test.skip;

ofAddons('a port of a copy with another addon: what comes is taken, and its end is heard', (t) => {
  const theirs = elsewhere();
  const { port1, port2 } = new theirs.MessageChannel();
  const carrier = new MessageChannel();
  carrier.port1.postMessage(port2, [port2]);
  const port = receiveMessageOnPort(carrier.port2).message;
  port1.postMessage(1);
  t.is(port.receiveSync(), 1);
  t.is(t.throws(() => port.receiveSync({ timeout: 5 }), { any: true }).name, 'TimeoutError');
  port1.postMessage('last');
  port1.close();
  t.is(receiveAnySync([port]).message, 'last');
  t.is(t.throws(() => port.receiveSync()).code, 'ERR_FERROPORT_CLOSED');
  carrier.port1.close();
});

ofAddons(
  'a port of a copy with another addon whose other end is in another thread: who answers there is no deadlock',
  async (t) => {
    const folder = folderOf();
    const theirs = require(folder);
    const body = `const { workerData: port } = require(${JSON.stringify(folder)});
    port.on('message', (value) => {
      if (value === 'end') return port.close();
      setTimeout(() => port.postMessage({ answer: value }), 20);
    });`;
    const { port1, port2 } = new theirs.MessageChannel();
    const worker = new theirs.Worker(body, { eval: true, workerData: port1, transferList: [port1] });
    const carrier = new MessageChannel();
    carrier.port1.postMessage(port2, [port2]);
    const port = receiveMessageOnPort(carrier.port2).message;
    for (let i = 0; i < 3; i++) {
      port.postMessage(i);
      t.deepEqual(port.receiveSync(), { answer: i });
    }
    t.is(t.throws(() => port.receiveSync({ timeout: 5 }), { any: true }).name, 'TimeoutError');
    port.postMessage('end');
    t.is(t.throws(() => receiveAnySync([port])).code, 'ERR_FERROPORT_CLOSED');
    await once(worker, 'exit');
    carrier.port1.close();
  },
);
