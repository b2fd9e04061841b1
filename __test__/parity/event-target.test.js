'use strict';

// The EventTarget side of a port: listeners with options, dispatched events, on… attributes, the message event.

const { same, differs } = require('../support/scenario');

same('a message event has what it has', async ({ log, open, settle }) => {
  const [port, peer] = open();
  port.addEventListener('message', (event) => {
    log(event.constructor === MessageEvent, event instanceof MessageEvent, event instanceof Event);
    log(event.type, event.data, event.ports, event.origin, event.lastEventId, event.source);
    log(event.target === port, event.currentTarget === port, event.srcElement === port);
    log(event.cancelable, event.bubbles, event.composed, event.defaultPrevented, event.isTrusted, event.eventPhase);
    log(event.composedPath().length, event.composedPath()[0] === port, typeof event.timeStamp, event.returnValue);
    log(Object.keys(event), Object.prototype.toString.call(event));
    queueMicrotask(() => log(event.target === port, event.currentTarget, event.eventPhase, event.composedPath()));
  });
  peer.postMessage({ a: 1 });
  await settle();
});

same('all event listeners of a message share one event and one value', async ({ log, open, settle }) => {
  const [port, peer] = open();
  const events = new Set();
  const values = new Set();
  port.addEventListener('message', (event) => events.add(event) && values.add(event.data));
  port.on('message', (value) => values.add(value));
  port.onmessage = (event) => events.add(event) && values.add(event.data);
  peer.postMessage({});
  await settle();
  log(events.size, values.size);
});

same('event.ports has every port of the transfer list, in its order', async ({ api, log, open, settle }) => {
  const [port, peer] = open();
  const fresh = () => open()[0];
  port.addEventListener('message', ({ ports, data }) => {
    log(
      ports.length,
      Array.isArray(ports),
      ports.every((one) => one instanceof api.MessagePort),
    );
    log(ports.indexOf(data.second), ports.indexOf(data.first), Object.isFrozen(ports));
  });
  const [first, second] = [fresh(), fresh()];
  peer.postMessage({ first, second }, [second, first]);
  peer.postMessage({ first: 0 }, [fresh(), fresh(), fresh()]);
  peer.postMessage({}, [new ArrayBuffer(1)]);
  await settle();
});

same('listeners of both styles run in the order of adding', async ({ log, open, settle }) => {
  const [port, peer] = open();
  port.on('message', () => log(1));
  port.addEventListener('message', () => log(2));
  port.once('message', () => log(3));
  port.onmessage = () => log(4);
  port.addEventListener('message', { handleEvent: () => log(5) });
  port.addEventListener('message', () => log(6), { once: true });
  peer.postMessage(null);
  peer.postMessage(null);
  await settle();
});

same('stopImmediatePropagation stops the listeners of both styles', async ({ log, open, settle }) => {
  const [port, peer] = open();
  port.on('message', () => log('emitter'));
  port.addEventListener('message', (event) => event.stopImmediatePropagation());
  port.on('message', () => log('late emitter'));
  port.addEventListener('message', () => log('late'));
  port.onmessage = () => log('attribute');
  peer.postMessage(1);
  peer.postMessage(2);
  await settle();
});

same('stopPropagation stops nobody here', async ({ log, open, settle }) => {
  const [port, peer] = open();
  port.addEventListener('message', (event) => event.stopPropagation());
  port.addEventListener('message', (event) => log(event.data, event.cancelBubble));
  peer.postMessage(1);
  await settle();
});

same('dispatchEvent hands emitter listeners the event itself', ({ log, open }) => {
  const [port] = open();
  const cases = [
    ['news', new Event('news')],
    ['message', new MessageEvent('message', { data: 7 })],
    ['message', new Event('message')],
    ['messageerror', new MessageEvent('messageerror', { data: 7 })],
    ['close', new Event('close')],
  ];
  for (const [name, event] of cases) {
    const [emitter, target] = [(value) => log(value === event), (value) => log(value === event, value.target === port)];
    port.on(name, emitter);
    port.addEventListener(name, target);
    log(name, port.dispatchEvent(event));
    port.off(name, emitter).off(name, target);
  }
});

same('dispatchEvent tells whether the default was prevented', ({ log, open }) => {
  const [port] = open();
  port.addEventListener('news', (event) => event.preventDefault());
  log(port.dispatchEvent(new Event('news', { cancelable: true })), port.dispatchEvent(new Event('news')));
});

same('a passive listener and preventDefault', ({ log, open }) => {
  const [port] = open();
  port.addEventListener('news', (event) => event.preventDefault(), { passive: true });
  log(port.dispatchEvent(new Event('news', { cancelable: true })));
});

same('dispatchEvent checks its argument', ({ log, attempt, open }) => {
  const [port] = open();
  for (const event of [null, undefined, {}, 'x', 5, port]) log(attempt(() => port.dispatchEvent(event)));
  log(attempt(() => port.dispatchEvent()));
});

same('an event cannot be dispatched while it is being dispatched', ({ log, attempt, open }) => {
  const [port] = open();
  const event = new Event('news');
  port.addEventListener('news', () => log(attempt(() => port.dispatchEvent(event))));
  port.dispatchEvent(event);
  log(event.target === port, event.currentTarget, event.eventPhase);
});

same('addEventListener and removeEventListener check their arguments', ({ log, attempt, open }) => {
  const [port] = open();
  for (const name of ['addEventListener', 'removeEventListener']) {
    log(
      attempt(() => port[name]()),
      attempt(() => port[name]('x')),
    );
    for (const listener of [5, 'text', true, Symbol('s')]) log(attempt(() => port[name]('x', listener)));
  }
  log(attempt(() => port.addEventListener('x', () => {}, { signal: 5 })));
  log(attempt(() => port.addEventListener('x', () => {}, { signal: null })));
  log(
    attempt(() => port.addEventListener('x', () => {}, null)),
    attempt(() => port.addEventListener('y', () => {}, 5)),
  );
});

same('capture makes another listener of the same function', ({ log, open }) => {
  const [port] = open();
  const listener = () => log('heard');
  port.addEventListener('news', listener, true);
  port.addEventListener('news', listener, { capture: true });
  port.addEventListener('news', listener);
  log(port.listenerCount('news'), port.emit('news'));
  port.removeEventListener('news', listener);
  log(port.listenerCount('news'));
  port.removeEventListener('news', listener, true);
  log(port.listenerCount('news'));
});

same('a once event listener runs once', ({ log, open }) => {
  const [port] = open();
  port.addEventListener('news', () => log('heard'), { once: true });
  log(port.dispatchEvent(new Event('news')), port.dispatchEvent(new Event('news')), port.listenerCount('news'));
});

same('an aborted signal removes its listener, stops the port and unrefs it', async ({ api, log, open, settle }) => {
  const [port, peer] = open();
  const abort = new AbortController();
  port.addEventListener('message', (event) => log(event.data), { signal: abort.signal });
  peer.postMessage(1);
  await settle();
  abort.abort();
  log(port.listenerCount('message'), port.hasRef());
  peer.postMessage(2);
  await settle();
  log(api.receiveMessageOnPort(port));
  port.addEventListener('message', () => log('never'), { signal: AbortSignal.abort() });
  log(port.listenerCount('message'), port.hasRef());
});

same('this is the port for functions, the object for handleEvent', ({ log, open }) => {
  const [port] = open();
  const listener = {
    handleEvent() {
      log(this === listener);
    },
  };
  port.addEventListener('news', function () {
    log(this === port);
  });
  port.addEventListener('news', listener);
  port.emit('news');
});

same('handleEvent is looked up when the event comes', async ({ log, open, settle }) => {
  const [port, peer] = open();
  const listener = {};
  port.addEventListener('message', listener);
  peer.postMessage(1);
  await settle();
  listener.handleEvent = (event) => log(event.data);
  peer.postMessage(2);
  await settle();
});

for (const name of ['onmessage', 'onmessageerror']) {
  const title = `${name} starts as null and gives back what it was set to`;
  const scenarios = {
    onmessage: ({ log, open }) => {
      const [port] = open();
      log(port.onmessage);
      for (const value of [() => {}, null, undefined, { handleEvent() {} }]) {
        port.onmessage = value;
        log(port.onmessage === value, port.onmessage === null);
      }
    },
    onmessageerror: ({ log, open }) => {
      const [port] = open();
      log(port.onmessageerror);
      for (const value of [() => {}, null, undefined, { handleEvent() {} }]) {
        port.onmessageerror = value;
        log(port.onmessageerror === value, port.onmessageerror === null, port.hasRef());
      }
    },
  };
  same(title, scenarios[name]);
}

same('onmessage = null stops and unrefs, and what is posted then waits', async ({ api, log, open, settle }) => {
  const [port, peer] = open();
  port.onmessage = (event) => log(event.data);
  log(port.hasRef(), port.listenerCount('message'));
  peer.postMessage(0);
  await settle();
  port.onmessage = null;
  log(port.hasRef(), port.listenerCount('message'));
  peer.postMessage(1);
  peer.postMessage(2);
  await settle();
  log(api.receiveMessageOnPort(port));
  port.onmessage = (event) => log('again', event.data);
  await settle();
});

const FIRST_VALUES = { null: () => null, 'an object': () => ({ handleEvent() {} }), 'a function': () => () => {} };

for (const [title, first] of Object.entries(FIRST_VALUES)) {
  same(`what onmessage counts for when it is ${title} first, then others`, ({ log, open }) => {
    const events = require('node:events');
    const [port] = open();
    const counted = () => {
      log(port.listenerCount('message'), port.hasRef(), events.getEventListeners(port, 'message').length);
    };
    port.addEventListener('message', () => {}, { passive: true });
    for (const value of [first(), () => {}, () => {}, null, {}, () => {}, null]) {
      port.onmessage = value;
      counted();
    }
  });
}

same.inChild('a function in onmessage is a listener too many', async ({ log, open, settle }) => {
  process.on('warning', ({ name, type, count }) => log(name, type, count));
  const [port] = open();
  port.setMaxListeners(1);
  port.onmessage = null;
  port.onmessage = () => {};
  await settle();
  process.exit(0);
});

same('onmessage keeps its place when it is replaced', async ({ log, open, settle }) => {
  const [port, peer] = open();
  port.onmessage = () => log('A');
  port.on('message', () => log('B'));
  port.onmessage = () => log('C');
  peer.postMessage(0);
  await settle();
  log(port.listenerCount('message'));
});

same('this in onmessage is the port', async ({ log, open, settle }) => {
  const [port, peer] = open();
  port.onmessage = function (event) {
    log(this === port, event.target === port);
  };
  peer.postMessage(0);
  await settle();
});

same('onmessage and on with the same function are two listeners', async ({ log, open, settle }) => {
  const [port, peer] = open();
  const listener = (value) => log(value instanceof Event ? 'event' : 'value');
  port.onmessage = listener;
  port.on('message', listener);
  peer.postMessage(0);
  await settle();
  log(port.listenerCount('message'));
});

same('a messageerror can be heard in every style', ({ log, open }) => {
  const [port] = open();
  port.on('messageerror', (value) => log(value));
  port.addEventListener('messageerror', (event) => log(event.constructor.name, event.data));
  port.onmessageerror = (event) => log(event.constructor.name, event.data);
  log(port.emit('messageerror', 'failed'));
});

differs(
  'onclose hears the close',
  { why: 'the HTML standard has it', expected: [null, 'close'] },
  async ({ log, open, settle }) => {
    const [port] = open();
    log(port.onclose);
    port.onclose = (event) => log(event.type);
    port.close();
    await settle();
  },
);

differs(
  'undefined arrives as undefined in event.data, too',
  { why: 'the value that was posted is the value that arrives', expected: ['(undefined)', '(undefined)', null, null] },
  async ({ log, open, settle }) => {
    const [port, peer] = open();
    port.on('message', (value) => log(value));
    port.addEventListener('message', (event) => log(event.data));
    peer.postMessage(undefined);
    peer.postMessage(null);
    await settle();
  },
);
