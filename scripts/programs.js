// Programs of other runtimes, out of the packages in which npm has them.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, run } = require('./run');

/** Where they are installed; git ignores it. */
const FOLDER = path.join(ROOT, '.test-runtimes');

/**
 * @typedef {object} Program
 * @property {string} package for this platform
 * @property {string} version a major one: the newest of those is installed, once
 * @property {string} file the program in the package, without the ending that Windows wants
 * @property {boolean} [foreign] whether it is a program of another platform
 */

/**
 * The path of a program, which is installed if need be.
 * @param {Program} program
 * @returns {Promise<string>}
 * @throws {Error} when npm has none for this platform, or fails
 */
async function programOf({ package: name, version, file, foreign = false }) {
  const folder = path.join(FOLDER, `${name.replace('@', '').replace('/', '-')}-${version}`);
  const program = path.join(folder, 'node_modules', name, process.platform === 'win32' ? `${file}.exe` : file);
  if (fs.existsSync(program)) return program;
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  const { code, output } = await run([
    ...['npm', 'install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--loglevel=error'],
    ...(foreign ? ['--force'] : []),
    `${name}@${version}`,
  ]);
  if (code !== 0 || !fs.existsSync(program)) throw new Error(`could not install ${name}@${version}\n${output}`);
  return program;
}

module.exports = { FOLDER, programOf };
