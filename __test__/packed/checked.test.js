'use strict';

// What publint and "Are the types wrong?" say of the packages as they are published.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('ava');
const { addonPackages, pack } = require('../../scripts/pack');
const { bin } = require('../../scripts/run');
const { spawned } = require('../support/spawned');

/** @type {string} */
let folder;
/** @type {string[]} */
let tarballs;

test.before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-checked-'));
  tarballs = await pack(folder);
});

test.after.always(() => fs.rmSync(folder, { recursive: true, force: true }));

/**
 * @param {string} tarball
 * @param {'suggestion' | 'warning'} level from which on
 */
async function publint(tarball, level) {
  const { publint } = await import('publint');
  const { buffer } = new Uint8Array(fs.readFileSync(tarball));
  return (await publint({ pack: { tarball: buffer }, level })).messages;
}

test('publint finds nothing in the main package', async (t) => {
  t.deepEqual(await publint(tarballs[0], 'suggestion'), []);
});

test('publint finds nothing in the package with the addon, whose manifest is as the napi CLI makes it', async (t) => {
  // There is no JavaScript in it, of which its manifest could say the type.
  t.deepEqual(await publint(tarballs[1], 'warning'), []);
});

test('the types are those of what is loaded, however they are resolved', async (t) => {
  const [main] = tarballs;
  const { exports } = JSON.parse(fs.readFileSync(path.join(__dirname, '../../package.json'), 'utf8'));
  const [program, ...args] = bin('@arethetypeswrong/cli', main, '--format', 'json');
  const { stdout, stderr } = await spawned(program, args);
  t.true(stdout.startsWith('{'), stdout + stderr);
  const { analysis } = JSON.parse(stdout);
  t.deepEqual(Object.keys(analysis.entrypoints), Object.keys(exports));
  t.deepEqual(analysis.problems, []);
});

test('the loader looks for the package of each platform, and for none that is not made', (t) => {
  const dist = path.join(__dirname, '../../dist');
  const texts = fs.readdirSync(dist).map((name) => fs.readFileSync(path.join(dist, name), 'utf8'));
  const named = (/** @type {RegExp} */ pattern) =>
    [...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name)))].sort();
  const platforms = addonPackages().map((name) => name.replace('ferroport-', ''));
  t.deepEqual(named(/require\("ferroport-([^"]+)"\)/g), platforms.sort());
  t.deepEqual(named(/require\("[^"]*ferroport\.([^"]+)\.node"\)/g), platforms);
  // The list that it tells those whose platform is not in it.
  t.deepEqual(named(/"((?:darwin|freebsd|linux|win32|wasm32|wasi)-[\w-]+)"/g), platforms);
});
