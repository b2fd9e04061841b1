'use strict';

// Listeners that come and go while their event is being dispatched.

const { differs, same } = require('../support/scenario');

/** Where listeners get 'news' from, so that the scenarios hold for messages and for what `emit` gives. */
const WAYS = {
  'by a message': (port, peer) => peer.postMessage('news'),
  'by emit': (port) => port.emit('message', 'news'),
};

/**
 * What the first listener does, once, with the port and the one that stands after it. `fresh` is a new listener.
 * @type {Record<string, (port: any, next: any, fresh: any) => void>}
 */
const CHANGES = {
  'one is added': (port, next, fresh) => port.on('message', fresh),
  'one is added that runs once': (port, next, fresh) => port.once('message', fresh),
  'one is added for events': (port, next, fresh) => port.addEventListener('message', fresh),
  'one is added for events that runs once': (port, next, fresh) =>
    port.addEventListener('message', fresh, { once: true }),
  'one of each style is added': (port, next, fresh) => {
    port.on('message', (value) => fresh(value));
    port.addEventListener('message', (event) => fresh(event));
    port.once('message', (value) => fresh(value));
  },
  'the attribute is set': (port, next, fresh) => (port.onmessage = fresh),
  'the next is removed, then one is added': (port, next, fresh) => port.off('message', next).on('message', fresh),
  'one is added, then the next is removed': (port, next, fresh) => port.on('message', fresh).off('message', next),
  'the next is removed and added again': (port, next) => port.off('message', next).on('message', next),
};

for (const [way, give] of Object.entries(WAYS)) {
  for (const [title, change] of Object.entries(CHANGES)) {
    for (const others of [0, 1, 2]) {
      same(`${title} by the first listener before ${others} others, ${way}`, async ({ log, open, settle }) => {
        const [port, peer] = open();
        const fresh = (it) => log('fresh', it instanceof MessageEvent ? ['event', it.data, it.target === port] : it);
        const next = (value) => log('next', value);
        let isFirst = true;
        port.on('message', (value) => {
          log('first', value);
          if (isFirst) change(port, next, fresh);
          isFirst = false;
        });
        if (others > 0) port.on('message', next);
        if (others > 1) port.once('message', (value) => log('last', value));
        for (let turn = 0; turn < 2; turn++) {
          log('-');
          give(port, peer);
          await settle();
        }
      });
    }
  }
}

same('a listener that removes itself and adds another hands the value on', ({ log, open }) => {
  const [port] = open();
  const first = () => {
    log('first');
    port.off('news', first).on('news', () => log('fresh'));
  };
  port.on('news', first).on('news', () => log('last'));
  port.emit('news');
});

same('one event is handed on while the rest of another is, and each listener gets each once', ({ log, open }) => {
  const [port] = open();
  const getting = (name) => (it) => log(name, it instanceof Event ? ['event', it.data] : it);
  let values = 0;
  port.on('message', (value) => {
    log('first', value);
    values++;
    if (values === 1) {
      const emitting = ({ data }) => {
        log('one', data);
        port.emit('message', 2);
      };
      port.addEventListener('message', emitting, { once: true });
      port.on('message', getting('two'));
    } else if (values === 2) {
      port.addEventListener('message', getting('three'), { once: true });
      port.on('message', getting('four'));
    }
  });
  port.on('message', getting('second'));
  port.emit('message', 1);
});

differs(
  'one that is put first during an event waits for the next, and calls none again',
  { why: 'the EventEmitter surface is complete here', expected: ['one', 'two', '-', 'fresh', 'one', 'two'] },
  ({ log, attempt, open }) => {
    const [port] = open();
    let left = 1;
    port.addEventListener('news', () => {
      log('one');
      if (left-- > 0) attempt(() => port.prependListener('news', () => log('fresh')));
    });
    port.on('news', () => log('two'));
    port.emit('news');
    log('-');
    port.emit('news');
  },
);
