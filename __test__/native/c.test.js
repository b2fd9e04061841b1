'use strict';

// An addon in C, built by the C compiler with crates/ferroport/include/ferroport.h alone, holds an end of a channel (docs/native-abi.md).

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { once } = require('node:events');
const test = require('ava');
const { ROOT } = require('../../scripts/run');
const { program } = require('../support/program');

const { MessageChannel, SharedAbortController } = require('../..');

const TAKE = Symbol.for('ferroport.native.1');
const INCLUDE = path.join(ROOT, 'crates/ferroport/include');
const COMPILER = process.env.CC ?? 'cc';
const FLAGS = process.env.CFLAGS?.split(' ') ?? [];
const onUnix = process.platform === 'win32' ? test.skip : test;

/** @type {string} */
let folder;
/** @type {string} */
let file;
/** @type {(object: unknown) => void} */
let start;

test.before(() => {
  if (process.platform === 'win32') return;
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-c-'));
  file = path.join(folder, 'echo.node');
  const linking = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
  const warnings = ['-std=c11', '-Wall', '-Wextra', '-Wpedantic', '-Werror'];
  const source = path.join(__dirname, 'echo.c');
  execFileSync(COMPILER, [
    ...warnings,
    ...FLAGS,
    '-O1',
    '-fPIC',
    '-shared',
    '-pthread',
    '-I',
    INCLUDE,
    ...linking,
    '-o',
    file,
    source,
  ]);
  start = require(file);
});

test.after.always(() => folder && fs.rmSync(folder, { recursive: true, force: true }));

onUnix('a thread in C answers, by a shape that it has interned', async (t) => {
  const { port1, port2 } = new MessageChannel();
  start(port2[TAKE]());
  for (const value of [1, 1.5, 'text', { a: [1, 2, { b: null }] }, new Map([[1, 2]]), new Uint8Array(5)]) {
    port1.postMessage(value);
    t.deepEqual((await once(port1, 'message'))[0], { c: [value] });
  }
  port1.close();
});

onUnix('ten thousand messages come back in order', async (t) => {
  const { port1, port2 } = new MessageChannel();
  start(port2[TAKE]());
  const COUNT = 10_000;
  let expected = 0;
  const all = new Promise((resolve) => {
    port1.on('message', (/** @type {any} */ { c }) => {
      if (c[0] !== expected++) t.fail(`${c[0]} instead of ${expected - 1}`);
      if (expected === COUNT) resolve(undefined);
    });
  });
  for (let n = 0; n < COUNT; n++) port1.postMessage(n);
  await all;
  port1.close();
  t.pass();
});

onUnix('ports and signals go through it', async (t) => {
  const { port1, port2 } = new MessageChannel();
  start(port2[TAKE]());
  const inner = new MessageChannel();
  const controller = new SharedAbortController();
  inner.port1.postMessage('inside');
  port1.postMessage([inner.port2, controller.signal], [inner.port2]);
  const [{ c }] = await once(port1, 'message');
  const [[port, signal]] = c;
  t.deepEqual(await once(port, 'message'), ['inside']);
  t.is(signal, controller.signal);
  port.close();
  port1.close();
});

onUnix('what is no port is refused, and what nobody takes closes', async (t) => {
  for (const object of [{}, new MessageChannel().port1]) t.throws(() => start(object), { message: 'expected a port' });
  const { port2 } = new MessageChannel();
  const object = port2[TAKE]();
  start(object);
  t.throws(() => start(object), { message: 'expected a port' });
});

onUnix('an addon that does not pin itself stays loaded once it has set a waker', async (t) => {
  t.timeout(5 * 60_000);
  // Only workers load it, so that each time the last environment that has it ends, in the middle of what its threads do.
  const source = `
    const { Worker } = require('node:worker_threads');
    const rounds = async () => {
      for (let i = 0; i < 30; i++) {
        const workerData = { package: ferroport, addon: process.env.ADDON };
        const worker = new Worker(process.env.WORKER, { workerData });
        await new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject));
      }
      console.log('no crash');
    };
    rounds();`;
  const env = { ADDON: file, WORKER: path.join(__dirname, 'c-worker.js') };
  const { code, signal, out, stderr } = await program(source, { env });
  t.deepEqual({ code, signal, out }, { code: 0, signal: null, out: ['no crash'] }, stderr);
});

test('the header and the structs in Rust have the same entries', (t) => {
  const header = fs.readFileSync(path.join(INCLUDE, 'ferroport.h'), 'utf8');
  const rust = fs.readFileSync(path.join(ROOT, 'src/native/abi.rs'), 'utf8');
  const [, inHeader] = /typedef struct \{([^}]*)\} ferroport_table;/.exec(header) ?? [];
  const [, inRust] = /pub struct Table \{([^}]*)\}/.exec(rust) ?? [];
  const names = [...inHeader.matchAll(/\(\*(\w+)\)\(/g)].map(([, name]) => name);
  t.deepEqual(
    names,
    [...inRust.matchAll(/pub (\w+):\s+unsafe extern/g)].map(([, name]) => name),
  );
  t.true(names.length > 10);
  for (const [, name, number] of rust.matchAll(/pub const (\w+): i32 = (\d+);/g)) {
    t.regex(header, new RegExp(`FERROPORT_${name} = ${number}\\b`));
  }
  const tags = [...rust.matchAll(/0x([0-9a-f_]{19})/g)].map(([, digits]) => digits.replaceAll('_', ''));
  t.is(tags.length, 2);
  for (const digits of tags) t.true(header.includes(`0x${digits}`));
});
