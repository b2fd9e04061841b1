'use strict';

// What a BroadcastChannel looks like and what its members refuse: class, name, errors, attributes, inspection.

const { getEventListeners } = require('node:events');
const { inspect } = require('node:util');
const { same, test } = require('../support/scenario');
const { BroadcastChannel } = require('../..');

const NAMES = [1, null, undefined, '', 'x', true, {}, [1, 2], 10n, { toString: () => 'own' }, () => 'f'];

same('the class is made and called as the built-in', ({ api: { BroadcastChannel }, log, attempt }) => {
  log(BroadcastChannel.name, BroadcastChannel.length, typeof BroadcastChannel);
  log(Object.getPrototypeOf(BroadcastChannel) === EventTarget);
  log(Object.getPrototypeOf(BroadcastChannel.prototype) === EventTarget.prototype);
  log(attempt(() => new BroadcastChannel()));
  log(attempt(() => BroadcastChannel('x')));
  log(attempt(() => Reflect.construct(BroadcastChannel, [Symbol('s')])));
  log(attempt(() => new BroadcastChannel({ toString: () => Symbol('s') })));
  const failing = {
    toString() {
      throw new RangeError('no name');
    },
  };
  log(attempt(() => new BroadcastChannel(failing)));
});

same('its members are those of the built-in', ({ api: { BroadcastChannel }, log }) => {
  for (const name of ['constructor', 'name', 'close', 'postMessage', 'ref', 'unref', 'onmessage', 'onmessageerror']) {
    const { get, set, value, ...flags } = Object.getOwnPropertyDescriptor(BroadcastChannel.prototype, name);
    log(name, flags, typeof get, typeof set, typeof value, value?.length);
  }
});

same('a name is made a string as the built-in makes it', ({ api: { BroadcastChannel }, log }) => {
  for (const name of [...NAMES, '\ud800', 'a\0b']) {
    const channel = new BroadcastChannel(name);
    log(channel.name, typeof channel.name, Object.keys(channel).length);
    channel.close();
    log(channel.name);
  }
});

same('what names are the same is what the built-in takes for the same', ({ api, log }) => {
  const pairs = [
    ['a', 'A'],
    [1, '1'],
    [undefined, 'undefined'],
    ['\ud800', '\ud801'],
    ['\ud800', '\ufffd'],
    ['a\0b', 'a\0c'],
    ['a\0b', 'a'],
    ['\0', ''],
    ['é', 'e\u0301'],
    ['x'.repeat(5000), `${'x'.repeat(4999)}y`],
  ];
  for (const [one, other] of pairs) {
    const sender = new api.BroadcastChannel(one);
    const receiver = new api.BroadcastChannel(other);
    sender.postMessage('met');
    log(api.receiveMessageOnPort(receiver));
    sender.close();
    receiver.close();
  }
});

same('methods on something else throw what the built-in throws', ({ api: { BroadcastChannel }, log, attempt }) => {
  const { prototype } = BroadcastChannel;
  for (const receiver of [{}, prototype, Object.create(prototype), new EventTarget(), null, 5]) {
    for (const name of ['close', 'postMessage', 'ref', 'unref', Symbol.for('nodejs.util.inspect.custom')]) {
      log(
        String(name),
        attempt(() => Reflect.apply(prototype[name], receiver, [])),
      );
    }
    log(attempt(() => Reflect.get(prototype, 'name', receiver)));
    for (const name of ['onmessage', 'onmessageerror']) {
      const { get, set } = Object.getOwnPropertyDescriptor(prototype, name);
      if (receiver instanceof EventTarget && receiver !== prototype && !Object.hasOwn(receiver, 'x')) {
        // An EventTarget of whatever class has the attribute then; one that was made without the constructor has not.
        if (Object.getPrototypeOf(receiver) !== EventTarget.prototype) {
          log(attempt(() => Reflect.apply(get, receiver, [])));
        }
        continue;
      }
      log(attempt(() => Reflect.apply(get, receiver, [])));
      log(attempt(() => Reflect.apply(set, receiver, [null])));
    }
  }
});

same('postMessage wants an argument, then an open channel', ({ api: { BroadcastChannel }, log, attempt }) => {
  const channel = new BroadcastChannel('arguments');
  log(attempt(() => channel.postMessage()));
  log(attempt(() => channel.postMessage(1)));
  log(attempt(() => channel.postMessage(1, 5)));
  log(attempt(() => channel.postMessage(1, [new ArrayBuffer(1)])));
  channel.close();
  for (const args of [[], [1], [() => {}]]) log(attempt(() => channel.postMessage(...args)));
});

same('a closed channel takes everything else in silence', ({ api: { BroadcastChannel }, log, attempt }) => {
  const channel = new BroadcastChannel('closed');
  for (let time = 0; time < 2; time++) {
    log(attempt(() => channel.close()));
    log(attempt(() => channel.ref() === channel));
    log(attempt(() => channel.unref() === channel));
    log(attempt(() => (channel.onmessage = null)));
    log(channel.name);
  }
});

same('ref and unref give the channel back', ({ api: { BroadcastChannel }, log }) => {
  const channel = new BroadcastChannel('ref');
  log(channel.ref() === channel, channel.unref() === channel, channel.unref().ref().ref() === channel);
  channel.close();
});

same('attributes give back what they were given', ({ api: { BroadcastChannel }, log }) => {
  const channel = new BroadcastChannel('attributes');
  for (const name of ['onmessage', 'onmessageerror']) {
    log(channel[name]);
    const handlers = [() => {}, { handleEvent() {} }, null, undefined, 1, 'text', Symbol.iterator, {}, class {}];
    for (const handler of handlers) {
      channel[name] = handler;
      log(channel[name] === handler, typeof channel[name]);
    }
  }
  channel.close();
});

same('what an attribute registers looks as with the built-in', ({ api: { BroadcastChannel }, log }) => {
  const channel = new BroadcastChannel('registered');
  for (const name of ['message', 'messageerror']) {
    channel[`on${name}`] = () => {};
    channel[`on${name}`] = () => {};
    for (const listener of getEventListeners(channel, name)) log(listener.name, listener.length);
  }
  channel.close();
});

same('inspect shows it as the built-in', ({ api: { BroadcastChannel }, log }) => {
  const channel = new BroadcastChannel('in\nspect');
  const nested = [channel, { channel, deep: [{ channel }] }];
  const shown = (options) => [channel, nested].map((value) => inspect(value, options));
  const options = [
    {},
    { depth: 0 },
    { depth: 1 },
    { depth: -1 },
    { depth: null },
    { compact: false },
    { colors: true },
  ];
  for (const each of options) log(shown(each));
  channel.close();
  for (const each of options) log(shown(each));
  class Own extends BroadcastChannel {
    extra = 1;
  }
  const own = new Own('own');
  log(inspect(own), own instanceof BroadcastChannel, own instanceof EventTarget, own.extra);
  own.close();
  log(String(channel), JSON.stringify(channel));
});

same('receiveMessageOnPort takes an open channel only', ({ api, log, attempt }) => {
  const channel = new api.BroadcastChannel('receive');
  log(attempt(() => api.receiveMessageOnPort(channel)));
  channel.close();
  log(attempt(() => api.receiveMessageOnPort(channel)));
  log(attempt(() => api.receiveMessageOnPort(Object.create(api.BroadcastChannel.prototype))));
});

test('it is not the built-in', (t) => {
  t.not(BroadcastChannel, require('node:worker_threads').BroadcastChannel);
});

same('a channel in a message is what the built-in makes of one', ({ api, log, attempt }) => {
  const sender = new api.BroadcastChannel('itself');
  const receiver = new api.BroadcastChannel('itself');
  log(attempt(() => sender.postMessage({ receiver })));
  log(Object.keys(api.receiveMessageOnPort(receiver).message.receiver));
  const { port1, port2 } = new api.MessageChannel();
  log(attempt(() => port1.postMessage(sender)));
  log(attempt(() => port1.postMessage(sender, [sender])));
  for (const each of [sender, receiver, port1, port2]) each.close();
});
