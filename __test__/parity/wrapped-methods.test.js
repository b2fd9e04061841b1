'use strict';

// Programs that wrap the methods of ports and of EventTarget (zone.js, tracers), and what they see: each call, with its arguments.

const { same } = require('../support/scenario');

same.inChild('who wraps the methods sees the calls that the built-in’s ports make', async ({ api, log, settle }) => {
  const seen = [];
  const { port1: port, port2: peer } = new api.MessageChannel();
  const shown = (value) => {
    if (typeof value === 'function') return `function ${value.name} of ${value.length}`;
    if (value instanceof Event) return `event ${value.type}`;
    if (typeof value !== 'object' || value === null) return String(value);
    return Reflect.ownKeys(value).map((key) => `${String(key)}: ${shown(value[key])}`);
  };
  const note = (self, name, args) => self === port && seen.push(`${name} ${JSON.stringify(args)}`);
  const wrap = (prototype, name) => {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name) ?? { value: prototype[name] };
    for (const kind of ['get', 'set', 'value']) {
      const original = descriptor[kind];
      if (typeof original !== 'function') continue;
      descriptor[kind] = function (...args) {
        note(this, kind === 'value' ? name : `${kind} ${name}`, args.map(shown));
        return Reflect.apply(original, this, args);
      };
    }
    Object.defineProperty(prototype, name, { ...descriptor, configurable: true });
  };
  const ofEmitters = ['on', 'once', 'off', 'addListener', 'removeListener', 'removeAllListeners', 'emit'];
  const others = ['listenerCount', 'eventNames', 'setMaxListeners', 'getMaxListeners', 'onmessage', 'onmessageerror'];
  for (const name of [...ofEmitters, ...others, 'postMessage', 'start', 'close', 'ref', 'unref', 'hasRef']) {
    wrap(api.MessagePort.prototype, name);
  }
  for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) wrap(EventTarget.prototype, name);

  const stop = new AbortController();
  const listener = () => {};
  const steps = {
    on: () => port.on('message', listener),
    'on again': () => port.on('message', listener),
    off: () => port.off('message', listener),
    addListener: () => port.addListener('message', listener),
    removeListener: () => port.removeListener('message', listener),
    once: () => port.once('message', listener),
    'a message': () => peer.postMessage('text'),
    onmessage: () => (port.onmessage = listener),
    'an event': () => peer.postMessage('text'),
    'another onmessage': () => (port.onmessage = () => {}),
    'no onmessage': () => (port.onmessage = null),
    onmessageerror: () => (port.onmessageerror = listener),
    'what they are': () => [port.onmessage, port.onmessageerror],
    'with a signal': () => port.addEventListener('message', listener, { signal: stop.signal, once: true }),
    abort: () => stop.abort(),
    emit: () => port.emit('news', 1),
    'of others': () => [port.listenerCount('message'), port.eventNames().length, port.getMaxListeners()],
    'a limit': () => port.setMaxListeners(20),
    dispatchEvent: () => port.dispatchEvent(new Event('news')),
    removeAllListeners: () => port.removeAllListeners('news'),
    start: () => port.start(),
    references: () => [port.ref(), port.hasRef(), port.unref()],
    inspect: () => require('node:util').inspect(port).length > 0,
    close: () => port.close(() => {}),
  };
  for (const [step, act] of Object.entries(steps)) {
    seen.length = 0;
    try {
      act();
    } catch (error) {
      seen.push(String(error));
    }
    await settle(4);
    log(step, [...seen]);
  }
});

same.inChild('listeners that a wrapper has put in the place of others are called and removed', async (x) => {
  const { api, log, settle } = x;
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const zone = new Map();
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    if (typeof listener !== 'function' || !String(type).startsWith('message')) {
      return Reflect.apply(addEventListener, this, arguments);
    }
    const inZone = function (argument) {
      log(`in zone, ${argument instanceof Event ? 'an event' : 'a value'}`);
      return Reflect.apply(listener, this, [argument]);
    };
    zone.set(listener, inZone);
    return Reflect.apply(addEventListener, this, [type, inZone, options]);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    return Reflect.apply(removeEventListener, this, [type, zone.get(listener) ?? listener, options]);
  };
  const { port1: port, port2: peer } = new api.MessageChannel();
  const post = async (value) => {
    peer.postMessage(value);
    await settle(4);
  };
  const listener = (value) => log('heard', value);
  const count = () => log(port.listenerCount('message'), port.hasRef());
  port.on('message', listener);
  count();
  await post(1);
  port.onmessage = ({ data }) => log('attribute', data);
  await post(2);
  port.off('message', listener);
  count();
  await post(3);
  port.onmessage = ({ data }) => log('another', data);
  await post(4);
  port.onmessage = null;
  count();
  port.once('message', listener);
  await post(5);
  count();
  port.addEventListener('message', ({ data }) => log('event', data), { once: true });
  await post(6);
  count();
  port.close();
  await settle();
});

same.inChild('EventTarget’s own methods, called on a port, make it listen', async ({ api, log, settle }) => {
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const { port1: port, port2: peer } = new api.MessageChannel();
  const listener = ({ data }) => log(data);
  addEventListener.call(port, 'message', listener);
  log(port.listenerCount('message'), port.hasRef());
  peer.postMessage(1);
  await settle();
  removeEventListener.call(port, 'message', listener);
  log(port.listenerCount('message'), port.hasRef());
  port.close();
});

same.inChild('who wraps EventTarget’s methods sees the calls of broadcast channels', async ({ api, log, settle }) => {
  const one = new api.BroadcastChannel('wrapped');
  const other = new api.BroadcastChannel('wrapped');
  for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
    const original = EventTarget.prototype[name];
    EventTarget.prototype[name] = function (...args) {
      if (this === one) log(name, typeof args[0] === 'string' ? args[0] : args[0].type, args.length);
      return Reflect.apply(original, this, args);
    };
  }
  const listener = () => {};
  one.addEventListener('message', listener, { once: true });
  one.onmessage = listener;
  one.onmessage = null;
  one.removeEventListener('message', listener);
  other.postMessage(1);
  await settle();
  one.close();
  other.close();
});

same('a handler that takes another’s place refs the port again', ({ log, open }) => {
  const [port] = open();
  port.onmessage = () => {};
  port.unref();
  port.onmessage = () => {};
  log(port.hasRef());
});

same('a value goes on as an event where a listener adds one for events', async ({ log, open, settle }) => {
  const [port, peer] = open();
  port.once('message', (value) => {
    log('first', value);
    port.addEventListener('message', (event) => {
      log(event.type, event.data, event.target === port, event.eventPhase, event.composedPath().length);
      if (event.data === 2) event.stopImmediatePropagation();
    });
    port.on('message', (again) => log('added too', again));
  });
  port.on('message', (value) => log('second', value));
  for (const value of [1, 2]) peer.postMessage(value);
  await settle();
});

same.inChild('who wraps EventTarget’s methods sees no targets but the program’s own', async ({ api, log, settle }) => {
  const seen = new Set();
  for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
    const original = EventTarget.prototype[name];
    EventTarget.prototype[name] = function (...args) {
      seen.add(this.constructor.name);
      return Reflect.apply(original, this, args);
    };
  }
  const { port1, port2 } = new api.MessageChannel();
  const [member, other] = [new api.BroadcastChannel('wrapped'), new api.BroadcastChannel('wrapped')];
  port1.onmessage = () => port1.close();
  member.onmessage = 5;
  member.onmessage = () => [member, other].forEach((one) => one.close());
  port1.on('close', () => log('closed'));
  port2.postMessage('text');
  other.postMessage('text');
  await settle();
  log([...seen].sort());
});
