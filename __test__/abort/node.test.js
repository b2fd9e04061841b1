'use strict';

// Shared signals beside what Node has: its signals, its functions that take one, its messaging.

const { AsyncLocalStorage } = require('node:async_hooks');
const { getEventListeners, on, once } = require('node:events');
const { Readable } = require('node:stream');
const { setTimeout: sleep } = require('node:timers/promises');
const { inspect } = require('node:util');
const threads = require('node:worker_threads');
const test = require('ava');
const {
  SharedAbortController,
  SharedAbortSignal,
  MessageChannel,
  Worker,
  inspectPorts,
  receiveMessageOnPort,
} = require('../..');
const { FERROPORT, endsWell } = require('../support/program');
const { again, elsewhere } = require('../support/copies');

/** What arrives at the other end of a channel. */
function arrived(value, list) {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(value, list);
  const { message } = receiveMessageOnPort(port2);
  port1.close();
  return message;
}

/** A worker that sends a signal and aborts it when it is told why. */
async function elsewhereAborting() {
  const worker = new Worker(
    `const { parentPort, SharedAbortController } = require(${JSON.stringify(FERROPORT)});
    const controller = new SharedAbortController();
    parentPort.postMessage(controller.signal);
    parentPort.on('message', (why) => controller.abort(why));`,
    { eval: true },
  );
  const [signal] = await once(worker, 'message');
  return { worker, signal };
}

test('the event is one of the runtime’s, as an AbortSignal’s is', (t) => {
  const shown = (controller) => {
    let seen;
    controller.signal.onabort = (event) => {
      seen = [event.isTrusted, event.type, event.constructor === Event, event.eventPhase, event.composed];
    };
    controller.abort();
    return seen;
  };
  t.deepEqual(shown(new SharedAbortController()), shown(new AbortController()));
});

test('it is shown as an AbortSignal is', (t) => {
  const controller = new SharedAbortController();
  t.is(inspect(controller), 'SharedAbortController { signal: SharedAbortSignal { aborted: false } }');
  controller.abort();
  t.is(inspect({ a: controller.signal }), '{ a: SharedAbortSignal { aborted: true } }');
  t.is(Object.prototype.toString.call(controller), '[object SharedAbortController]');
  t.deepEqual(Object.keys(controller.signal), Object.keys(AbortSignal.abort()));
});

test('errors of any and timeout are those of the built-in where that knows no better', (t) => {
  for (const value of [undefined, 5, {}]) {
    const { name, code, message } = t.throws(() => AbortSignal.any(value));
    t.like(
      t.throws(() => SharedAbortSignal.any(value)),
      { name, code, message },
    );
  }
});

test('a reason keeps causes and stacks, with DOM exceptions in them', async (t) => {
  const worker = new Worker(
    `const { parentPort, SharedAbortController } = require(${JSON.stringify(FERROPORT)});
    const controller = new SharedAbortController();
    controller.abort(new TypeError('outer', { cause: new DOMException('inner', 'DataError') }));
    parentPort.postMessage([controller.signal, controller.signal.reason.cause.stack]);`,
    { eval: true },
  );
  const [[{ reason }, stack]] = await once(worker, 'message');
  t.true(reason instanceof TypeError && reason.cause instanceof DOMException);
  t.is(reason.cause.name, 'DataError');
  t.is(reason.cause.stack, stack);
});

test('a signal goes in the cause of an error', (t) => {
  const { signal } = new SharedAbortController();
  t.is(arrived(new Error('message', { cause: { signal } })).cause.signal, signal);
});

test('what only looks like a signal is sent as what it is, and signals are told from it afterwards', (t) => {
  const { signal } = new SharedAbortController();
  for (let i = 0; i < 10; i++) {
    const fake = Object.assign(Object.create(SharedAbortSignal.prototype), { own: i });
    const before = t.notThrows(() => arrived([fake]));
    void before;
    t.is(arrived(Object.assign(signal, { own: i })), signal);
  }
});

test('functions of Node that take a signal take a shared one', async (t) => {
  const controller = new SharedAbortController();
  const { signal } = controller;
  const { port1, port2 } = new MessageChannel();
  const waiting = [
    t.throwsAsync(once(port2, 'message', { signal }), { name: 'AbortError' }),
    t.throwsAsync(sleep(60_000, undefined, { signal }), { name: 'AbortError' }),
    t.throwsAsync(on(port2, 'other', { signal }).next(), { name: 'AbortError' }),
  ];
  const why = new Error('enough');
  controller.abort(why);
  await Promise.all(waiting);
  port1.close();
});

test('what takes plain signals only takes that of toAbortSignal', async (t) => {
  const { worker, signal } = await elsewhereAborting();
  const stream = Readable.from(
    (async function* () {
      for (;;) yield await sleep(1);
    })(),
    { signal: signal.toAbortSignal() },
  );
  const ended = t.throwsAsync(stream.toArray(), { name: 'AbortError' });
  const fetched = t.throwsAsync(fetch('http://127.0.0.1:9/', { signal: signal.toAbortSignal() }));
  worker.postMessage(new Error('elsewhere'));
  await ended;
  await fetched;
  t.is(signal.toAbortSignal().reason, signal.reason);
  await worker.terminate();
});

test('it removes listeners of all kinds of targets', async (t) => {
  const { worker, signal } = await elsewhereAborting();
  const target = new EventTarget();
  const { port2 } = new MessageChannel();
  const nodePort = new threads.MessageChannel().port1;
  for (const each of [target, port2, nodePort, signal]) each.addEventListener('message', () => t.fail(), { signal });
  const heard = once(signal, 'abort');
  worker.postMessage('now');
  await heard;
  t.deepEqual(
    [target, port2, nodePort, signal].map((each) => getEventListeners(each, 'message').length),
    [0, 0, 0, 0],
  );
  nodePort.close();
  await worker.terminate();
});

test('listeners see no store of somebody else’s', async (t) => {
  const storage = new AsyncLocalStorage();
  const { worker, signal } = await elsewhereAborting();
  const seen = storage.run('of who listens first', () => {
    signal.addEventListener('abort', () => {});
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(storage.getStore())));
  });
  worker.postMessage('now');
  t.is(await seen, undefined);
  await worker.terminate();
});

for (const Class of ['AbortController', 'SharedAbortController']) {
  endsWell(
    test,
    `what a listener of ${Class} throws is an uncaught exception, and the others are called`,
    `const { SharedAbortController } = require(ferroport);
    process.on('uncaughtException', ({ message }) => console.log('uncaught', message));
    const controller = new ${Class}();
    controller.signal.addEventListener('abort', () => { throw new Error('of a listener'); });
    controller.signal.addEventListener('abort', () => console.log('called'));
    controller.abort();
    console.log('after');`,
    ['called', 'after', 'uncaught of a listener'],
  );
}

test('a listener may abort again, listen to others, and abort these', (t) => {
  const [one, other] = [new SharedAbortController(), new SharedAbortController()];
  const log = [];
  one.signal.onabort = () => {
    log.push('one');
    one.abort('again');
    other.signal.onabort = () => log.push('other');
    other.abort();
    log.push('end of one');
  };
  one.abort('once');
  t.deepEqual(log, ['one', 'other', 'end of one']);
  t.is(one.signal.reason, 'once');
});

test('a getter in a reason may abort the same signal: the first that is done counts', (t) => {
  const controller = new SharedAbortController();
  let calls = 0;
  controller.signal.onabort = () => calls++;
  controller.abort({
    get property() {
      controller.abort('from the getter');
      return 1;
    },
  });
  t.deepEqual([controller.signal.reason, calls], ['from the getter', 1]);
});

test('listening is no port of the program’s', (t) => {
  const { signal } = new SharedAbortController();
  const before = inspectPorts().length;
  signal.addEventListener('abort', () => {});
  t.is(inspectPorts().length, before);
  t.false(process.getActiveResourcesInfo().includes('MESSAGEPORT'));
});

const onNewer = threads.markAsUncloneable === undefined ? test.skip : test;

onNewer('Node’s own messaging refuses it, and its controller', (t) => {
  const controller = new SharedAbortController();
  const { port1 } = new threads.MessageChannel();
  for (const value of [controller, controller.signal, { deep: [controller.signal] }]) {
    t.is(t.throws(() => structuredClone(value)).name, 'DataCloneError');
    t.is(t.throws(() => port1.postMessage(value)).name, 'DataCloneError');
  }
  port1.close();
});

test('signals of another copy over the same addon are the same signals, and one with another addon refuses them', (t) => {
  const copy = again();
  const controller = new copy.SharedAbortController();
  const mine = arrived({ signal: controller.signal });
  t.true(mine.signal instanceof SharedAbortSignal && mine.signal !== controller.signal);
  t.is(arrived(mine).signal, mine.signal);
  const { port1, port2 } = new copy.MessageChannel();
  port1.postMessage(mine.signal);
  t.is(copy.receiveMessageOnPort(port2).message, controller.signal);
  controller.abort({ why: 1 });
  t.true(mine.signal.aborted);
  t.deepEqual(mine.signal.reason, { why: 1 });
  port1.close();

  const any = SharedAbortSignal.any([new copy.SharedAbortController().signal, mine.signal]);
  t.true(any.aborted);

  const foreign = new (elsewhere().SharedAbortController)();
  const outcome = t.try((tt) => tt.is(tt.throws(() => arrived({ signal: foreign.signal })).name, 'DataCloneError'));
  return outcome.then((result) => (threads.markAsUncloneable === undefined ? result.discard() : result.commit()));
});

test('a message that is lost drops its signals, and ports that went with it close', async (t) => {
  const { port1, port2 } = new MessageChannel();
  const inner = new MessageChannel();
  const closed = once(inner.port2, 'close');
  port1.postMessage({ signal: new SharedAbortController().signal, port: inner.port1 }, [inner.port1]);
  port2.close();
  await closed;
  t.pass();
});

test('a worker is given many signals at once, and hears each one’s end', async (t) => {
  const controllers = Array.from({ length: 3000 }, () => new SharedAbortController());
  const worker = new Worker(
    `const { parentPort, workerData } = require(${JSON.stringify(FERROPORT)});
    let sum = 0;
    let count = 0;
    for (const signal of workerData) {
      signal.onabort = () => {
        sum += signal.reason;
        if (++count === workerData.length) parentPort.postMessage(sum);
      };
    }
    parentPort.postMessage('listening');
    parentPort.on('message', () => {});`,
    { eval: true, workerData: controllers.map(({ signal }) => signal) },
  );
  await once(worker, 'message');
  for (const [i, controller] of controllers.entries()) controller.abort(i);
  const [sum] = await once(worker, 'message');
  t.is(sum, (2999 * 3000) / 2);
  await worker.terminate();
});
