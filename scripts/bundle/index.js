// npm run build:dist: puts the files of lib into the few files that are published, in dist.
//
//   node scripts/bundle [--sources]    with --sources, dist only refers to lib: what runs on it runs on the sources
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('../run');
const { AT_ONCE, CORE, IN_WORKERS, LATER, placeOf, sources } = require('./house');

const DIST = path.join(ROOT, 'dist');

/** What programs load, by its name in dist: the file of lib that is asked for, and what is done with it. */
const ENTRIES = {
  'index.js': { source: 'index.js', begin: (/** @type {string} */ exported) => `module.exports = ${exported};` },
  'register.js': { source: 'register.js', begin: (/** @type {string} */ exported) => `${exported};` },
  'call.js': { source: 'call.js', begin: (/** @type {string} */ exported) => `module.exports = ${exported};` },
  'nats.js': { source: 'nats.js', begin: (/** @type {string} */ exported) => `module.exports = ${exported};` },
  'link.js': { source: 'link.js', begin: (/** @type {string} */ exported) => `module.exports = ${exported};` },
  'link-thread.js': { source: 'lib/link-thread.js', begin: (/** @type {string} */ exported) => `${exported};` },
  'bootstrap.js': { source: 'lib/bootstrap.js', begin: (/** @type {string} */ exported) => `${exported};` },
};

/** What a file of lib requires of the others and of Node, as it stands there when its comments are gone. */
const REQUIRED = /\brequire\("((?:\.|node:)[^"]*)"\)/g;

/**
 * @param {string} file
 * @param {{ minifyWhitespace?: boolean }} [options] for what is large: a fifth of what is downloaded would be spaces
 */
function withoutComments(file, { minifyWhitespace = false } = {}) {
  const options = /** @type {const} */ ({ target: 'node20.19', minifyWhitespace });
  const { code } = require('esbuild').transformSync(fs.readFileSync(file, 'utf8'), options);
  // Those before expressions are still there.
  return code.replace(/\/\*\* @type [^*]*\*\/\s*/g, '');
}

/**
 * The text of a file of lib, with what finds other files, and Node's modules, in the place of its requires.
 * @param {string} source
 * @returns {string}
 */
function textOf(source) {
  const text = withoutComments(path.join(ROOT, source), { minifyWhitespace: true }).replace(/^"use strict";/, '');
  return text.replace(REQUIRED, (there, name) => {
    const found = name.startsWith('node:') ? name : resolve(source, name);
    return found === undefined ? there : `use("${found.startsWith('node:') ? found : nameOf(found)}")`;
  });
}

/**
 * @param {string} source
 * @param {string} name relative to it
 * @returns {string | undefined} undefined for what is no JavaScript: the addon
 */
function resolve(source, name) {
  if (name.endsWith('.node')) return undefined;
  const wanted = path.posix.join(path.posix.dirname(source), name);
  const found = [`${wanted}.js`, wanted, `${wanted}/index.js`].find((each) => all.includes(each));
  if (found === undefined) throw new Error(`${source} requires ${name}, which is no file of lib`);
  return found;
}

const all = sources();

/**
 * What a file of lib is called in dist: the names are compiled, too.
 * @param {string} source
 */
const nameOf = (source) => source.replace(/^lib\//, '').replace(/\.js$/, '');

/**
 * @param {string} source
 * @returns {string} what is evaluated of it, as a property of `rooms`
 */
function room(source) {
  const text = `(module, exports, use) => {\n${textOf(source).trimEnd()}\n}`;
  // What is in parentheses V8 compiles at once, and need not look over before.
  return `rooms["${nameOf(source)}"] = ${AT_ONCE.test(source) ? `(${text})` : text};\n`;
}

/** @param {string} place */
const roomsOf = (place) =>
  all
    .filter((source) => placeOf(source) === place)
    .map(room)
    .join('\n');

/**
 * The names that an entry exports, for ES modules: Node finds them in the text of the file.
 * @param {string} source
 */
function exportedNames(source) {
  const text = fs.readFileSync(path.join(ROOT, source), 'utf8');
  return new Set([...text.matchAll(/\bexports\.(\w+) =/g)].map(([, name]) => name));
}

function coreText() {
  const later = all.filter((source) => placeOf(source) !== CORE);
  const cases = Object.keys(LATER).map((place) => `    case "${place}":\n      return require("./${place}.js");\n`);
  const places = Object.fromEntries(later.map((source) => [nameOf(source), placeOf(source)]));
  return [
    withoutComments(path.join(__dirname, 'loader.js')).replace(/^module\.exports = .*\n/m, ''),
    `const { rooms, use, add } = makeHouse(${JSON.stringify(places, null, 2)}, (place) => {`,
    `  switch (place) {\n${cases.join('')}  }\n}, module);\n`,
    roomsOf(CORE),
    'use.add = add;\nmodule.exports = use;\n',
  ].join('\n');
}

/** @param {string} place */
const laterText = (place) =>
  `"use strict";\nconst rooms = { __proto__: null };\n\n${roomsOf(place)}\nexports.rooms = rooms;\n`;

/**
 * @param {string} name in dist
 * @param {boolean} ofSources
 */
function entryText(name, ofSources) {
  const { source, begin } = ENTRIES[/** @type {keyof typeof ENTRIES} */ (name)];
  const core = name === 'bootstrap.js' ? 'core' : `require("./${CORE}.js")`;
  const exported = ofSources ? `require("../${source}")` : `${core}("${nameOf(source)}")`;
  const all = [...exportedNames(source)];
  const names = all.length > 0 && !ofSources ? `\n0 && (module.exports = { ${all.join(', ')} });\n` : '';
  const before = name === 'bootstrap.js' && !ofSources ? compiledText() : '';
  return `"use strict";\n${before}${begin(exported)}\n${names}`;
}

/** What the bootstrap does before it loads anything: takes what is compiled already. */
function compiledText() {
  const text = withoutComments(path.join(__dirname, 'compiled.js'))
    .replace(/^"use strict";\n/, '')
    .replace(/^module\.exports = .*\n/m, '');
  return [
    text,
    `const loaded = loadCompiled(${JSON.stringify(IN_WORKERS)}, module, require);`,
    `const core = loaded === undefined ? require("./${CORE}.js") : loaded[0];`,
    'for (let i = 1; loaded !== undefined && i < loaded.length; i++) core.add(loaded[i].rooms);',
  ].join('\n');
}

/** The command, by its name in dist, and what it is made of beside its own folder. */
const CLI = 'cli.js';
const OF_CLI = ['cli', 'benchmark', 'examples/demo'];

/**
 * The command with all that it requires of the benchmark, in one file.
 * @param {boolean} ofSources
 * @returns {string}
 */
function cliText(ofSources) {
  if (ofSources) return '#!/usr/bin/env node\n"use strict";\nrequire("../cli");\n';
  const { outputFiles } = require('esbuild').buildSync({
    entryPoints: [path.join(ROOT, 'cli', 'index.js')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20.19',
    minify: true,
    // What it measures is the package that it is a part of, and the manifest is where it was.
    external: ['ferroport', '../package.json'],
  });
  return outputFiles[0].text;
}

/**
 * Writes dist.
 * @param {{ ofSources?: boolean }} [options]
 */
function bundle({ ofSources = false } = {}) {
  fs.rmSync(DIST, { recursive: true, force: true });
  fs.mkdirSync(DIST);
  const write = (/** @type {string} */ name, /** @type {string} */ text) =>
    fs.writeFileSync(path.join(DIST, name), text);
  if (!ofSources) {
    write(`${CORE}.js`, coreText());
    for (const place of Object.keys(LATER)) write(`${place}.js`, laterText(place));
  }
  for (const name of Object.keys(ENTRIES)) write(name, entryText(name, ofSources));
  write(CLI, cliText(ofSources));
  fs.chmodSync(path.join(DIST, CLI), 0o755);
}

/**
 * Whether dist is there, of the kind that is asked for, and not older than what it is made of.
 * @param {{ ofSources?: boolean }} [options]
 */
function isCurrent({ ofSources = false } = {}) {
  const changed = (/** @type {string} */ file) => fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (changed(path.join(DIST, `${CORE}.js`)) > 0 === ofSources) return false;
  const made = changed(path.join(DIST, 'index.js'));
  const own = fs.readdirSync(__dirname).map((name) => path.join(__dirname, name));
  const ofCli = OF_CLI.flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => path.join(ROOT, folder, name)),
  );
  const all = [...own, ...ofCli, ...sources().map((source) => path.join(ROOT, source))];
  return all.every((file) => changed(file) < made);
}

module.exports = { bundle, isCurrent };

if (require.main === module) bundle({ ofSources: process.argv.includes('--sources') });
