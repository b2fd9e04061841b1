// The results as the tables that docs/benchmarks.md shows.
'use strict';

const { figure, ratioText, spreadText, targetText } = require('./figures');
const { machine } = require('./report');
const { sidesMarkdown } = require('./sides/markdown');

/** @typedef {import('./rounds').Result} Result */

const UNITS = { ns: ' ns', us: ' µs', ms: ' ms', bytes: ' bytes', 'requests/s': '/s' };

/**
 * @param {import('./report').Report[]} reports the figures of the first are shown, of others only the ratios
 * @returns {string}
 */
function markdown(reports) {
  const tables = [];
  if (reports[0].results.length > 0) tables.push('', ...casesMarkdown(reports));
  if (reports[0].sides.length > 0) tables.push('', ...sidesMarkdown(reports));
  return [...reports.map((report) => `- ${machine(report)}`), ...tables].join('\n');
}

/**
 * @param {import('./report').Report[]} reports
 * @returns {string[]} lines
 */
function casesMarkdown(reports) {
  const [{ results }, ...others] = reports;
  const lanes = results.some(({ slowLane }) => slowLane);
  const heads = ['', 'ferroport', ...(lanes ? ['slow lane'] : []), 'built-in', 'ratio', 'floor'];
  heads.push(...others.map(({ node }) => `ratio, Node ${node.split('.')[0]}`));
  const lines = [row(heads), row(heads.map((_, column) => (column === 0 ? '---' : '--:')))];
  let group = '';
  for (const result of results) {
    if (result.trial !== group) {
      group = result.trial;
      lines.push(row(heads.map((_, column) => (column === 0 ? `**${group}**` : ''))));
    }
    const { name, ours, builtIn, slowLane, unit } = result;
    const figures = [ours, ...(lanes ? [slowLane] : []), builtIn].map((side) => measured(side, unit));
    lines.push(row([name, ...figures, marked(result), targetText(result), ...others.map(ratioOf(result))]));
  }
  return lines;
}

/** @param {string[]} cells */
const row = (cells) => `| ${cells.join(' | ')} |`;

/**
 * @param {import('./rounds').Measured | undefined} figures
 * @param {Result['unit']} unit
 */
function measured(figures, unit) {
  if (figures === undefined) return '';
  const spread = spreadText(figures).replace('+-', ' ±');
  return figure(figures.median) + UNITS[unit] + spread;
}

/**
 * @param {Result} result
 * @returns {string} its ratio, in bold where it does not reach its floor
 */
function marked(result) {
  return result.met ? ratioText(result) : `**${ratioText(result)}**`;
}

/**
 * @param {Result} result
 * @returns {(report: import('./report').Report) => string} the same case's ratio in another report
 */
function ratioOf({ trial, name }) {
  return ({ results }) => {
    const same = results.find((other) => other.trial === trial && other.name === name);
    return same === undefined ? '' : marked(same);
  };
}

module.exports = { markdown };
