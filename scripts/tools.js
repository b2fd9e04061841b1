// Programs that are not in npm: installed out of PyPI and crates.io when they are first needed, in the one version that is named here or
// in requirements.txt.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { FOLDER } = require('./programs');
const { run } = require('./run');

/** Parts of cargo that are compiled here. */
const CARGO_VERSIONS = { 'cargo-deny': '0.20.2', 'cargo-fuzz': '0.13.2' };

/** Windows knows it by another name. */
const PYTHON = process.platform === 'win32' ? 'python' : 'python3';

const EXE = process.platform === 'win32' ? '.exe' : '';

/**
 * @param {string} name as in requirements.txt
 * @returns {string}
 */
function requirement(name) {
  const lines = fs.readFileSync(path.join(__dirname, 'requirements.txt'), 'utf8').split('\n');
  const found = lines.find((line) => line.startsWith(`${name}==`));
  if (found === undefined) throw new Error(`requirements.txt does not name ${name}`);
  return found;
}

/**
 * Installs packages of PyPI into a folder of their own, once.
 * @param {...string} names
 * @returns {Promise<string>} the folder: its `bin` has the programs, and as PYTHONPATH it has the modules
 * @throws {Error} when there is no Python with pip, or pip fails
 */
async function fromPyPI(...names) {
  const wanted = names.map(requirement);
  const folder = path.join(FOLDER, `pypi-${wanted.join('-').replaceAll('==', '-')}`);
  if (fs.existsSync(folder)) return folder;
  // What an interrupted installation has left must not be taken for one that is done.
  const unfinished = `${folder}.part`;
  fs.rmSync(unfinished, { recursive: true, force: true });
  fs.mkdirSync(unfinished, { recursive: true });
  const quietly = ['--quiet', '--disable-pip-version-check', '--no-input', '--only-binary=:all:'];
  const { code, output } = await run([PYTHON, '-m', 'pip', 'install', ...quietly, '--target', unfinished, ...wanted]);
  if (code !== 0) throw new Error(`could not install ${wanted.join(' and ')}\n${output}`);
  fs.renameSync(unfinished, folder);
  return folder;
}

/**
 * Installs a part of cargo, once: it is compiled, which takes minutes.
 * @param {keyof typeof CARGO_VERSIONS} name
 * @returns {Promise<string>} the program
 * @throws {Error} when cargo fails
 */
async function fromCrates(name) {
  const version = CARGO_VERSIONS[name];
  const folder = path.join(FOLDER, `${name}-${version}`);
  const program = path.join(folder, 'bin', `${name}${EXE}`);
  if (fs.existsSync(program)) return program;
  const command = ['cargo', 'install', '--locked', '--version', version, '--root', folder, name];
  const { code } = await run(command, { show: true, env: { CARGO_TARGET_DIR: path.join(folder, 'target') } });
  if (code !== 0) throw new Error(`could not install ${name} ${version}`);
  fs.rmSync(path.join(folder, 'target'), { recursive: true, force: true });
  return program;
}

/** @returns {Promise<boolean>} whether there is a Python that can install packages */
const hasPip = async () => (await run([PYTHON, '-m', 'pip', '--version'])).code === 0;

/**
 * What makes a folder's programs and modules be found first.
 * @param {string} folder as `fromPyPI` has given it
 * @returns {Record<string, string>}
 */
const findable = (folder) => ({
  PATH: `${path.join(folder, 'bin')}${path.delimiter}${process.env.PATH}`,
  PYTHONPATH: folder,
});

module.exports = { EXE, findable, fromCrates, fromPyPI, hasPip };
