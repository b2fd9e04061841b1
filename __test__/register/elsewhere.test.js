'use strict';

// Ports in contexts, in other threads by Node's own means, and in the thread of module hooks: whoever sleeps or ends meanwhile,
// what was posted arrives. Each program says by `require` and on the hook what it says on the built-in.

const test = require('ava');
const builtIn = require('node:worker_threads');
const { FERROPORT, program } = require('../support/program');
const { everywhere, later } = require('./hooked');

const NODE = 'node:worker_threads';

/** What Node says of a thing in a transfer list that cannot be moved. */
const REFUSED = process.versions.node.startsWith('20.')
  ? ['TypeError', 'Found invalid object in transferList']
  : ['DataCloneError', 'Found invalid value in transferList.'];

/** @param {string} body of an async function, which returns what is compared; `name` is what the program requires */
const source = (name, body) => `const name = ${JSON.stringify(name)}; const wt = require(name);
  const { MessageChannel, MessagePort, Worker, moveMessagePortToContext, receiveMessageOnPort } = wt;
  const vm = require('node:vm');
  const { once } = require('node:events');
  const attempt = (f) => { try { return f() ?? null; } catch (error) { return [error.name, error.message]; } };
  (async () => { ${body} })().then((value) => { console.log(JSON.stringify(value)); process.exit(); });`;

/** Declares that a program sees the same in each way, and what that is. */
function alike(title, body, expected, { unless = false, onlyHooked = false } = {}) {
  for (const [how, name, options] of [
    ['the built-in', NODE, {}],
    ['by require', FERROPORT, {}],
    ['on the hook', NODE, everywhere],
    ['on the hook, by --import', NODE, later],
  ]) {
    (unless || (onlyHooked && name === FERROPORT) ? test.skip : test)(`${title}: ${how}`, async (t) => {
      const { code, out, stderr } = await program(source(name, body), options);
      t.deepEqual([code, out], [0, [JSON.stringify(expected)]], stderr);
    });
  }
}

alike(
  'a port in a context: what was posted is there at once, both ways',
  `const { port1, port2 } = new MessageChannel();
   const context = vm.createContext({});
   port2.postMessage('early');
   context.port = moveMessagePortToContext(port1, context);
   port2.postMessage({ value: 42 });
   const inside = [1, 2, 3].map(() => receiveMessageOnPort(context.port)?.message);
   vm.runInContext('port.postMessage({ value: 7 })', context);
   return [inside, receiveMessageOnPort(port2), receiveMessageOnPort(port2)];`,
  [['early', { value: 42 }, null], { message: { value: 7 } }, null],
);

alike(
  'a port in a context takes and gives messages with ports in them',
  `const context = vm.createContext({ receive: receiveMessageOnPort });
   const [channel, given, taken] = [new MessageChannel(), new MessageChannel(), new MessageChannel()];
   context.port = moveMessagePortToContext(channel.port1, context);
   channel.port2.postMessage({ deep: [taken.port1] }, [taken.port1]);
   taken.port2.postMessage('to the one that came');
   const inside = vm.runInContext(\`
     const { deep: [came] } = receive(port).message;
     const heard = receive(came).message;
     came.postMessage('from the one that came');
     [heard, came instanceof Object, Object.getPrototypeOf(came) === Object.getPrototypeOf(port)]\`, context);
   const first = receiveMessageOnPort(taken.port2).message;
   // Out again, beside one of the program's.
   context.given = given.port1;
   vm.runInContext('port.postMessage([came, given], [came, given])', context);
   const { message } = receiveMessageOnPort(channel.port2);
   taken.port2.postMessage('out again');
   given.port2.postMessage('given');
   const outside = message.map((port) => [port instanceof MessagePort, receiveMessageOnPort(port).message]);
   message[0].postMessage('back');
   return [inside, first, outside, receiveMessageOnPort(taken.port2)];`,
  [
    ['to the one that came', true, true],
    'from the one that came',
    [
      [true, 'out again'],
      [true, 'given'],
    ],
    { message: 'back' },
  ],
);

alike(
  'what a port in a context refuses is an error of its realm, and nothing has been moved',
  `const { port1, port2 } = new MessageChannel();
   const given = new MessageChannel();
   const context = vm.createContext({ given: given.port1 });
   context.port = moveMessagePortToContext(port1, context);
   const said = vm.runInContext(\`
     const attempt = (f) => { try { return f() ?? null; } catch (error) { return [error.name, error.message, error instanceof Error]; } };
     [
       () => port.postMessage(() => {}),
       () => port.postMessage({ given, f() {} }, [given]),
       () => port.postMessage(given),
       () => port.postMessage(given, [given, given]),
       () => port.postMessage(given, [given, port]),
       () => port.postMessage(given, [5]),
       () => port.postMessage(),
       () => port.postMessage(1, 5),
     ].map(attempt).concat([[port.postMessage.name, port.postMessage.length, port.postMessage instanceof Function]])\`, context);
   given.port1.postMessage('still there');
   return [said, receiveMessageOnPort(given.port2), receiveMessageOnPort(port2)];`,
  [
    [
      ['DataCloneError', '() => {} could not be cloned.', true],
      ['DataCloneError', 'f() {} could not be cloned.', true],
      [REFUSED[0], 'Object that needs transfer was found in message but not listed in transferList', true],
      ['DataCloneError', 'Transfer list contains duplicate MessagePort', true],
      ['DataCloneError', 'Transfer list contains source port', true],
      [...REFUSED, true],
      ['TypeError', 'Not enough arguments to MessagePort.postMessage', true],
      ['TypeError', 'Optional transferList argument must be an iterable', true],
      ['postMessage', 0, true],
    ],
    { message: 'still there' },
    null,
  ],
);

alike(
  'last words of a port in a context, when it closes or its thread exits',
  `const heard = [];
   for (const ending of ['context.port.close()', 'process.exit()']) {
     const { port1, port2 } = new MessageChannel();
     new Worker(\`
       const { workerData, moveMessagePortToContext } = require(\${JSON.stringify(name)});
       const context = require('node:vm').createContext({});
       context.port = moveMessagePortToContext(workerData, context);
       require('node:vm').runInContext("port.postMessage('one'); port.postMessage('two');", context);
       \${ending}\`, { eval: true, workerData: port2, transferList: [port2] });
     const got = [];
     port1.on('message', (value) => got.push(value));
     await once(port1, 'close');
     heard.push(got.join());
   }
   return heard;`,
  ['one,two', 'one,two'],
);

alike(
  'what waits in a port that postMessageToThread sends arrives, though the sending thread ends',
  `const heard = once(process, 'workerMessage');
   const send = async () => {
     const worker = new Worker(\`
       const { MessageChannel, postMessageToThread } = require(\${JSON.stringify(name)});
       const { port1, port2 } = new MessageChannel();
       port2.postMessage('early');
       postMessageToThread(0, { port: port1 }, [port1]);
       port2.postMessage('late');\`, { eval: true });
     await once(worker, 'exit');
     // Where the thread ends too soon, Node itself hands the message on now and then only: another one does.
     return Promise.race([heard, new Promise((resolve) => setTimeout(resolve, 500)).then(send)]);
   };
   const [{ port }] = await send();
   const got = [];
   port.on('message', (value) => got.push(value));
   await once(port, 'close');
   return got;`,
  ['early', 'late'],
  { unless: builtIn.postMessageToThread === undefined },
);

/** A port whose peer is in a third thread has come from one that sleeps: `heard` on it, and what a program does about that. */
const FROM_SENDER = `
  const code = (body) => \`const { parentPort, postMessageToThread } = require(\${JSON.stringify(name)}); \${body}\`;
  const third = new Worker(code(\`let port;
    parentPort.on('message', (value) => {
      if (value.port === undefined) port.postMessage(value);
      else {
        port = value.port;
        port.on('message', (said) => port.postMessage('echo of ' + said));
        port.unref();
      }
      parentPort.postMessage('done');
    });\`), { eval: true });
  const sender = new Worker(code(\`let flags;
    parentPort.on('message', async (value) => {
      if (value.port !== undefined) {
        flags = value.flags;
        await postMessageToThread(0, value.port, [value.port]);
        return parentPort.postMessage('sent');
      }
      Atomics.store(flags, 0, 1);
      Atomics.wait(flags, 1, 0);
      process.exit();
    });\`), { eval: true });
  const tell = async (worker, ...values) => {
    worker.postMessage(...values);
    await once(worker, 'message');
  };
  const { port1, port2 } = new MessageChannel();
  const flags = new Int32Array(new SharedArrayBuffer(8));
  const coming = once(process, 'workerMessage');
  await tell(third, { port: port1 }, [port1]);
  await tell(sender, { port: port2, flags }, [port2]);
  const [port] = await coming;
  const heard = [];
  port.on('message', (value) => heard.push(value));
  const hear = async (count) => {
    while (heard.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  await tell(third, 'before');
  await hear(1);
  sender.postMessage('sleep');
  while (Atomics.load(flags, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await tell(third, 'meanwhile');`;

alike(
  'a port whose peer is in a third thread goes on when the thread that has sent it exits',
  `${FROM_SENDER}
   port.postMessage('first');
   const ended = once(sender, 'exit');
   Atomics.store(flags, 1, 1);
   Atomics.notify(flags, 1);
   await ended;
   await hear(3);
   await tell(third, 'after');
   port.postMessage('second');
   await hear(5);
   const closed = once(port, 'close');
   await third.terminate();
   await closed;
   return heard;`,
  ['before', 'meanwhile', 'echo of first', 'after', 'echo of second'],
  { unless: builtIn.postMessageToThread === undefined },
);

(builtIn.postMessageToThread === undefined ? test.skip : test)(
  'it closes when that thread is terminated, and what waited there is lost ★',
  async (t) => {
    const body = `${FROM_SENDER}
      const closed = once(port, 'close');
      await sender.terminate();
      await closed;
      return heard;`;
    const { code, out, stderr } = await program(source(FERROPORT, body));
    t.deepEqual([code, out], [0, ['["before"]']], stderr);
  },
);

alike(
  'the thread of module hooks gets what was posted, and answers, while the main thread sleeps',
  `const hooks = \`export function initialize({ port, flag }) {
     port.on('message', (value) => {
       port.postMessage({ heard: value });
       Atomics.store(flag, 0, 1);
       Atomics.notify(flag, 0);
     });
     port.unref();
   }\`;
   const { port1, port2 } = new MessageChannel();
   const flag = new Int32Array(new SharedArrayBuffer(4));
   port1.postMessage('before');
   require('node:module').register('data:text/javascript,' + encodeURIComponent(hooks), { data: { port: port2, flag }, transferList: [port2] });
   Atomics.wait(flag, 0, 0, 10_000);
   const seen = [receiveMessageOnPort(port1)?.message];
   Atomics.store(flag, 0, 0);
   port1.postMessage('after');
   Atomics.wait(flag, 0, 0, 10_000);
   seen.push(receiveMessageOnPort(port1)?.message);
   return seen;`,
  [{ heard: 'before' }, { heard: 'after' }],
  // Node's own function takes no ports of ferroport without the hook.
  { onlyHooked: true },
);
