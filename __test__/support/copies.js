'use strict';

// Copies of ferroport in one thread: more of its JavaScript over the same addon, or whole packages beside one another.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.join(__dirname, '..', '..');
const { files } = require('../../package.json');

/** @param {string} name a file's */
const isOfPackage = (name) =>
  files.some((file) => name === path.join(ROOT, file) || name.startsWith(path.join(ROOT, file, path.sep)));

/** Another copy from the same folder, as if a program had emptied `require.cache`: it has the addon in common with the others. */
function again() {
  for (const name of Object.keys(require.cache)) if (isOfPackage(name)) delete require.cache[name];
  return require(ROOT);
}

/**
 * A folder with all of the package.
 * @param {string} [version] which it says it is
 */
function folderOf(version) {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'ferroport-'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  const addons = fs.readdirSync(ROOT).filter((name) => name.endsWith('.node'));
  const there = [...files, ...addons, 'package.json'].filter((name) => fs.existsSync(path.join(ROOT, name)));
  for (const name of there) fs.cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  if (version !== undefined) say(version, folder);
  return folder;
}

/**
 * Makes a package say that it is of another version.
 * @param {string} version
 * @param {string} folder
 */
function say(version, folder) {
  for (const name of fs.readdirSync(folder, { recursive: true }).filter((each) => each.endsWith('.js'))) {
    const file = path.join(folder, name);
    const source = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, source.replaceAll('native.version', `'${version}'`));
  }
}

/** Another package, with an addon of its own. */
const elsewhere = (version) => require(folderOf(version));

module.exports = { ROOT, again, elsewhere, folderOf };
