'use strict';

// What the rest of node:worker_threads does with ports: contexts, environment data, other threads.

const builtIn = require('node:worker_threads');
const { same, where } = require('../support/scenario');
const { code } = require('../support/workers');

same('a port that is moved to a context talks from there, with objects of that context', async ({ api, log, open }) => {
  const vm = require('node:vm');
  const [port, peer] = open();
  const context = vm.createContext();
  peer.postMessage('queued');
  context.port = api.moveMessagePortToContext(port, context);
  log(context.port instanceof EventTarget, context.port instanceof vm.runInContext('Object', context));
  vm.runInContext(`port.onmessage = ({ data }) => port.postMessage([data, data instanceof Object]);`, context);
  context.port.start();
  peer.postMessage({ a: 1 });
  const heard = [];
  await new Promise((resolve) => peer.on('message', (value) => heard.push(value) === 2 && resolve()));
  log(heard);
  const closed = new Promise((resolve) => peer.once('close', resolve));
  peer.ref();
  context.port.close();
  await closed;
});

same('the port that was moved to a context drops what is posted on it', ({ api, log, open }) => {
  const [port, peer] = open();
  const moved = api.moveMessagePortToContext(port, require('node:vm').createContext());
  port.postMessage('dropped');
  moved.close();
  log(api.receiveMessageOnPort(peer));
});

same('what cannot be moved to a context, and what is no context', async ({ api, log, attempt, open }) => {
  const [port, peer] = open();
  const context = require('node:vm').createContext();
  for (const [what, where] of [
    [port, {}],
    [port, 5],
    [port, undefined],
    [port, null],
    [{}, context],
    [undefined, context],
  ]) {
    log(attempt(() => api.moveMessagePortToContext(what, where)));
  }
  port.postMessage('still there');
  log(api.receiveMessageOnPort(peer));
  port.close();
  log(attempt(() => api.moveMessagePortToContext(port, context)));
});

same('environment data holds what can be cloned; ports and functions make the constructor throw', (x) => {
  const { api, log, attempt, open } = x;
  const [port] = open();
  for (const value of [port, { deep: [port] }, new Map([[1, port]])]) {
    api.setEnvironmentData('parity', value);
    log(
      attempt(() => new api.Worker('', { eval: true })),
      attempt(() => api.getEnvironmentData('parity') === value),
    );
  }
  api.setEnvironmentData('parity', undefined);
  log(
    api.getEnvironmentData('parity'),
    attempt(() => port.postMessage('still there')),
  );
});

same('environment data arrives in a worker and in its workers', async ({ api, log }) => {
  api.setEnvironmentData('parity', new Map([['list', [1, { a: new Uint8Array(2) }]]]));
  api.setEnvironmentData(5, 'number');
  const inner = code(api, 'parentPort.postMessage(["parity", 5].map((key) => wt.getEnvironmentData(key)))');
  const outer = code(
    api,
    `wt.setEnvironmentData(5, 'changed');
     new wt.Worker(${JSON.stringify(inner)}, { eval: true }).on('message', (value) => parentPort.postMessage(value));`,
  );
  const worker = new api.Worker(outer, { eval: true });
  log(await new Promise((resolve) => worker.once('message', resolve)));
  for (const key of ['parity', 5]) api.setEnvironmentData(key, undefined);
});

where(builtIn.postMessageToThread).same('postMessageToThread takes a port along', async ({ api, log, open }) => {
  const [port, peer] = open();
  const body = `process.on('workerMessage', ({ port, buffer }, from) => {
      port.postMessage(['heard', from === 0, buffer.byteLength]);
      port.once('message', (value) => { port.postMessage(value); port.close(); parentPort.close(); });
    });
    parentPort.on('message', () => {});
    parentPort.postMessage('up');`;
  const worker = new api.Worker(code(api, body), { eval: true });
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  await new Promise((resolve) => worker.once('message', resolve));
  const buffer = new ArrayBuffer(8);
  await api.postMessageToThread(worker.threadId, { port, buffer }, [port, buffer]);
  log(buffer.byteLength);
  peer.postMessage({ a: [1] });
  const heard = [];
  await new Promise((resolve) => peer.on('message', (value) => heard.push(value) === 2 && resolve()));
  log(heard);
  await ended;
});

where(builtIn.postMessageToThread).same('postMessageToThread rejects', async ({ api, log, thrown, open }) => {
  const [port] = open();
  for (const values of [
    [api.threadId, 'to itself'],
    [1e9, 'to nobody'],
    ['x', 1],
    [1e9, 1, [5]],
    [1e9, 1, [], 'x'],
    [api.threadId, 1, [port]],
  ]) {
    await api.postMessageToThread(...values).then(log, (error) => log(thrown(error)));
  }
});
