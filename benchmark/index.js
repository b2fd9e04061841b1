// npm run bench: ferroport beside the built-in, in the same process, in rounds that take turns.
//
//   npm run bench -- [--only <part of a name>]... [--rounds <count>] [--lanes] [--node <path of another Node>]
//                    [--beside <directory of another build>] [--json | --markdown] [--chart <file>] [--from <file with the output of --json>]...
//   npm run bench -- flow [name]...
//   npm run bench -- calls [--rounds <count>] [--count <round trips in each round>]
//   npm run bench -- native [--rounds <count>] [--count <round trips in each round>]
//   npm run bench -- nats [--rounds <count>] [--count <messages in each round>]
//   npm run bench -- link [--rounds <count>]
//
// docs/benchmarks.md says what the options do and how to read what is printed.
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { CASES, isChosen } = require('./cases');
const { chart } = require('./chart');
const { markdown } = require('./markdown');
const { startProcess } = require('./processes/start');
const { machine, makeReport, reportTable } = require('./report');
const { chosenSides } = require('./sides');

/** @typedef {import('./report').Report} Report */

async function main() {
  // Cases of their own: of seconds and megabytes instead of nanoseconds, and beside other ways than the built-in's.
  if (process.argv[2] === 'flow') return require('./flow').main(process.argv.slice(3));
  if (process.argv[2] === 'calls') return require('./calls').main(process.argv.slice(3));
  if (process.argv[2] === 'native') return require('./native').main(process.argv.slice(3));
  if (process.argv[2] === 'nats') return require('./nats').main(process.argv.slice(3));
  if (process.argv[2] === 'link') return require('./links').main(process.argv.slice(3));
  const { values, tokens } = parseArgs({
    tokens: true,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      lanes: { type: 'boolean', default: false },
      node: { type: 'string' },
      beside: { type: 'string' },
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      chart: { type: 'string' },
      from: { type: 'string', multiple: true, default: [] },
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

  const { only, lanes, from } = values;
  const beside = values.beside === undefined ? undefined : path.resolve(values.beside);
  const reports =
    from.length > 0 ? from.map((file) => read(file, only)) : [await measure(only, { rounds, lanes, beside })];
  if (values.chart !== undefined) fs.writeFileSync(values.chart, chart(reports));
  if (values.json) console.log(JSON.stringify(reports[0], null, 2));
  else if (values.markdown) console.log(markdown(reports));
  else for (const report of reports) console.log(`${machine(report)}\n\n${reportTable(report)}`);
}

/**
 * Runs each case in a process of its own: what a case leaves behind, tables full of its shapes, memory or compiled code,
 * is nothing to the next one. The group *sides* wants just that, and has all of its payloads in one process.
 * @param {string[]} only
 * @param {{ rounds: number | undefined, lanes: boolean, beside: string | undefined }} settings
 * @returns {Promise<Report>}
 */
async function measure(only, { beside, ...settings }) {
  const cases = CASES.filter((item) => isChosen(item, only)).map(({ trial, name }) => ({
    what: `${trial}: ${name}`,
    run: () => startProcess('case.js', [trial, name, JSON.stringify(settings)]).answer(),
  }));
  const sides = chosenSides(only, { beside, ...settings }).map(({ trial, count, run }) => ({
    what: `${trial}: ${count} ${count === 1 ? 'payload' : 'payloads'}`,
    run,
  }));
  checkAny([...cases, ...sides], only);
  /** @type {(jobs: { what: string, run: () => Promise<any> }[], done: number) => Promise<any[]>} */
  const runAll = async (jobs, done) => {
    const results = [];
    for (const [index, { what, run }] of jobs.entries()) {
      process.stderr.write(`${done + index + 1}/${cases.length + sides.length} ${what}\n`);
      try {
        results.push(await run());
      } catch (error) {
        // The others are measured all the same; an hour of results is not to be lost.
        console.error(error);
        process.exitCode = 1;
      }
    }
    return results.flat();
  };
  return makeReport(await runAll(cases, 0), await runAll(sides, cases.length));
}

/**
 * @param {string} file
 * @param {string[]} only
 * @returns {Report} of an earlier run
 */
function read(file, only) {
  const report = /** @type {Report} */ (JSON.parse(fs.readFileSync(file, 'utf8')));
  const results = report.results.filter((item) => isChosen(item, only));
  const sides = (report.sides ?? []).filter((item) => isChosen(item, only));
  checkAny([...results, ...sides], only);
  return { ...report, results, sides };
}

/**
 * @param {unknown[]} chosen
 * @param {string[]} only
 * @throws {TypeError} when nothing is
 */
function checkAny(chosen, only) {
  if (chosen.length === 0) throw new TypeError(`no case is called '${only.join("' or '")}'`);
}

main().catch((error) => {
  console.error(error instanceof TypeError ? `bench: ${error.message}` : error);
  process.exitCode = 1;
});
