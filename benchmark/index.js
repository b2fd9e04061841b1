// npm run bench: ferroport beside the built-in, in the same process, in rounds that take turns.
//
//   npm run bench -- [--only <part of a name>]... [--rounds <count>] [--lanes] [--node <path of another Node>]
//                    [--json | --markdown] [--chart <file>] [--from <file with the output of --json>]...
//
// docs/benchmarks.md says what the options do and how to read what is printed.
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const { parseArgs } = require('node:util');
const { CASES, isChosen } = require('./cases');
const { chart } = require('./chart');
const { markdown } = require('./markdown');
const { startProcess } = require('./processes/start');
const { machine, makeReport, reportTable } = require('./report');

/** @typedef {import('./report').Report} Report */

async function main() {
  const { values, tokens } = parseArgs({
    tokens: true,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      lanes: { type: 'boolean', default: false },
      node: { type: 'string' },
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
  const reports = from.length > 0 ? from.map((file) => read(file, only)) : [await measure(only, { rounds, lanes })];
  if (values.chart !== undefined) fs.writeFileSync(values.chart, chart(reports[0]));
  if (values.json) console.log(JSON.stringify(reports[0], null, 2));
  else if (values.markdown) console.log(markdown(reports));
  else for (const report of reports) console.log(`${machine(report)}\n\n${reportTable(report)}`);
}

/**
 * Runs each case in a process of its own: what a case leaves behind, tables full of its shapes, memory or compiled code,
 * is nothing to the next one.
 * @param {string[]} only
 * @param {{ rounds: number | undefined, lanes: boolean }} settings
 * @returns {Promise<Report>}
 */
async function measure(only, settings) {
  const chosen = someOf(CASES, only);
  const results = [];
  for (const [index, { trial, name }] of chosen.entries()) {
    process.stderr.write(`${index + 1}/${chosen.length} ${trial}: ${name}\n`);
    try {
      results.push(await startProcess('case.js', [trial, name, JSON.stringify(settings)]).answer());
    } catch (error) {
      // The others are measured all the same; an hour of results is not to be lost.
      console.error(error);
      process.exitCode = 1;
    }
  }
  return makeReport(results);
}

/**
 * @param {string} file
 * @param {string[]} only
 * @returns {Report} of an earlier run
 */
function read(file, only) {
  const report = JSON.parse(fs.readFileSync(file, 'utf8'));
  return { ...report, results: someOf(/** @type {Report['results']} */ (report.results), only) };
}

/**
 * @template {{ trial: string, name: string }} Item
 * @param {Item[]} items
 * @param {string[]} only
 */
function someOf(items, only) {
  const chosen = items.filter((item) => isChosen(item, only));
  if (chosen.length === 0) throw new TypeError(`no case is called '${only.join("' or '")}'`);
  return chosen;
}

main().catch((error) => {
  console.error(error instanceof TypeError ? `bench: ${error.message}` : error);
  process.exitCode = 1;
});
