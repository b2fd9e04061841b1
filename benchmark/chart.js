// The ratios to the built-in as a bar chart in SVG, on a logarithmic scale, a column for each Node, readable on light and dark pages.
'use strict';

const { figure, hasRatio } = require('./figures');
const { machine } = require('./report');
const { withMeans } = require('./sides/means');

/** @typedef {{ ratio: number, floor?: number }} Bar */
/** @typedef {{ group: string, name: string, bars: Bar[] }} Row */
/** @typedef {import('./report').Report} Report */

/** What most people do. The rest is for the table: a hundred bars say less than forty. */
const SHOWN = ['sides', 'create', 'ping-pong', 'worker pool', 'build'];

/** Payloads whose two sides are shown. */
const SHOWN_SIDES = [
  ...['number', 'string of 64', 'small object', 'RPC request', 'Piscina task', 'log line', 'HTTP request'],
  ...['test results', 'lint result', 'tree of 364', 'syntax tree', 'syntax tree, instances', '1,000 records'],
  ...['1,000 strings', '200 paths', 'source text', 'source map', 'string of 1 MiB', 'matrix of 50x50', '1,000 doubles'],
  ...[
    'Map of 1,000',
    'error',
    'Uint8Array of 64 KiB',
    'SharedArrayBuffer in an object',
    'ArrayBuffer of 64 KiB, moved',
  ],
  ...[
    'request with a port, moved',
    'mean of small messages',
    'mean of trees and records',
    'mean of all that is copied',
  ],
];

const WIDTH = 900;
/** Where the first column begins: left of it stand the names. */
const LEFT = 270;
/** What a column leaves free on its right, for a figure behind the longest bar. */
const RIGHT = 46;
const TOP = 86;
/** What a number of the scale takes, at least. */
const TICK = 30;
const ROW = 20;
const BAR = 14;
/** Of two in one row. */
const THIN_BAR = 9;
const HEAD = 26;

/** Not every program that shows an SVG knows media queries; without, it is light. Text has an edge in the page's colour, before lines. */
const STYLE = `
    text { font: 12px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328; }
    text { stroke: #ffffff; stroke-width: 3px; stroke-linejoin: round; paint-order: stroke; }
    .title { font-size: 15px; font-weight: 600; }
    .group { font-weight: 600; }
    .quiet { fill: #59636e; font-size: 11px; }
    .small { font-size: 9.5px; }
    .page { fill: #ffffff; stroke: #d1d9e0; }
    .grid { stroke: #d1d9e0; }
    .one { stroke: #59636e; stroke-width: 1.5; }
    .floor { stroke: #1f2328; stroke-width: 2; }
    .fast { fill: #7fb0e6; }
    .slow { fill: #e58a68; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; stroke: #0d1117; }
      .quiet { fill: #9198a1; }
      .page { fill: #0d1117; stroke: #3d444d; }
      .grid { stroke: #3d444d; }
      .one { stroke: #9198a1; }
      .floor { stroke: #f0f6fc; }
      .fast { fill: #2f6fb5; }
      .slow { fill: #b5502c; }
    }`;

/**
 * @param {Report[]} reports a column for each, in this order; which rows there are is said by the first
 * @returns {string} an SVG document
 * @throws {TypeError} when the first report has nothing that the chart shows
 */
function chart(reports) {
  const [rows, ...others] = reports.map((report) => [...sidesRows(report), ...caseRows(report)]);
  if (rows.length === 0) throw new TypeError(`a chart shows ${SHOWN.join(', ')}; none of these has been measured`);
  const ratioAt = scale([rows, ...others].flat().flatMap(({ bars }) => bars));
  const columns = reports.map((_, index) => column(ratioAt, index, reports.length));
  const lines = [];
  let y = TOP + 18;
  let group = '';
  for (const row of rows) {
    if (row.group !== group) {
      group = row.group;
      lines.push(`<text class="group" x="16" y="${y + 17}">${escaped(group)}</text>`);
      y += HEAD;
    }
    const same = others.map((those) => those.find(({ group, name }) => group === row.group && name === row.name));
    lines.push(...drawn(row, [row, ...same], columns, y));
    y += heightOf(row);
  }
  const height = y + 18 + 16 * reports.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `  <title>ferroport beside the built-in: how many times as fast</title>`,
    `  <style>${STYLE}\n  </style>`,
    `  <rect class="page" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6" />`,
    `  <text class="title" x="16" y="28">How many times as fast as node:worker_threads</text>`,
    `  <text class="quiet" x="16" y="46">Medians, on a logarithmic scale. 1 is the built-in; a mark across a row is the floor that the case is held to.</text>`,
    ...reports.flatMap((report, index) => head(report, columns[index], y)).map((line) => `  ${line}`),
    ...lines.map((line) => `  ${line}`),
    ...reports.map(
      (report, index) => `  <text class="quiet" x="16" y="${y + 21 + 16 * index}">${escaped(machine(report))}</text>`,
    ),
    '</svg>',
    '',
  ].join('\n');
}

/**
 * @param {Report} report
 * @returns {Row[]}
 */
function sidesRows({ sides }) {
  const rows = withMeans(sides.filter(({ trial }) => trial === 'sides')).filter(({ name }) =>
    SHOWN_SIDES.includes(name),
  );
  const parts = /** @type {const} */ (['post', 'receive']);
  return rows.map(({ name, ratio, floor }) => ({
    group: 'a message: above, posting it; below, receiving it',
    name,
    bars: parts.map((part) => ({ ratio: ratio[part], floor: floor[part] })),
  }));
}

/**
 * @param {Report} report
 * @returns {Row[]}
 */
function caseRows({ results }) {
  const shown = results.filter((result) => SHOWN.includes(result.trial) && hasRatio(result));
  return shown.map(({ trial, name, ratio, target }) => ({
    group: trial,
    name,
    bars: [{ ratio, floor: target.ratio }],
  }));
}

/**
 * @typedef {{ at: (ratio: number) => number, ticks: number[] }} Scale where a ratio stands, as a part of a column's width
 *
 * @param {Bar[]} bars
 * @returns {Scale} from a power of two to another, both around all ratios and floors
 */
function scale(bars) {
  const all = bars.flatMap(({ ratio, floor }) => [ratio, floor ?? 1]);
  const low = Math.min(-1, Math.floor(Math.log2(Math.min(...all))));
  const high = Math.max(1, Math.ceil(Math.log2(Math.max(...all))));
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => 2 ** (low + i));
  return { at: (ratio) => (Math.log2(ratio) - low) / (high - low), ticks };
}

/**
 * @typedef {{ left: number, x: (ratio: number) => number, ticks: number[] }} Column where ratios stand in it, in pixels
 *
 * @param {Scale} scale
 * @param {number} index
 * @param {number} count
 * @returns {Column}
 */
function column({ at, ticks }, index, count) {
  const step = (WIDTH - LEFT) / count;
  const left = LEFT + index * step;
  return { left, x: (ratio) => left + at(ratio) * (step - RIGHT), ticks };
}

/**
 * @param {Report} report
 * @param {Column} column
 * @param {number} bottom
 * @returns {string[]} the column's name, its scale, and the lines of that
 */
function head({ node }, { left, x, ticks }, bottom) {
  const every = Math.ceil(TICK / (x(2) - x(1)));
  return [
    `<text class="group" x="${left.toFixed(1)}" y="${TOP - 16}">Node ${escaped(node)}</text>`,
    ...ticks.flatMap((tick) => {
      const at = x(tick).toFixed(1);
      const line = `<line class="${tick === 1 ? 'one' : 'grid'}" x1="${at}" x2="${at}" y1="${TOP + 8}" y2="${bottom}" />`;
      if (Math.log2(tick) % every !== 0) return [line];
      const text = tick < 1 ? `1/${1 / tick}` : tick;
      return [line, `<text class="quiet" x="${at}" y="${TOP + 2}" text-anchor="middle">${text}</text>`];
    }),
  ];
}

/** @param {Row} row */
function heightOf({ bars }) {
  return bars.length === 1 ? ROW : bars.length * (THIN_BAR + 1) + 6;
}

/**
 * @param {Row} row whose name is written
 * @param {(Row | undefined)[]} sameRows that row of each column, where it has one
 * @param {Column[]} columns
 * @param {number} y of its top
 * @returns {string[]}
 */
function drawn(row, sameRows, columns, y) {
  const height = row.bars.length === 1 ? BAR : THIN_BAR;
  const middle = y + heightOf(row) / 2;
  return [
    `<text x="${LEFT - 12}" y="${middle + 4}" text-anchor="end">${escaped(row.name)}</text>`,
    ...sameRows.flatMap((same, number) =>
      (same?.bars ?? []).map((each, index) => bar(each, columns[number].x, y + 3 + index * (height + 1), height)),
    ),
  ];
}

/**
 * A bar from 1 to the ratio, to the right when ours is faster, to the left when it is slower.
 * @param {Bar} bar
 * @param {Column['x']} x
 * @param {number} y of its top
 * @param {number} height
 */
function bar({ ratio, floor }, x, y, height) {
  const [from, to] = [x(Math.min(ratio, 1)), x(Math.max(ratio, 1))];
  const parts = [
    `<rect class="${ratio < 1 ? 'slow' : 'fast'}" x="${from.toFixed(1)}" y="${y}" width="${(to - from).toFixed(1)}" height="${height}" />`,
  ];
  let end = to;
  if (floor !== undefined && Math.abs(floor - 1) > 0.1) {
    const at = x(floor).toFixed(1);
    parts.push(`<line class="floor" x1="${at}" x2="${at}" y1="${y - 1}" y2="${y + height + 1}" />`);
    // The number stands behind a mark that it would be written across.
    if (x(floor) > to && x(floor) < to + RIGHT) end = x(floor);
  }
  const small = height === BAR ? '' : ' class="small"';
  parts.push(
    `<text${small} x="${(end + 6).toFixed(1)}" y="${y + height / 2 + (small ? 3.5 : 3)}">${figure(ratio)}</text>`,
  );
  return parts.join('');
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

module.exports = { chart };
