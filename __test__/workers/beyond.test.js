'use strict';

// What Worker promises beyond the built-in, and that nobody can tell by what means it works.

const test = require('ava');
const threads = require('node:worker_threads');
const { once } = require('node:events');
const ferroport = require('../..');
const { FERROPORT, endsWell, program } = require('../support/program');

const { MessageChannel, Worker, setEnvironmentData } = ferroport;

const load = `const wt = require(${JSON.stringify(FERROPORT)}); const { parentPort, workerData } = wt;
  const threads = require('node:worker_threads');`;

const evaluated = (body, options) => new Worker(`${load} ${body}`, { eval: true, ...options });

/** What `fn` throws, which may be a DOMException: no error to AVA. */
function thrownBy(fn) {
  try {
    fn();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Everything a worker says until it ends. */
async function whole(worker) {
  const said = [];
  worker.on('message', (value) => said.push(value));
  await once(worker, 'exit');
  return said;
}

test('everything of node:worker_threads is exported, and nothing that this Node lacks', (t) => {
  const own = [
    'deserialize',
    'inspectPorts',
    'receiveAnySync',
    'serialize',
    'SharedAbortController',
    'SharedAbortSignal',
  ];
  t.deepEqual(Object.keys(ferroport).sort(), [...Object.keys(threads), ...own].sort());
  const replaced = Object.keys(threads).filter((name) => ferroport[name] !== threads[name]);
  const ours = ['BroadcastChannel', 'MessageChannel', 'MessagePort', 'Worker', 'receiveMessageOnPort'];
  const wrapped = ['markAsUncloneable', 'markAsUntransferable', 'moveMessagePortToContext'];
  wrapped.push('postMessageToThread', 'setEnvironmentData');
  t.deepEqual(replaced.sort(), [...ours, ...wrapped.filter((name) => name in threads)].sort());
});

test('every export can be imported by its name', async (t) => {
  const names = Object.keys(ferroport);
  const source = `import { ${names.join(', ')} } from ${JSON.stringify(FERROPORT)};
    import all from ${JSON.stringify(FERROPORT)};
    console.log(Object.entries({ ${names.join(', ')} }).every(([name, value]) => all[name] === value));`;
  const { code, out, stderr } = await program(source, { execArgv: ['--input-type=module'] });
  t.deepEqual({ code, out }, { code: 0, out: ['true'] }, stderr);
});

test('ferroport and the built-in module show a worker the same objects, in CommonJS and in ES modules', async (t) => {
  const body = `import('node:worker_threads').then((module) => parentPort.postMessage([
    [threads, module, module.default].map((of) => of.parentPort === parentPort && of.workerData === workerData),
    workerData,
  ]));`;
  t.deepEqual(await whole(evaluated(body, { workerData: { a: 1 } })), [[[true, true, true], { a: 1 }]]);
});

test('a constructor that fails detaches nothing, and its ports go on', async (t) => {
  for (const [filename, options] of [
    ['relative.js', {}],
    [5, {}],
    ['', { eval: true, execArgv: ['--no-such-option'] }],
    ['', { eval: true, execArgv: 5 }],
    ['', { eval: true, env: 5 }],
    ['', { eval: true, name: 5 }],
    ['', { eval: true, argv: 5 }],
    ['', { eval: true, uncloneable: () => {} }],
  ]) {
    const { port1, port2 } = new MessageChannel();
    const buffer = new ArrayBuffer(8);
    const workerData = { port1, buffer, more: options.uncloneable };
    const error = thrownBy(() => new Worker(filename, { ...options, workerData, transferList: [port1, buffer] }));
    t.is(typeof error?.message, 'string');
    t.is(buffer.byteLength, 8);
    port1.postMessage('still here');
    t.deepEqual(ferroport.receiveMessageOnPort(port2), { message: 'still here' });
    port1.close();
  }
  await new Promise((resolve) => setImmediate(resolve));
});

test('options are read as Node reads them: inherited, frozen, from getters', async (t) => {
  class Options {
    get eval() {
      return true;
    }
    get workerData() {
      return 'by getter';
    }
  }
  const body = `${load} parentPort.postMessage(workerData)`;
  t.deepEqual(await whole(new Worker(body, new Options())), ['by getter']);
  t.deepEqual(await whole(new Worker(body, Object.freeze({ eval: true, workerData: 'frozen' }))), ['frozen']);
  t.throws(() => new Worker(body, null), { instanceOf: TypeError });
});

test('a class may extend Worker', async (t) => {
  const emitted = [];
  class Watched extends Worker {
    emit(name, ...values) {
      emitted.push(name);
      return super.emit(name, ...values);
    }
  }
  t.deepEqual(await whole(new Watched(`${load} parentPort.postMessage(1)`, { eval: true })), [1]);
  t.deepEqual(emitted.filter((name) => ['message', 'online', 'exit'].includes(name)).sort(), [
    'exit',
    'message',
    'online',
  ]);
});

/** A worker that has posted the numbers up to 100, none of which has been delivered. */
async function full(t) {
  const name = `FERROPORT_TEST_${Math.random()}`;
  const body = `parentPort.once('message', () => {});
    while (process.env[${JSON.stringify(name)}] !== 'go');
    for (let n = 0; n < 100; n++) parentPort.postMessage(n);
    process.env[${JSON.stringify(name)}] = 'posted';`;
  const worker = evaluated(body, { env: threads.SHARE_ENV });
  t.teardown(() => worker.terminate());
  await once(worker, 'online');
  const sleeping = new Int32Array(new SharedArrayBuffer(4));
  process.env[name] = 'go';
  // Not for a turn of the event loop, which would deliver.
  while (process.env[name] !== 'posted') Atomics.wait(sleeping, 0, 0, 1);
  delete process.env[name];
  return worker;
}

test.serial('what is waiting comes before error and exit, also when Node has just removed the listeners', async (t) => {
  for (const name of ['error', 'exit']) {
    const worker = await full(t);
    const seen = [];
    let ticks = 0;
    worker.on('message', (value) => {
      seen.push([value, ticks]);
      process.nextTick(() => ticks++);
    });
    worker.on(name, () => seen.push(name));
    worker.removeAllListeners('message');
    worker.emit(name);
    t.deepEqual(seen, [...Array.from({ length: 100 }, (_, n) => [n, n]), name]);
  }
});

test.serial('what is waiting does not come to listeners that were removed earlier', async (t) => {
  const worker = await full(t);
  const heard = () => t.fail();
  worker.on('message', heard);
  worker.removeAllListeners('message');
  await new Promise(process.nextTick);
  worker.emit('exit');
  t.is(worker.listenerCount('message'), 0);
});

test('listeners that the user has removed hear nothing more', async (t) => {
  const worker = evaluated(`for (let n = 0; n < 100; n++) parentPort.postMessage(n);`);
  const seen = [];
  worker.on('message', (value) => {
    seen.push(value);
    worker.removeAllListeners('message');
  });
  await once(worker, 'exit');
  t.deepEqual(seen, [0]);
});

test('a listener that throws in the last messages does not keep the others from coming', async (t) => {
  const source = `const { Worker } = require(ferroport);
    process.on('uncaughtException', ({ message }) => console.log('uncaught ' + message));
    const worker = new Worker(\`const { parentPort } = require(\${JSON.stringify(ferroport)});
      for (let n = 0; n < 3; n++) parentPort.postMessage(n);\`, { eval: true });
    worker.on('message', (value) => { console.log(value); throw new Error(value); });
    worker.on('exit', (code) => console.log('exit ' + code));`;
  const { out, stderr } = await program(source);
  t.deepEqual(out, ['0', 'uncaught 0', '1', 'uncaught 1', '2', 'uncaught 2', 'exit 0'], stderr);
});

test('emit("exit") by the user does not end the channel', async (t) => {
  const worker = evaluated(`parentPort.once('message', (value) => parentPort.postMessage(value))`);
  worker.emit('exit', 0);
  const said = [];
  worker.on('message', (value) => said.push(value));
  worker.postMessage('still there');
  await once(worker, 'exit');
  t.deepEqual(said, ['still there']);
});

test('nested three deep, ports and buffers go all the way down and back', async (t) => {
  const last = `${load} const { port, buffer } = workerData;
    port.postMessage({ depth: 3, buffer, bytes: [...new Uint8Array(buffer)] }, [buffer]); port.close();`;
  const pass = (inner) => `${load}
    const { port, buffer } = workerData;
    new wt.Worker(${JSON.stringify(inner)}, { eval: true, workerData, transferList: [port, buffer] })
      .on('exit', (code) => parentPort.postMessage(code)).on('message', (value) => parentPort.postMessage(value));`;
  const { port1, port2 } = new MessageChannel();
  const { buffer } = Uint8Array.of(1, 2, 3);
  const worker = new Worker(pass(pass(last)), {
    eval: true,
    workerData: { port: port1, buffer },
    transferList: [port1, buffer],
  });
  const [[value], said] = await Promise.all([once(port2, 'message'), whole(worker)]);
  t.deepEqual([value.depth, value.bytes, value.buffer.byteLength, said], [3, [1, 2, 3], 3, [0, 0]]);
});

const shown = JSON.stringify(
  `const threads = require('node:worker_threads'); threads.parentPort.postMessage(process.execArgv.join(' '))`,
);
endsWell(
  test,
  'nobody sees the bootstrap in process.execArgv, whatever the parent was started with',
  `const { Worker } = require(ferroport);
  const inner = \`const ours = require(\${JSON.stringify(ferroport)}); const plain = require('node:worker_threads');
    const { parentPort } = ours;
    const run = (wt, options) => new Promise((resolve) => new wt.Worker(${shown.replace(/[\\`]/g, '\\$&')}, { eval: true, ...options })
      .once('message', (value) => resolve(parentPort.postMessage(value))));
    (async () => {
      parentPort.postMessage(process.execArgv.join(' '));
      for (const wt of [ours, plain]) {
        for (const options of [{}, { env: {} }, { execArgv: ['--no-warnings'] }]) await run(wt, options);
      }
    })();\`;
  new Worker(inner, { eval: true }).on('message', (value) => console.log(value.replace(/ -e .*/s, '')));`,
  [0, 0, 0, 1, 0, 0, 1].map((explicit) => (explicit ? '--no-warnings' : '--expose-gc --title me -C mine')),
  { execArgv: ['--expose-gc', '--title', 'me', '-C', 'mine'] },
);

test('options after one that a worker may not have reach it', async (t) => {
  const source = `const { Worker } = require(ferroport);
    new Worker(\`require(\${JSON.stringify(ferroport)}).parentPort.postMessage(process.noDeprecation)\`, { eval: true })
      .on('message', (value) => console.log(value));`;
  const { out, stderr } = await program(source, { execArgv: ['--title', 'me', '--no-deprecation'] });
  t.deepEqual(out, ['true'], stderr);
});

test('module hooks, whose thread inherits the bootstrap, work in a worker', async (t) => {
  const hooks = `export const resolve = (name, context, next) =>
    name === 'virtual:seven' ? { url: 'data:text/javascript,export default 7', shortCircuit: true } : next(name, context);`;
  const body = `require('node:module').register('data:text/javascript,${encodeURIComponent(hooks).replaceAll("'", '%27')}');
    import('virtual:seven').then((module) => parentPort.postMessage(module.default));`;
  t.deepEqual(await whole(evaluated(body, { execArgv: ['--no-warnings'] })), [7]);
});

test.serial('environment data that cannot be cloned makes the constructor throw, and leaves no channel', async (t) => {
  setEnvironmentData('uncloneable', () => {});
  const { port1, port2 } = new MessageChannel();
  port2.ref();
  const closed = once(port2, 'close');
  const error = thrownBy(() => new Worker('', { eval: true, workerData: port1, transferList: [port1] }));
  setEnvironmentData('uncloneable', undefined);
  t.is(error?.name, 'DataCloneError');
  await closed;
});
