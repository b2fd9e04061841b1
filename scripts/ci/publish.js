// Publishes tarballs that have been packed and tried: those of the platforms first, and the main one, which depends on them, last.
//
//   node scripts/ci/publish.js <folder with the tarballs>
//
// What the registry has already is left out, so that a run that broke off can be made again.
'use strict';

const path = require('node:path');
const { run } = require('../run');
const { packagesIn } = require('./tarballs');

/**
 * @param {string} name
 * @param {string} version
 * @returns {Promise<boolean>}
 * @throws {Error} when the registry gives no answer
 */
async function isPublished(name, version) {
  const { code, output } = await run(['npm', 'view', `${name}@${version}`, 'version', '--json']);
  // npm says nothing of a package that has other versions only.
  if (code === 0) return output.includes(`"${version}"`);
  if (output.includes('E404')) return false;
  throw new Error(`the registry does not say whether it has ${name}@${version}\n${output}`);
}

/** @param {string} source */
async function publishAll(source) {
  const { main, addons } = packagesIn(source);
  const { optionalDependencies, version: ofMain } = main.manifest;
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const isThere = addons.some(({ manifest }) => manifest.name === name && manifest.version === version);
    if (!isThere) throw new Error(`${name}@${version}, on which ferroport depends, is not in ${source}`);
  }
  const tag = ofMain.includes('-') ? 'next' : 'latest';
  for (const { file, manifest } of [...addons, main]) {
    const { name, version } = manifest;
    if (await isPublished(name, version)) {
      console.log(`${name}@${version} has been published before`);
      continue;
    }
    const { code } = await run(['npm', 'publish', file, '--access', 'public', '--tag', tag], { show: true });
    if (code !== 0) throw new Error(`${name}@${version} could not be published`);
  }
}

const [source] = process.argv.slice(2);

Promise.resolve()
  .then(() => {
    if (source === undefined) throw new Error('the folder with the packages is missing');
    return publishAll(path.resolve(source));
  })
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
