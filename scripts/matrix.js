// npm run test:matrix: the AVA suite on every supported Node, with the fast lane and without it.
//
//   node scripts/matrix.js [--only <version>[,...]] [-- <arguments of ava>]
'use strict';

const { parseArgs } = require('node:util');
const { avaCounts, withoutPassed } = require('./count');
const { programOf } = require('./programs');
const { ava, run } = require('./run');
const { setup } = require('./setup');

/** Beside the Node that runs this: major versions, as npm has them in packages of one program each. */
const VERSIONS = ['22', '24', '26'];

/**
 * The program of a Node for this platform.
 * @param {string} version major
 */
const nodeOf = (version) =>
  programOf({
    package: `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
    version,
    file: 'bin/node',
  });

/**
 * Runs the suite once and shows what failed.
 * @param {string} node program
 * @param {string} lane '1' with the fast lane, '0' without
 * @param {string[]} args of ava
 * @returns {Promise<boolean>} whether all passed
 */
async function runSuite(node, lane, args) {
  const [, ...command] = ava(...args);
  const began = Date.now();
  const outcome = await run([node, ...command], { env: { FERROPORT_FAST_LANE: lane } });
  const { passed, failed } = avaCounts(outcome);
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(`${failed > 0 ? 'FAILED' : 'ok'} (${passed} passed, ${failed} failed, ${seconds} s)`);
  if (failed > 0) process.stdout.write(withoutPassed(outcome.output));
  return failed === 0;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { only: { type: 'string', multiple: true, default: [] } },
  });
  await setup();
  const own = process.versions.node.split('.')[0];
  const only = values.only.flatMap((versions) => versions.split(','));
  const versions = [own, ...VERSIONS.filter((version) => version !== own)];
  const unknown = only.find((version) => !versions.includes(version));
  if (unknown !== undefined) throw new Error(`no Node ${unknown} here; there are ${versions.join(', ')}`);
  let failures = 0;
  for (const version of versions.filter((version) => only.length === 0 || only.includes(version))) {
    const node = version === own ? process.execPath : await nodeOf(version);
    for (const lane of ['1', '0']) {
      process.stdout.write(`Node ${version}${lane === '0' ? ' without the fast lane' : ''} ... `);
      if (!(await runSuite(node, lane, positionals))) failures++;
    }
  }
  process.exitCode = failures > 0 ? 1 : 0;
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
