// npm run test:bun, npm run test:deno: the core scenarios on another runtime, with the fast lane and without it.
//
//   node scripts/runtimes.js <bun | deno> [part of a scenario's name]
'use strict';

const path = require('node:path');
const { closingCounts, withoutPassed } = require('./count');
const { programOf } = require('./programs');
const { ROOT, run } = require('./run');
const { isMusl, setup } = require('./setup');

const { arch, platform } = process;

/**
 * @typedef {object} Runtime
 * @property {import('./programs').Program} program
 * @property {string[]} options before the script: the collector is exposed, everything allowed
 */

/** What Bun's packages call what Node calls otherwise. */
const BUN_NAMES = /** @type {Record<string, string>} */ ({ win32: 'windows', arm64: 'aarch64' });

/** @type {Record<string, Runtime>} */
const RUNTIMES = {
  bun: {
    program: {
      package: `@oven/bun-${BUN_NAMES[platform] ?? platform}-${BUN_NAMES[arch] ?? arch}${isMusl ? '-musl' : ''}`,
      version: '1',
      file: 'bin/bun',
    },
    options: ['--expose-gc'],
  },
  deno: {
    program: {
      package: `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}`,
      version: '2',
      file: 'deno',
    },
    options: ['run', '--allow-all', '--no-prompt', '--v8-flags=--expose-gc'],
  },
};

async function main() {
  const [name, ...args] = process.argv.slice(2);
  const runtime = RUNTIMES[name];
  if (runtime === undefined) throw new Error(`no runtime ${name} here; there are ${Object.keys(RUNTIMES).join(', ')}`);
  await setup();
  const program = await programOf(runtime.program);
  const { output } = await run([program, '--version']);
  const [version] = /\d+\.\d+\.\d+/.exec(output) ?? ['?'];
  let total = { passed: 0, failed: 0 };
  for (const lane of ['1', '0']) {
    process.stdout.write(`${name} ${version}${lane === '0' ? ' without the fast lane' : ''} ... `);
    const began = Date.now();
    const outcome = await run(
      [program, ...runtime.options, path.join(ROOT, '__test__', 'core', 'runner.js'), ...args],
      { env: { FERROPORT_FAST_LANE: lane, NO_COLOR: '1' } },
    );
    const { passed, failed } = closingCounts(outcome);
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    console.log(`${failed > 0 ? 'FAILED' : 'ok'} (${passed} passed, ${failed} failed, ${seconds} s)`);
    if (failed > 0) process.stdout.write(withoutPassed(outcome.output));
    total = { passed: total.passed + passed, failed: total.failed + failed };
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
