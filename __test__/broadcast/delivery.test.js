'use strict';

// Who gets what, when, and how listeners are called. In which order the members of a thread are reached is in order.test.js: the
// built-in's depends on where in memory they are.

const { differs, same } = require('../support/scenario');

same('everybody but the sender gets a message', async ({ api, log, settle }) => {
  const channels = [0, 1, 2, 3].map(() => new api.BroadcastChannel('everybody'));
  const got = channels.map(() => []);
  channels.forEach((channel, index) => (channel.onmessage = ({ data }) => got[index].push(data)));
  for (const [index, channel] of channels.entries()) {
    channel.postMessage({ from: index });
    await settle();
    log(got);
  }
  channels.forEach((channel) => channel.close());
});

same('one sender’s messages come in order to all, those of several too', async ({ api, log, settle }) => {
  const channels = [0, 1, 2].map(() => new api.BroadcastChannel('order'));
  const got = channels.map(() => []);
  channels.forEach((channel, index) => (channel.onmessage = ({ data }) => got[index].push(data)));
  for (let number = 0; number < 100; number++) {
    channels.forEach((channel, index) => channel.postMessage([index, number, 'x'.repeat((number % 7) * 300)]));
  }
  await settle();
  const numbers = (list, from) => list.filter(([sender]) => sender === from).map(([, number]) => number);
  for (const list of got) {
    log(
      list.length,
      [0, 1, 2].map((from) => numbers(list, from)),
    );
  }
  channels.forEach((channel) => channel.close());
});

same('the event is the built-in’s', async ({ api, log, settle }) => {
  const sender = new api.BroadcastChannel('event');
  const receiver = new api.BroadcastChannel('event');
  const events = [];
  receiver.onmessage = function (event) {
    events.push(event);
    log(this === receiver, event.constructor.name, event instanceof MessageEvent, event instanceof Event);
    log(event.type, event.data, event.ports, event.origin, event.lastEventId, event.source);
    log(event.target === receiver, event.currentTarget === receiver, event.srcElement === receiver, event.eventPhase);
    log(event.bubbles, event.cancelable, event.composed, event.isTrusted, event.defaultPrevented);
    log(event.composedPath().map((each) => each === receiver));
  };
  receiver.addEventListener('message', (event) => log('the same', event === events[0]));
  sender.postMessage({ a: [1] });
  await settle();
  log(events[0].currentTarget === null, events[0].target === receiver, events[0].eventPhase);
  sender.close();
  receiver.close();
});

differs(
  'data is undefined when undefined was posted',
  { why: 'the built-in gives null, as its MessageEvent does', expected: ['(undefined)'] },
  async ({ api, log, settle }) => {
    const sender = new api.BroadcastChannel('undefined');
    const receiver = new api.BroadcastChannel('undefined');
    receiver.onmessage = ({ data }) => log(data);
    sender.postMessage(undefined);
    await settle();
    sender.close();
    receiver.close();
  },
);

same('listeners of all kinds are called in the order of adding', async ({ api, log, settle }) => {
  const sender = new api.BroadcastChannel('listeners');
  const receiver = new api.BroadcastChannel('listeners');
  const controller = new AbortController();
  const removed = () => log('removed');
  receiver.addEventListener('message', () => log('first'));
  receiver.onmessage = () => log('attribute');
  receiver.addEventListener('message', { handleEvent: ({ data }) => log('object', data) });
  receiver.addEventListener('message', () => log('once'), { once: true });
  receiver.addEventListener('message', () => log('signal'), { signal: controller.signal });
  receiver.addEventListener('message', removed);
  receiver.addEventListener('messageerror', () => log('error'));
  receiver.removeEventListener('message', removed);
  for (const value of [1, 2]) {
    sender.postMessage(value);
    await settle();
    controller.abort();
  }
  receiver.onmessage = null;
  sender.postMessage(3);
  await settle();
  receiver.onmessage = () => log('attribute again, in its place');
  receiver.addEventListener('message', (event) => event.stopImmediatePropagation());
  receiver.addEventListener('message', () => log('not reached'));
  sender.postMessage(4);
  await settle();
  sender.close();
  receiver.close();
});

same('each member gets the strings that were sent', async ({ api, log, settle }) => {
  const sender = new api.BroadcastChannel('own strings');
  const receivers = [0, 1, 2].map(() => new api.BroadcastChannel('own strings'));
  const got = receivers.map(() => []);
  receivers.forEach((receiver, index) => (receiver.onmessage = ({ data }) => got[index].push(data)));
  const long = (number) => `${number} ${'x'.repeat(1_000)} ${number}`;
  const messages = [1, 2, 2, { a: 1 }, 3, 4, 'short', 5, long(5), { long: long(6) }, 6, null, 7, 7].map((each) =>
    typeof each === 'number' ? long(each) : each,
  );
  for (const message of messages) sender.postMessage(message);
  log(
    api.receiveMessageOnPort(receivers[1]),
    api.receiveMessageOnPort(receivers[2]),
    api.receiveMessageOnPort(receivers[2]),
  );
  await settle();
  for (const message of messages) {
    sender.postMessage(message);
    await settle(1);
  }
  await settle();
  log(got);
  for (const channel of [sender, ...receivers]) channel.close();
});

same('a messageerror can be heard in every style', ({ api, log }) => {
  const channel = new api.BroadcastChannel('messageerror');
  channel.onmessage = () => log('no error');
  channel.onmessageerror = ({ type, data }) => log('attribute', type, data);
  channel.addEventListener('messageerror', ({ data }) => log('listener', data));
  log(channel.dispatchEvent(new MessageEvent('messageerror', { data: 7 })));
  channel.close();
});

same('listeners see the store in which their channel was made', async ({ api, log, settle }) => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const store = new AsyncLocalStorage();
  const sender = new api.BroadcastChannel('stores');
  const receivers = ['one', 'other'].map((name) => store.run(name, () => new api.BroadcastChannel('stores')));
  receivers.push(new api.BroadcastChannel('stores'));
  const got = receivers.map(() => []);
  receivers.forEach((receiver, index) => {
    store.run('when listening', () => receiver.addEventListener('message', () => got[index].push(store.getStore())));
  });
  for (let number = 0; number < 20; number++) store.run('when sending', () => sender.postMessage(number));
  await settle();
  log(got);
  for (const channel of [sender, ...receivers]) channel.close();
});

same('it is no EventEmitter', ({ api, log }) => {
  const channel = new api.BroadcastChannel('emitter');
  log(['on', 'once', 'off', 'emit', 'start', 'hasRef', 'onclose'].map((name) => typeof channel[name]));
  channel.close();
});

same('messages that nobody listens to are lost', async ({ api, log, settle }) => {
  const sender = new api.BroadcastChannel('unheard');
  const receiver = new api.BroadcastChannel('unheard');
  sender.postMessage('unheard');
  await settle();
  receiver.onmessage = ({ data }) => log(data);
  sender.postMessage('heard');
  await settle();
  receiver.onmessage = null;
  sender.postMessage('unheard');
  await settle();
  receiver.addEventListener('message', ({ data }) => log(data));
  await settle();
  sender.close();
  receiver.close();
});

same('who joins later has missed what was sent', async ({ api, log, settle }) => {
  const sender = new api.BroadcastChannel('later');
  sender.postMessage('before');
  const receiver = new api.BroadcastChannel('later');
  sender.postMessage('after');
  log(api.receiveMessageOnPort(receiver), api.receiveMessageOnPort(receiver));
  await settle();
  sender.close();
  receiver.close();
});

same('what was sent before the sender closed arrives', async ({ api, log, settle }) => {
  const sender = new api.BroadcastChannel('last words');
  const receiver = new api.BroadcastChannel('last words');
  receiver.onmessage = ({ data }) => log(data);
  sender.postMessage('last words');
  sender.close();
  await settle();
  receiver.close();
});

same('what waits for a channel that closes is dropped', async ({ api, log, settle }) => {
  const sender = new api.BroadcastChannel('dropped');
  const receivers = [0, 1].map(() => new api.BroadcastChannel('dropped'));
  receivers.forEach((receiver, index) => (receiver.onmessage = ({ data }) => log(index, data)));
  sender.postMessage('for one of two');
  receivers[0].close();
  await settle();
  sender.close();
  receivers[1].close();
});

same('a channel that its own listener closes gets nothing more', async ({ api, log, settle }) => {
  const sender = new api.BroadcastChannel('self-closing');
  const receiver = new api.BroadcastChannel('self-closing');
  receiver.onmessage = ({ data }) => {
    log('first', data);
    receiver.close();
  };
  receiver.addEventListener('message', ({ data }) => log('second', data));
  for (let number = 0; number < 20; number++) sender.postMessage(number);
  await settle();
  sender.close();
});

same('listeners may close others, and open new ones', async ({ api, log, settle }) => {
  const sender = new api.BroadcastChannel('meddling');
  const receivers = [0, 1, 2].map(() => new api.BroadcastChannel('meddling'));
  const late = [];
  const got = [0, 1, 2, 3].map(() => []);
  receivers.forEach((receiver, index) => {
    receiver.onmessage = ({ data }) => {
      got[index].push(data);
      for (const other of receivers) if (other !== receiver && late.length === 0) other.close();
      if (data !== 'first') return;
      const channel = new api.BroadcastChannel('meddling');
      channel.onmessage = (event) => got[3].push(event.data);
      late.push(channel);
    };
  });
  sender.postMessage('first');
  await settle();
  sender.postMessage('second');
  await settle();
  log(got.slice(0, 3).flat(), got[3]);
  for (const channel of [sender, ...receivers, ...late]) channel.close();
});

same('receiveMessageOnPort takes what the listeners do not get then', async ({ api, log, settle }) => {
  const sender = new api.BroadcastChannel('taken');
  const receivers = [0, 1].map(() => new api.BroadcastChannel('taken'));
  const got = [[], []];
  receivers.forEach((receiver, index) => (receiver.onmessage = ({ data }) => got[index].push(data)));
  for (const number of [1, 2, 3]) sender.postMessage({ number });
  log(api.receiveMessageOnPort(receivers[0]), api.receiveMessageOnPort(receivers[0]));
  log(api.receiveMessageOnPort(sender));
  await settle();
  log(got, api.receiveMessageOnPort(receivers[0]));
  for (const channel of [sender, ...receivers]) channel.close();
});

same('receiveMessageOnPort in a listener takes the next of the batch', async ({ api, log, settle }) => {
  const sender = new api.BroadcastChannel('within');
  const receiver = new api.BroadcastChannel('within');
  receiver.onmessage = ({ data }) => log(data, data % 3 === 0 ? api.receiveMessageOnPort(receiver) : undefined);
  for (let number = 0; number < 30; number++) sender.postMessage(number);
  await settle();
  sender.close();
  receiver.close();
});

same('ticks and microtasks run between a member’s messages', async ({ api, log, settle }) => {
  const sender = new api.BroadcastChannel('ticks');
  const receivers = [0, 1].map(() => new api.BroadcastChannel('ticks'));
  for (const receiver of receivers) {
    receiver.onmessage = ({ data }) => {
      log(data);
      process.nextTick(() => log(data, 'tick'));
      queueMicrotask(() => log(data, 'microtask'));
    };
  }
  sender.postMessage(1);
  await settle();
  receivers[1].close();
  for (const number of [2, 3, 4]) sender.postMessage(number);
  await settle();
  for (const channel of [sender, receivers[0]]) channel.close();
});

same('a listener may answer on its own channel', async ({ api, log, settle }) => {
  const one = new api.BroadcastChannel('answer');
  const other = new api.BroadcastChannel('answer');
  other.onmessage = ({ data }) => other.postMessage({ answered: data });
  one.onmessage = ({ data }) => {
    log(data);
    if (data.answered < 5) one.postMessage(data.answered + 1);
  };
  one.postMessage(0);
  await settle(60);
  one.close();
  other.close();
});

same('a class of one’s own may dispatch in its own way', async ({ api, log, settle }) => {
  class Own extends api.BroadcastChannel {
    dispatchEvent(event) {
      log('dispatched', event.type, event.data);
      return super.dispatchEvent(event);
    }
  }
  const sender = new api.BroadcastChannel('own');
  const receiver = new Own('own');
  receiver.onmessage = ({ data }) => log(data);
  sender.postMessage('x');
  await settle();
  receiver.dispatchEvent(new MessageEvent('message', { data: 'by hand' }));
  sender.close();
  receiver.close();
});

same.inChild('what listeners throw is uncaught, and the rest goes on', async ({ api, log, settle }) => {
  process.on('uncaughtException', (error) => log('uncaught', error.message));
  const sender = new api.BroadcastChannel('throwing');
  const receiver = new api.BroadcastChannel('throwing');
  receiver.onmessage = ({ data }) => {
    throw new Error(data);
  };
  receiver.addEventListener('message', async ({ data }) => {
    throw new Error(`${data} rejected`);
  });
  receiver.addEventListener('message', ({ data }) => log(data, 'went on'));
  for (const letter of ['a', 'b']) {
    sender.postMessage(letter);
    await settle();
  }
  sender.close();
  receiver.close();
});
