'use strict';

// Ports of ferroport in the transfer lists of Node's own functions, where the hook is and where it is not.

const test = require('ava');
const { REGISTER, everywhere, later, showing } = require('./hooked');

const shows = showing(test);

shows(
  'structuredClone moves a port with its queue, at every place where it stands',
  `const { port1, port2 } = new MessageChannel();
   port1.postMessage('queued');
   const { a, list } = structuredClone({ a: port2, list: new Map([[1, port2]]) }, { transfer: new Set([port2]) });
   port1.postMessage('later');
   const seen = [a, a].map((port) => wt.receiveMessageOnPort(port).message);
   const [closed] = await once(port2, 'close').then(() => ['closed']);
   port1.close();
   return [isOurs(a), list.get(1) === a, seen, closed];`,
  [true, true, ['queued', 'later'], 'closed'],
);

shows(
  'structuredClone does with other values what it did',
  `const buffer = new ArrayBuffer(8);
   const { port1 } = new node.MessageChannel();
   const copy = structuredClone({ buffer, port1 }, { transfer: [buffer, port1] });
   const refused = [() => {}, Symbol('s')].map((value) => { try { structuredClone(value); } catch (error) { return error.name; } });
   copy.port1.close();
   return [copy.buffer.byteLength, buffer.byteLength, structuredClone.name, refused, structuredClone(5, {})];`,
  [8, 0, 'structuredClone', ['DataCloneError', 'DataCloneError'], 5],
);

for (const [how, options] of [
  ['where the hook is everywhere', everywhere],
  // Nobody knows there which threads have it.
  ['where it came later', later],
]) {
  shows(
    `a port in a message of Node's, ${how}`,
    `const { port1, port2 } = new node.MessageChannel();
     const ours = new MessageChannel();
     ours.port1.postMessage('queued');
     const buffer = new ArrayBuffer(8);
     port1.postMessage({ a: ours.port2, deep: [new Set([ours.port2])], buffer }, [buffer, ours.port2]);
     const { a, deep: [set], buffer: arrived } = wt.receiveMessageOnPort(port2).message;
     a.on('message', (value) => a.postMessage({ echo: value, buffer: new ArrayBuffer(4) }));
     ours.port1.postMessage(new ArrayBuffer(3));
     const seen = [];
     for await (const [value] of require('node:events').on(ours.port1, 'message')) {
       seen.push(value.echo.byteLength ?? value.echo);
       if (seen.length === 2) break;
     }
     ours.port1.ref();
     const closed = once(ours.port1, 'close');
     a.close();
     await closed;
     port1.close();
     return [isOurs(a), set.has(a), buffer.byteLength, arrived.byteLength, seen];`,
    [true, true, 0, 8, ['queued', 3]],
    options,
  );

  shows(
    `events of Node's ports have it among their ports, ${how}`,
    `const { port1, port2 } = new node.MessageChannel();
     const ours = new MessageChannel();
     const other = new node.MessageChannel();
     const heard = new Promise((resolve) => port2.addEventListener('message', resolve));
     port1.postMessage([other.port1, ours.port1], [other.port1, ours.port1]);
     const { ports, data } = await heard;
     for (const port of [port1, ...data]) port.close();
     return [ports.length, ports.includes(data[0]), ports.includes(data[1]), isOurs(data[1])];`,
    [2, true, true, true],
    options,
  );
}

shows(
  'a port that is in the message and not in the list is refused',
  `const { port1 } = new MessageChannel();
   const refused = (fn) => { try { fn(); return null; } catch (error) { return error.message; } };
   const top = 'Object that needs transfer was found in message but not listed in transferList';
   const said = [() => structuredClone(port1), () => new node.MessageChannel().port1.postMessage(port1)].map(refused);
   const deep = refused(() => structuredClone({ port1 }));
   // Node 20 has no means to mark a port.
   return [said.every((message) => message === top), deep !== null || wt.markAsUncloneable === undefined];`,
  [true, true],
);

shows(
  'what is wrong with a transfer list is refused, and nothing has been moved',
  `const { port1, port2 } = new node.MessageChannel();
   const ours = new MessageChannel();
   const refused = (fn) => { try { fn(); return null; } catch (error) { return error.constructor.name; } };
   const said = [
     () => port1.postMessage(() => {}, [ours.port1]),
     () => port1.postMessage(1, [ours.port1, ours.port1]),
     () => port1.postMessage(1, [ours.port1, port1]),
     () => structuredClone(Symbol('s'), { transfer: [ours.port1] }),
   ].map(refused);
   ours.port1.postMessage('still there');
   port1.close();
   return [said, wt.receiveMessageOnPort(ours.port2)];`,
  [['DOMException', 'DOMException', 'DOMException', 'DOMException'], { message: 'still there' }],
);

shows(
  'a port whose message nobody reads closes',
  `const { port1, port2 } = new node.MessageChannel();
   const ours = new MessageChannel();
   port1.postMessage(ours.port1, [ours.port1]);
   ours.port2.ref();
   const closed = once(ours.port2, 'close');
   port2.close();
   await closed;
   return 'closed';`,
  'closed',
);

shows(
  'a port from a worker that alone has the hook reaches a parent that has it not',
  `const body = \`require(${JSON.stringify(REGISTER)});
     const { parentPort } = require('worker_threads');
     const { port1, port2 } = new MessageChannel();
     parentPort.postMessage(port1, [port1]);
     port2.on('message', (value) => { port2.postMessage({ echo: value }); port2.close(); });\`;
   const [port] = await once(new node.Worker(body, { eval: true }), 'message');
   port.postMessage('hello');
   const [value] = await once(port, 'message');
   return [port instanceof node.MessagePort, value];`,
  [true, { echo: 'hello' }],
  {},
);

shows(
  'a stream and a port of Node’s go through a port that the sender serves',
  `const { port1, port2 } = new node.MessageChannel();
   const ours = new MessageChannel();
   port1.postMessage(ours.port1, [ours.port1]);
   const served = wt.receiveMessageOnPort(port2).message;
   const stream = new ReadableStream({ start(c) { c.enqueue('chunk'); c.close(); } });
   const native = new node.MessageChannel();
   ours.port2.postMessage({ stream, port: native.port1 }, [stream, native.port1]);
   const [value] = await once(served, 'message');
   native.port2.postMessage('through');
   const [through] = await once(value.port, 'message');
   const chunks = [];
   for await (const chunk of value.stream) chunks.push(chunk);
   for (const port of [port1, served, value.port]) port.close();
   return [isOurs(served), chunks, through];`,
  [true, ['chunk'], 'through'],
  later,
);

shows(
  'a port that the sender serves is one like all others: its messages wait, it goes on, by ferroport and by Node, and it closes',
  `const { port1, port2 } = new node.MessageChannel();
   const ours = new MessageChannel();
   for (const value of [1, 2, 3, 4]) ours.port1.postMessage(value);
   port1.postMessage(ours.port2, [ours.port2]);
   const served = wt.receiveMessageOnPort(port2).message;
   const seen = [];
   while (seen.length === 0) {
     await new Promise(setImmediate);
     const received = wt.receiveMessageOnPort(served);
     if (received !== undefined) seen.push(received.message);
   }
   const next = new MessageChannel();
   next.port1.postMessage({ served }, [served]);
   const moved = wt.receiveMessageOnPort(next.port2).message.served;
   port2.postMessage([moved], [moved]);
   const [last] = wt.receiveMessageOnPort(port1).message;
   for await (const [value] of require('node:events').on(last, 'message')) {
     seen.push(value);
     if (value === 4) break;
   }
   last.postMessage('back');
   ours.port1.ref();
   const [back] = await once(ours.port1, 'message');
   ours.port1.ref();
   const closed = once(ours.port1, 'close');
   last.close();
   await closed;
   for (const port of [port1, next.port1]) port.close();
   return [[served, moved, last].every(isOurs), served instanceof EventTarget, seen, back];`,
  [true, true, [1, 2, 3, 4], 'back'],
  later,
);

shows(
  'what another thread has handed on is there at once, also for a thread that waits without turning its event loop',
  `const body = \`const { workerData: { carrier, flag } } = require('worker_threads');
     const { port1, port2 } = new MessageChannel();
     carrier.postMessage(port1, [port1]);
     for (const value of ['one', 'two']) port2.postMessage(value);
     // After the event loop has been at work.
     let turns = 0;
     const turn = () => {
       if (turns++ < 10) return setTimeout(turn, 5);
       Atomics.store(flag, 0, 1);
       Atomics.notify(flag, 0);
     };
     turn();\`;
   const { port1, port2 } = new node.MessageChannel();
   const flag = new Int32Array(new SharedArrayBuffer(4));
   const worker = new wt.Worker(body, { eval: true, workerData: { carrier: port1, flag }, transferList: [port1] });
   Atomics.wait(flag, 0, 0);
   const served = wt.receiveMessageOnPort(port2).message;
   const seen = [1, 2, 3].map(() => wt.receiveMessageOnPort(served)?.message ?? null);
   await worker.terminate();
   return [isOurs(served), seen];`,
  [true, ['one', 'two', null]],
  later,
);

shows(
  'a port that the sender serves closes when nobody holds it any more',
  `const { port1, port2 } = new node.MessageChannel();
   const ours = new MessageChannel();
   port1.postMessage(ours.port2, [ours.port2]);
   wt.receiveMessageOnPort(port2);
   ours.port1.ref();
   const closed = once(ours.port1, 'close');
   const collecting = setInterval(gc, 10);
   await closed;
   clearInterval(collecting);
   port1.close();
   return 'closed';`,
  'closed',
  { execArgv: [...later.execArgv, '--expose-gc'] },
);

// The thread of a Worker of Node's own, which inherits the hook or has been told not to.
for (const [how, options, given, ours] of [
  ['where the hook is everywhere', everywhere, {}, true],
  ['where it came later', later, {}, true],
  ['where it came later, and the worker is without it', later, { execArgv: [] }, false],
]) {
  shows(
    `workerData and messages of a Worker of Node’s own, ${how}`,
    // Not by `eval`: no `--import` is heard there.
    `const body = \`import * as wt from 'node:worker_threads';
       const isOurs = (port) => !/native code/.test(port.postMessage);
       const echo = (port, more) => {
         const kind = isOurs(port);
         port.once('message', (value) => { port.postMessage([value, kind, more]); port.close(); });
       };
       echo(wt.workerData.deep[0].get('port'), wt.workerData.other.constructor.name);
       wt.parentPort.addEventListener('messageerror', () => { throw new Error('messageerror'); });
       wt.parentPort.addEventListener('message', ({ data, ports }) => echo(data, [ports.length, ports[0] === data]), { once: true });\`;
     const [data, later] = [new MessageChannel(), new MessageChannel()];
     const { port1: other } = new node.MessageChannel();
     const workerData = { other, deep: [new Map([['port', data.port1]])] };
     const worker = new node.Worker(new URL('data:text/javascript,' + encodeURIComponent(body)), { workerData, transferList: [data.port1, other], ...${JSON.stringify(given)} });
     worker.postMessage(later.port1, [later.port1]);
     const seen = [];
     for (const { port2 } of [data, later]) {
       port2.postMessage({ n: seen.length });
       seen.push((await once(port2, 'message'))[0]);
     }
     return seen;`,
    [
      [{ n: 0 }, ours, 'MessagePort'],
      [{ n: 1 }, ours, [1, true]],
    ],
    options,
  );
}

// Node hands such messages on in the main thread.
if (require('node:worker_threads').postMessageToThread !== undefined) {
  for (const [how, body, options, ours] of [
    ['which has the hook', '', later, true],
    ['which alone has it', `require(${JSON.stringify(REGISTER)});`, {}, true],
    ['which has it not', '', {}, false],
  ]) {
    shows(
      `postMessageToThread sends a port to a thread ${how}`,
      `const body = \`${body} const wt = require('worker_threads');
         const isOurs = (port) => !/native code/.test(port.postMessage);
         process.on('workerMessage', ({ port }) => {
           port.postMessage(isOurs(port));
           port.close();
         });
         setInterval(() => {}, 1000);
         wt.parentPort.postMessage('up');\`;
       const receiver = new wt.Worker(body, { eval: true });
       await once(receiver, 'message');
       const sender = new wt.Worker(\`
         const { MessageChannel, postMessageToThread } = require(\${JSON.stringify(ferroport)});
         const { port1, port2 } = new MessageChannel();
         port2.on('message', (ours) => require('worker_threads').parentPort.postMessage(ours));
         postMessageToThread(\${receiver.threadId}, { port: port1 }, [port1]);\`, { eval: true });
       const [ours] = await once(sender, 'message');
       await Promise.all([receiver.terminate(), sender.terminate()]);
       return ours;`,
      ours,
      options,
    );
  }
}

shows(
  'signals arrive as they do without the hook',
  `const { port1, port2 } = new node.MessageChannel();
   const util = require('node:util');
   const [early, late] = [util.transferableAbortController(), util.transferableAbortController()];
   early.abort({ why: 'early' });
   port1.postMessage([early.signal, late.signal], [early.signal, late.signal]);
   const [first, second] = wt.receiveMessageOnPort(port2).message;
   const aborted = new Promise((resolve) => second.addEventListener('abort', resolve));
   late.abort('late');
   const waiting = setInterval(() => {}, 1000);
   await aborted;
   clearInterval(waiting);
   port1.close();
   return [first.aborted, first.reason, second.reason, AbortSignal.name];`,
  [true, { why: 'early' }, 'late', 'AbortSignal'],
);

// The hook is everywhere but there.
for (const [how, start] of [
  ['is told to be without it', `new wt.Worker(body, { eval: true, env: { FERROPORT_DISABLE: '1' } })`],
  ['is a Worker of Node’s own with other options', `new node.Worker(body, { eval: true, execArgv: [] })`],
]) {
  shows(
    `a thread that ${how} gets ports that it can use`,
    `const body = \`const { port1, port2 } = new MessageChannel();
       require('worker_threads').parentPort.postMessage(port1, [port1]);
       port2.once('message', (port) => port.once('message', (value) => {
         port.postMessage({ echo: value });
         port.close();
         port2.close();
       }));\`;
     const [carrier] = await once(${start}, 'message');
     const { port1, port2 } = new MessageChannel();
     port2.postMessage('hello');
     carrier.postMessage(port1, [port1]);
     const [value] = await once(port2, 'message');
     return value;`,
    { echo: 'hello' },
  );
}

shows(
  'structuredClone says of its options what it says without the hook, having read them once',
  `let reads = 0;
   const said = (clone) => [
     5,
     () => {},
     { transfer: 5 },
     { transfer: 'ab' },
     { transfer: { [Symbol.iterator]: () => 5 } },
     { get transfer() { reads++; } },
     { get transfer() { reads++; return []; } },
   ].map((options) => { try { return clone('value', options); } catch (error) { return error.message; } });
   const [ours, theirs] = await Promise.all([{}, { env: { FERROPORT_DISABLE: '1' } }].map((options) =>
     once(new wt.Worker('let reads = 0; const said = ' + said +
       '; require("worker_threads").parentPort.postMessage([said(structuredClone), reads])', { eval: true, ...options }), 'message')));
   return [said.name, require('node:util').isDeepStrictEqual(ours, theirs), ours[0][1]];`,
  ['said', true, 2],
);
