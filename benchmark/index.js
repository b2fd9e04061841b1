// npm run bench: ferroport beside the built-in, in the same process, in rounds that take turns.
//
//   npm run bench -- [--only <part of a name>]... [--rounds <count>] [--json] [--node <path of another Node>]
'use strict';

const { spawnSync } = require('node:child_process');
const { parseArgs } = require('node:util');
const { runCase } = require('./rounds');
const { jsonReport, machine, reportTable } = require('./report');

/** One file per kind of trial, in the order in which they are run and shown. */
const TRIALS = [
  require('./trials/create'),
  require('./trials/to-worker'),
  require('./trials/ping-pong'),
  require('./trials/same-thread'),
  require('./trials/transfer'),
  require('./trials/held'),
  require('./trials/dropped'),
  require('./trials/require'),
];

async function main() {
  const { values, tokens } = parseArgs({
    tokens: true,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      json: { type: 'boolean', default: false },
      node: { type: 'string' },
    },
  });
  if (values.node !== undefined) {
    const node = tokens.findLast((token) => token.kind === 'option' && token.name === 'node');
    const length = node?.kind === 'option' && node.inlineValue ? 1 : 2;
    const args = process.argv.slice(2).toSpliced(node?.index ?? 0, length);
    process.exitCode = spawnSync(values.node, [__filename, ...args], { stdio: 'inherit' }).status ?? 1;
    return;
  }
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) {
    throw new TypeError(`expected --rounds to be a whole number above 0, got '${values.rounds}'`);
  }

  const chosen = TRIALS.flatMap((trial) => trial.cases.map((item) => ({ ...item, trial: trial.name }))).filter(
    ({ trial, name }) =>
      values.only.length === 0 || values.only.some((part) => trial.includes(part) || name.includes(part)),
  );
  if (chosen.length === 0) throw new TypeError(`no case is called '${values.only.join("' or '")}'`);
  const results = [];
  for (const [index, item] of chosen.entries()) {
    process.stderr.write(`${index + 1}/${chosen.length} ${item.trial}: ${item.name}\n`);
    results.push(await runCase(item, rounds));
  }
  if (values.json) console.log(JSON.stringify(jsonReport(results), null, 2));
  else console.log(`${machine()}\n\n${reportTable(results)}`);
}

main().catch((error) => {
  console.error(error instanceof TypeError ? `bench: ${error.message}` : error);
  process.exitCode = 1;
});
