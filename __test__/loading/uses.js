'use strict';

// A program that uses channels, transfers and a worker, and says what it has seen in one line. The first argument names the
// implementation; what the worker requires may be named by a second.

const [, , name, inWorker = name] = process.argv;
const { MessageChannel, Worker, receiveMessageOnPort } = require(name);

/** @type {unknown[]} */
const seen = [];
const see = (/** @type {unknown[]} */ ...values) => seen.push(values);

/** What a value arrives as, said so that prototypes and detached buffers show. */
const described = (/** @type {any} */ value) =>
  Object.entries(value).map(([key, each]) => [
    key,
    Object.prototype.toString.call(each),
    each?.constructor?.name,
    each?.byteLength ?? each?.size ?? String(each),
  ]);

const value = () => ({
  number: 1.5,
  text: 'x'.repeat(40),
  list: [1, 'two', null],
  date: new Date(5),
  map: new Map([[1, new Set(['a'])]]),
  error: new RangeError('wide'),
  pattern: /a+/g,
  bytes: new Uint8Array([1, 2, 3]),
  big: 10n ** 30n,
  shared: new SharedArrayBuffer(8),
  __proto__: { inherited: true },
});

const attempt = (/** @type {() => unknown} */ task) => {
  try {
    return task();
  } catch (/** @type {any} */ error) {
    return [error.name, error.code, error.message];
  }
};

const next = (/** @type {any} */ target, /** @type {string} */ event) =>
  new Promise((resolve) => void target.once(event, resolve));

async function channels() {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(value());
  see('received', described(/** @type {any} */ (receiveMessageOnPort(port2)).message));
  for (let i = 0; i < 300; i++) port1.postMessage({ i, name: `n${i}` });
  let sum = 0;
  for (let i = 0; i < 300; i++) sum += /** @type {any} */ (receiveMessageOnPort(port2)).message.i;
  see('many', sum);
  see(
    'refused',
    attempt(() => port1.postMessage(() => {})),
  );
  const buffer = new ArrayBuffer(16);
  const other = new MessageChannel();
  port1.postMessage({ buffer, port: other.port1 }, [buffer, other.port1]);
  const arrived = await next(port2, 'message');
  see('moved', buffer.byteLength, arrived.buffer.byteLength, Object.keys(arrived));
  other.port2.postMessage('through it');
  see(await next(arrived.port, 'message'));
  arrived.port.close();
  // Nobody listens to messages there, so nothing else keeps the thread.
  other.port2.ref();
  await next(other.port2, 'close');
  port2.on('message', (message) => {
    see('event', message);
    process.nextTick(() => see('tick'));
    Promise.resolve().then(() => see('microtask'));
  });
  port1.postMessage(1);
  port1.postMessage(2);
  port1.close();
  await next(port2, 'close');
  see('closed');
}

const IN_WORKER = `const { parentPort, workerData } = require(${JSON.stringify(inWorker)});
  parentPort.on('message', ({ port, shared }) => {
    Atomics.add(new Int32Array(shared), 0, 7);
    port.postMessage({ date: new Date(1), got: workerData });
    port.close();
    parentPort.close();
  });`;

async function worker() {
  const thread = new Worker(IN_WORKER, { eval: true, workerData: new Map([['a', 1]]) });
  thread.on('error', (error) => see('error', error.name, error.message));
  const { port1, port2 } = new MessageChannel();
  const shared = new SharedArrayBuffer(4);
  thread.postMessage({ port: port2, shared }, [port2]);
  // Which of the two comes first is a race.
  const [message, code] = await Promise.all([next(port1, 'message'), next(thread, 'exit')]);
  see('from the worker', described(message), [...message.got]);
  see('exit', code, new Int32Array(shared)[0]);
}

channels()
  .then(worker)
  .catch((error) => see('wrong', error.name, error.code, error.message))
  .finally(() => console.log(JSON.stringify(seen)));
