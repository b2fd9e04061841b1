// The steps of the test run, in order: cheap ones first.
'use strict';

const path = require('node:path');
const { avaCounts, cargoCounts, stepCounts } = require('./count');
const { ROOT, ava, bin } = require('./run');

/**
 * @typedef {object} Step
 * @property {string} name what `--only` selects
 * @property {'lint' | 'test'} group which `--only` selects as well
 * @property {'nothing' | 'packages' | 'addon' | 'sources'} needs what must be there first; with 'sources' it runs on lib
 *   instead of what is published
 * @property {() => string[]} command
 * @property {Record<string, string>} [env]
 * @property {import('./count').Counter} count reads how many passed and failed out of the command's output
 */

// Another configuration in the same target folder would rebuild every dependency at each change between the two.
const loomTarget = path.join(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'), 'loom');

/** @type {Step[]} */
const steps = [
  lint('rustfmt', 'nothing', () => ['cargo', 'fmt', '--all', '--', '--check']),
  lint('prettier', 'packages', () => bin('prettier', '--check', '--log-level=warn', '.')),
  lint('eslint', 'packages', () => bin('eslint', '--max-warnings=0', '.')),
  lint('spelling', 'packages', () => bin('cspell', '--no-progress', '--no-summary', '--no-color')),
  // Of files and headings here; nothing is asked of the network.
  lint('links', 'packages', () => bin('remark-cli', '--frail', '--quiet', '--no-stdout', '--no-color', '.')),
  lint('clippy', 'nothing', () => ['cargo', 'clippy', '--all-targets', '--', '-D', 'warnings']),
  lint('clippy-core', 'nothing', () => [
    ...['cargo', 'clippy', '--all-targets', '--no-default-features', '--features', 'value'],
    ...['--', '-D', 'warnings'],
  ]),
  lint('types', 'addon', () => bin('typescript', '-p', 'tsconfig.json')),
  lint('typings', 'addon', () => bin('typescript', '-p', '__test__/types')),
  lint('typings-bundler', 'addon', () => bin('typescript', '-p', '__test__/types/tsconfig.bundler.json')),
  lint('typings-dom', 'addon', () => bin('typescript', '-p', '__test__/types/tsconfig.dom.json')),
  {
    name: 'cargo',
    group: 'test',
    needs: 'nothing',
    command: () => ['cargo', 'test', '--no-default-features', '--features', 'value', '--no-fail-fast'],
    count: cargoCounts,
  },
  {
    name: 'loom',
    group: 'test',
    needs: 'nothing',
    command: () => ['cargo', 'test', '--no-default-features', '--release', '--test', 'loom_channel'],
    env: { RUSTFLAGS: '--cfg loom', CARGO_TARGET_DIR: loomTarget },
    count: cargoCounts,
  },
  suite('ava', { FERROPORT_FAST_LANE: '1' }),
  // What the fast lane remembers and generates is nothing where there is none; and what is built, packed, counted or only loaded is the
  // same for both lanes.
  suite(
    'ava-slow-lane',
    { FERROPORT_FAST_LANE: '0' },
    'addon',
    '__test__/**/*.test.js',
    '!__test__/codec/lane-{cut-short,instances,kept,runs,shapes}.test.js',
    '!__test__/{benchmark,bundlers,packed,runners,scripts,workflows}/*.test.js',
  ),
  suite(
    'ava-sources',
    {},
    'sources',
    '__test__/core/*.test.js',
    '__test__/delivery/*.test.js',
    // Some of each kind: the code is the same, and only its loader another.
    '__test__/codec/{lane-agreement,lane-identity,reentrancy,serialize}.test.js',
  ),
];

/**
 * @param {string} name
 * @param {Step['needs']} needs
 * @param {Step['command']} command
 * @returns {Step}
 */
function lint(name, needs, command) {
  return { name, group: 'lint', needs, command, count: stepCounts };
}

/**
 * @param {string} name
 * @param {Record<string, string>} env
 * @param {Step['needs']} [needs]
 * @param {...string} files all, if none is named
 * @returns {Step}
 */
function suite(name, env, needs = 'addon', ...files) {
  return { name, group: 'test', needs, command: () => ava(...files), env, count: avaCounts };
}

module.exports = { steps };
