// What is kept and shown of a run: the results with what they belong to, as JSON or as a plain table.
'use strict';

const os = require('node:os');
const { formatTable } = require('../examples/demo/table');
const { version } = require('../package.json');
const { alignedRight, figure, ratioText, spreadText, targetText } = require('./figures');
const { sidesTable } = require('./sides/table');

/**
 * @typedef {object} Report
 * @property {string} ferroport its version
 * @property {string} node
 * @property {string} v8
 * @property {string} date as 2026-01-31
 * @property {string} platform
 * @property {string | undefined} cpu
 * @property {number} cpus
 * @property {import('./rounds').Result[]} results
 * @property {import('./sides').SidesResult[]} sides
 */

/**
 * @param {import('./rounds').Result[]} results
 * @param {import('./sides').SidesResult[]} sides
 * @returns {Report}
 */
function makeReport(results, sides) {
  const cpus = os.cpus();
  return {
    ferroport: version,
    node: process.versions.node,
    v8: process.versions.v8,
    date: new Date().toISOString().slice(0, 10),
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus[0]?.model.trim(),
    cpus: cpus.length,
    results,
    sides,
  };
}

/**
 * @param {Report} report
 * @returns {string} what the figures belong to
 */
function machine({ ferroport, node, platform, cpus, cpu, date }) {
  return `ferroport ${ferroport}, Node ${node}, ${platform}, ${cpus} x ${cpu}, ${date}`;
}

/**
 * @param {Report} report
 * @returns {string}
 */
function reportTable({ results, sides }) {
  const tables = [
    ...(results.length > 0 ? [caseTable(results)] : []),
    ...(sides.length > 0 ? [sidesTable(sides)] : []),
  ];
  return tables.join('\n\n');
}

/** @param {import('./rounds').Result[]} results */
function caseTable(results) {
  const lanes = results.some(({ slowLane }) => slowLane);
  const heads = ['trial', 'case', 'ferroport', '', 'built-in', '', 'unit', 'ratio', 'floor', ''];
  const rows = results.map((result) => {
    const { trial, name, unit, ours, builtIn, slowLane, met } = result;
    const row = [trial, name, ...both(ours), ...both(builtIn), unit, ratioText(result), targetText(result)];
    return [...row, met ? 'met' : 'MISSED', ...(lanes ? both(slowLane) : [])];
  });
  if (lanes) heads.push('slow lane', '');
  return formatTable(heads, alignedRight(rows, [2, 3, 4, 5, 7, 8, 10, 11]));
}

/** @param {import('./rounds').Measured} [measured] */
function both(measured) {
  return measured ? [figure(measured.median), spreadText(measured)] : ['', ''];
}

module.exports = { machine, makeReport, reportTable };
