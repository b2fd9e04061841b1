'use strict';

// The part of language-program.js that takes ports elsewhere: into messages of Node's, into other threads and contexts. The thread
// is this file, too, and notes what is called there.

const vm = require('node:vm');
const { writeSync } = require('node:fs');
const { once } = require('node:events');
const threads = require('node:worker_threads');

/** Node's own exports, also where the hook has replaced them. */
const node = threads[Symbol.for('ferroport.original')] ?? threads;

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A message with a port wherever one can stand, and its transfer list. */
function letterOf(api) {
  const channels = [1, 2, 3, 4, 5].map(() => new api.MessageChannel());
  const [inObject, inMap, inSet, inError, inArray] = channels.map(({ port1 }) => port1);
  const view = new Uint8Array(8);
  const value = {
    ...{ inObject, map: new Map([['port', inMap]]), set: new Set([inSet]), list: [inArray, 1, new String('s')] },
    ...{ error: new Error('e', { cause: inError }), view },
  };
  return {
    value,
    transferList: [inObject, inMap, inSet, inError, inArray, view.buffer],
    others: channels.map(({ port2 }) => port2),
  };
}

/** The ports in a letter that has come. */
const portsOf = ({ inObject, map, set, error, list }) => [inObject, map.get('port'), [...set][0], error.cause, list[0]];

/** Asks through each port, and closes them. */
async function ask(ports) {
  const answers = [];
  for (const port of ports) {
    const { port1, port2 } = new port.constructor.Channel();
    const answer = once(port, 'message');
    port.postMessage({ question: [1], port: port1 }, [port1]);
    const [{ size, port: inner }] = await answer;
    const heard = once(inner, 'message');
    port2.postMessage({ last: new Map([[1, 2]]) }, []);
    const [{ last }] = await heard;
    answers.push([size, last.get(1)]);
    for (const each of [inner, port2, port]) each.close();
  }
  return answers;
}

/** Answers all that is asked, with what came. */
function answer(ports) {
  for (const port of ports) {
    port.on('message', ({ question, port: inner }) => {
      const buffer = new ArrayBuffer(question.length);
      port.postMessage({ size: question.length, port: inner, buffer }, [inner, buffer]);
    });
  }
}

/** Within this thread: a clone, and messages of Node's ports, which are heard in each of the ways that there are. */
async function inMessages(api) {
  const told = [];
  const cloned = letterOf(api);
  answer(portsOf(structuredClone(cloned.value, { transfer: cloned.transferList })));
  told.push(await ask(cloned.others));
  const { port1, port2 } = new node.MessageChannel();
  const ways = [
    async () => (await once(port2, 'message'))[0],
    async () => {
      const event = await new Promise((resolve) => port2.addEventListener('message', resolve, { once: true }));
      told.push(event.ports.length);
      return event.data;
    },
    async () => api.receiveMessageOnPort(port2).message,
  ];
  for (const way of ways) {
    const letter = letterOf(api);
    const coming = way === ways[2] ? undefined : way();
    port1.postMessage(letter.value, letter.transferList);
    const come = await (coming ?? way());
    answer(portsOf(come));
    told.push(await ask(letter.others));
  }
  port1.close();
  return told;
}

/** By postMessageToThread, in workerData and in messages, there and back. */
async function inThreads(api, Worker, { name, folder, passesOn }) {
  const told = [];
  const letter = letterOf(api);
  const worker = new Worker(__filename, {
    workerData: { name, folder, letter: letter.value },
    transferList: letter.transferList,
    execArgv: Worker === api.Worker ? ['--no-warnings', ...process.execArgv] : undefined,
  });
  const exit = once(worker, 'exit');
  await once(worker, 'message');
  told.push(await ask(letter.others));
  for (const post of [
    ({ value, transferList }) => worker.postMessage({ letter: value }, transferList),
    ({ value, transferList }) => api.postMessageToThread(worker.threadId, { letter: value }, transferList),
  ]) {
    const next = letterOf(api);
    await post(next);
    told.push(await ask(next.others));
  }
  const lost = letterOf(api);
  await api.postMessageToThread(2 ** 30, lost.value, lost.transferList).catch(({ code }) => told.push(code));
  const group = new api.BroadcastChannel('elsewhere');
  group.postMessage(new SharedArrayBuffer(4));
  group.postMessage([new Blob(['b']), { a: 1 }].slice(1));
  group.close();
  const coming = once(worker, 'message');
  worker.postMessage({ end: true });
  const [{ letter: come, heard, noted }] = await coming;
  told.push(heard);
  const answers = ask(portsOf(come));
  told.push(await answers);
  if (!passesOn) {
    worker.postMessage({ stop: true });
    told.push((await exit)[0]);
    return { told, noted };
  }
  // What the thread has passed on when it ends goes on without it.
  const { port1, port2 } = new api.MessageChannel();
  // Who reads from a port goes on with what the thread did for it (docs/compatibility.md).
  port2.on('message', () => {});
  const passing = once(process, 'workerMessage');
  worker.postMessage({ close: port1 }, [port1]);
  const [{ passed }] = await passing;
  told.push((await exit)[0]);
  const hearing = once(passed, 'message');
  port2.postMessage({ after: [1] });
  told.push(await hearing);
  port2.close();
  return { told, noted };
}

/** Into a context of node:vm, there and back. */
async function inContexts(api) {
  const { port1, port2 } = new api.MessageChannel();
  const context = vm.createContext({});
  port2.postMessage('before');
  context.port = api.moveMessagePortToContext(port1, context);
  context.refused = [];
  vm.runInContext(
    `port.onmessage = ({ data }) => {
       if (data === 'before') return port.postMessage('heard');
       const list = [data.inObject, data.map.get('port'), [...data.set][0], data.error.cause, data.list[0], data.view.buffer];
       for (const bad of [[[() => {}], list], [1, [{}]], [1, 1], [{}, { transfer: [port] }]]) {
         try { port.postMessage(...bad); } catch (error) { refused.push(error.name); }
       }
       port.postMessage({ ...data, isBack: true }, list);
     };
     port.start();`,
    context,
  );
  const [first] = await once(port2, 'message');
  const letter = letterOf(api);
  const coming = once(port2, 'message');
  port2.postMessage(letter.value, letter.transferList);
  const [come] = await coming;
  answer(portsOf(come));
  const told = [first, come.isBack, await ask(letter.others), context.refused];
  port2.close();
  await turn();
  return told;
}

/**
 * What can be done by ferroport's exports alone.
 * @param {any} api the exports that are used
 * @param {{ name: string, folder: string }} options module of the exports; the folder whose files' calls threads note
 * @returns {Promise<{ told: any[], heard: string[] }>} what came of it; calls that threads have noted
 */
async function elsewhere(api, options) {
  letMakeChannels(api);
  const inContext = await inContexts(api);
  const { told, noted } = await inThreads(api, api.Worker, { ...options, passesOn: true });
  return { told: [inContext, told], heard: noted };
}

/**
 * What goes through Node's own ports and threads, which take the ports of `api`; see `elsewhere`.
 * @param {any} api
 * @param {{ name: string, folder: string }} options
 */
async function messages(api, options) {
  letMakeChannels(api);
  const first = await inMessages(api);
  const { told, noted } = await inThreads(api, node.Worker, { ...options, passesOn: false });
  // No thread can be trusted to have the hook from here on.
  return { told: [first, told, await inMessages(api)], heard: noted };
}

/** Ports are asked through channels of their own kind. */
function letMakeChannels(api) {
  api.MessagePort.Channel = api.MessageChannel;
  node.MessagePort.Channel = node.MessageChannel;
}

/** The thread's side. */
function beThread({ name, folder, letter }) {
  const api = require(name);
  const { parentPort } = api;
  const { noted, begin, end } = require('./language-calls').watchCalls(folder);
  begin();
  letMakeChannels(api);
  let heard = 0;
  const group = new api.BroadcastChannel('elsewhere');
  group.onmessage = ({ data }) => (heard += data.byteLength ?? 1);
  answer(portsOf(letter));
  process.on('workerMessage', (message) => answer(portsOf(message.letter)));
  // A listener that returns a promise has its `then` called, as Node does.
  parentPort.on('message', (message) => {
    if (message.letter !== undefined) answer(portsOf(message.letter));
    else if (message.stop) parentPort.close();
    else if (message.close) passOn(message.close);
    else finish();
  });
  const finish = async () => {
    while (heard < 5) await turn();
    group.close();
    const own = letterOf(api);
    answer(own.others);
    parentPort.postMessage({ letter: own.value, heard, noted: noted.slice() }, own.transferList);
  };
  const passOn = async (port) => {
    await api.postMessageToThread(0, { passed: port }, [port]);
    // After ferroport's own.
    process.on('exit', () => {
      end();
      process.exitCode = noted.length;
      for (const each of noted) writeSync(2, `${each}\n`);
    });
    parentPort.close();
  };
  parentPort.postMessage('begun');
}

if (threads.isMainThread) module.exports = { elsewhere, messages };
else beThread(threads.workerData);
