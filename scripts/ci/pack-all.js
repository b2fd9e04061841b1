// Packs all that is published: the main package, and one for each target, whose addons have been built elsewhere.
//
//   node scripts/ci/pack-all.js <folder with the addons> <folder for the tarballs>
//
// On GitHub the packages name the repository that has made them, as npm wants it of those whose origin it attests.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { addonPackages, npmPack, platformOf, stageAddon, stageMain } = require('../pack');
const { buildDist, installPackages } = require('../setup');

/**
 * @param {string} folder of a staged package
 * @param {string} repository 'owner/name' on GitHub
 */
function nameRepository(folder, repository) {
  const file = path.join(folder, 'package.json');
  const url = `${process.env.GITHUB_SERVER_URL ?? 'https://github.com'}/${repository}`;
  const manifest = {
    ...JSON.parse(fs.readFileSync(file, 'utf8')),
    homepage: `${url}#readme`,
    bugs: `${url}/issues`,
    repository: { type: 'git', url: `git+${url}.git` },
  };
  fs.writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * @param {string} source the folder with the addons
 * @returns {string[]} their files, one for each target
 * @throws {Error} when one is missing
 */
function addonsIn(source) {
  const files = fs.readdirSync(source).filter((name) => /^ferroport\.[\w-]+\.node$/.test(name));
  const there = files.map((name) => `ferroport-${platformOf(name)}`);
  const missing = addonPackages().filter((name) => !there.includes(name));
  if (missing.length > 0) throw new Error(`no addon in ${source} for ${missing.join(', ')}`);
  return files.map((name) => path.join(source, name));
}

/**
 * @param {string} source
 * @param {string} target
 */
async function packAll(source, target) {
  await installPackages();
  const addons = addonsIn(source);
  await buildDist();
  fs.mkdirSync(target, { recursive: true });
  const staging = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-pack-'));
  try {
    const main = path.join(staging, 'main');
    stageMain(main);
    const folders = [main];
    for (const addon of addons) {
      const folder = path.join(staging, platformOf(addon));
      stageAddon(folder, addon);
      folders.push(folder);
    }
    const repository = process.env.GITHUB_REPOSITORY;
    for (const folder of folders) {
      if (repository !== undefined) nameRepository(folder, repository);
      const tarball = await npmPack(folder, target);
      console.log(`${tarball} (${(fs.statSync(tarball).size / 1024).toFixed(1)} KiB)`);
    }
  } finally {
    fs.rmSync(staging, { recursive: true, force: true });
  }
}

const [source, target] = process.argv.slice(2);

Promise.resolve()
  .then(() => {
    if (source === undefined || target === undefined) throw new Error('pack-all.js <addons> <tarballs>');
    return packAll(path.resolve(source), path.resolve(target));
  })
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
