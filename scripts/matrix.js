// npm run test:matrix: the AVA suite on every supported Node, with the fast lane and without it.
//
//   node scripts/matrix.js [--only <version>[,...]] [-- <arguments of ava>]
'use strict';

const { parseArgs } = require('node:util');
const { avaCounts } = require('./count');
const { programOf } = require('./programs');
const { ava, run } = require('./run');
const { setup } = require('./setup');
const { runAndTell, tellTotal } = require('./tell');

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
  const results = [];
  for (const version of versions.filter((version) => only.length === 0 || only.includes(version))) {
    const node = version === own ? process.execPath : await nodeOf(version);
    for (const lane of ['1', '0']) {
      const name = `Node ${version}${lane === '0' ? ' without the fast lane' : ''}`;
      const [, ...suite] = ava(...positionals);
      const work = () => run([node, ...suite], { env: { FERROPORT_FAST_LANE: lane } });
      results.push(await runAndTell(name, work, avaCounts));
    }
  }
  tellTotal(results);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
