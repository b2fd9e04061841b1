'use strict';

// Random programs of listeners: `make(seed, kind)` gives the same program every time, as plain data, for interpreter.js to run on
// any implementation.

const { randomOf } = require('../../support/random');

/** The methods that each kind of target has, with how often each is called. */
const EMITTER = { on: 6, addListener: 1, once: 4, off: 4, removeListener: 1, removeAllListeners: 1, emit: 5 };
const EVENTS = { addEventListener: 8, removeEventListener: 4, dispatchEvent: 4, abort: 2, attribute: 4 };
const ASKING = { eventNames: 1, listenerCount: 1 };
const LIFE = { ref: 1, unref: 1, hasRef: 1 };
const SENDING = { post: 8 };

const KINDS = {
  port: { ...EMITTER, ...EVENTS, ...ASKING, ...LIFE, ...SENDING, start: 1, close: 0.3, receive: 1, maxListeners: 0.5 },
  parentPort: { ...EMITTER, ...EVENTS, ...ASKING, ...LIFE, ...SENDING, start: 1, close: 0.2, maxListeners: 0.5 },
  broadcast: { ...EVENTS, ref: 1, unref: 1, ...SENDING, close: 0.3 },
  worker: {
    ...{
      ...EMITTER,
      ...ASKING,
      ...SENDING,
      ref: 1,
      unref: 1,
      prependListener: 2,
      prependOnceListener: 1,
      maxListeners: 0.5,
    },
    ...{ listeners: 1 },
  },
};

const NAMES = ['message', 'message', 'message', 'message', 'messageerror', 'news', 'close'];

/** How a listener may end without an uncaught exception, after which messages from elsewhere come one turn sooner or later. */
const QUIET = ['return', 'return', 'return', 'return', 'return', 'microtask', 'tick'];

/** What a listener does besides, when it is called; `ops` are operations like those of the program. */
const LISTENERS = 6;

/**
 * @param {number} seed
 * @param {keyof typeof KINDS} kind
 */
function make(seed, kind) {
  const { below, chance, pick } = randomOf(seed);
  const weights = Object.entries(KINDS[kind]);
  const sum = weights.reduce((all, [, weight]) => all + weight, 0);

  const method = () => {
    let at = (below(1e6) / 1e6) * sum;
    for (const [name, weight] of weights) if ((at -= weight) < 0) return name;
    return weights[0][0];
  };
  const name = () =>
    kind === 'worker' ? pick(['message', 'message', 'message', 'news', 'messageerror']) : pick(NAMES);
  const options = () =>
    pick([
      ...[undefined, undefined, undefined, true, false, {}, { capture: true }, { once: true }, { passive: true }],
      ...[{ once: true, capture: true }, { signal: below(3) }, { signal: below(3), once: true }],
      ...[
        { signal: below(3), capture: true },
        { once: true, passive: true },
      ],
    ]);
  const op = () => ({
    method: method(),
    end: 0,
    name: name(),
    listener: below(LISTENERS),
    options: options(),
    value: below(100),
    attribute: pick(['onmessage', 'onmessage', 'onmessage', 'onmessageerror']),
    handler: pick(['listener', 'listener', 'listener', 'null', 'object']),
    event: pick(['MessageEvent', 'Event', 'cancelable', 'same']),
    signal: below(3),
  });
  const ops = (count) => Array.from({ length: count }, op);
  const listener = () => ({
    kind: kind === 'worker' ? 'function' : pick(['function', 'function', 'function', 'object']),
    /** One list for each call; no more is done when they are used up. */
    calls: Array.from({ length: below(4) }, () => ({
      ops: ops(below(4)),
      asks: chance(30),
      stops: chance(10),
      prevents: chance(10),
      end: pick(kind !== 'port' ? QUIET : [...QUIET, 'throw', 'reject', 'thenable']),
      later: ops(1),
    })),
  });
  return {
    kind,
    listeners: Array.from({ length: LISTENERS }, listener),
    steps: Array.from({ length: 3 + below(5) }, () => ({ ops: ops(1 + below(5)), settles: chance(60) })),
  };
}

module.exports = { KINDS, make };
