// What is shown of a benchmark's results: a plain table, or JSON.
'use strict';

const os = require('node:os');
const { formatTable } = require('../examples/demo/table');
const { version } = require('../package.json');

/** @typedef {import('./rounds').Result} Result */

/** @returns {string} what the figures belong to */
function machine() {
  const cpus = os.cpus();
  const { cpu, count, node, date } = { cpu: cpus[0]?.model.trim(), count: cpus.length, ...versions() };
  return `ferroport ${version}, Node ${node}, ${process.platform} ${process.arch}, ${count} x ${cpu}, ${date}`;
}

function versions() {
  return { ferroport: version, node: process.versions.node, date: new Date().toISOString().slice(0, 10) };
}

/**
 * @param {Result[]} results
 * @returns {string}
 */
function reportTable(results) {
  const heads = ['trial', 'case', 'ferroport', '', 'built-in', '', 'unit', 'ratio', 'target', ''];
  const rows = results.map(({ trial, name, unit, target, ours, builtIn, ratio, met }) => [
    ...[trial, name, figure(ours.median), spread(ours.spread), figure(builtIn.median), spread(builtIn.spread)],
    ...[unit, ratioText(ratio), targetText(target), met === undefined ? '' : met ? 'met' : 'MISSED'],
  ]);
  return formatTable(heads, alignedRight(rows, [2, 3, 4, 5, 7, 8]));
}

/**
 * @param {Result[]} results
 * @returns {object} which names the machine and the versions beside the results
 */
function jsonReport(results) {
  const cpus = os.cpus();
  return {
    ...versions(),
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus[0]?.model.trim(),
    cpus: cpus.length,
    results,
  };
}

/**
 * @param {string[][]} rows
 * @param {number[]} columns whose cells end at the same place
 * @returns {string[][]}
 */
function alignedRight(rows, columns) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row.map((cell, column) => (columns.includes(column) ? cell.padStart(widths[column]) : cell)),
  );
}

/** @param {number} value */
function figure(value) {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** @param {number} part */
function spread(part) {
  return Number.isFinite(part) ? `+-${Math.round(part * 50)}%` : '';
}

/** @param {number} ratio */
function ratioText(ratio) {
  return ratio > 0 && Number.isFinite(ratio) ? figure(ratio) : '-';
}

/** @param {Result['target']} target */
function targetText(target) {
  if (!target) return '';
  return target.ratio === undefined ? `<= ${target.atMost}` : `${target.ratio} x`;
}

module.exports = { jsonReport, machine, reportTable };
