'use strict';

// Ports of ferroport that have come with a message of Node's: to JavaScript they are ports of ferroport like all others.

const test = require('ava');
const { REGISTER, everywhere, later, showing } = require('./hooked');

const shows = showing(test);

/** Defines `arrive()`: a port that has come by Node, and its peer. */
const arriving = `const arrive = () => {
  const { port1, port2 } = new node.MessageChannel();
  const ours = new MessageChannel();
  port1.postMessage([ours.port1], [ours.port1]);
  const [port] = wt.receiveMessageOnPort(port2).message;
  port1.close();
  return [port, ours.port2];
};`;

for (const [how, options] of [
  ['where the hook is everywhere', everywhere],
  ['where it came later', later],
]) {
  shows(
    `where one stands and is not listed, Node says what it says of one that ferroport has made, ${how}`,
    `${arriving}
     const util = require('node:util');
     const { port1 } = new node.MessageChannel();
     const say = (port) => {
       const list = () => ({ transfer: [new ArrayBuffer(1)] });
       const controller = util.transferableAbortController();
       controller.abort({ port });
       return [
         () => structuredClone(port),
         () => structuredClone([port]),
         () => structuredClone({ port }, list()),
         () => structuredClone(new Map([[1, new Set([port])]])),
         () => structuredClone(new Map([[port, 1]]), list()),
         () => structuredClone(new Error('with a cause', { cause: { port } })),
         () => structuredClone({ get port() { return port; } }),
         () => structuredClone(controller.signal, { transfer: [controller.signal] }),
         () => port1.postMessage({ port }),
         () => port1.postMessage({ port }, list()),
         () => port1.postMessage({ get port() { return port; } }, list()),
         () => new node.BroadcastChannel('name').postMessage({ port }),
         () => performance.mark('name', { detail: { port } }),
         () => performance.measure('name', { start: 0, end: 1, detail: [port] }),
         () => new MessageChannel().port1.postMessage({ port }),
       ].map((fn) => { try { fn(); return 'nothing'; } catch (error) { return [error.name, error.message]; } });
     };
     const [arrived, peer] = arrive();
     const { port1: made } = new MessageChannel();
     // Node crashes over its own ports that closed some turns ago.
     for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
     const same = util.isDeepStrictEqual(say(arrived), say(made));
     peer.postMessage('still there');
     const { message } = wt.receiveMessageOnPort(arrived) ?? await once(arrived, 'message').then(([message]) => ({ message }));
     setImmediate(process.exit);
     return [same, message];`,
    [true, 'still there'],
    options,
  );

  shows(
    `they stand wherever they stood in the message, ${how}`,
    `const { port1, port2 } = new node.MessageChannel();
     const [a, b, c] = [1, 2, 3].map(() => new MessageChannel().port1);
     const { port1: native } = new node.MessageChannel();
     const value = {
       list: [1, a, , b], map: new Map([['first', 1], [a, b], ['last', 3]]), set: new Set([0, b, 2]),
       error: new Error('e', { cause: a }), native, __proto__: null, bytes: new Uint8Array(3),
     };
     value.self = value;
     Object.defineProperty(value, '__proto__', { value: c, enumerable: true, configurable: true, writable: true });
     port1.postMessage(value, [a, b, c, native]);
     const { list, map, set, error, native: other, bytes, self, ...rest } = wt.receiveMessageOnPort(port2).message;
     const [x, y, z] = [list[1], list[3], Object.getOwnPropertyDescriptor(self, '__proto__').value];
     setImmediate(process.exit);
     return [
       [x, y, z].every(isOurs), new Set([x, y, z]).size, [...map.keys()].indexOf(x), map.get(x) === y, map.size,
       [...set].indexOf(y), error.cause === x, other instanceof node.MessagePort, bytes.length, 2 in list,
     ];`,
    [true, 3, 1, true, 3, 1, true, true, 3, false],
    options,
  );
}

shows(
  'who has taken Node’s receiveMessageOnPort before the hook came gets ports of Node’s, which work',
  `const { port1, port2 } = new node.MessageChannel();
   const ours = new MessageChannel();
   port1.postMessage([ours.port1], [ours.port1]);
   const [port] = node.receiveMessageOnPort(port2).message;
   await new Promise(setImmediate);
   ours.port2.postMessage('through');
   const [value] = await once(port, 'message');
   port.close();
   port1.close();
   return [port instanceof node.MessagePort, value];`,
  [true, 'through'],
  later,
);

shows(
  'one that is listed and does not stand in the message moves as well, as a port of Node’s does',
  `const { port1, port2 } = new node.MessageChannel();
   const ours = new MessageChannel();
   const heard = new Promise((resolve) => port2.addEventListener('message', resolve));
   port1.postMessage({ n: 1 }, [ours.port1]);
   const { data, ports } = await heard;
   ours.port2.postMessage('to the port');
   const [value] = await once(ports[0], 'message');
   ports[0].close();
   port1.close();
   return [data, ports.length, isOurs(ports[0]), value];`,
  [{ n: 1 }, 1, true, 'to the port'],
);

shows(
  'a thread that hands messages on hands on large ones, and those that look like something else',
  `${arriving}
   const [port, peer] = arrive();
   const many = Array.from({ length: 300_000 }, (_, n) => n);
   for (const value of [many, new Set(many), new String('x'.repeat(300_000)), { constructor: { name: 'FileHandle' } }]) {
     peer.postMessage(value);
   }
   const seen = [];
   for await (const [value] of require('node:events').on(port, 'message')) {
     seen.push(value.length ?? value.size ?? value.constructor.name);
     if (seen.length === 4) break;
   }
   port.close();
   return seen;`,
  [300_000, 300_000, 300_000, 'FileHandle'],
  later,
);

shows(
  'a FileHandle goes through a thread that hands messages on',
  `${arriving}
   const [port, peer] = arrive();
   const handle = await require('node:fs').promises.open(process.execPath);
   peer.postMessage({ handle }, [handle]);
   const [{ handle: moved }] = await once(port, 'message');
   const { bytesRead } = await moved.read(Buffer.alloc(4));
   await moved.close();
   port.close();
   return bytesRead;`,
  4,
  later,
);

for (const [what, use, expected] of [
  ['has listeners', "port.on('message', (value) => port.postMessage(value))", 'echo'],
  ['has been closed', 'port.close()', 'closed'],
  ['has been sent on', 'new MessageChannel().port1.postMessage(port, [port])', null],
  ['has been taken out of it', 'delete workerData.port; port.onmessage = ({ data }) => port.postMessage(data)', 'echo'],
]) {
  shows(
    `in a thread in which the hook comes later, a port of workerData that ${what} stays as it is`,
    `const body = \`const { parentPort, workerData } = require('worker_threads');
       const { port } = workerData;
       \${${JSON.stringify(use)}};
       require(${JSON.stringify(REGISTER)});
       parentPort.postMessage(port.constructor !== MessagePort);\`;
     const { port1, port2 } = new MessageChannel();
     const worker = new node.Worker(body, { eval: true, execArgv: [], env: {}, workerData: { port: port1 }, transferList: [port1] });
     const [isNode] = await once(worker, 'message');
     const heard = new Promise((resolve) => port2.on('message', resolve).on('close', () => resolve('closed')));
     port2.postMessage('echo');
     const said = ${JSON.stringify(expected)} === null ? null : await heard;
     await worker.terminate();
     port2.close();
     return [isNode, said];`,
    [true, expected],
  );
}

// Node has it from 22.5 on.
if (require('node:worker_threads').postMessageToThread !== undefined) {
  shows(
    'ports that postMessageToThread could not send close',
    `const said = [];
     for (const args of [[wt.threadId], [1e6], [1e6, 'no timeout']]) {
       const { port1, port2 } = new MessageChannel();
       const closed = once(port2.ref() ?? port2, 'close');
       const [threadId, timeout] = args;
       await wt.postMessageToThread(threadId, { port1 }, [port1], timeout).catch((error) => said.push(error.code));
       await closed;
     }
     return said;`,
    ['ERR_WORKER_MESSAGING_SAME_THREAD', 'ERR_WORKER_MESSAGING_FAILED', 'ERR_INVALID_ARG_TYPE'],
  );
}
