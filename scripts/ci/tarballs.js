// Reads the packages that npm has packed.
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

/** @typedef {{ file: string, manifest: any }} Packed `manifest`: its package.json */

/**
 * @param {string} folder with the tarballs
 * @returns {{ main: Packed, addons: Packed[] }}
 * @throws {Error} when ferroport's own is not among them
 */
function packagesIn(folder) {
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  const packages = names
    .map((name) => path.resolve(folder, name))
    .map((file) => ({ file, manifest: JSON.parse(inside(file, 'package/package.json')) }));
  const main = packages.find(({ manifest }) => manifest.name === 'ferroport');
  if (main === undefined) throw new Error(`there is no package of ferroport in ${folder}, but ${names.join(', ')}`);
  return { main, addons: packages.filter((each) => each !== main) };
}

/**
 * @param {string} tarball
 * @param {string} name of a file in it
 */
const inside = (tarball, name) => execFileSync('tar', ['-xzOf', tarball, name], { encoding: 'utf8' });

module.exports = { packagesIn };
