// npm run test:asan: cargo's tests and the AVA suite on a build that AddressSanitizer watches, with other addons that it watches, too. Linux
// x64 and gcc only.
//
//   node scripts/test-asan.js [AVA's arguments]
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { avaCounts, cargoCounts } = require('./count');
const { FOLDER: EXAMPLE } = require('./example-addon');
const { ROOT, ava, cargoTest, crateTest, run } = require('./run');
const { setup } = require('./setup');
const { runAndTell, tellTotal } = require('./tell');

const TRIPLE = 'x86_64-unknown-linux-gnu';
const target = path.join(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'), 'asan');

/** The sanitizer's flag is unstable; this makes the stable compiler take it. */
const BUILD = { RUSTC_BOOTSTRAP: '1', RUSTFLAGS: '-Zsanitizer=address', CARGO_TARGET_DIR: target };

/** How much longer than usual a test may take, and how much more memory; how long AVA waits for the next to end; the longest for all, in ms. */
const PATIENCE = '6';
const BLOAT = '2';
const IDLE = '15m';
const LIMIT = 90 * 60_000;

/** @returns {Record<string, string>} what makes an ordinary Node load the watched addon, with the sanitizer first */
function watched() {
  const library = execFileSync('gcc', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();
  return {
    LD_PRELOAD: library,
    // Node frees little at exit, so what is not freed there says nothing about the addon. And a quarter of a gigabyte of
    // freed memory, kept to catch those who still use it, would itself look like a leak to the tests that measure one.
    ASAN_OPTIONS: 'detect_leaks=0:quarantine_size_mb=64',
    NAPI_RS_NATIVE_LIBRARY_PATH: path.join(target, TRIPLE, 'release', 'ferroport.asan.node'),
    FERROPORT_EXAMPLE_ADDON: path.join(target, TRIPLE, 'release', 'hasher.asan.node'),
    // Of the addon in C.
    CFLAGS: '-fsanitize=address -g',
    TEST_PATIENCE: PATIENCE,
    TEST_BLOAT: BLOAT,
  };
}

/** @typedef {{ name: string, command: string[], env: Record<string, string>, count: import('./count').Counter }} Part */

/**
 * Builds a watched addon.
 * @param {string} name
 * @param {string} folder of its crate
 * @param {...string} features
 */
async function build(name, folder, ...features) {
  const command = ['cargo', 'build', '--release', '--lib', ...features, '--target', TRIPLE];
  const { code } = await run(command, { cwd: folder, env: BUILD, show: true });
  if (code !== 0) throw new Error('the watched addon could not be built');
  const release = path.join(target, TRIPLE, 'release');
  const library = name === 'ferroport' ? 'libferroport.so' : 'libferroport_example_native.so';
  // Node takes a file for an addon only by this ending.
  fs.copyFileSync(path.join(release, library), path.join(release, `${name}.asan.node`));
}

async function main() {
  await setup();
  await build('ferroport', ROOT, '--no-default-features', '--features', 'node-api');
  await build('hasher', EXAMPLE);

  const env = watched();
  for (const name of ['NAPI_RS_NATIVE_LIBRARY_PATH', 'FERROPORT_EXAMPLE_ADDON']) {
    // The loader takes the ordinary addon when it cannot load this one, and everything would seem well.
    const probe = await run([process.execPath, '-e', `require(process.env.${name})`], { env });
    if (probe.code !== 0) throw new Error(`the watched addon cannot be loaded\n${probe.output}`);
  }

  /** @type {Part[]} */
  const parts = [
    {
      name: 'cargo test',
      command: cargoTest('--tests', '--target', TRIPLE),
      env: { ...BUILD, ASAN_OPTIONS: 'detect_leaks=1' },
      count: cargoCounts,
    },
    {
      name: 'cargo test, the crate',
      command: crateTest('--tests', '--target', TRIPLE),
      env: { ...BUILD, ASAN_OPTIONS: 'detect_leaks=1' },
      count: cargoCounts,
    },
    { name: 'AVA', command: ava(`--timeout=${IDLE}`, ...process.argv.slice(2)), env, count: avaCounts },
  ];
  const results = [];
  for (const { name, command, env, count } of parts) {
    results.push(await runAndTell(name, () => run(command, { env, limit: LIMIT }), count));
  }
  tellTotal(results);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
