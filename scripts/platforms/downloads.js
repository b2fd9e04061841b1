// What is fetched for other platforms beside Debian's packages: programs out of Python's packages, and the sources of the crates.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, run } = require('../run');

/** Where all of it is; git ignores it. */
const FOLDER = path.join(ROOT, '.test-runtimes', 'platforms');

/** Longest time that a step may take, in milliseconds. */
const LIMIT = 60 * 60_000;

/**
 * Runs a command that must not fail.
 * @param {string} purpose
 * @param {string[]} command
 * @returns {Promise<string>} its output
 * @throws {Error} that has the output
 */
async function must(purpose, command) {
  const { code, output } = await run(command, { limit: LIMIT });
  if (code !== 0) throw new Error(`could not ${purpose}: ${command[0]} failed\n${output}`);
  return output;
}

/**
 * A package of the Python Package Index, unpacked.
 * @param {string} name
 * @param {string} version
 * @param {string} platform as wheels name it
 * @returns {Promise<string>} its folder
 * @throws {Error} when pip fails or is missing
 */
async function wheel(name, version, platform) {
  const folder = path.join(FOLDER, `${name}-${version}-${platform}`);
  if (fs.existsSync(folder)) return folder;
  const partial = `${folder}.partial`;
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(partial, { recursive: true });
  await must(`download ${name} (python3 with pip is needed)`, [
    ...['python3', '-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:'],
    ...['--platform', platform, '--dest', partial, `${name}==${version}`],
  ]);
  const [file] = fs.readdirSync(partial);
  await must(`unpack ${file}`, ['python3', '-m', 'zipfile', '-e', path.join(partial, file), partial]);
  fs.rmSync(path.join(partial, file));
  fs.renameSync(partial, folder);
  return folder;
}

/**
 * A file of such a package that is a program. Archives of Python's do not say that it is one.
 * @param {string} folder
 * @param {string} name
 * @returns {string} its path
 */
function programIn(folder, name) {
  const program = path.join(folder, name);
  fs.chmodSync(program, 0o755);
  return program;
}

/**
 * The sources of all crates, those of the standard library included: what is built in the folder with Debian has no network.
 * @param {string} standard the folder with the sources of the crates that the standard library is made of
 * @returns {Promise<string>} the folder
 * @throws {Error} when cargo fails
 */
async function crates(standard) {
  const folder = path.join(FOLDER, 'crates');
  const mark = path.join(folder, 'Cargo.lock');
  const locked = fs.readFileSync(path.join(ROOT, 'Cargo.lock'), 'utf8');
  if (fs.existsSync(mark) && fs.readFileSync(mark, 'utf8') === locked) return folder;
  fs.rmSync(folder, { recursive: true, force: true });
  await must('fetch the crates', ['cargo', 'vendor', '--locked', '--versioned-dirs', '--quiet', folder]);
  for (const name of fs.readdirSync(standard)) {
    const to = path.join(folder, name);
    if (!fs.existsSync(to)) fs.cpSync(path.join(standard, name), to, { recursive: true, dereference: true });
  }
  fs.writeFileSync(mark, locked);
  return folder;
}

module.exports = { FOLDER, LIMIT, crates, must, programIn, wheel };
