// The steps of the test run, in order: cheap ones first.
'use strict';

const path = require('node:path');
const { avaCounts, cargoCounts, stepCounts } = require('./count');
const { ROOT, ava, bin, cargoTest, crateTest } = require('./run');
const { filesOf } = require('./suites');

/**
 * @typedef {object} Step
 * @property {string} name what `--only` selects
 * @property {'lint' | 'test'} group which `--only` selects as well
 * @property {number} seconds which it takes on two quiet cores, roughly: how long the rest will take is reckoned from it
 * @property {boolean} [isRare] that only `npm run test:all` has it
 * @property {'nothing' | 'packages' | 'addon' | 'sources'} needs what must be there first; with 'sources' it runs on lib
 *   instead of what is published
 * @property {string[]} [files] that it runs
 * @property {() => string[]} command
 * @property {Record<string, string>} [env]
 * @property {import('./count').Counter} count reads how many passed and failed out of the command's output
 */

// Another configuration in the same target folder would rebuild every dependency at each change between the two.
const loomTarget = path.join(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'), 'loom');

/** @type {Step[]} */
const steps = [
  lint('rustfmt', 1, 'nothing', () => ['cargo', 'fmt', '--all', '--', '--check']),
  lint('prettier', 10, 'packages', () => bin('prettier', '--check', '--log-level=warn', '.')),
  lint('eslint', 4, 'packages', () => bin('eslint', '--max-warnings=0', '.')),
  lint('spelling', 5, 'packages', () => bin('cspell', '--no-progress', '--no-summary', '--no-color')),
  // Of files and headings here; nothing is asked of the network.
  lint('links', 2, 'packages', () => bin('remark-cli', '--frail', '--quiet', '--no-stdout', '--no-color', '.')),
  lint('clippy', 15, 'nothing', () => ['cargo', 'clippy', '--all-targets', '--', '-D', 'warnings']),
  lint('clippy-core', 3, 'nothing', () => [
    ...['cargo', 'clippy', '--all-targets', '--no-default-features', '--features', 'value'],
    ...['--', '-D', 'warnings'],
  ]),
  lint('clippy-crate', 5, 'nothing', () => [
    ...['cargo', 'clippy', '-p', 'ferroport', '--all-targets', '--all-features'],
    ...['--', '-D', 'warnings'],
  ]),
  lint('types', 4, 'addon', () => bin('typescript', '-p', 'tsconfig.json')),
  lint('typings', 1, 'addon', () => bin('typescript', '-p', '__test__/types')),
  lint('typings-bundler', 1, 'addon', () => bin('typescript', '-p', '__test__/types/tsconfig.bundler.json')),
  lint('typings-dom', 1, 'addon', () => bin('typescript', '-p', '__test__/types/tsconfig.dom.json')),
  // The typings of NATS's client do not hold under exactOptionalPropertyTypes.
  lint('typings-nats', 1, 'addon', () => bin('typescript', '-p', '__test__/types/nats')),
  {
    name: 'cargo',
    group: 'test',
    seconds: 30,
    needs: 'nothing',
    command: () => cargoTest(),
    count: cargoCounts,
  },
  {
    // The crate for the other end, docs/native.md.
    name: 'cargo-crate',
    group: 'test',
    seconds: 40,
    needs: 'nothing',
    command: () => crateTest(),
    count: cargoCounts,
  },
  {
    name: 'loom',
    group: 'test',
    seconds: 43,
    needs: 'nothing',
    command: () => ['cargo', 'test', '--no-default-features', '--release', '--test', 'loom_channel'],
    env: { RUSTFLAGS: '--cfg loom', CARGO_TARGET_DIR: loomTarget },
    isRare: true,
    count: cargoCounts,
  },
  // Before the others, which leave dist as it is published.
  suite('ava-sources', 'sources', 12, { needs: 'sources' }),
  suite('ava', 'usual', 150, { env: { FERROPORT_FAST_LANE: '1' } }),
  suite('ava-slow-lane', 'slow lane', 40, { env: { FERROPORT_FAST_LANE: '0' } }),
  suite('ava-rare', 'rare', 150, { env: { FERROPORT_FAST_LANE: '1' }, isRare: true }),
  suite('ava-slow-lane-rest', 'slow lane, rest', 200, { env: { FERROPORT_FAST_LANE: '0' }, isRare: true }),
];

/**
 * @param {string} name
 * @param {number} seconds
 * @param {Step['needs']} needs
 * @param {Step['command']} command
 * @returns {Step}
 */
function lint(name, seconds, needs, command) {
  return { name, group: 'lint', seconds, needs, command, count: stepCounts };
}

/**
 * @param {string} name
 * @param {import('./suites').Suite} which
 * @param {number} seconds
 * @param {Partial<Step>} more
 * @returns {Step}
 */
function suite(name, which, seconds, more) {
  const files = filesOf(which);
  return {
    name,
    group: 'test',
    seconds,
    needs: 'addon',
    files,
    command: () => ava(...files),
    count: avaCounts,
    ...more,
  };
}

module.exports = { steps };
