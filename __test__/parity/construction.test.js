'use strict';

// What the constructors give and refuse, and what a port looks like from outside.

const { same, differs } = require('../support/scenario');

const methods = [
  ...['postMessage', 'start', 'close', 'ref', 'unref', 'hasRef', 'on', 'off', 'once', 'addListener', 'removeListener'],
  ...['removeAllListeners', 'emit', 'listenerCount', 'eventNames', 'setMaxListeners', 'getMaxListeners'],
  ...['addEventListener', 'removeEventListener', 'dispatchEvent'],
];

same('a channel has two enumerable, writable own properties and nothing else', ({ api, log }) => {
  const channel = new api.MessageChannel();
  log(
    Object.entries(Object.getOwnPropertyDescriptors(channel)).map(([key, { value, ...flags }]) => [key, flags, value]),
  );
  log(Reflect.ownKeys(api.MessageChannel.prototype), Object.prototype.toString.call(channel));
});

same('a channel needs new', ({ api, log, attempt }) => log(attempt(() => api.MessageChannel())));

same('a port cannot be made by hand', ({ api, log, attempt }) => {
  log(attempt(() => new api.MessagePort()));
  log(attempt(() => api.MessagePort()));
  log(attempt(() => new (class extends api.MessagePort {})()));
  log(attempt(() => Reflect.construct(api.MessagePort, [], Object)));
});

same('a channel can be subclassed', ({ api, log }) => {
  class Pair extends api.MessageChannel {
    extra = 1;
  }
  const pair = new Pair();
  log(pair instanceof Pair, pair instanceof api.MessageChannel, Object.keys(pair), pair.port1);
});

same('constructors have names and no parameters', ({ api, log }) => {
  log(['MessageChannel', 'MessagePort'].map((name) => [api[name].name, api[name].length]));
  log(api.receiveMessageOnPort.name, api.receiveMessageOnPort.length);
});

same('a port is a MessagePort and an EventTarget', ({ api, log, open }) => {
  const [port1, port2] = open();
  log(port1 instanceof api.MessagePort, port2 instanceof api.MessagePort, port1 instanceof EventTarget);
  log(
    port1 === port2,
    Object.getPrototypeOf(port1) === api.MessagePort.prototype,
    port1.constructor === api.MessagePort,
  );
});

same('every method is a function', ({ log, open }) => {
  const [port] = open();
  log(methods.map((name) => [name, typeof port[name]]));
});

same('a port shows no own enumerable properties', ({ log, open }) => {
  const [port] = open();
  log(Object.keys(port), JSON.stringify(port), JSON.stringify({ ...port }));
});

same('the methods of a port show in for…in', ({ log, open }) => {
  const [port] = open();
  const seen = new Set();
  for (const key in port) seen.add(key);
  log(methods.concat('onmessage', 'onmessageerror').filter((name) => !seen.has(name)));
});

same('for…in shows of channels, workers and their classes what it shows of the built-in’s', async ({ api, log }) => {
  const shown = (object) => {
    const keys = [];
    for (const key in object) keys.push(key);
    return keys.sort();
  };
  const group = new api.BroadcastChannel('shown');
  const worker = new api.Worker('', { eval: true });
  log(shown(group), shown(worker), shown(new api.MessageChannel()));
  log(['BroadcastChannel', 'Worker', 'MessageChannel'].map((name) => shown(api[name])));
  group.close();
  await new Promise((resolve) => worker.once('exit', resolve));
});

same('methods return what they return', ({ log, open }) => {
  const [port, peer] = open();
  const listener = () => {};
  log(['on', 'once', 'addListener', 'off', 'removeListener'].map((name) => port[name]('x', listener) === port));
  log(port.removeAllListeners() === port, port.removeAllListeners('x') === port);
  log(port.addEventListener('x', listener), port.removeEventListener('x', listener));
  log(port.setMaxListeners(4), port.getMaxListeners(), port.hasRef(), port.ref(), port.unref(), port.start());
  log(peer.postMessage(1), port.close(), port.close());
});

same('properties can be hung on a port', ({ log, open }) => {
  const [port] = open();
  port.extra = { a: 1 };
  log(port.extra, Object.keys(port));
});

same(
  'properties of any name can be hung on ports and workers, also names that ferroport has',
  async ({ api, log, open }) => {
    const names = ['ready', 'bufferedAmount', 'bufferedMessages', 'readable', 'writable', 'stats', 'messages', 'pause'];
    const [port] = open();
    const worker = new api.Worker('', { eval: true });
    for (const object of [port, worker]) {
      for (const name of names) object[name] = `my ${name}`;
      log(names.map((name) => object[name]));
    }
    await new Promise((resolve) => worker.once('exit', resolve));
  },
);

same('util.inspect says active and refed', async ({ api, log, open, settle }) => {
  const { inspect } = require('node:util');
  const shown = (port) => /^MessagePort/.test(inspect(port)) && inspect(port).match(/active: \w+|refed: \w+/g);
  const [port, peer] = open();
  log(shown(port), shown(peer));
  port.on('message', () => {});
  log(shown(port));
  port.unref();
  log(shown(port));
  port.close();
  log(shown(port));
  await settle();
  log(shown(port), shown(peer));
  log(inspect(new api.MessageChannel()).startsWith('MessageChannel {'));
});

same('util.inspect folds a port beyond its depth', ({ log, open }) => {
  const { inspect } = require('node:util');
  log(inspect({ port: open()[0] }, { depth: 0 }).includes('[MessagePort'));
});

same('Object.prototype.toString and util.inspect call everything as the running Node does', async (x) => {
  const { inspect } = require('node:util');
  const { api, log, open, settle } = x;
  const [port, peer] = open();
  const channel = new api.MessageChannel();
  const broadcast = new api.BroadcastChannel('tags');
  const tag = (value) => Object.prototype.toString.call(value);
  const headOf = (value) => inspect(value).split('{')[0];
  log([port, channel, broadcast].map(tag), [port, channel, broadcast].map(headOf), inspect(broadcast));
  log(inspect({ port, channel, broadcast }, { depth: 0 }), inspect({ a: { channel } }, { depth: 1 }));
  log(
    ['MessagePort', 'MessageChannel', 'BroadcastChannel'].map((name) => {
      const own = Object.getOwnPropertyDescriptor(api[name].prototype, Symbol.toStringTag);
      return own === undefined ? 'none of its own' : JSON.stringify(own);
    }),
  );
  port.extra = { of: 'the user' };
  log(inspect(port).includes("extra: { of: 'the user' }"));
  const told = (event) =>
    log(tag(event), inspect(event).replace(/timeStamp: [\d.]+/, ''), inspect({ event }, { depth: 0 }));
  port.addEventListener('message', told);
  port.addEventListener('close', told);
  peer.postMessage({ a: 1 });
  await settle();
  port.close();
  channel.port1.close();
  broadcast.close();
  await settle();
});

same('the attributes onmessage and onmessageerror stand on the prototypes, as accessors', ({ api, log }) => {
  for (const name of ['MessagePort', 'BroadcastChannel']) {
    for (const attribute of ['onmessage', 'onmessageerror']) {
      const { get, set, ...flags } = Object.getOwnPropertyDescriptor(api[name].prototype, attribute);
      log(get.name, get.length, set.name, set.length, flags);
    }
  }
});

same('what a prototype has, in for…in, is what the built-in has', ({ api, log }) => {
  const builtIn = require('node:worker_threads').MessagePort.prototype;
  log(Object.keys(builtIn).filter((name) => !Object.keys(api.MessagePort.prototype).includes(name)));
});

differs(
  'util.inspect shows how many messages are queued',
  {
    why: 'semantics.md asks for it; the built-in shows its private symbols instead',
    expected: ['queued: 0', 'queued: 2'],
  },
  ({ log, open }) => {
    const { inspect } = require('node:util');
    const queued = (port) => inspect(port).match(/queued: \d+/)?.[0];
    const [port, peer] = open();
    log(queued(port));
    peer.postMessage(1);
    peer.postMessage(2);
    log(queued(port));
  },
);

same('all exports of the built-in are there, under the same kinds', ({ api, log }) => {
  const builtIn = require('node:worker_threads');
  log(Object.keys(builtIn).map((name) => [name, typeof api[name]]));
});
