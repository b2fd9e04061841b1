'use strict';

// The packages as they are published, installed by npm into empty folders, without a compiler and without scripts.

const fs = require('node:fs');
const path = require('node:path');
const test = require('ava');
const { addonPackages } = require('../../scripts/pack');
const { spawned } = require('../support/spawned');
const { emptyProject, install, npm, published, starting, unpacked, works } = require('./published');

const ROOT = path.join(__dirname, '..', '..');

test.serial('npm installs the two tarballs, and the core suite passes there, in both lanes', async (t) => {
  const folder = emptyProject('tarballs-npm');
  await install(t, folder, [...npm, ...published().tarballs]);
  await works(t, folder);
  const inside = path.join(folder, 'node_modules', 'ferroport');
  fs.cpSync(path.join(ROOT, '__test__', 'core'), path.join(inside, '__test__', 'core'), { recursive: true });
  const runner = ['--expose-gc', path.join(inside, '__test__', 'core', 'runner.js')];
  for (const FERROPORT_FAST_LANE of ['1', '0']) {
    const env = { ...process.env, FERROPORT_FAST_LANE };
    const { stdout, stderr } = await spawned(process.execPath, runner, { cwd: folder, env });
    t.regex(stdout, /\n\d{2,} passed, 0 failed\n$/, stdout.replace(/^ok .*\n/gm, '') + stderr);
  }
});

test.serial(
  'what npm has installed has the command ferroport, which measures and writes beside what it is run in',
  async (t) => {
    const folder = path.join(published().folder, 'tarballs-npm');
    const command = path.join(
      folder,
      'node_modules',
      '.bin',
      process.platform === 'win32' ? 'ferroport.cmd' : 'ferroport',
    );
    const run = (/** @type {string[]} */ ...args) => {
      const [program, ...rest] = [...starting(command), ...args];
      return spawned(program, rest, { cwd: folder });
    };
    const info = await run('info');
    t.is(info.code, 0, info.stderr);
    t.regex(info.stdout, /^ferroport: +\d+\.\d+\.\d+\n/);
    t.regex(info.stdout, /^addon: .*node_modules.*\.node$/m);
    const { code, stderr } = await run('bench', '--rounds', '1');
    t.is(code, 0, stderr);
    const written = fs.readdirSync(folder).filter((name) => name.startsWith('ferroport-bench.'));
    t.deepEqual(written.sort(), ['ferroport-bench.html', 'ferroport-bench.json', 'ferroport-bench.svg']);
  },
);

test.serial('npm installs from a registry: the main package, and of the platforms’ this one’s', async (t) => {
  const folder = emptyProject('registry-npm');
  await install(t, folder, [...npm, 'ferroport']);
  await works(t, folder);
  t.deepEqual(fs.readdirSync(path.join(folder, 'node_modules')).filter((name) => !name.startsWith('.')).length, 2);
});

test.serial(
  'without optional dependencies the one error says what is missing, why that may be, and what to do',
  async (t) => {
    const folder = emptyProject('omitted');
    await install(t, folder, [...npm, '--omit=optional', 'ferroport']);
    const trying = `try { require('ferroport'); } catch ({ code, message }) { console.log(code, message); }`;
    const { stdout } = await spawned(process.execPath, ['-e', trying], { cwd: folder });
    const name = path.basename(published().tarballs[1]).replace(/-\d+\.\d+\.\d+.*$/, '');
    const { platform, arch } = process;
    t.true(stdout.startsWith(`ERR_FERROPORT_ADDON The addon of ferroport for ${platform} ${arch}`), stdout);
    for (const part of [name, '--omit=optional', 'lockfile', 'npm run build']) t.true(stdout.includes(part), stdout);
    const hooked = await spawned(
      process.execPath,
      [
        '-r',
        'ferroport/register',
        '-e',
        "console.log(new (require('node:worker_threads').MessageChannel)().port1 instanceof MessagePort)",
      ],
      { cwd: folder },
    );
    t.deepEqual({ code: hooked.code, stdout: hooked.stdout }, { code: 0, stdout: 'true\n' });
    t.is(hooked.stderr.match(/FERROPORT_NOT_LOADED/g)?.length, 1, hooked.stderr);
  },
);

test('what is published has what it needs, no scripts and no dependencies but those on the platforms’ packages', async (t) => {
  const [main, addon] = await Promise.all(published().tarballs.map(unpacked));
  for (const { scripts, dependencies, devDependencies } of [main, addon]) {
    t.deepEqual([scripts, dependencies, devDependencies], [undefined, undefined, undefined]);
  }
  t.deepEqual(Object.keys(main.optionalDependencies), addonPackages());
  t.deepEqual([...new Set(Object.values(main.optionalDependencies))], [main.version]);
  const [{ size }] = published().tarballs.map((file) => fs.statSync(file));
  t.true(size < 200 * 1024, `${size} bytes`);
});
