// Which test files run where: all of them in one lane or another, those in `npm test` that prove most for their time.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('./run');

const FOLDER = '__test__';

/** @returns {string[]} every test file, relative to the root, with forward slashes */
const testFiles = () =>
  fs
    .readdirSync(path.join(ROOT, FOLDER), { recursive: true, encoding: 'utf8' })
    .map((name) => `${FOLDER}/${name.split(path.sep).join('/')}`)
    .filter((name) => name.endsWith('.test.js'))
    .sort();

/**
 * What `npm run test:all` has and `npm test` has not, with what proves it in a smaller way there. __test__/README.md says the same to
 * people.
 */
const RARE = [
  // Every length and every place around a limit: what is between the limits, and each limit once, lane-agreement has.
  /^codec\/(lane-sizes|wide)\./,
  // Ever new shapes, until memory would grow, and writing that is cut short at every call: lane-runs and lane-identity walk the same ways
  // once.
  /^codec\/lane-(shapes|kept|cut-short)\./,
  // Storms and long runs, and failures in rarer surroundings: the neighbours of each walk the same ways once.
  /^(broadcast|sidecar)\/storm\./,
  /^(failures\/(memory|overflow|stack-elsewhere)|copies\/memory|parity\/huge)\./,
  // Each class of the language behind a proxy as a prototype: parity/whole-values has one.
  /^parity\/proxy-prototypes\./,
  // Other configurations of bundlers: bundlers/bundlers has the usual ones.
  /^bundlers\/(rare|conditions)\./,
  // Test runners: Jest, whose modules and contexts are the hardest, and Node's own stay.
  /^runners\/(vitest|mocha|ava)\./,
];

/** What the fast lane remembers and generates is nothing where there is none; what is built, packed, counted or only loaded is the same. */
const OF_NO_LANE = [
  /^codec\/lane-(cut-short|instances|kept|runs|shapes)\./,
  /^(benchmark|bundlers|cli|house|packed|runners|scripts|workflows)\//,
];

/** What the complete codec alone must do as the built-in does: values, errors, ports, workers, order. */
const OF_SLOW_LANE = [
  /^core\//,
  /^codec\/(lane-switch|malformed|serialize|reentrancy|culprit-path|errors|keys|views)\./,
  /^parity\/(clone|clone-errors|clone-graphs|engine-objects|host-objects|transfer|getters|receive-message|refused)\./,
  /^delivery\//,
  /^broadcast\/(delivery|surface)\./,
];

/** Some of each kind: the code of lib is the same as that of dist, and only its loader another. */
const OF_SOURCES = [/^core\//, /^delivery\//, /^codec\/(lane-agreement|lane-identity|reentrancy|serialize)\./];

/** @typedef {'usual' | 'rare' | 'slow lane' | 'slow lane, rest' | 'sources'} Suite */

/** @type {Record<Suite, (name: string) => boolean>} */
const BELONGS = {
  usual: (name) => !isAmong(RARE, name),
  rare: (name) => isAmong(RARE, name),
  'slow lane': (name) => isAmong(OF_SLOW_LANE, name),
  'slow lane, rest': (name) => !isAmong(OF_SLOW_LANE, name) && !isAmong(OF_NO_LANE, name),
  sources: (name) => isAmong(OF_SOURCES, name),
};

/**
 * @param {RegExp[]} patterns
 * @param {string} name in the folder of tests
 */
const isAmong = (patterns, name) => patterns.some((pattern) => pattern.test(name));

/**
 * @param {Suite} suite
 * @returns {string[]} its files, relative to the root
 */
const filesOf = (suite) => testFiles().filter((file) => BELONGS[suite](file.slice(FOLDER.length + 1)));

module.exports = { RARE, OF_NO_LANE, OF_SLOW_LANE, OF_SOURCES, filesOf, testFiles };
