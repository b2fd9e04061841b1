'use strict';

// Runs a program of programs.js on an implementation and tells what was seen.

const events = require('node:events');

/** Operations that a program may do in all, so that listeners that call one another come to an end. */
const FUEL = 120;

/** What the built-in's ports listen to to watch themselves. */
const WATCHING = ['newListener', 'removeListener'];

/**
 * What is seen where the built-in has lost an on… attribute: it counts the listeners for an event without one that holds no
 * function, and forgets them all with the last of the others. What comes after that is not compared.
 */
const LOST = 'lost';

/**
 * @param {ReturnType<typeof import('./programs').make>} program
 * @param {object} given
 * @param {any[]} given.ends the target of all operations, and the other end of its channel if that is here
 * @param {(end: number, value: number) => unknown} given.post posts to an end
 * @param {(port: any) => unknown} [given.receive] receiveMessageOnPort
 * @param {() => Promise<void>} given.settle lets everything arrive that is under way
 * @param {() => unknown} [given.isOver] called at the end
 * @returns {Promise<string[]>} what was seen
 */
async function run(program, { ends, post, receive, settle, isOver }) {
  const seen = [];
  let fuel = FUEL;
  /** How many listeners are being called, one inside the other. */
  let depth = 0;
  /** The events whose attributes have been assigned. */
  const assigned = new Set();
  const signals = [new AbortController(), new AbortController(), new AbortController()];
  const log = (...parts) => seen.push(parts.join(' '));
  const uncaught = (error) => log('uncaught', error?.message ?? error);
  const warned = (warning) => {
    if (warning.name === 'MaxListenersExceededWarning') log('warning', warning.message, warning.count, warning.type);
  };
  process.on('uncaughtException', uncaught);
  process.on('warning', warned);

  const nameOf = (value) => {
    const at = ends.indexOf(value);
    if (at >= 0) return `end${at}`;
    const listener = listeners.indexOf(value);
    if (listener >= 0) return `listener${listener}`;
    return value === undefined ? 'undefined' : value === null ? 'null' : typeof value;
  };
  const show = (value) => {
    if (value instanceof Event) {
      const { type, target, defaultPrevented, cancelBubble } = value;
      const parts = [value.constructor.name, type, JSON.stringify(value.data), nameOf(target)];
      // Not where it is: the built-in tells that to the first of the listeners for events only.
      return `[${[...parts, defaultPrevented, cancelBubble].join(' ')}]`;
    }
    if (value instanceof Error) return `(${value.name} ${value.code} ${value.message})`;
    if (typeof value === 'function' || (typeof value === 'object' && value !== null)) {
      return nameOf(value) === 'object' ? JSON.stringify(value) : nameOf(value);
    }
    return String(value);
  };

  let same = new Event('message', { cancelable: true });

  const listeners = program.listeners.map(({ kind, calls }, number) => {
    let count = 0;
    function called(self, args) {
      log('called', number, nameOf(self), args.map(show).join(','));
      const call = calls[count++];
      if (call === undefined) return undefined;
      const [event] = args;
      if (event instanceof Event) {
        if (call.stops) event.stopImmediatePropagation();
        if (call.prevents) event.preventDefault();
      }
      depth++;
      for (const op of call.ops) perform(op);
      depth--;
      if (call.asks && event instanceof Event) log('still', show(event));
      if (call.end === 'throw') throw new Error(`thrown by ${number}`);
      if (call.end === 'reject') return Promise.reject(new Error(`rejected by ${number}`));
      if (call.end === 'thenable') return { then: (_, reject) => reject(new Error(`then of ${number}`)) };
      if (call.end === 'microtask') queueMicrotask(() => call.later.forEach(perform));
      if (call.end === 'tick') process.nextTick(() => call.later.forEach(perform));
      return undefined;
    }
    if (kind === 'function') {
      return function (...args) {
        return called(this, args);
      };
    }
    return {
      handleEvent(...args) {
        return called(this, args);
      },
    };
  });

  function perform(op) {
    if (--fuel < 0) return;
    try {
      const result = METHODS[op.method](op);
      log(op.method, op.end, op.name, op.listener, show(result));
    } catch (error) {
      log(op.method, op.end, op.name, op.listener, 'threw', show(error));
    }
    // Assigning to it throws a TypeError from within Node then.
    for (const end of ends) {
      for (const name of assigned) if (events.getEventListeners(end, name).length === 0) seen.push(LOST);
    }
  }

  /** Without those by which the built-in's ports watch themselves. */
  const names = (end) =>
    end
      .eventNames()
      .filter((name) => !WATCHING.includes(name))
      .join();

  const optionsOf = ({ options }) =>
    options?.signal === undefined ? options : { ...options, signal: signals[options.signal].signal };
  const emitting = (name) => (op) => ends[op.end][name](op.name, listeners[op.listener]);
  const plain = (name) => (op) => ends[op.end][name]();

  const METHODS = {
    on: emitting('on'),
    addListener: emitting('addListener'),
    once: emitting('once'),
    off: emitting('off'),
    removeListener: emitting('removeListener'),
    prependListener: emitting('prependListener'),
    prependOnceListener: emitting('prependOnceListener'),
    listeners: (op) => ends[op.end].listeners(op.name).map(nameOf).join(),
    // Of 'message' the built-in goes on reading, and loses what it reads (docs/api.md). Of an event that is being dispatched, it goes on
    // to call those that have been removed.
    removeAllListeners: (op) =>
      depth === 0 ? ends[op.end].removeAllListeners(op.name === 'message' ? 'news' : op.name) : undefined,
    emit: (op) => ends[op.end].emit(op.name, op.value),
    addEventListener: (op) => ends[op.end].addEventListener(op.name, listeners[op.listener], optionsOf(op)),
    removeEventListener: (op) => ends[op.end].removeEventListener(op.name, listeners[op.listener], optionsOf(op)),
    dispatchEvent(op) {
      const { event, name, value } = op;
      if (event === 'same') return ends[op.end].dispatchEvent(same);
      if (event === 'MessageEvent') return ends[op.end].dispatchEvent(new MessageEvent(name, { data: value }));
      const made = new Event(name, { cancelable: event === 'cancelable' });
      if (value < 20) same = made;
      return ends[op.end].dispatchEvent(made);
    },
    abort: (op) => signals[op.signal].abort(),
    attribute(op) {
      assigned.add(op.attribute.slice('on'.length));
      const before = nameOf(ends[op.end][op.attribute]);
      ends[op.end][op.attribute] =
        op.handler === 'null' ? null : op.handler === 'object' ? { handleEvent() {} } : listeners[op.listener];
      return `${before} ${nameOf(ends[op.end][op.attribute])}`;
    },
    eventNames: (op) => names(ends[op.end]),
    listenerCount: (op) => ends[op.end].listenerCount(op.name),
    ref: plain('ref'),
    unref: plain('unref'),
    hasRef: plain('hasRef'),
    start: plain('start'),
    close: (op) => ends[op.value % ends.length].close(),
    post: (op) => post(op.end, op.value),
    receive: (op) => JSON.stringify(receive(ends[op.end])),
    maxListeners(op) {
      ends[op.end].setMaxListeners(1 + (op.value % 4));
      return ends[op.end].getMaxListeners();
    },
  };

  for (const { ops, settles } of program.steps) {
    log('-');
    for (const op of ops) perform(op);
    if (settles) await settle();
  }
  await settle();
  for (const end of ends) {
    if (end.eventNames === undefined) continue;
    log('left', names(end), end.listenerCount('message'), end.hasRef?.(), end.onmessage && 'attribute');
  }
  await isOver?.();
  process.off('uncaughtException', uncaught);
  process.off('warning', warned);
  return seen;
}

module.exports = { LOST, run };
