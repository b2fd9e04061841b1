'use strict';

// Declares tests: a program that was bundled as docs/bundlers.md says prints, in another folder, what it prints on
// node:worker_threads unbundled.

const fs = require('node:fs');
const path = require('node:path');
const test = require('ava');
const { isPublished } = require('../support/program');
const { recipesIn } = require('./recipes');
const { build, run, shipped, workshop } = require('./workshop');

const recipes = recipesIn(fs.readFileSync(path.join(__dirname, '../../docs/bundlers.md'), 'utf8'));

// Which lane sends is nothing that a bundler could change. The commands are those of a POSIX shell.
const here = isPublished && process.env.FERROPORT_FAST_LANE !== '0' && process.platform !== 'win32';

const [major, minor] = process.versions.node.split('.').map(Number);
const canBuildExecutables = major > 25 || (major === 25 && minor >= 5);

/** @param {string} folder with the bundle of the program, or the program */
function entriesIn(folder) {
  const names = fs.readdirSync(folder);
  const find = (entry) => names.map((name) => path.join(folder, name)).find((name) => path.parse(name).name === entry);
  return { app: find('app'), worker: find('worker') };
}

/** What the program prints on node:worker_threads. */
async function ofTheBuiltIn(t) {
  const folder = workshop(t);
  for (const name of ['app.mjs', 'worker.mjs']) {
    const file = path.join(folder, name);
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace("'ferroport'", "'node:worker_threads'"));
  }
  return run(process.execPath, ['app.mjs'], folder, { WORKER: path.join(folder, 'worker.mjs') });
}

let expected;

/** @param {(recipe: import('./recipes').Recipe, index: number, all: import('./recipes').Recipe[]) => boolean} isWanted */
function declare(isWanted) {
  for (const { title, files, commands, ships } of recipes.filter(isWanted)) {
    const isBuiltByNode = commands.some((command) => command.includes('--build-sea'));
    (here && (!isBuiltByNode || canBuildExecutables) ? test.serial : test.skip)(title, async (t) => {
      const folder = workshop(t, files);
      await build(t, folder, commands);
      const elsewhere = shipped(t, folder, ships);
      fs.rmSync(folder, { recursive: true });
      fs.mkdirSync(folder);
      const { app, worker } = entriesIn(path.join(elsewhere, 'out'));
      const isExecutable = 'sea-config.json' in files;
      const printed = await (isExecutable
        ? run(app, [], elsewhere)
        : run(process.execPath, [app], elsewhere, { WORKER: worker }));
      t.deepEqual(printed, await (expected ??= ofTheBuiltIn(t)));
    });
  }
}

const bundlerOf = (/** @type {import('./recipes').Recipe} */ { title }) => title.split(':')[0];

/** Whether it is the first of its bundler: the one that most people want. */
const isUsual = (recipe, index, all) => all.findIndex((other) => bundlerOf(other) === bundlerOf(recipe)) === index;

module.exports = { bundlerOf, declare, isUsual, recipes };
