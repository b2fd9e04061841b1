'use strict';

// A program that uses all there is, while the language's own methods are replaced by functions that note who calls them.
//
//   node language-program.js <module> <folder whose files' calls are noted>

const [name, folder] = process.argv.slice(2);
const api = require(name);
const { watchCalls } = require('./language-calls');
const { elsewhere, messages } = require('./language-elsewhere');

const { noted, begin, end } = watchCalls(folder);
const turn = () => new Promise((resolve) => setImmediate(resolve));
const refused = (run) => {
  try {
    run();
    return 'not refused';
  } catch (error) {
    return error.name;
  }
};

const values = () => [
  ...[1, 'text', 1n, { a: 1, b: [1, 2, 'x', {}] }, new Map([[1, { m: 1 }]]), new Set(['s']), new Date(0), /r/g],
  ...[new Error('e', { cause: { c: 1 } }), new TypeError('t'), Object(1), Object('s'), new ArrayBuffer(8), [1, , 3]],
  ...[
    new Uint8Array(8),
    Buffer.from('pooled'),
    new DataView(new ArrayBuffer(8), 2),
    new Float64Array(3),
    [1.5, 2.5, 3, 4],
  ],
  ...[
    Array.from({ length: 60 }, (_, i) => i),
    Array.from({ length: 60 }, (_, i) => ({ i })),
    new (class A {
      x = 1;
    })(),
  ],
  ...[
    Object.create(null),
    new SharedArrayBuffer(8),
    new Uint8Array(new ArrayBuffer(4, { maxByteLength: 8 })),
    new Blob(['b']),
  ],
  ...[
    'l'.repeat(5000),
    '長'.repeat(3000),
    new DOMException('d'),
    Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, i])),
  ],
];

async function ports() {
  const { port1, port2 } = new api.MessageChannel();
  const heard = [];
  const listener = (value) => (heard[heard.length] = value);
  port2.on('message', listener).once('close', listener);
  port2.addEventListener('message', listener, { once: true });
  port2.onmessage = listener;
  for (let round = 0; round < 3; round++) {
    const all = values();
    for (let i = 0; i < all.length; i++) port1.postMessage(all[i]);
    port1.postMessage(all);
    await turn();
  }
  const told = [port2.listenerCount('message'), port2.listenerCount('close'), port2.hasRef?.()];
  port2.off('message', listener).removeEventListener('message', listener);
  port2.onmessage = null;
  port2.unref();
  port2.ref();
  port1.postMessage({ last: true });
  const { message } = api.receiveMessageOnPort(port2);
  const moved = new api.MessageChannel();
  const [buffer, shown] = [new ArrayBuffer(8), new ArrayBuffer(16)];
  port1.postMessage({ port: moved.port1, buffer }, [moved.port1, buffer]);
  port1.postMessage(new Uint8Array(shown), [shown]);
  port1.postMessage({ view: new Uint8Array(4), again: [1] }, { transfer: [] });
  const { port } = api.receiveMessageOnPort(port2).message;
  moved.port2.postMessage('through');
  const through = api.receiveMessageOnPort(port).message;
  const { length } = api.receiveMessageOnPort(port2).message;
  const errors = [
    refused(() => port1.postMessage({ deep: [{ f() {} }, new Map([[1, () => {}]])] })),
    refused(() => port1.postMessage({ deep: new WeakRef({}) })),
    refused(() => port1.postMessage(1, [{}])),
    refused(() => port1.postMessage(1, 1)),
    refused(() => port1.postMessage(1, { transfer: 1 })),
    // The iterator is the program's own to call: Node does, too.
    refused(() => port1.postMessage(1, { transfer: { [Symbol.iterator]: () => ({ next: () => ({ done: true }) }) } })),
    refused(() => api.receiveMessageOnPort(1)),
    refused(() => port1.on('message', 'no function')),
    refused(() => port1.addEventListener('message', 'no function')),
    refused(() => new api.MessagePort()),
    refused(() => port1.postMessage(moved.port2)),
    refused(() => port1.postMessage(1, [moved.port2, moved.port2])),
    refused(() => port1.postMessage(new Proxy({}, {}))),
  ];
  port.close();
  port1.close();
  await turn();
  await turn();
  return [heard.length, told, message, through, length, errors];
}

async function broadcast() {
  const [a, b, c] = [1, 2, 3].map(() => new api.BroadcastChannel('language'));
  let heard = 0;
  b.onmessage = c.onmessage = () => heard++;
  a.postMessage({ one: 1 });
  a.postMessage(new SharedArrayBuffer(4));
  const many = refused(() => a.postMessage([new Blob(['x'])]));
  await turn();
  await turn();
  const error = refused(() => a.postMessage(() => {}));
  const without = refused(() => new api.BroadcastChannel());
  a.close();
  b.close();
  c.close();
  const closed = refused(() => a.postMessage(1));
  return [heard, many, error, without, closed];
}

async function workers() {
  api.setEnvironmentData('key', { a: 1 });
  const code = `const { parentPort, workerData } = require(${JSON.stringify(name)});
    parentPort.on('message', (value) => { parentPort.postMessage([value, workerData.list]); parentPort.close(); });`;
  const { port1, port2 } = new api.MessageChannel();
  const worker = new api.Worker(code, {
    eval: true,
    workerData: { port: port1, list: [1] },
    transferList: [port1],
    execArgv: ['--no-warnings'],
    // Which has a preload.
    env: { ...process.env, NODE_OPTIONS: `--require ${JSON.stringify(require.resolve('./language-calls'))}` },
  });
  worker.postMessage({ hello: [1] });
  const answer = new Promise((resolve) => worker.once('message', resolve));
  const exit = new Promise((resolve) => worker.once('exit', resolve));
  const [[{ hello }, list], code_] = [await answer, await exit];
  port2.close();
  api.setEnvironmentData('key', undefined);
  const errors = [
    refused(() => new api.Worker('', { eval: true, execArgv: ['--no-such-option'] })),
    refused(() => new api.Worker('', { eval: true, workerData: () => {} })),
    refused(() => new api.Worker(1)),
  ];
  return [hello, list, code_, errors];
}

/** Methods on what is no port, and events made of ports: Node's class takes the built-in's, and ferroport's with the hook. */
async function receivers() {
  const { port1, port2 } = new api.MessageChannel();
  const prototype = api.MessagePort.prototype;
  const { get, set } = Object.getOwnPropertyDescriptor(prototype, 'onmessage');
  const errors = [
    refused(() => prototype.on.call({}, 'message', () => {})),
    refused(() => prototype.emit.call({}, 'message')),
    refused(() => get.call({})),
    refused(() => set.call({}, null)),
  ];
  refused(() => new MessageEvent('message', { source: port1, ports: [port1, port2] }).ports);
  port1.close();
  await turn();
  return errors;
}

async function others() {
  const marked = { a: 1 };
  api.markAsUncloneable?.(marked);
  api.markAsUntransferable(new ArrayBuffer(1));
  const { port1, port2 } = new api.MessageChannel();
  const bytes = api.deserialize?.(api.serialize(values().slice(0, 8)));
  const back = api.MessagePort.toNode && api.MessagePort.fromNode(api.MessagePort.toNode(port1));
  process._getActiveHandles().length;
  const node = new MessageChannel();
  const closed = new api.MessageChannel().port1;
  closed.close();
  const errors = [
    refused(() => api.MessagePort.fromNode(node.port1)),
    refused(() => api.MessagePort.fromNode({})),
    refused(() => api.MessagePort.toNode({})),
    refused(() => api.MessagePort.toNode(closed)),
  ];
  node.port1.close();
  port2.postMessage(1);
  const found = api.receiveMessageOnPort(back ?? port1).message;
  port2.close();
  await turn();
  return [bytes === undefined || bytes.length === 8, found, errors];
}

async function away() {
  const { told, heard } = await elsewhere(api, { name, folder });
  noted.push(...heard);
  return told;
}

/** @returns {Promise<any>} undefined where Node's ports do not take those of `api` */
async function throughNode() {
  if (api.MessagePort !== require('node:worker_threads').MessagePort) return undefined;
  const { told, heard } = await messages(api, { name, folder });
  noted.push(...heard);
  return told;
}

/** Twice: the first time, what is loaded when it is needed is loaded, and the second, what remains of the first is there. */
async function main() {
  const told = {};
  for (let round = 0; round < 2; round++) {
    for (const run of [ports, broadcast, workers, receivers, away, throughNode, others]) {
      begin();
      // What is undefined is not told.
      told[`${run.name} ${round}`] = await run();
      end();
    }
  }
  require('node:fs').writeSync(1, JSON.stringify({ told, noted: [...new Set(noted)] }));
  process.exit();
}

main();
