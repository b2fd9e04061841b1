'use strict';

// What tests of published packages have in common: the packages, a registry that has them, and folders into which package managers
// install them, without a compiler and without scripts.

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

/** @type {{ folder: string, tarballs: string[], registry: Awaited<ReturnType<typeof serve>> }} what `published()` gives */
let made;

const published = () => made;

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
  made = { folder, tarballs, registry };
});

test.after.always(() => {
  made?.registry.close();
  if (made !== undefined) fs.rmSync(made.folder, { recursive: true, force: true, maxRetries: 3 });
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
  const folder = path.join(made.folder, name);
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "name": "of-a-user", "version": "1.0.0", "private": true }\n');
  fs.writeFileSync(path.join(folder, '.npmrc'), `registry=${made.registry.url}\n`);
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
      npm_config_cache: path.join(made.folder, 'cache'),
      YARN_CACHE_FOLDER: path.join(made.folder, 'yarn'),
    },
    npm_config_store_dir: path.join(made.folder, 'store'),
  };
  const { code, stdout, stderr } = await spawned(program, args, { cwd: folder, env });
  t.is(code, 0, stdout + stderr);
}

const npm = [...starting('npm'), 'install', '--no-audit', '--no-fund', '--no-update-notifier'];

module.exports = { emptyProject, install, installed, npm, published, starting, unpacked, works };
