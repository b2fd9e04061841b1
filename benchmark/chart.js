// The ratios to the built-in as a bar chart in SVG, on a logarithmic scale, readable on light and dark pages.
'use strict';

const { figure, hasRatio } = require('./figures');
const { machine } = require('./report');
const { withMeans } = require('./sides/means');

/** @typedef {{ ratio: number, floor?: number }} Bar */
/** @typedef {{ group: string, name: string, bars: Bar[] }} Row */

/** What most people do. The rest is for the table: a hundred bars say less than thirty. */
const SHOWN = ['sides', 'create', 'to worker', 'ping-pong', 'same thread', 'transfer', 'worker pool', 'build'];

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

const WIDTH = 860;
const LEFT = 270;
const RIGHT = 60;
const TOP = 64;
const ROW = 20;
const BAR = 14;
/** Of two in one row. */
const THIN_BAR = 9;
const HEAD = 26;

/** Not every program that shows an SVG knows media queries; without, it is light. */
const STYLE = `
    text { font: 12px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328; }
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
      text { fill: #f0f6fc; }
      .quiet { fill: #9198a1; }
      .page { fill: #0d1117; stroke: #3d444d; }
      .grid { stroke: #3d444d; }
      .one { stroke: #9198a1; }
      .floor { stroke: #f0f6fc; }
      .fast { fill: #2f6fb5; }
      .slow { fill: #b5502c; }
    }`;

/**
 * @param {import('./report').Report} report
 * @returns {string} an SVG document
 * @throws {TypeError} when the report has nothing that the chart shows
 */
function chart(report) {
  const shown = [...sidesRows(report), ...caseRows(report)];
  if (shown.length === 0) throw new TypeError(`a chart shows ${SHOWN.join(', ')}; none of these has been measured`);
  const x = scale(shown.flatMap(({ bars }) => bars));
  const rows = [];
  let y = TOP + 18;
  let group = '';
  for (const row of shown) {
    if (row.group !== group) {
      group = row.group;
      rows.push(`<text class="group" x="16" y="${y + 17}">${escaped(group)}</text>`);
      y += HEAD;
    }
    rows.push(...drawn(row, x, y));
    y += heightOf(row);
  }
  const height = y + 34;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `  <title>ferroport beside the built-in: how many times as fast</title>`,
    `  <style>${STYLE}\n  </style>`,
    `  <rect class="page" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6" />`,
    `  <text class="title" x="16" y="28">How many times as fast as node:worker_threads</text>`,
    `  <text class="quiet" x="16" y="46">Medians, on a logarithmic scale. 1 is the built-in; a mark across a row is the floor that the case is held to.</text>`,
    ...grid(x, y).map((line) => `  ${line}`),
    ...rows.map((line) => `  ${line}`),
    `  <text class="quiet" x="16" y="${height - 13}">${escaped(machine(report))}</text>`,
    '</svg>',
    '',
  ].join('\n');
}

/**
 * @param {import('./report').Report} report
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
 * @param {import('./report').Report} report
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
 * @typedef {((ratio: number) => number) & { ticks: number[] }} Scale where a ratio stands, in pixels
 *
 * @param {Bar[]} bars
 * @returns {Scale} from a power of two to another, both around all ratios and floors
 */
function scale(bars) {
  const all = bars.flatMap(({ ratio, floor }) => [ratio, floor ?? 1]);
  const low = Math.min(-1, Math.floor(Math.log2(Math.min(...all))));
  const high = Math.max(1, Math.ceil(Math.log2(Math.max(...all))));
  const step = (WIDTH - LEFT - RIGHT) / (high - low);
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => 2 ** (low + i));
  return Object.assign((/** @type {number} */ ratio) => LEFT + (Math.log2(ratio) - low) * step, { ticks });
}

/**
 * @param {Scale} x
 * @param {number} bottom
 */
function grid(x, bottom) {
  return x.ticks.flatMap((tick) => {
    const at = x(tick).toFixed(1);
    return [
      `<line class="${tick === 1 ? 'one' : 'grid'}" x1="${at}" x2="${at}" y1="${TOP + 8}" y2="${bottom}" />`,
      `<text class="quiet" x="${at}" y="${TOP + 2}" text-anchor="middle">${tick < 1 ? `1/${1 / tick}` : tick}</text>`,
    ];
  });
}

/** @param {Row} row */
function heightOf({ bars }) {
  return bars.length === 1 ? ROW : bars.length * (THIN_BAR + 1) + 6;
}

/**
 * @param {Row} row
 * @param {Scale} x
 * @param {number} y of its top
 * @returns {string[]}
 */
function drawn(row, x, y) {
  const { name, bars } = row;
  const height = bars.length === 1 ? BAR : THIN_BAR;
  const middle = y + heightOf(row) / 2;
  return [
    `<text x="${LEFT - 12}" y="${middle + 4}" text-anchor="end">${escaped(name)}</text>`,
    ...bars.map((each, index) => bar(each, x, y + 3 + index * (height + 1), height)),
  ];
}

/**
 * A bar from 1 to the ratio, to the right when ours is faster, to the left when it is slower.
 * @param {Bar} bar
 * @param {Scale} x
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
