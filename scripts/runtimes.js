// npm run test:bun, npm run test:deno: the core scenarios on another runtime, with the fast lane and without it; and links between that and Node.
//
//   node scripts/runtimes.js <bun | deno> [part of a scenario's name]
'use strict';

const path = require('node:path');
const { closingCounts } = require('./count');
const { programOf } = require('./programs');
const { ROOT, run } = require('./run');
const { isMusl, setup } = require('./setup');
const { runAndTell, tellTotal } = require('./tell');

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
  const [runtimeName, ...args] = process.argv.slice(2);
  const runtime = RUNTIMES[runtimeName];
  if (runtime === undefined) {
    throw new Error(`no runtime ${runtimeName} here; there are ${Object.keys(RUNTIMES).join(', ')}`);
  }
  await setup();
  const program = await programOf(runtime.program);
  const { output } = await run([program, '--version']);
  const [version] = /\d+\.\d+\.\d+/.exec(output) ?? ['?'];
  const suite = [program, ...runtime.options, path.join(ROOT, '__test__', 'core', 'runner.js'), ...args];
  const results = [];
  for (const lane of ['1', '0']) {
    const name = `${runtimeName} ${version}${lane === '0' ? ' without the fast lane' : ''}`;
    const work = () => run(suite, { env: { FERROPORT_FAST_LANE: lane, NO_COLOR: '1' } });
    results.push(await runAndTell(name, work, closingCounts));
  }
  if (args.length === 0) {
    const between = path.join(ROOT, '__test__', 'link', 'between.js');
    const work = () => run([process.execPath, between, program, ...runtime.options]);
    results.push(
      await runAndTell(
        `a link between Node ${process.versions.node} and ${runtimeName} ${version}`,
        work,
        closingCounts,
      ),
    );
  }
  tellTotal(results);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
