'use strict';

// Folders in which programs are built as by a user who has installed ferroport and bundlers, and folders in which they run.

const fs = require('node:fs');
const path = require('node:path');
const { temporary } = require('../support/folder');
const { addon } = require('../support/inside');
const { spawned } = require('../support/spawned');

const ROOT = path.resolve(__dirname, '../..');
const PROJECT = path.join(__dirname, 'project');

/** Of the machine on which this runs, as packages are named. */
const PLATFORM = /^ferroport\.(.+)\.node$/.exec(path.basename(addon))[1];

/** What the configurations of the documentation say in its place. */
const PLATFORM_IN_DOCS = 'linux-x64-gnu';

const BUNDLERS = ['esbuild', 'webpack', 'rollup', '@rollup', '@vercel', 'node-loader', 'postject'];

/**
 * Installs ferroport and the addon's package, as they are published.
 * @param {string} folder
 */
function install(folder) {
  const into = (...names) => path.join(folder, 'node_modules', ...names);
  fs.cpSync(path.join(ROOT, 'dist'), into('ferroport', 'dist'), { recursive: true });
  fs.copyFileSync(path.join(ROOT, 'package.json'), into('ferroport', 'package.json'));
  const ofPlatform = `ferroport-${PLATFORM}`;
  fs.cpSync(path.join(ROOT, 'npm', PLATFORM), into(ofPlatform), { recursive: true });
  fs.copyFileSync(addon, into(ofPlatform, path.basename(addon)));
}

/**
 * @param {import('ava').ExecutionContext} t
 * @param {Record<string, string>} [files] more than the sources of the program in `project`, by name
 * @returns {string} a folder with all that it takes to build the program
 */
function workshop(t, files = {}) {
  const folder = temporary(t);
  install(folder);
  for (const name of BUNDLERS) {
    fs.symlinkSync(path.join(ROOT, 'node_modules', name), path.join(folder, 'node_modules', name), 'junction');
  }
  fs.cpSync(PROJECT, folder, { recursive: true });
  for (const [name, code] of Object.entries(files)) {
    fs.writeFileSync(path.join(folder, name), code.replaceAll(PLATFORM_IN_DOCS, PLATFORM));
  }
  return folder;
}

/**
 * @param {import('ava').ExecutionContext} t
 * @param {string} folder where something was built
 * @param {string[]} names files and folders in it, as the documentation says them
 * @returns {string} another folder, with those and nothing else
 */
function shipped(t, folder, names) {
  const elsewhere = temporary(t);
  for (const name of names) {
    const wanted = name.replace('<platform>', PLATFORM);
    fs.cpSync(path.join(folder, wanted), path.join(elsewhere, wanted), { recursive: true });
  }
  return elsewhere;
}

/**
 * Runs a command, with this Node and the bundlers at hand.
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @param {Record<string, string>} [env]
 * @returns {Promise<{ code: number | null, stdout: string, stderr: string }>}
 */
async function run(command, args, cwd, env = {}) {
  const PATH = [path.dirname(process.execPath), path.join(ROOT, 'node_modules', '.bin'), process.env.PATH];
  const { code, stdout, stderr } = await spawned(command, args, {
    cwd,
    env: { ...process.env, PATH: PATH.join(path.delimiter), ...env },
  });
  return { code, stdout, stderr };
}

/**
 * Does what the documentation says.
 * @param {import('ava').ExecutionContext} t
 * @param {string} folder
 * @param {string[]} commands
 */
async function build(t, folder, commands) {
  for (const command of commands) {
    const line = command.replace(/^npx webpack$/, `node "${path.join(__dirname, 'webpack.js')}"`).replace(/^npx /, '');
    const { code, stdout, stderr } = await run('sh', ['-c', line], folder);
    t.is(code, 0, `${command}\n${stdout}${stderr}`);
  }
}

module.exports = { PLATFORM, build, run, shipped, workshop };
