'use strict';

// The packages as they are published, installed by package managers into empty folders, without a compiler and without scripts.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('ava');
const { addonPackages, pack } = require('../../scripts/pack');
const { spawned } = require('../support/spawned');
const { serve } = require('./registry');

const ROOT = path.join(__dirname, '..', '..');

const manifestOf = (/** @type {string} */ folder) =>
  JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));

/** @type {{ folder: string, tarballs: string[], registry: Awaited<ReturnType<typeof serve>> }} */
let published;

test.before(async () => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-packed-')));
  const tarballs = await pack(path.join(folder, 'tarballs'));
  const fileOf = (/** @type {{ name: string, version: string }} */ { name, version }) =>
    tarballs.find((file) => path.basename(file) === `${name}-${version}.tgz`);
  const { optionalDependencies, ...main } = await unpacked(tarballs[0]);
  const manifests = [
    { optionalDependencies, ...main },
    ...addonPackages().map((name) => manifestOf(path.join(ROOT, 'npm', name.replace('ferroport-', '')))),
  ];
  const packages = [];
  for (const manifest of manifests) {
    packages.push({ manifest, file: fileOf(manifest) ?? (await withoutAddon(folder, manifest.name)) });
  }
  const registry = await serve(packages);
  published = { folder, tarballs, registry };
});

test.after.always(() => {
  published?.registry.close();
  if (published !== undefined) fs.rmSync(published.folder, { recursive: true, force: true, maxRetries: 3 });
});

/**
 * Packs another platform's package without its addon: yarn fetches them all.
 * @param {string} folder
 * @param {string} name
 */
async function withoutAddon(folder, name) {
  const file = path.join(folder, 'tarballs', `${name}.tgz`);
  fs.cpSync(path.join(ROOT, 'npm', name.replace('ferroport-', '')), path.join(folder, name, 'package'), {
    recursive: true,
  });
  await spawned('tar', ['-czf', file, '-C', path.join(folder, name), 'package']);
  return file;
}

/** @param {string} tarball */
async function unpacked(tarball) {
  const { stdout } = await spawned('tar', ['-xzOf', tarball, 'package/package.json']);
  return JSON.parse(stdout);
}

/**
 * @param {string} name of a new folder
 * @returns {string}
 */
function emptyProject(name) {
  const folder = path.join(published.folder, name);
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "name": "of-a-user", "version": "1.0.0", "private": true }\n');
  fs.writeFileSync(path.join(folder, '.npmrc'), `registry=${published.registry.url}\n`);
  return folder;
}

const USES = `
  const { MessageChannel, Worker, receiveMessageOnPort } = require('ferroport');
  const { port1, port2 } = new MessageChannel();
  port1.postMessage({ at: new Date(0) });
  const worker = new Worker("require('node:worker_threads').parentPort.on('message', function (m) { this.postMessage(m); this.close(); })", { eval: true });
  worker.postMessage(receiveMessageOnPort(port2).message);
  worker.on('message', ({ at }) => console.log(at.getTime(), Object.keys(process.report.getReport().sharedObjects).length > 0));`;

/**
 * @param {any} t
 * @param {string} folder
 */
async function works(t, folder) {
  const { code, stdout, stderr } = await spawned(process.execPath, ['-e', USES], { cwd: folder });
  t.deepEqual({ code, stdout }, { code: 0, stdout: '0 true\n' }, stderr);
  const hooked = await spawned(
    process.execPath,
    [
      '-r',
      'ferroport/register',
      '-e',
      "console.log(require('node:worker_threads').Worker === require('ferroport').Worker)",
    ],
    { cwd: folder },
  );
  t.is(hooked.stdout, 'true\n', hooked.stderr);
}

/** No variables of the package manager that runs these tests. */
const environment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^INIT_CWD$/i.test(name)));

/**
 * What starts a package manager's program: on Windows it is a batch file.
 * @param {string} program
 */
const starting = (program) => (process.platform === 'win32' ? ['cmd', '/d', '/c', program] : [program]);

const installed = (/** @type {string} */ name) => starting(path.join(ROOT, 'node_modules', '.bin', name));

/**
 * @param {any} t
 * @param {string} folder
 * @param {string[]} command
 */
async function install(t, folder, [program, ...args]) {
  const env = {
    ...environment(),
    ...{
      npm_config_cache: path.join(published.folder, 'cache'),
      YARN_CACHE_FOLDER: path.join(published.folder, 'yarn'),
    },
    npm_config_store_dir: path.join(published.folder, 'store'),
  };
  const { code, stdout, stderr } = await spawned(program, args, { cwd: folder, env });
  t.is(code, 0, stdout + stderr);
}

const npm = [...starting('npm'), 'install', '--no-audit', '--no-fund', '--no-update-notifier'];

test.serial('npm installs the two tarballs, and the core suite passes there, in both lanes', async (t) => {
  const folder = emptyProject('tarballs-npm');
  await install(t, folder, [...npm, ...published.tarballs]);
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

test.serial('pnpm installs the two tarballs, too', async (t) => {
  const folder = emptyProject('tarballs-pnpm');
  await install(t, folder, [...installed('pnpm'), 'add', ...published.tarballs]);
  await works(t, folder);
});

test.serial('npm installs from a registry: the main package, and of the platforms’ this one’s', async (t) => {
  const folder = emptyProject('registry-npm');
  await install(t, folder, [...npm, 'ferroport']);
  await works(t, folder);
  t.deepEqual(
    fs.readdirSync(path.join(folder, 'node_modules')).filter((name) => name !== '.package-lock.json').length,
    2,
  );
});

test.serial('so does pnpm', async (t) => {
  const folder = emptyProject('registry-pnpm');
  await install(t, folder, [...installed('pnpm'), 'add', 'ferroport']);
  await works(t, folder);
});

test.serial('so does yarn', async (t) => {
  const folder = emptyProject('registry-yarn');
  await install(t, folder, [...installed('yarn'), 'add', 'ferroport', '--no-progress']);
  await works(t, folder);
});

test.serial(
  'without optional dependencies the one error says what is missing, why that may be, and what to do',
  async (t) => {
    const folder = emptyProject('omitted');
    await install(t, folder, [...npm, '--omit=optional', 'ferroport']);
    const trying = `try { require('ferroport'); } catch ({ code, message }) { console.log(code, message); }`;
    const { stdout } = await spawned(process.execPath, ['-e', trying], { cwd: folder });
    const name = path.basename(published.tarballs[1]).replace(/-\d+\.\d+\.\d+.*$/, '');
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
  const [main, addon] = await Promise.all(published.tarballs.map(unpacked));
  for (const { scripts, dependencies, devDependencies } of [main, addon]) {
    t.deepEqual([scripts, dependencies, devDependencies], [undefined, undefined, undefined]);
  }
  t.deepEqual(Object.keys(main.optionalDependencies), addonPackages());
  t.deepEqual([...new Set(Object.values(main.optionalDependencies))], [main.version]);
  const [{ size }] = published.tarballs.map((file) => fs.statSync(file));
  t.true(size < 120 * 1024, `${size} bytes`);
});
