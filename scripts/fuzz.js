// npm run test:fuzz: libFuzzer feeds the reader of messages, and what changes their form for links (fuzz/). What it finds lies in
// fuzz/artifacts afterwards.
//
//   node scripts/fuzz.js [--minutes <number>]    of which each gets the same share
'use strict';

const path = require('node:path');
const { parseArgs } = require('node:util');
const { nightly } = require('./nightly');
const { ROOT, run } = require('./run');
const { fromCrates } = require('./tools');

/** In fuzz/fuzz_targets. */
const TARGETS = ['reader', 'recast'];

async function main() {
  const { values } = parseArgs({ options: { minutes: { type: 'string', default: '1' } } });
  const seconds = Math.ceil((Number(values.minutes) * 60) / TARGETS.length);
  if (!(seconds > 0)) throw new TypeError(`expected --minutes to be a number above 0, got '${values.minutes}'`);
  const compiler = await nightly();
  const program = await fromCrates('cargo-fuzz');
  for (const target of TARGETS) {
    const { code } = await run([program, 'run', target, '--', `-max_total_time=${seconds}`, '-print_final_stats=1'], {
      show: true,
      // Of the crate's own target folder nothing can be used.
      env: { ...compiler, CARGO_TARGET_DIR: path.join(ROOT, 'fuzz', 'target') },
    });
    process.exitCode ||= code;
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
