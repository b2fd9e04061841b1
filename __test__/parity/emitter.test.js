'use strict';

// The EventEmitter side of a port: adding, removing, emitting, counting.

const { same, differs } = require('../support/scenario');

same('an emitter listener gets one argument', ({ log, open }) => {
  const [port] = open();
  port.on('news', (...values) => log(values));
  log(port.emit('news', 1, 2, 3), port.emit('news'), port.emit('other', 1));
});

same('emit error without a listener does not throw', ({ log, attempt, open }) => {
  log(attempt(() => open()[0].emit('error', new Error('x'))));
});

same('emit refuses a type that is not a string', ({ log, attempt, open }) => {
  const [port] = open();
  for (const type of [undefined, 5, null, {}]) log(attempt(() => port.emit(type, 1)));
});

same('an EventTarget listener hears emit as an event', ({ log, open }) => {
  const [port] = open();
  for (const name of ['news', 'message', 'messageerror']) {
    port.addEventListener(name, (event) =>
      log(event.constructor.name, event.type, event.detail, event.data, event.target === port, event instanceof Event),
    );
    log(port.emit(name, 7, 8));
  }
});

same('emit close passes its argument', ({ log, open }) => {
  const [port] = open();
  port.on('close', (value) => log(value));
  log(port.emit('close', 5));
  port.removeAllListeners('close');
});

same('the same function added twice counts once, and the first style wins', ({ log, open }) => {
  const styles = ['on', 'once', 'addListener', 'addEventListener'];
  for (const first of styles) {
    for (const second of styles) {
      const [port] = open();
      const heard = [];
      const listener = (value) => heard.push(value instanceof Event ? `event ${value.detail}` : value);
      port[first]('news', listener);
      port[second]('news', listener);
      const count = port.listenerCount('news');
      port.emit('news', 1);
      port.emit('news', 2);
      log(first, second, count, heard, port.listenerCount('news'));
    }
  }
});

same('every style of removing removes what every style has added', ({ log, open }) => {
  for (const add of ['on', 'once', 'addListener', 'addEventListener']) {
    for (const remove of ['off', 'removeListener', 'removeEventListener']) {
      const [port] = open();
      const listener = () => log('heard');
      port[add]('news', listener);
      port[remove]('news', listener);
      log(add, remove, port.listenerCount('news'), port.emit('news'));
    }
  }
});

same('removing twice, or what was never added, changes nothing', ({ log, open }) => {
  const [port] = open();
  const listener = () => {};
  port.off('news', listener).on('news', listener).off('news', listener).off('news', listener);
  log(port.listenerCount('news'));
});

same('one added twice and removed once is gone', ({ log, open }) => {
  const [port] = open();
  const listener = () => log('heard');
  port.on('message', listener).on('message', listener).off('message', listener);
  log(port.listenerCount('message'), port.hasRef());
});

same('removeAllListeners clears one event or all', ({ log, open }) => {
  const [port] = open();
  for (const name of ['a', 'b', 'c']) port.on(name, () => log(name)).addEventListener(name, () => log(name));
  port.removeAllListeners('b');
  log(['a', 'b', 'c'].map((name) => port.listenerCount(name)));
  port.removeAllListeners();
  log(
    ['a', 'b', 'c'].map((name) => port.listenerCount(name)),
    port.emit('a'),
  );
});

same('eventNames gives what has listeners, in the order of adding', ({ log, open }) => {
  const [port] = open();
  const users = () => port.eventNames().filter((name) => name !== 'newListener' && name !== 'removeListener');
  const listener = () => {};
  log(users());
  port.on('b', listener).once('a', listener);
  port.addEventListener('c', listener);
  port.on('message', listener).off('never', listener);
  log(users());
  port.off('a', listener).removeAllListeners('c');
  log(users());
  port.on('a', listener);
  log(users());
});

same('eventNames keeps the name of what a listener for one event was for', ({ log, open }) => {
  const [port] = open();
  const names = () => log(port.eventNames().includes('news'));
  const listener = () => {};
  port.once('news', listener);
  port.emit('news', 1);
  names();
  port.off('news', listener);
  names();
  port.on('news', listener).off('news', listener);
  names();
});

same('event names become strings', ({ log, open }) => {
  const [port] = open();
  for (const name of [5, undefined, null, '', {}, true, 10n]) port.on(name, (value) => log(value));
  log(port.eventNames().filter((name) => !/^(newL|removeL)/.test(name)));
  log(port.listenerCount('5'), port.emit('5', 'five'), port.emit('', 'empty'), port.emit('null', 'null'));
});

same('once listeners are gone before they run', ({ log, open }) => {
  const [port] = open();
  port.once('news', (value) => {
    log(value, port.listenerCount('news'));
    if (value < 3) port.emit('news', value + 1);
  });
  port.emit('news', 1);
});

same('a once listener can be removed before it runs', ({ log, open }) => {
  const [port] = open();
  const listener = () => log('heard');
  port.once('news', listener).off('news', listener);
  log(port.emit('news'));
});

same('a listener can add itself again', ({ log, open }) => {
  const [port] = open();
  let left = 3;
  const listener = () => {
    log(left);
    if (--left > 0) port.once('news', listener);
  };
  port.once('news', listener);
  for (let turn = 0; turn < 5; turn++) port.emit('news');
});

same('a listener that is removed by the last but one does not run, nor what that adds then', ({ log, open }) => {
  const [port] = open();
  const gone = () => log('gone');
  const fresh = () => log('fresh');
  port.on('news', () => port.off('news', gone).on('news', fresh)).on('news', gone);
  port.emit('news');
  log('again');
  port.emit('news');
});

same('this is the port in both styles', ({ log, open }) => {
  const [port] = open();
  function listener() {
    log(this === port);
  }
  port.on('a', listener).once('b', listener);
  port.addEventListener('c', listener);
  for (const name of 'abc') port.emit(name);
});

same('listenerCount counts both styles', ({ log, open }) => {
  const [port] = open();
  port.on('a', () => {}).once('a', () => {});
  port.addEventListener('a', () => {});
  log(port.listenerCount('a'), port.listenerCount('b'), port.listenerCount());
});

same('on and off check their listener', ({ log, attempt, open }) => {
  const [port] = open();
  for (const name of ['on', 'once', 'addListener', 'off', 'removeListener']) {
    for (const listener of [5, 'text', true, 10n]) {
      log(
        name,
        attempt(() => port[name]('x', listener)),
      );
    }
  }
});

same('objects are listeners, with or without handleEvent', ({ log, open }) => {
  const [port] = open();
  const listener = {
    handleEvent(value) {
      log(this === listener, value instanceof Event ? value.type : value);
    },
  };
  port.on('news', listener).on('news', {});
  log(port.listenerCount('news'), port.emit('news', 1));
  port.off('news', listener);
  log(port.listenerCount('news'));
});

same('setMaxListeners checks its number and is per port', ({ log, attempt, open }) => {
  const [port, peer] = open();
  for (const value of [0, 1.5, Infinity, -1, NaN, 'x', null, undefined, 20]) {
    log(
      attempt(() => port.setMaxListeners(value)),
      port.getMaxListeners(),
    );
  }
  log(peer.getMaxListeners());
});

same('defaultMaxListeners and events.setMaxListeners reach a port', ({ log, open }) => {
  const events = require('node:events');
  const [port] = open();
  const before = events.defaultMaxListeners;
  events.defaultMaxListeners = before + 7;
  log(open()[0].getMaxListeners() - before);
  events.defaultMaxListeners = before;
  events.setMaxListeners(3, port);
  log(port.getMaxListeners(), events.getMaxListeners?.(port));
});

same('events.listenerCount and getEventListeners see a port', ({ log, open }) => {
  const events = require('node:events');
  const [port] = open();
  port.on('a', () => {});
  port.addEventListener('a', () => {});
  log(events.listenerCount(port, 'a'), events.getEventListeners(port, 'a').length);
});

same('events.once and events.on work on a port', async ({ log, open }) => {
  const events = require('node:events');
  const [port, peer] = open();
  peer.postMessage({ first: 1 });
  log(await events.once(port, 'message'), port.hasRef(), port.listenerCount('message'));
  for (let number = 0; number < 3; number++) peer.postMessage(number);
  for await (const values of events.on(port, 'message')) {
    log(values);
    if (values[0] === 2) break;
  }
  log(port.hasRef(), port.listenerCount('message'));
  port.close();
  log((await events.once(port, 'close')).map((event) => event.type));
});

same('events.once rejects when its signal aborts', async ({ log, open, thrown }) => {
  const events = require('node:events');
  const [port] = open();
  const abort = new AbortController();
  const heard = events.once(port, 'message', { signal: abort.signal }).catch((error) => log(thrown(error)));
  abort.abort();
  await heard;
  log(port.listenerCount('message'), port.hasRef());
});

same.inChild('the eleventh listener of one event brings one warning', async ({ log, open, settle }) => {
  process.on('warning', ({ name, message, type, count, target }) => {
    log(name, message.replace(/\[MessagePort.*?\]+\./, '[MessagePort].'), type, count, target.constructor.name);
  });
  const [port] = open();
  for (let count = 0; count < 13; count++) port.on('news', () => {});
  for (let count = 0; count < 13; count++) port.addEventListener('more', () => {});
  await settle();
});

same.inChild('a null or missing listener brings a warning and does nothing', async ({ log, attempt, open, settle }) => {
  process.on('warning', ({ name, message, type }) => log(name, message, type));
  const [port] = open();
  log(
    attempt(() => port.on('x', null) === port),
    attempt(() => port.once('x') === port),
  );
  log(
    attempt(() => port.addEventListener('y', null)),
    attempt(() => port.off('x', null) === port),
  );
  log(port.listenerCount('x'), port.listenerCount('y'));
  await settle();
});

differs(
  'newListener and removeListener are told',
  {
    why: 'the EventEmitter surface is complete here',
    expected: [
      'new removeListener function',
      'new a function',
      'new a function',
      'remove a function',
      'new message function',
      'remove message function',
    ],
  },
  ({ log, open }) => {
    const [port] = open();
    port.on('newListener', (name, listener) => log(`new ${name} ${typeof listener}`));
    port.on('removeListener', (name, listener) => log(`remove ${name} ${typeof listener}`));
    const listener = () => {};
    port.on('a', listener).once('a', () => {});
    port.off('a', listener);
    port.on('message', listener).off('message', listener);
  },
);

differs(
  'prependListener and prependOnceListener put first',
  { why: 'the EventEmitter surface is complete here', expected: ['b', 'c', 'a', '-', 'c', 'a'] },
  ({ log, attempt, open }) => {
    const [port] = open();
    port.on('x', () => log('a'));
    attempt(() => port.prependListener('x', () => log('c')).prependOnceListener('x', () => log('b')));
    port.emit('x');
    log('-');
    port.emit('x');
  },
);

differs(
  'listeners and rawListeners give the functions that were added',
  { why: 'the EventEmitter surface is complete here', expected: [true, true, [[], []]] },
  ({ log, attempt, open }) => {
    const [port] = open();
    const [first, second] = [() => {}, () => {}];
    port.on('x', first).on('x', second);
    log(attempt(() => port.listeners('x')[0] === first && port.listeners('x')[1] === second));
    log(attempt(() => port.rawListeners('x').length === 2));
    log(port.listeners?.('none'), port.rawListeners?.('none'));
  },
);

differs(
  'a symbol names an event',
  { why: 'any event name is good, as for an EventEmitter', expected: ['heard 1', [1, true, 1]] },
  ({ log, attempt, open }) => {
    const [port] = open();
    const name = Symbol('news');
    attempt(() => port.on(name, (value) => log(`heard ${value}`)));
    const emitted = attempt(() => port.emit(name, 1));
    log(port.listenerCount(name), emitted, port.eventNames().filter((other) => other === name).length);
  },
);
