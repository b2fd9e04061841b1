// Makes a tree ready to run: packages installed, addon built, dist written. As a program, then runs the script it is given.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, run } = require('./run');

/** What an addon is built from, beside every file under src/. */
const SOURCES = ['Cargo.toml', 'Cargo.lock', 'build.rs'];

/**
 * Installs the packages when they are missing or older than the lockfile.
 * @returns {Promise<void>}
 * @throws {Error} when npm fails
 */
async function installPackages() {
  if (changedAt('node_modules/.package-lock.json') >= changedAt('package-lock.json')) return;
  // npm would empty the folder behind the link, which another checkout uses.
  if (isLink('node_modules')) {
    throw new Error('node_modules is a link, and out of date: install the packages where it points');
  }
  await must('install the packages', ['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error']);
  // npm keeps the lockfile's own time in some versions; ours is the one that counts.
  const now = new Date();
  fs.utimesSync(path.join(ROOT, 'node_modules/.package-lock.json'), now, now);
}

/** @param {string} name of something in the checkout */
const isLink = (name) => fs.lstatSync(path.join(ROOT, name), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

/**
 * Builds the addon for release when it is missing, older than the Rust sources, or a debug build.
 * @returns {Promise<void>}
 * @throws {Error} when the build fails
 */
async function buildAddon() {
  const newestSource = Math.max(...SOURCES.map(changedAt), ...filesUnder('src').map(changedAt));
  const ready = addons().some((name) => changedAt(name) >= newestSource && !isDebugBuild(name));
  if (!ready) await must('build the addon', ['npm', 'run', '--silent', 'build:addon']);
}

/**
 * Writes dist, which is what programs load, when it is missing or older than what it is made of.
 * @param {{ ofSources?: boolean }} [options] with `ofSources` it only refers to lib
 * @returns {Promise<void>}
 */
async function buildDist({ ofSources = false } = {}) {
  // After the packages have been installed: it needs one.
  const { bundle, isCurrent } = require('./bundle');
  if (!isCurrent({ ofSources })) bundle({ ofSources });
}

/**
 * Installs and builds whatever is missing.
 * @returns {Promise<void>}
 * @throws {Error} when a step fails
 */
async function setup() {
  await installPackages();
  await buildAddon();
  await buildDist();
}

/** Whether this Node was built for musl, and not for glibc. */
const isMusl =
  process.platform === 'linux' && !('glibcVersionRuntime' in /** @type {any} */ (process.report.getReport()).header);

/** @returns {string[]} the addons for this system that have been built: those for others may lie beside them */
function addons() {
  const prefix = `ferroport.${process.platform}-${process.arch}`;
  const names = fs.readdirSync(ROOT).filter((name) => name.startsWith(prefix) && name.endsWith('.node'));
  return names.filter((name) => name.includes('-musl') === isMusl);
}

/**
 * @returns {string} the path of the addon that has been built for this system last
 * @throws {Error} when there is none
 */
function builtAddon() {
  const [newest] = addons().sort((a, b) => changedAt(b) - changedAt(a));
  if (newest === undefined) throw new Error('no addon has been built for this system: npm run build');
  return path.join(ROOT, newest);
}

/**
 * Whether an addon has debugging sections, which a release build is stripped of. Their names stand between zeros in the file;
 * without those, what is linked in to read such sections has the names, too.
 * @param {string} name
 */
function isDebugBuild(name) {
  return fs.readFileSync(path.join(ROOT, name)).includes('\0.debug_info\0');
}

/**
 * @param {string} folder
 * @returns {string[]} every file under it, relative to the root
 */
function filesUnder(folder) {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)));
}

/**
 * @param {string} name relative to the root
 * @returns {number} when the file was last changed, in milliseconds since 1970; 0 when there is none
 */
function changedAt(name) {
  return fs.statSync(path.join(ROOT, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/**
 * @param {string} purpose
 * @param {string[]} command
 */
async function must(purpose, command) {
  console.error(`> ${command.join(' ')}`);
  const { code } = await run(command, { show: true });
  if (code !== 0) throw new Error(`could not ${purpose}: ${command.join(' ')} exited with ${code}`);
}

module.exports = { installPackages, buildAddon, buildDist, builtAddon, isMusl, setup };

if (require.main === module) {
  const [script, ...args] = process.argv.slice(2);
  setup()
    .then(() => (script ? run([process.execPath, path.join(ROOT, script), ...args], { show: true }) : { code: 0 }))
    .then(({ code }) => void (process.exitCode = code))
    .catch((error) => {
      console.error(error.message);
      process.exitCode = 1;
    });
}
