'use strict';

// Where an addon cannot be loaded, the one error says why; the hook says it in one warning, and leaves Node as it is.

const fs = require('node:fs');
const path = require('node:path');
const test = require('ava');
const { temporary } = require('../support/folder');
const { FERROPORT } = require('../support/program');
const { PERMISSION, REGISTER, node, sides } = require('./sides');

const USES = path.join(__dirname, 'uses.js');

const TRYING = `try { require(${JSON.stringify(FERROPORT)}); } catch ({ code, message }) { console.log(code, message); }`;

const WARNING = /\(node\) \[FERROPORT_NOT_LOADED\] FerroportWarning: .*/g;

const REASONS = [
  { flags: ['--no-addons'], reason: 'addons are disabled in this thread or process (--no-addons)' },
  {
    flags: [PERMISSION, '--allow-fs-read=*', '--allow-worker'],
    reason: 'the permission model forbids addons, unless Node is started with --allow-addons',
  },
  {
    flags: [PERMISSION, '--allow-fs-read=*', '--allow-addons', '--allow-worker', '--no-addons'],
    reason: 'addons are disabled in this thread or process (--no-addons)',
  },
];

for (const { flags, reason } of REASONS) {
  test.serial(flags.join(' '), async (t) => {
    const { builtin, hooked } = await sides(USES, { flags });
    const { code, stdout } = await node([...flags, '--eval', TRYING]);
    t.is(code, 0);
    t.regex(
      stdout,
      /^ERR_FERROPORT_ADDON The addon of ferroport for [\w ]+, of the package ferroport-[\w-]+, could not be loaded: /,
    );
    t.true(stdout.endsWith(`: ${reason}\n`), stdout);
    t.is(hooked.code, 0, hooked.stderr);
    t.is(hooked.stdout, builtin.stdout);
    const warnings = hooked.stderr.match(WARNING) ?? [];
    t.is(warnings.length, 1, hooked.stderr);
    t.true(warnings[0].endsWith(`: ${reason}`), warnings[0]);
  });
}

test.serial('without permission to read files Node’s own error names the flag', async (t) => {
  const { code, stdout } = await node([PERMISSION, '--allow-addons', '--eval', TRYING]);
  t.is(code, 0);
  t.regex(stdout, /^ERR_ACCESS_DENIED /);
});

test.serial('without permission for workers all else works, and a Worker is refused as the built-in is', async (t) => {
  const flags = [PERMISSION, '--allow-addons', '--allow-fs-read=*'];
  const { builtin, required, hooked } = await sides(USES, { flags });
  t.regex(builtin.stdout, /"closed".*"ERR_ACCESS_DENIED"/);
  t.deepEqual(required, builtin);
  t.deepEqual(hooked, builtin);
});

test.serial('a worker that may not load addons ends with the error that says so', async (t) => {
  const { stdout } = await node([
    '--eval',
    `const { Worker } = require(${JSON.stringify(FERROPORT)});
    const worker = new Worker('', { eval: true, execArgv: ['--no-addons'] });
    worker.on('error', ({ code, message }) => console.log(code, message));
    worker.on('exit', (code) => console.log(code));`,
  ]);
  t.regex(stdout, /^ERR_FERROPORT_ADDON .*\(--no-addons\)\n1\n$/);
});

const snapshot = (t) => {
  const folder = temporary(t);
  return { blob: path.join(folder, 'snapshot.blob'), entry: path.join(folder, 'entry.js') };
};

const LOAD = `require('node:module').createRequire(${JSON.stringify(__filename)})`;

test.serial('a startup snapshot of a program that loads ferroport is refused', async (t) => {
  const { blob, entry } = snapshot(t);
  fs.writeFileSync(
    entry,
    `try { ${LOAD}(${JSON.stringify(FERROPORT)}); } catch ({ code, message }) { console.log(code, message); }`,
  );
  const { stdout } = await node(['--snapshot-blob', blob, '--build-snapshot', entry]);
  t.regex(stdout, /^ERR_FERROPORT_ADDON ferroport cannot be part of a startup snapshot, as no addon can: load it in /);
});

test.serial('a program that comes out of a startup snapshot loads ferroport, and the hook', async (t) => {
  const { blob, entry } = snapshot(t);
  fs.writeFileSync(
    entry,
    `require('node:v8').startupSnapshot.setDeserializeMainFunction(() => ${LOAD}(${JSON.stringify(USES)}));`,
  );
  const built = await node(['--snapshot-blob', blob, '--build-snapshot', entry]);
  t.is(built.code, 0, built.stderr);
  const runs = [['node:worker_threads'], [FERROPORT], ['node:worker_threads', REGISTER]];
  const [builtin, required, hooked] = await Promise.all(
    runs.map(([name, hook]) => node([...(hook ? ['--require', hook] : []), '--snapshot-blob', blob, 'program', name])),
  );
  t.is(builtin.code, 0, builtin.stderr);
  t.regex(builtin.stdout, /"exit"/);
  t.deepEqual(required, builtin);
  t.deepEqual(hooked, builtin);
});
