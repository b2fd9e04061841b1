'use strict';

// The ways in which a program gets the hook, and how it goes on into workers.

const test = require('ava');
const fs = require('node:fs');
const path = require('node:path');
const { temporary } = require('../support/folder');
const { endsWell, program } = require('../support/program');
const { ADDON_ENV, ALL, KINDS, REGISTER, REGISTER_URL, ROOT } = require('./hooked');

const quoted = JSON.stringify(REGISTER);

/** Says what there is in the main thread, in a worker, in one with options of its own, and in one started by that. */
const family = (options = `{ env: { ${ADDON_ENV} }, execArgv: ["--no-warnings"] }`) => `${KINDS}
  const inner = ${JSON.stringify(`${KINDS} kinds().then((seen) => wt.parentPort.postMessage(seen));`)};
  const outer = ${JSON.stringify(KINDS)} + 'kinds().then((seen) => { wt.parentPort.postMessage(seen);' +
    'new wt.Worker(wt.workerData, { eval: true }).on("message", (value) => wt.parentPort.postMessage(value)); });';
  const show = (seen) => console.log(JSON.stringify(seen));
  const start = (source, options) => new Promise((resolve) =>
    new wt.Worker(source, { eval: true, ...options }).on('message', show).on('exit', resolve));
  kinds().then(async (seen) => {
    show(seen);
    await start(inner);
    await start(outer, { workerData: inner, ...${options} });
  });`;

const everywhere = Array(4).fill(JSON.stringify(ALL));

endsWell(test, 'by --require', family(), everywhere, { execArgv: ['--require', REGISTER] });
endsWell(test, 'by --import', family(), everywhere, { execArgv: ['--import', REGISTER_URL] });
endsWell(test, 'by NODE_OPTIONS', family(), everywhere, { env: { NODE_OPTIONS: `--require ${quoted}` } });
endsWell(test, 'by the first require', `require(${quoted}); ${family()}`, everywhere);
endsWell(test, 'with a shared environment', family('{ env: wt.SHARE_ENV }'), everywhere, {
  execArgv: ['-r', REGISTER],
});
endsWell(
  test,
  'by the first import',
  `import(${JSON.stringify(REGISTER_URL)}).then(() => { ${family()} })`,
  everywhere,
);
endsWell(
  test,
  'several times, by several ways, after ferroport and before it',
  `require(${quoted}); require(ferroport); delete require.cache[${quoted}]; require(${quoted}); ${family()}`,
  everywhere,
  { execArgv: ['-r', REGISTER, '--import', REGISTER_URL] },
);
endsWell(
  test,
  'after ferroport has been used',
  `new (require(ferroport).MessageChannel)(); require(${quoted}); ${family()}`,
  everywhere,
);

test('the package has it under its name', (t) => {
  const { exports: entries, files } = require('../../package.json');
  t.is(path.join(ROOT, entries['./register'].require), REGISTER);
  t.is(entries['./register'].import, entries['./register'].require);
  for (const file of ['dist', 'register.d.ts']) t.true(files.includes(file));
  t.is(require.resolve('ferroport/register'), REGISTER);
});

const NONE = [false, false, true, true, false];

for (const [value, seen] of [
  ['1', NONE],
  ['0', ALL],
]) {
  endsWell(
    test,
    `FERROPORT_DISABLE=${value}`,
    `${KINDS} kinds().then((seen) => console.log(JSON.stringify(seen)))`,
    [JSON.stringify(seen)],
    { execArgv: ['-r', REGISTER], env: { FERROPORT_DISABLE: value } },
  );
}

endsWell(
  test,
  'FERROPORT_DISABLE in the environment of one worker',
  `const { Worker } = require('worker_threads');
   new Worker(${JSON.stringify(`${KINDS} kinds().then((seen) => wt.parentPort.postMessage(seen))`)},
     { eval: true, env: { ${ADDON_ENV}, FERROPORT_DISABLE: '1' } }).on('message', (seen) => console.log(JSON.stringify(seen)));`,
  [JSON.stringify([false, false, false, true, false])],
  { execArgv: ['-r', REGISTER] },
);

endsWell(
  test,
  'inside of a worker only',
  `${KINDS}
   new wt.Worker(${JSON.stringify(`require(${quoted}); ${KINDS} kinds().then((seen) => {
     wt.parentPort.postMessage(seen);
     new wt.Worker(${JSON.stringify(`${KINDS} kinds().then((seen) => wt.parentPort.postMessage(seen))`)}, { eval: true })
       .on('message', (value) => wt.parentPort.postMessage(value));
   })`)}, { eval: true }).on('message', (seen) => console.log(JSON.stringify(seen)))
     .on('exit', async () => console.log(JSON.stringify(await kinds())));`,
  // Node's own Worker has given its own parentPort to the first.
  [[true, true, false, true, true], ALL, NONE].map((seen) => JSON.stringify(seen)),
);

test('without an addon for the platform it warns once and leaves Node as it is', async (t) => {
  const folder = temporary(t);
  for (const name of ['dist', 'index.js', 'register.js', 'package.json', 'lib']) {
    fs.cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
  const source = `const { Worker, MessageChannel } = require('worker_threads');
    const { port1, port2 } = new MessageChannel();
    port2.once('message', (value) => { console.log(value); port2.close(); });
    port1.postMessage('by Node');
    new Worker("require('worker_threads').parentPort.postMessage('from a worker')", { eval: true })
      .on('message', (value) => console.log(value));`;
  const { code, out, stderr } = await program(source, {
    execArgv: ['-r', path.join(folder, 'dist', 'register.js')],
    env: { NAPI_RS_NATIVE_LIBRARY_PATH: '' },
  });
  t.deepEqual({ code, out }, { code: 0, out: ['by Node', 'from a worker'] }, stderr);
  t.is(stderr.match(/FERROPORT_NOT_LOADED/g)?.length, 1, stderr);
});
