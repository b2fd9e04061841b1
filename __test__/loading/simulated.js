'use strict';

// A program that puts a simulated browser's classes in the place of the globals, or takes away what a browser has not, before the
// implementation is loaded or after; and what its ports and channels do all the same.
// Arguments: the implementation's name, when, which globals, with commas, and whether Node's MessageEvent, which is made when it is
// first needed, has been made by then. If not, it extends what is the global Event by then.

const { transferableAbortController } = require('node:util');

const [, , name, when, which, isMade] = process.argv;
const NodeProcess = process;

/** A simulated browser's event has nothing of Node's. */
class Simulated {
  #name;

  /** @param {string} name */
  constructor(name) {
    this.#name = name;
  }

  get type() {
    return `simulated ${this.#name}`;
  }
}

function simulate() {
  if (isMade) new MessageEvent('message');
  for (const key of which.split(',')) {
    const value = key === 'process' ? undefined : class extends Simulated {};
    Object.defineProperty(globalThis, key, { value, writable: true, configurable: true });
  }
}

if (when === 'before') simulate();
const { BroadcastChannel, MessageChannel, Worker, receiveMessageOnPort } = require(name);
if (when === 'after') simulate();

/** @type {unknown[]} */
const seen = [];
const see = (/** @type {unknown[]} */ ...values) => seen.push(values);

const attempt = (/** @type {() => unknown} */ task) => {
  try {
    see('done', task());
  } catch (/** @type {any} */ error) {
    see(error.name, error.code, error.message, Object.getPrototypeOf(error).constructor === globalThis.DOMException);
  }
};

const next = (/** @type {any} */ target, /** @type {string} */ event) =>
  new Promise((resolve) => void target.once(event, resolve));

const chainOf = (/** @type {any} */ object) => {
  const names = [];
  for (let link = Object.getPrototypeOf(object); link !== null; link = Object.getPrototypeOf(link)) {
    names.push(link.constructor.name);
  }
  return names.filter((each, index) => each !== names[index - 1]);
};

async function ports() {
  const { port1, port2 } = new MessageChannel();
  see(chainOf(new MessageChannel().port1).slice(-2), port1 instanceof EventTarget);
  // Not more of the event: whether it is Node's that hears its own target depends on the version.
  port1.onmessage = (/** @type {any} */ event) => see('event', event.data, event.ports?.length, event instanceof Event);
  port1.on('message', (/** @type {unknown} */ value) => see('value', value));
  port1.addEventListener('news', (/** @type {any} */ event) => see(event.detail, event instanceof CustomEvent));
  attempt(() => port1.emit('message', 'emitted'));
  attempt(() => port1.emit('news', 'emitted'));
  attempt(() => port1.dispatchEvent(new Event('message')));
  const stop = transferableAbortController();
  port1.addEventListener('message', () => see('never'), { signal: stop.signal });
  stop.abort();
  attempt(() => port1.addEventListener('message', () => {}, { signal: new AbortController().signal }));
  attempt(() => port2.postMessage(() => {}));
  attempt(() => port2.postMessage(port2, [port2]));
  for (const value of [1, { two: [2] }, new Map([[3, 'three']]), undefined]) {
    port2.postMessage(value);
    await next(port1, 'message');
  }
  const far = new MessageChannel();
  port2.postMessage({ port: far.port1 }, [far.port1]);
  far.port2.postMessage(receiveMessageOnPort(port1).message === undefined);
  port2.close();
  await next(port1, 'close');
}

async function channels() {
  const [one, other] = [new BroadcastChannel('simulated'), new BroadcastChannel('simulated')];
  const heard = new Promise((resolve) => {
    one.onmessage = (/** @type {any} */ event) => resolve(see('heard', event.data, event instanceof Event));
  });
  // Node's own channel dispatches only what is an Event of Node's.
  if (isMade || !which.includes('Event')) {
    other.postMessage([1]);
    await heard;
  }
  one.close();
  other.close();
  attempt(() => other.postMessage(1));
}

async function workers() {
  const worker = new Worker(
    'const { parentPort } = require("node:worker_threads"); parentPort.once("message", (value) => parentPort.postMessage(value))',
    { eval: true, execArgv: ['--no-warnings'] },
  );
  worker.postMessage({ to: 'the worker' });
  see(await Promise.all([next(worker, 'message'), next(worker, 'exit')]));
}

ports()
  .then(channels)
  .then(workers)
  .catch((error) => see('wrong', error.name, error.code, error.message))
  .finally(() => NodeProcess.stdout.write(`${JSON.stringify(seen)}\n`));
