// npm run test:platforms: builds the addon for other platforms, and runs the core suite there by emulation; where that cannot be done, links
// or compiles it.
//
//   node scripts/platforms [platform ...] [--list]
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { closingCounts } = require('../count');
const { MOST_BYTES, newestGlibc } = require('../elf');
const { ROOT, run } = require('../run');
const { buildDist, installPackages } = require('../setup');
const { show, tellTotal, totalOf } = require('../tell');
const { build, check } = require('./addons');
const { inDebian, makeDebian } = require('./debian');
const { LIMIT } = require('./downloads');
const { platforms } = require('./platforms');

/** @typedef {import('./platforms').Platform} Platform */
/** @typedef {import('../count').Counts & { said: string }} Result */

/** How much longer than usual a scenario may take: emulators are slow. */
const PATIENCE = '8';

/** @param {Platform} platform */
const proofOf = ({ linker, runner }) => (linker === undefined ? 'compiled' : runner === undefined ? 'linked' : 'run');

/**
 * Puts a platform to the proof.
 * @param {Platform} platform
 * @returns {Promise<Result>}
 * @throws {Error} when it cannot be built, or its addon asks for too much
 */
async function prove(platform) {
  if (platform.linker === undefined) {
    await check(platform);
    return { passed: 1, failed: 0, said: 'compiled, neither linked nor run' };
  }
  const addon = await build(platform);
  const said = checked(platform, addon);
  if (platform.runner === undefined) return { passed: 1, failed: 0, said: `linked, not run: ${said}` };
  const { node, env, pathOf = (file) => file } = await platform.runner();
  const lanes = [];
  for (const FERROPORT_FAST_LANE of ['1', '0']) {
    const outcome = await run(
      inDebian([...node, '--expose-gc', path.join(ROOT, '__test__', 'core', 'runner.js')], {
        NO_COLOR: '1',
        TEST_PATIENCE: PATIENCE,
        ...env,
        NAPI_RS_NATIVE_LIBRARY_PATH: pathOf(addon),
        FERROPORT_FAST_LANE,
      }),
      { limit: LIMIT },
    );
    const counts = closingCounts(outcome);
    show(outcome, counts);
    lanes.push(counts);
  }
  const { passed, failed } = totalOf(lanes);
  return { passed, failed, said: `${passed} passed, ${failed} failed in two lanes: ${said}` };
}

/**
 * Looks at what has been built.
 * @param {Platform} platform
 * @param {string} addon
 * @returns {string} how large it is, and which glibc it asks for
 * @throws {Error} when either is too much
 */
function checked({ glibc, file = '' }, addon) {
  const { size } = fs.statSync(addon);
  const said = `${(size / 1e6).toFixed(2)} MB`;
  // What is linked here for the other two is not what is published, and keeps its symbols.
  if (file === '' && size > MOST_BYTES) throw new Error(`the addon is too large: ${said}`);
  if (glibc === undefined) return said;
  const newest = newestGlibc(addon);
  if (Number(newest.split('.')[1]) > Number(glibc.split('.')[1])) throw new Error(`the addon asks for glibc ${newest}`);
  return `${said}, asks for glibc ${newest}`;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { list: { type: 'boolean', default: false } },
  });
  if (values.list) {
    for (const platform of platforms) console.log(`${platform.name.padEnd(14)} ${proofOf(platform)}`);
    return;
  }
  const unknown = positionals.find((name) => !platforms.some((platform) => platform.name === name));
  if (unknown !== undefined) {
    throw new Error(`no platform ${unknown} here; there are ${platforms.map(({ name }) => name).join(', ')}`);
  }
  await installPackages();
  await buildDist();
  console.error('> Debian’s unstable, in a folder');
  await makeDebian();
  const chosen = platforms.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const results = [];
  for (const platform of chosen) {
    process.stdout.write(`${platform.name} ... `);
    const began = Date.now();
    const result = await prove(platform).catch((error) => ({ passed: 0, failed: 1, said: error.message }));
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    console.log(`${result.failed > 0 ? 'FAILED' : 'ok'} (${result.said}; ${seconds} s)`);
    results.push(result);
  }
  tellTotal(results);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
