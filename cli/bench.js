// npx ferroport bench: a small part of the benchmark, on the machine and the Node of whoever runs it.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { chart } = require('../benchmark/chart');
const { figure } = require('../benchmark/figures');
const { machine, makeReport } = require('../benchmark/report');
const { runCase } = require('../benchmark/rounds');
const { medians, ratios } = require('../benchmark/sides/compare');
const { measureSides } = require('../benchmark/sides/measure');
const { PAYLOADS } = require('../benchmark/sides/payloads');
const create = require('../benchmark/trials/create');
const { Progress } = require('../examples/demo/progress');
const { formatTable } = require('../examples/demo/table');
const { page } = require('./page');
const { roundTrip } = require('./round-trip');

/** What people send most, and some of what is large. */
const NAMES = [
  ...['number', 'string of 64', 'small object', 'RPC request', 'Piscina task', 'log line', 'HTTP request'],
  ...['tree of 364', 'syntax tree', '1,000 records', '1,000 strings', '1,000 doubles', 'Map of 1,000', 'error'],
  ...['Uint8Array of 64 KiB', 'string of 1 MiB'],
];

/** Rounds that go by before any is counted, at most: those in which both sides compile what they need of the code. */
const WARM_UP = 30;

/** @typedef {import('../benchmark/report').Report} Report */
/** @typedef {{ heads: string[], rows: string[][] }} Table */

/**
 * @param {number} rounds that are counted
 * @returns {Promise<Report>}
 */
async function measure(rounds) {
  const warmUp = Math.min(WARM_UP, 2 * rounds);
  const payloads = PAYLOADS.filter(({ name }) => NAMES.includes(name));
  const cases = [
    ...create.cases.map((item) => ({ ...item, trial: create.name })),
    { ...roundTrip, trial: 'ping-pong' },
  ];
  const progress = new Progress('measuring', warmUp + rounds + cases.length);
  const sides = [require('node:worker_threads'), require('ferroport')];
  const onRound = () => progress.advance();
  const times = await measureSides(payloads, sides, { rounds, warmUp, onRound });
  const results = [];
  for (const item of cases) {
    results.push(...(await runCase({ ...item, target: undefined }, { rounds })));
    progress.advance();
  }
  progress.end();
  const messages = payloads.map(({ name }, index) => {
    const [builtIn, ours] = times[index];
    return { trial: 'sides', name, ours, builtIn, ratio: ratios(builtIn, ours), cold: NaN, floor: {}, missed: [] };
  });
  return makeReport(results, messages);
}

/**
 * @param {Report} report
 * @returns {Table[]}
 */
function tables({ sides, results }) {
  const messages = sides.map(({ name, ours, builtIn, ratio }) => {
    const [us, them] = [medians(ours), medians(builtIn)];
    return [name, ...[us.post, them.post, us.receive, them.receive].map(figure), `${figure(ratio.both)} x`];
  });
  const others = results.map(({ name, unit, ours, builtIn, ratio }) => [
    ...[unit === 'us' ? `${name}, there and back` : name, unit],
    ...[figure(ours.median), figure(builtIn.median), `${figure(ratio)} x`],
  ]);
  return [
    {
      heads: ['a message, in ns', 'post', 'built-in', 'receive', 'built-in', 'both'],
      rows: messages,
    },
    { heads: ['beside messages', 'unit', 'ferroport', 'built-in', 'ratio'], rows: others },
  ];
}

/**
 * @param {Table} table
 * @returns {string} with figures to the right
 */
function tableText({ heads, rows }) {
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column].length)));
  const aligned = [heads, ...rows].map((row) =>
    row.map((cell, column) => (column === 0 ? cell : cell.padStart(widths[column]))),
  );
  return formatTable(aligned[0], aligned.slice(1));
}

/**
 * Measures, prints a table, and writes the results as JSON, as a chart, and as a page that shows both.
 * @param {{ rounds: number, folder: string }} options
 * @returns {Promise<void>}
 * @throws {Error} when a file cannot be written
 */
async function bench({ rounds, folder }) {
  // Before, and not after, a minute of work.
  fs.accessSync(folder, fs.constants.W_OK);
  const report = await measure(rounds);
  const drawn = tables(report);
  console.log(`${machine(report)}\n`);
  for (const table of drawn) console.log(`${tableText(table)}\n`);
  const svg = chart([report]);
  const files = {
    'ferroport-bench.json': `${JSON.stringify(report, null, 2)}\n`,
    'ferroport-bench.svg': svg,
    'ferroport-bench.html': page(machine(report), svg, drawn),
  };
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
  console.log(
    `Medians of ${rounds} rounds; ratios above 1: ferroport is faster. Written: ${Object.keys(files).join(', ')}`,
  );
}

module.exports = { bench };
