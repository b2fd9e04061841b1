// The results of the group *sides* as the table that docs/benchmarks.md shows.
'use strict';

const { PARTS } = require('./compare');
const { withMeans } = require('./means');
const { floorText, ratioText } = require('./table');

const COLUMNS = [...PARTS, 'cold'];

/**
 * @param {import('../report').Report[]} reports one for each Node
 * @returns {string[]} lines: a table whose columns are each Node's ratios, those that miss a floor in bold; where another build was
 *   measured beside, its ratio and an arrow come first
 */
function sidesMarkdown(reports) {
  const all = reports.map(({ sides }) => withMeans(sides));
  const heads = [
    '',
    ...reports.flatMap(({ node }) => COLUMNS.map((head, index) => (index ? head : named(node, head)))),
  ];
  const lines = [row([...heads, 'floors']), row(['---', ...heads.slice(1).map(() => '--:'), '---'])];
  let group = '';
  for (const { trial, name, floor } of all[0]) {
    if (trial !== group) {
      group = trial;
      lines.push(row([`**${group}**`, ...heads.map(() => '')]));
    }
    const same = all.map((rows) => rows.find((other) => other.trial === trial && other.name === name));
    lines.push(row([name, ...same.flatMap((result) => cells(result)), floorText(floor)]));
  }
  return lines;
}

/** @type {(node: string, head: string) => string} */
const named = (node, head) => `Node ${node.split('.')[0]}: ${head}`;

/** @param {string[]} cells */
const row = (cells) => `| ${cells.join(' | ')} |`;

/**
 * @param {import('./means').Row | undefined} result
 * @returns {string[]}
 */
function cells(result) {
  if (result === undefined) return COLUMNS.map(() => '');
  const { ratio, cold, beside, missed } = result;
  const parts = PARTS.map((part) => {
    const text = missed.includes(part) ? `**${ratioText(ratio[part])}**` : ratioText(ratio[part]);
    return beside === undefined || text === '-' ? text : `${ratioText(beside[part])} → ${text}`;
  });
  return [...parts, ratioText(cold)];
}

module.exports = { sidesMarkdown };
