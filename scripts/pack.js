// npm run pack:local -- DIR: builds for this platform, and writes into DIR two packages that any package manager installs together: the
// main one, and the one with the addon.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ROOT, run } = require('./run');
const { builtAddon, setup } = require('./setup');

/** What of package.json is for those who work on the package. */
const OURS = ['scripts', 'devDependencies', 'overrides', 'ava', 'napi'];

/** What is published beside what `files` of package.json names. */
const ALWAYS = ['README.md', 'LICENSE', 'CHANGELOG.md'];

/** @param {string} file relative to the root */
const json = (file) => JSON.parse(fs.readFileSync(path.join(ROOT, file), 'utf8'));

/** @returns {string[]} the names of the packages that have an addon each */
function addonPackages() {
  // As the tool names them that makes their folders.
  const { parseTriple } = require('@napi-rs/cli');
  const { targets } = json('package.json').napi;
  return targets.map((/** @type {string} */ target) => `ferroport-${parseTriple(target).platformArchABI}`);
}

/**
 * @param {string} addon the file
 * @returns {string} its platform, as packages are named
 */
const platformOf = (addon) => path.basename(addon).slice('ferroport.'.length, -'.node'.length);

/**
 * Writes the main package as it is published.
 * @param {string} folder
 * @param {{ isLocal?: boolean }} [options] `isLocal`: to be installed beside the package of its platform. It names no package then, because
 *   yarn asks the registry for every package that is named
 */
function stageMain(folder, { isLocal = false } = {}) {
  const manifest = json('package.json');
  for (const name of OURS) delete manifest[name];
  if (!isLocal) {
    // Each in the one version that it fits: what the JavaScript and the addon say to one another is nobody else's business.
    manifest.optionalDependencies = Object.fromEntries(addonPackages().map((name) => [name, manifest.version]));
  }
  for (const name of [...manifest.files, ...ALWAYS]) {
    fs.cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
  fs.writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * Writes the package of a platform.
 * @param {string} folder
 * @param {string} addon the file
 */
function stageAddon(folder, addon) {
  const platform = platformOf(addon);
  fs.cpSync(path.join(ROOT, 'npm', platform), folder, { recursive: true });
  fs.copyFileSync(path.join(ROOT, 'LICENSE'), path.join(folder, 'LICENSE'));
  fs.copyFileSync(addon, path.join(folder, path.basename(addon)));
}

/**
 * Packs the main package and that of this platform, which have been built.
 * @param {string} target the folder for the tarballs
 * @param {Parameters<typeof stageMain>[1]} [options]
 * @returns {Promise<string[]>} their paths
 * @throws {Error} when npm fails
 */
async function pack(target, options) {
  fs.mkdirSync(target, { recursive: true });
  const staging = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-pack-'));
  try {
    const folders = { main: path.join(staging, 'main'), addon: path.join(staging, 'addon') };
    stageMain(folders.main, options);
    stageAddon(folders.addon, builtAddon());
    const tarballs = [];
    for (const folder of Object.values(folders)) tarballs.push(await npmPack(folder, target));
    return tarballs;
  } finally {
    fs.rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder of a package
 * @param {string} target the folder for the tarball
 * @returns {Promise<string>} its path
 * @throws {Error} when npm fails
 */
async function npmPack(folder, target) {
  const { code, output } = await run(['npm', 'pack', folder, '--pack-destination', target, '--silent']);
  const name = output.trim().split('\n').at(-1) ?? '';
  if (code !== 0) throw new Error(`npm pack failed\n${output}`);
  return path.join(target, name);
}

module.exports = { addonPackages, npmPack, pack, platformOf, stageAddon, stageMain };

if (require.main === module) {
  const [target] = process.argv.slice(2);
  const main = async () => {
    if (target === undefined) throw new Error('npm run pack:local -- DIR: the folder for the packages is missing');
    await setup();
    for (const tarball of await pack(path.resolve(target), { isLocal: true })) {
      console.log(`${tarball} (${(fs.statSync(tarball).size / 1024).toFixed(1)} KiB)`);
    }
  };
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
