// npm run test:tsan: cargo's tests, and AVA tests in which threads meet, on a build that ThreadSanitizer watches. Linux x64 only; needs
// clang and rustup: the standard library has to be watched, too, and is built from its sources.
//
//   node scripts/test-tsan.js [AVA's arguments]
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { avaCounts, cargoCounts } = require('./count');
const { nightly } = require('./nightly');
const { ROOT, ava, cargoTest, crateTest, run } = require('./run');
const { setup } = require('./setup');
const { show } = require('./tell');

const TRIPLE = 'x86_64-unknown-linux-gnu';
const target = path.join(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'), 'tsan');

const BUILD = {
  RUSTFLAGS: '-Zsanitizer=thread',
  CARGO_TARGET_DIR: target,
  // So that a report says where.
  CARGO_PROFILE_RELEASE_STRIP: 'none',
  CARGO_PROFILE_RELEASE_DEBUG: '1',
};

const WATCHED_LIBRARY = ['--target', TRIPLE, '-Zbuild-std=std,panic_unwind'];

/** Where threads meet. */
const FILES = ['__test__/core/*.test.js', '__test__/{broadcast,delivery,lifetime,register,sidecar,workers}/*.test.js'];

/** How much longer than usual a test may take, and how much more memory; how long AVA waits for the next to end; the longest for all, in ms. */
const PATIENCE = '10';
const BLOAT = '6';
const IDLE = '20m';
const LIMIT = 120 * 60_000;

/**
 * Writes what tells the sanitizer the names of functions: without them it cannot know what tsan-suppressions.txt names.
 * @param {string} folder
 * @returns {string} a program that is called as binutils' own, which the sanitizer goes by, and is not watched itself
 */
function symbolizer(folder) {
  const file = path.join(folder, 'addr2line');
  const program = execFileSync('sh', ['-c', 'command -v addr2line'], { encoding: 'utf8' }).trim();
  fs.writeFileSync(file, `#!/bin/sh\nunset LD_PRELOAD\nexec ${program} "$@"\n`, { mode: 0o755 });
  return file;
}

/**
 * @param {string} folder for what it writes
 * @returns {string}
 */
const options = (folder) =>
  [
    // Of Node's own accesses nothing is known.
    'ignore_noninstrumented_modules=1',
    'history_size=7',
    `external_symbolizer_path=${symbolizer(folder)}`,
    `suppressions=${path.join(__dirname, 'tsan-suppressions.txt')}`,
  ].join(':');

/**
 * @param {string} addon
 * @param {string} TSAN_OPTIONS
 * @returns {Record<string, string>} what makes an ordinary Node load the watched addon, with the sanitizer first
 */
function watched(addon, TSAN_OPTIONS) {
  const name = 'libclang_rt.tsan-x86_64.so';
  const library = execFileSync('clang', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim();
  // clang repeats the name of what it has not.
  if (library === name) throw new Error('clang has no shared ThreadSanitizer: install libclang-rt of its version');
  return {
    LD_PRELOAD: library,
    TSAN_OPTIONS,
    NAPI_RS_NATIVE_LIBRARY_PATH: addon,
    TEST_PATIENCE: PATIENCE,
    TEST_BLOAT: BLOAT,
  };
}

/** @typedef {{ name: string, command: string[], env: Record<string, string>, count: import('./count').Counter }} Part */

/**
 * @param {Part} part
 * @returns {Promise<boolean>} whether all passed, and nothing was reported
 */
async function runPart({ name, command, env, count }) {
  const outcome = await run(command, { env, limit: LIMIT });
  const { passed, failed } = count(outcome);
  const reports = outcome.output.match(/^WARNING: ThreadSanitizer: /gm)?.length ?? 0;
  console.log(`${name}: ${passed} passed, ${failed} failed, ${reports} reports`);
  show(outcome, { failed: failed + reports });
  return failed + reports === 0;
}

/** @param {string[]} args */
async function main(args) {
  await setup();
  const compiler = { ...(await nightly('rust-src')), ...BUILD };
  const features = ['--no-default-features', '--features', 'node-api'];
  const build = ['cargo', 'build', '--release', '--lib', ...features, ...WATCHED_LIBRARY];
  if ((await run(build, { env: compiler, show: true })).code !== 0) {
    throw new Error('the watched addon could not be built');
  }
  const built = path.join(target, TRIPLE, 'release', 'libferroport.so');
  // Node takes a file for an addon only by this ending.
  const addon = path.join(path.dirname(built), 'ferroport.tsan.node');
  fs.copyFileSync(built, addon);
  const TSAN_OPTIONS = options(path.dirname(built));
  const env = watched(addon, TSAN_OPTIONS);
  // The loader takes the ordinary addon when it cannot load this one, and everything would seem well.
  const probe = await run([process.execPath, '-e', 'require(process.env.NAPI_RS_NATIVE_LIBRARY_PATH)'], { env });
  if (probe.code !== 0) throw new Error(`the watched addon cannot be loaded\n${probe.output}`);
  /** @type {Part[]} */
  const parts = [
    {
      name: 'cargo test',
      command: cargoTest('--tests', ...WATCHED_LIBRARY),
      env: { ...compiler, TSAN_OPTIONS },
      count: cargoCounts,
    },
    {
      name: 'cargo test, the crate',
      command: crateTest('--lib', '--test', 'port', ...WATCHED_LIBRARY),
      env: { ...compiler, TSAN_OPTIONS },
      count: cargoCounts,
    },
    {
      name: 'AVA',
      command: ava('--serial', `--timeout=${IDLE}`, ...(args.length > 0 ? args : FILES)),
      env,
      count: avaCounts,
    },
  ];
  let isClean = true;
  for (const part of parts) isClean = (await runPart(part)) && isClean;
  process.exitCode = isClean ? 0 : 1;
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
