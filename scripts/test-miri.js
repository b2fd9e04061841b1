// npm run test:miri: the tests of memory and channel in Miri, which finds what Rust leaves undefined. Needs rustup.
//
//   node scripts/test-miri.js [arguments of cargo test]
'use strict';

const path = require('node:path');
const { nightly } = require('./nightly');
const { ROOT, run } = require('./run');

/** A thousand times as slow as the machine: those that repeat nothing, and nothing of the wire. */
const TESTS = ['channel_behaviour', 'channel_batches', 'channel_transit'];

/** @param {string[]} args */
async function main(args) {
  const env = {
    ...(await nightly('miri', 'rust-src')),
    CARGO_TARGET_DIR: path.join(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'), 'miri'),
    // Tests ask the system for the time, and for a seed.
    MIRIFLAGS: '-Zmiri-disable-isolation',
  };
  const test = ['cargo', 'miri', 'test', '--no-default-features', '--no-fail-fast'];
  const codes = [];
  for (const which of [
    ['--lib', ...args, '--', 'memory::', 'channel::'],
    [...TESTS.flatMap((name) => ['--test', name]), ...args],
  ]) {
    codes.push((await run([...test, ...which], { show: true, env })).code);
  }
  process.exitCode = Math.max(...codes);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
