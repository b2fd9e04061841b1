'use strict';

// The package's JavaScript evaluated again in one thread, as test runners and tools that reload modules do: each copy works, with
// classes, ports and a mailbox of its own.

const fs = require('node:fs');
const path = require('node:path');
const test = require('ava');
const threads = require('node:worker_threads');
const { sandbox } = require('../support/context');
const { FERROPORT, endsWell, isPublished } = require('../support/program');

const ROOT = path.dirname(path.dirname(FERROPORT));
const REGISTER = require.resolve('../../dist/register.js');
const SUPPORT = require.resolve('../support/describe');

// On the sources, a file that is loaded later is another copy's by then: Node's loader has forgotten the first one.
const published = isPublished ? test.serial : test.serial.skip;

/** A round trip through a copy, by events; `busy` keeps a channel of it open. */
const USING = `
  const use = ({ MessageChannel }, text) => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port2.on('message', (value) => port2.postMessage({ ...value, answered: true }));
    port1.once('message', (value) => resolve(JSON.stringify(value) + ' ' + value.constructor.name) ?? port1.close());
    port1.postMessage({ text });
  });
  const forget = (keep = () => false) => {
    for (const file of Object.keys(require.cache)) if (!file.endsWith('.node') && !keep(file)) delete require.cache[file];
  };`;

const answers = (...texts) => texts.map((text) => `{"text":"${text}","answered":true} Object`);

endsWell(
  published,
  'after all modules have been forgotten',
  `${USING} (async () => {
    console.log(await use(require(ferroport), 'one'));
    forget();
    console.log(await use(require(ferroport), 'two'));
  })();`,
  answers('one', 'two'),
);

endsWell(
  published,
  'after some modules have been forgotten, in the middle of what another copy does',
  `${USING} (async () => {
    const first = require(ferroport);
    const early = new first.MessageChannel();
    const heard = new Promise((resolve) => early.port1.once('message', resolve));
    for (const part of ['index', 'core', 'ports', 'nothing']) {
      forget((file) => !file.endsWith(part + '.js'));
      console.log(await use(require(ferroport), part));
      console.log(await use(first, part));
    }
    early.port2.postMessage('at last');
    console.log(await heard);
    early.port1.close();
  })();`,
  [...['index', 'core', 'ports', 'nothing'].flatMap((part) => answers(part, part)), 'at last'],
);

endsWell(
  published,
  'a hundred times, each copy with a channel that stays open and is used again',
  `${USING} (async () => {
    const channels = [];
    for (let n = 0; n < 100; n++) {
      forget();
      const { MessageChannel } = require(ferroport);
      channels.push(new MessageChannel());
    }
    let left = 2 * channels.length;
    channels.forEach(({ port1, port2 }, n) => {
      port1.on('message', (value) => {
        if (value === n) left--;
        port1.close();
      });
      port2.ref();
      port2.on('close', () => --left === 0 && console.log('all'));
      port2.postMessage(n);
    });
  })();`,
  ['all'],
);

endsWell(
  published,
  'a worker that a copy has started goes on with it, whatever comes after',
  `${USING} (async () => {
    const first = require(ferroport);
    const source = 'const { parentPort, workerData } = require(' + JSON.stringify(ferroport) + '); ' +
      'parentPort.on("message", (value) => parentPort.postMessage([workerData, value]))';
    const worker = new first.Worker(source, { eval: true, workerData: 'first' });
    const answer = () => new Promise((resolve) => worker.once('message', resolve));
    worker.postMessage(1);
    console.log(JSON.stringify(await answer()));
    forget();
    console.log(await use(require(ferroport), 'second'));
    worker.postMessage(2);
    console.log(JSON.stringify(await answer()));
    await worker.terminate();
  })();`,
  ['["first",1]', ...answers('second'), '["first",2]'],
);

// --- In contexts of node:vm ---

/** What a program does with a port, in a context; `show` gets what it has seen. */
const BUSY = `(async ({ MessageChannel, receiveMessageOnPort, BroadcastChannel, serialize, deserialize }, turns) => {
  const { port1, port2 } = new MessageChannel();
  const seen = [];
  const isOurs = (value, Class) => Object.getPrototypeOf(value) === Class.prototype;
  for (let n = 0; n < turns; n++) {
    port1.postMessage({ n, list: [n], map: new Map([[n, new Date(n)]]) });
    const { message } = receiveMessageOnPort(port2);
    if (!isOurs(message, Object) || !isOurs(message.list, Array) || !isOurs(message.map.get(n), Date)) seen.push(n);
  }
  const buffer = new ArrayBuffer(10_000);
  port1.postMessage({ buffer, shared: new SharedArrayBuffer(1) }, [buffer]);
  const heard = await new Promise((resolve) => port2.once('message', resolve));
  if (!isOurs(heard.buffer, ArrayBuffer) || !isOurs(heard.shared, SharedArrayBuffer)) seen.push('buffers');
  try {
    port1.postMessage({ here: [() => {}] });
  } catch (error) {
    seen.push(error.name + ' at ' + error.path);
  }
  const [one, two] = ['news', 'news'].map((name) => new BroadcastChannel(name));
  const told = new Promise((resolve) => (two.onmessage = resolve));
  one.postMessage(new Set(['all']));
  if (!isOurs((await told).data, Set)) seen.push('broadcast');
  if (!isOurs(deserialize(serialize({ a: 1n })), Object)) seen.push('serialize');
  const closed = new Promise((resolve) => port2.once('close', resolve));
  port2.ref();
  for (const each of [port1, one, two]) each.close();
  await closed;
  return seen.join();
})`;

published('in several contexts at once, each of which gets what is of its realm', async (t) => {
  const busy = [1, 2, 3].map(() => {
    const { run, require: load } = sandbox();
    return run(BUSY)(load(FERROPORT), 400);
  });
  t.deepEqual(await Promise.all(busy), Array(3).fill('DataCloneError at .here[0]'));
});

published('in a context whose loader refuses everything after the start', async (t) => {
  const { run, require: load, end, refused } = sandbox();
  const ferroport = load(FERROPORT);
  const { port1, port2 } = new ferroport.MessageChannel();
  end();
  t.is(await run(BUSY)(ferroport, 400), 'DataCloneError at .here[0]');
  const worker = new ferroport.Worker(`require(${JSON.stringify(FERROPORT)}).parentPort.postMessage([1])`, {
    eval: true,
  });
  t.is(String(await new Promise((resolve) => worker.once('message', resolve))), '1');
  t.is(ferroport.MessagePort.fromNode(ferroport.MessagePort.toNode(port1)).constructor, ferroport.MessagePort);
  port2.close();
  t.is(refused(), 0);
});

published('in a context whose globals are none of Node’s, or fakes', async (t) => {
  const { globals, run, require: load } = sandbox();
  const never = () => t.fail('a fake was called');
  for (const name of ['setImmediate', 'setTimeout', 'queueMicrotask', 'structuredClone']) globals[name] = never;
  // As those of a simulated browser are.
  for (const name of ['Event', 'EventTarget', 'CustomEvent', 'MessageEvent']) globals[name] = class {};
  for (const name of ['DOMException', 'AbortController', 'AbortSignal', 'MessageChannel']) globals[name] = undefined;
  globals.process = { ...process, nextTick: never };
  const ferroport = load(FERROPORT);
  t.is(await run(BUSY)(ferroport, 400), 'DataCloneError at .here[0]');
  const { port1, port2 } = new ferroport.MessageChannel();
  t.true(port1 instanceof EventTarget);
  const event = new Promise((resolve) => port1.addEventListener('message', resolve, { once: true }));
  port1.ref();
  port2.postMessage(1);
  t.true((await event) instanceof MessageEvent);
  port1.close();
});

/** One of a kind of value. */
const VALUES = [
  ...['({ a: 1 })', '[1, , "b"]', '[1.5, 2]', 'new Map([[{}, [new Set()]]])', 'new Date(5)', '/a/gi', 'Object("s")'],
  ...['Object.assign(new TypeError("m", { cause: [1] }), { stack: "s" })', 'new ArrayBuffer(3)', 'Uint8Array.of(1, 2)'],
  ...['new DataView(new ArrayBuffer(8), 2)', 'BigInt64Array.of(1n)', 'new ArrayBuffer(3, { maxByteLength: 9 })'],
  ...['new (class A { a = 1 })()', 'Object.create({ inherited: 1 })', 'new (class B extends Map {})([[1, 2]])'],
  ...['() => {}', 'Symbol("s")', 'new Proxy({}, {})', 'Promise.resolve()', 'Math', 'new Intl.NumberFormat()'],
  ...['new SharedArrayBuffer(2)', 'new Uint16Array(new SharedArrayBuffer(8), 2, 2)'],
  ...[
    'new DOMException("m", "AbortError")',
    '(() => { const a = [{}]; a.push(a, a[0]); return a; })()',
    'new URL("a:b")',
  ],
  ...['[[], {}].map((value) => [value, value])', 'Array(70).fill(0).map((_, n) => ({ n, list: [n] }))'],
];

published('what arrives in a context is there what the built-in makes of it outside', (t) => {
  const inner = sandbox();
  const ferroport = inner.require(FERROPORT);
  const described = { outside: require(SUPPORT), inside: inner.require(SUPPORT) };
  for (const source of VALUES) {
    for (const make of [() => inner.run(source), () => (0, eval)(source)]) {
      const arrivalOf = (/** @type {any} */ api, /** @type {any} */ { describe, thrown }) => {
        const { port1, port2 } = new api.MessageChannel();
        try {
          port1.postMessage(make());
          // Without prototypes of the context: they differ from those outside.
          return JSON.parse(JSON.stringify(describe(api.receiveMessageOnPort(port2).message)));
        } catch (error) {
          return JSON.parse(JSON.stringify(thrown(error)));
        } finally {
          port1.close();
        }
      };
      t.deepEqual(arrivalOf(ferroport, described.inside), arrivalOf(threads, described.outside), source);
    }
  }
});

// --- The hook ---

/** A program of its own, because it changes what Node exports. */
const hookedProgram = (/** @type {string} */ body) =>
  `const { sandbox } = require(${JSON.stringify(path.join(ROOT, '__test__', 'support', 'context.js'))});
   const builtin = require('node:worker_threads');
   const REGISTER = ${JSON.stringify(REGISTER)};
   const { MessageChannel: Native, MessagePort: { prototype } } = builtin;
   const { postMessage } = prototype;
   const sourcesOf = (context) => [context.globals.MessageChannel, builtin.MessageChannel];
   (async () => { ${body} })();`;

endsWell(
  published,
  'the hook of a context gives way to the next one’s, and what it has put on Node’s objects goes',
  hookedProgram(`
    let before;
    for (let n = 0; n < 3; n++) {
      const context = sandbox();
      context.require(REGISTER);
      const { MessageChannel } = context.require(ferroport);
      const isOurs = [context.globals.MessageChannel, builtin.MessageChannel].every((each) => each === MessageChannel);
      // A context keeps the globals that it was given.
      const isKept = before === undefined || before.globals.MessageChannel === before.require(ferroport).MessageChannel;
      context.end();
      const { port1, port2 } = new builtin.MessageChannel();
      const { port1: native } = new Native();
      native.postMessage({ port1 }, [port1]);
      const copy = context.globals.structuredClone({ port2 }, { transfer: [port2] });
      console.log(isOurs, isKept, copy.port2 instanceof builtin.MessagePort, context.refused());
      copy.port2.close();
      native.close();
      before = context;
    }
    console.log(Object.getOwnPropertySymbols(builtin).map(String).sort().join());
    builtin[Object.getOwnPropertySymbols(builtin).find(({ description }) => description.endsWith('.release'))]();
    console.log(builtin.MessageChannel === Native, prototype.postMessage === postMessage);
    console.log(Object.getOwnPropertySymbols(builtin).length);`),
  [
    ...Array(3).fill('true true true 0'),
    'Symbol(ferroport.original),Symbol(ferroport.postMessage),Symbol(ferroport.release)',
    'true true',
    '0',
  ],
);

endsWell(
  published,
  'the hook of Node’s own context stays, and that of a context of node:vm gives way to it',
  hookedProgram(`
    const context = sandbox();
    context.require(REGISTER);
    require(REGISTER);
    const { MessageChannel } = require(ferroport);
    console.log(builtin.MessageChannel === MessageChannel);
    sandbox().require(REGISTER);
    console.log(builtin.MessageChannel === MessageChannel);`),
  ['true', 'true'],
);

test('what is evaluated here is what is published', (t) => {
  t.true(fs.existsSync(FERROPORT));
  t.is(path.dirname(REGISTER), path.dirname(FERROPORT));
});
