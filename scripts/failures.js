// npm run test:failures: makes operations fail at every step, many times, and looks at what arrives afterwards.
//
//   node scripts/failures.js [--runs <attempts>] [--seed <number>] [--node <program>] [--lane 0|1] [--only <way>[,...]]
//                            [--operation <name>] [--built-in] [--jobs <programs at once>]
//
// Without --runs it goes on until it is interrupted. What is found is told at once, and again at the end, by operation.
'use strict';

const { parseArgs } = require('node:util');
const { drive } = require('../__test__/failures/drive');
const { alone, groups, ways } = require('../__test__/failures/plans');
const { add, faultsOf, nothing, totalOf } = require('../__test__/failures/report');

/** @typedef {import('../__test__/failures/plans').Plan} Plan */
/** @typedef {{ plan: Plan, execArgv: string[] }} Job */

/** A program has so many milliseconds: one that hangs must not stop the others. */
const LIMIT = 10 * 60_000;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    node: { type: 'string', default: process.execPath },
    lane: { type: 'string', default: '' },
    only: { type: 'string', multiple: true, default: [] },
    operation: { type: 'string', multiple: true },
    'built-in': { type: 'boolean', default: false },
    jobs: { type: 'string', default: '1' },
  },
});

/** Ever new jobs, with ever new seeds. */
function* jobs() {
  const only = values.only.flatMap((names) => names.split(','));
  const isWanted = (/** @type {string} */ name) => only.length === 0 || only.includes(name);
  for (let seed = Number(values.seed); ; seed++) {
    const common = { seed, operations: values.operation, builtIn: values['built-in'] };
    for (const [name, way] of Object.entries(ways).filter(([name]) => isWanted(name))) {
      for (const group of way.groups ?? Object.keys(groups)) {
        /** @type {Plan} */
        const plan = { driver: way.driver, groups: [group], attempts: way.many, ...common, ...way.plan };
        yield { name, plan, execArgv: way.execArgv ?? [] };
      }
    }
    for (const [name, way] of Object.entries(alone).filter(([name]) => isWanted(name))) {
      /** @type {Plan} */
      const plan = { driver: way.driver, attempts: way.many, ...common };
      yield { name, plan, execArgv: way.execArgv ?? [] };
    }
  }
}

async function main() {
  const wanted = Number(values.runs);
  const sum = nothing();
  const began = Date.now();
  /** @type {Record<string, string>} */
  const lane = values.lane === '' ? {} : { FERROPORT_FAST_LANE: values.lane };
  const more = jobs();
  let attempts = 0;
  let lastLine = 0;

  const say = () => {
    const { threw, returned, wrong } = totalOf(sum);
    const seconds = (Date.now() - began) / 1000;
    console.log(
      `${threw + returned} attempts, ${threw} threw, ${wrong} wrong; ${Math.round(threw / seconds)} failures a second`,
    );
  };
  const finish = () => {
    const faults = faultsOf(sum);
    if (faults !== '') console.log(`\n${faults}\n`);
    say();
    process.exit(sum.faults.length > 0 ? 1 : 0);
  };
  process.on('SIGINT', finish);

  console.log(`seed ${values.seed}, node ${values.node}`);
  const work = async () => {
    while (attempts < wanted) {
      const { name, plan, execArgv } = /** @type {{ name: string, plan: Plan, execArgv: string[] }} */ (
        more.next().value
      );
      const result = await drive(plan, { node: values.node, execArgv, env: lane, limit: LIMIT });
      add(sum, result);
      const { threw, returned } = totalOf(result);
      attempts += threw + returned;
      const found = faultsOf(result);
      if (found !== '') console.log(`\n${name}, ${JSON.stringify(plan)} ${execArgv.join(' ')}\n${found}`);
      // A plan that tries nothing, as there is no such operation in it, counts as one attempt.
      if (threw + returned === 0) attempts++;
      if (Date.now() - lastLine > 10_000) {
        lastLine = Date.now();
        say();
      }
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
  finish();
}

main();
